package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
)

// packFile builds a package of sources into a file of the terminal's.
func (x *terminal) packFile(name string, src map[string][]byte) string {
	x.s.t.Helper()
	p, err := pack.Build(src)
	must(x.s.t, err)
	raw, err := p.Write()
	must(x.s.t, err)
	file := filepath.Join(x.dir, name)
	must(x.s.t, os.WriteFile(file, raw, 0o600))
	return file
}

func ownPack(version, subject string) map[string][]byte {
	text := `Hello {{ customer.name }},\n\n{{ table }}\n\nIf anything looks wrong, reply. Tell us if you prefer another channel.`
	zh := `{{ customer.name }}您好：\n\n{{ table }}\n\n如有疑问请回复；如需调整联系方式请告诉我们。`
	return map[string][]byte{
		"pack.json":           []byte(`{"id":"own","version":"` + version + `","name":{"en":"Own","zh-CN":"自有"},"about":{"en":"Own","zh-CN":"自有"},"licence":"MIT","publisher":{"name":"Us"}}`),
		"messages.json":       []byte(`[{"key":"own-note","name":{"en":"Note","zh-CN":"提示"},"tone":1,"variant":{"en":{"subject":"` + subject + `","text":"` + text + `"},"zh-CN":{"subject":"提示","text":"` + zh + `"}}}]`),
		"roles/clerk.json":    []byte(`{"key":"clerk","name":{"en":"Clerk","zh-CN":"文员"},"rules":[{"object":"customer","action":"read","effect":"allow","scope":"all"}]}`),
		"forms/customer.json": []byte(`{"form":"customer","fields":{"calm":{"type":"boolean","x-df-label":{"en":"Leave in peace","zh-CN":"免打扰"}}}}`),
	}
}

// TestPackCommandLine: an upgrade with conflicts and a role is decided, granted,
// and gone back from at the terminal.
func TestPackCommandLine(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	first, second := x.packFile("first.dfpkg", ownPack("1.0.0", "One")), x.packFile("second.dfpkg", ownPack("1.1.0", "Two"))
	if out, errs, code := x.types("pack", "install", first); code != 1 || !strings.Contains(errs, "problems to solve first: 1") {
		t.Errorf("unsigned: %d %s%s", code, out, errs)
	}
	if out := x.well("pack", "install", first, "--unsigned"); !strings.Contains(out, "propose   roles/clerk  not granted; --grant clerk grants it") {
		t.Errorf("a role is proposed: %s", out)
	}
	d := s.template("own-note")
	d.Variant["en"]["subject"] = "Ours"
	ver := d.Version
	d.Key, d.Version, d.Shipped = "", 0, false
	must(t, s.c.Do(t.Context(), "PUT", "/templates/own-note", d, nil, "If-Match", `"`+strconv.FormatInt(ver, 10)+`"`))

	path := "messages/own-note/variant/en/subject"
	for lang, want := range map[string]string{"en_GB.UTF-8": "decide: --take " + path + "=mine or", "zh_CN.UTF-8": "决定：--take " + path + "=mine 或"} {
		t.Setenv("LANG", lang)
		if out := x.well("pack", "plan", second, "--unsigned"); !strings.Contains(out, want) || !strings.Contains(out, "Ours") || !strings.Contains(out, "Two") {
			t.Errorf("plan: %s", out)
		}
	}
	t.Setenv("LANG", "en")
	for wrong, want := range map[string]string{
		"--take messages/other=mine": "nothing is in conflict there", "--take " + path + "=ours": "want mine or theirs", "--grant nobody": "problems to solve first: 2",
	} {
		if out, errs, code := x.types(append([]string{"pack", "install", second, "--unsigned"}, strings.Fields(wrong)...)...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s%s", wrong, code, out, errs)
		}
	}
	var done struct {
		Plan      struct{ Action string }
		Installed struct{ Version string }
	}
	must(t, json.Unmarshal([]byte(x.well("pack", "install", second, "--unsigned", "--take", "messages/own-note=theirs", "--grant", "clerk", "--json")), &done))
	if done.Plan.Action != "upgrade" || done.Installed.Version != "1.1.0" || s.template("own-note").Variant["en"]["subject"] != "Two" {
		t.Errorf("upgraded: %+v", done)
	}
	if p, _, err := s.srv.Access.Rules(t.Context(), s.key); err != nil || !strings.Contains(toJSON(t, p.Rules), "clerk") {
		t.Errorf("the role is granted: %v", err)
	}
	if out := x.well("pack", "rollback", "own", "--dry"); !strings.HasPrefix(out, "rollback own 1.0.0\n") || s.template("own-note").Variant["en"]["subject"] != "Two" {
		t.Errorf("looked back: %s", out)
	}
	x.well("pack", "rollback", "own")
	if got := s.template("own-note").Variant["en"]["subject"]; got != "Ours" {
		t.Errorf("gone back to %s", got)
	}
	var gone struct{ Objects []struct{ Action string } }
	must(t, json.Unmarshal([]byte(x.well("pack", "uninstall", "own", "--json")), &gone))
	if len(gone.Objects) == 0 {
		t.Error("nothing is said of what was taken out")
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return string(raw)
}

// TestJSONOutput: what speaks to programs is JSON and nothing else.
func TestJSONOutput(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	c := s.customer("Said")
	inv := s.invoice(c, "J-1", 1000, s.today()+2)
	src := filepath.Join(x.dir, "src")
	for name, raw := range ownPack("1.0.0", "One") {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(src, name)), 0o700))
		must(t, os.WriteFile(filepath.Join(src, name), raw, 0o600))
	}
	x.file("two.json", twoSteps)
	shelf := t.TempDir()
	packed, key := filepath.Join(shelf, "own.dfpkg"), filepath.Join(x.dir, "key.pem")
	for _, args := range [][]string{
		{"config"},
		{"export", "--form", "customer", "-o", "table.csv"},
		{"pack", "keygen", key},
		{"pack", "build", src, "-o", packed, "--key", key},
		{"pack", "index", shelf, "--key", key},
		{"pack", "test", src},
		{"pack", "plan", packed},
		{"flow", "publish", "two.json"},
		{"flow", "start", "two", inv},
		{"flow", "stop", "two"},
		{"pack", "export", "two", "--name", "en=Two", "--about", "en=Two", "--publisher", "Us", "-o", filepath.Join(x.dir, "two.dfpkg")},
	} {
		out := x.well(append(args, "--json")...)
		if !json.Valid([]byte(out)) {
			t.Errorf("%v: %s", args, out)
		}
		if args[0] == "export" && !strings.Contains(out, `"records": 1`) {
			t.Errorf("what was exported: %s", out)
		}
	}
	if _, errs, _ := x.types("pack", "build", src, "-o", packed); !strings.Contains(errs, "warning: messages/own-note.json is sent by no flow of the pack\n") {
		t.Errorf("a finding is a sentence: %s", errs)
	}
	if _, errs, code := x.types("export", "--form", "customer", "--json"); code != 1 || !strings.Contains(errs, "--out") {
		t.Errorf("two things in one stream: %d %s", code, errs)
	}
}
