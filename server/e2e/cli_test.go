package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/cli"
)

// terminal is somebody who types commands, with a key of the workspace.
type terminal struct {
	s   *space
	dir string
}

func (s *space) terminal() *terminal {
	s.t.Setenv("LC_ALL", "")
	s.t.Setenv("LC_MESSAGES", "")
	s.t.Setenv("LANG", "en_GB.UTF-8")
	s.t.Setenv("DUEFLOW_SERVER", s.srv.URL)
	s.t.Setenv("DUEFLOW_TOKEN", s.c.Token)
	return &terminal{s, s.t.TempDir()}
}

// types runs a command; files are named without their folder.
func (x *terminal) types(args ...string) (out, errs string, code int) {
	x.s.t.Helper()
	for k, a := range args {
		if strings.HasSuffix(a, ".csv") || strings.HasSuffix(a, ".json") {
			args[k] = filepath.Join(x.dir, a)
		}
	}
	var o, e bytes.Buffer
	code = cli.Run(x.s.t.Context(), "test", args, &o, &e)
	return o.String(), e.String(), code
}

func (x *terminal) well(args ...string) string {
	x.s.t.Helper()
	out, errs, code := x.types(args...)
	if code != 0 {
		x.s.t.Fatalf("dueflow %s: %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

func (x *terminal) file(name, content string) {
	x.s.t.Helper()
	must(x.s.t, os.WriteFile(filepath.Join(x.dir, name), []byte(content), 0o600))
}

// TestCommandLine: the road of the manual, from files to a published flow and
// figures; what is exported as a table is taken back and changes nothing.
func TestCommandLine(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	today := s.today()
	x.file("customers.csv", "客户名称,客户编号,邮箱\n杭州𠮷祥有限公司,K-1,a@example.com\n坏,,nobody\n")
	x.file("invoices.csv", "number,customer,issueDate,dueDate,amount,currency\nI-1,K-1,"+(today-20).String()+","+(today+5).String()+",1200.50,CNY\n-I-2,K-1,"+(today-30).String()+","+(today-2).String()+",99,CNY\n")
	x.file("payments.csv", "reference,customer,date,amount,currency\nP-1,K-1,"+today.String()+",99,CNY\n")
	if out, _, code := x.types("import", "--form", "customer", "customers.csv"); code != 3 || !strings.HasPrefix(out, "2 rows: 1 created, 0 updated, 0 unchanged, 1 failed\n  row/3/number is required") {
		t.Errorf("customers: %s", out)
	}
	if failed, err := os.ReadFile(filepath.Join(x.dir, "customers.failed.csv")); err != nil || !strings.Contains(string(failed), "nobody") {
		t.Errorf("failed rows: %s, %v", failed, err)
	}
	if out := x.well("import", "--form", "invoice", "invoices.csv", "--dry-run"); !strings.HasPrefix(out, "2 rows: 2 created") {
		t.Errorf("dry run: %s", out)
	}
	x.well("import", "--form", "invoice", "invoices.csv")
	x.well("import", "--form", "payment", "payments.csv")

	for _, form := range []string{"customer", "invoice"} {
		x.file("back.csv", x.well("export", "--form", form))
		if out := x.well("import", "--form", form, "back.csv"); !strings.Contains(out, " 0 created, 0 updated, ") || !strings.HasSuffix(out, " unchanged, 0 failed\n") {
			raw, _ := os.ReadFile(filepath.Join(x.dir, "back.csv"))
			t.Errorf("a table taken back: %s\n%s", out, raw)
		}
	}
	table, err := csv.NewReader(strings.NewReader(x.well("export", "--form", "invoice", "--filter", `{"field":"number","op":"eq","value":"I-1"}`))).ReadAll()
	if err != nil || len(table) != 2 || !strings.Contains(strings.Join(table[1], "|"), "1200.50") {
		t.Errorf("a table of one: %v, %v", table, err)
	}
	if lines := strings.Split(strings.TrimSpace(x.well("export", "--form", "invoice", "--format", "json")), "\n"); len(lines) != 2 || !json.Valid([]byte(lines[0])) || !strings.Contains(lines[0]+lines[1], "120050") {
		t.Errorf("as the API has them: %v", lines)
	}

	x.file("two.json", twoSteps)
	played := x.well("rehearse", "--flow", "two.json", "--from", today.String(), "--to", (today + 20).String())
	if !strings.Contains(played, "杭州𠮷祥有限公司") || !strings.Contains(played, "CNY 1,200.50  1 item ") || !strings.Contains(played, "1 account, ") || !strings.Contains(played, " 0 after payment\n") {
		t.Errorf("rehearsed: %s", played)
	}
	x.well("flow", "publish", "two.json")
	s.eventually("a run is shown", func() bool { return strings.Contains(x.well("flow", "status", "two"), "live") })
	var verified struct{ Violations *int }
	if err := json.Unmarshal([]byte(x.well("verify", "--json")), &verified); err != nil || verified.Violations == nil || *verified.Violations != 0 {
		t.Errorf("verify: %+v, %v", verified, err)
	}
	if out := x.well("insight", "ageing", "--as-of", today.String()); !strings.Contains(out, "outstanding 1,200.50") {
		t.Errorf("ageing: %s", out)
	}
	if out := x.well("insight", "ageing", "--as-of", today.String(), "--customers"); !strings.Contains(out, "\n杭州𠮷祥有限公司                 1,200.50  1,200.50  0.00") {
		t.Errorf("ageing of customers: %s", out)
	}
	var aged agedList
	if err := json.Unmarshal([]byte(x.well("insight", "ageing", "--customers", "--json", "--as-of", (today-1).String())), &aged); err != nil || aged.Currencies[0].Customers[0].Overdue != 9900 {
		t.Errorf("ageing of customers: %+v, %v", aged, err)
	}
	if out := x.well("insight", "ageing", "--as-of", (today - 1).String(), "--json"); !json.Valid([]byte(out)) {
		t.Errorf("ageing: %s", out)
	}
}

// TestCommandLineComplains: what is wrong is said in the language of the
// terminal, with its place, and the exit code tells usage from failure.
func TestCommandLineComplains(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	x.file("strange.csv", "a,b\nx,y\n")
	x.file("broken.json", "{\n  \"key\": }")
	nowhere := t.TempDir() + "/none"
	for _, c := range []struct {
		args string
		code int
		en   string
		zh   string
	}{
		{"insight ageing --as-of 31/12/2026", 1, "--as-of: ", "--as-of: "},
		{"insight ageing --customers --limit 0", 1, "--limit is outside its range", "--limit "},
		{"rehearse --flow none --from 2026-11-31 --to 2026-12-31", 1, "/from is not a date", "/from 不是有效日期"},
		{"rehearse --flow none --from 2026-12-02 --to 2026-12-01", 1, "/to must not be before the first day, nor more than 800 days after it", "/to 不得早于第一天，也不得超过其后 800 天"},
		{"rehearse --flow broken.json --from 2026-12-01 --to 2026-12-02", 1, "broken.json, line 2: ", "broken.json 第 2 行"},
		{"import --form nothing strange.csv", 1, "There is no form “nothing”", "没有"},
		{"import --form customer strange.csv", 1, "None of the file's columns (a, b) has the name of a field", "文件的列（a, b）都不是字段名"},
		{"import --form customer missing.csv", 1, "missing.csv", "missing.csv"},
		{"export --form invoice --filter x", 1, "", ""},
		{"flow publish nothing", 1, "There is no flow “nothing”", "没有"},
		{"verify --server http://127.0.0.1:1", 1, "No server answers at 127.0.0.1:1", "127.0.0.1:1 没有服务器应答"},
		{"doctor --data " + nowhere, 1, "", ""},
		{"dance", 2, "dance", "dance"},
	} {
		for lang, want := range map[string]string{"en_GB.UTF-8": c.en, "zh_CN.UTF-8": c.zh} {
			t.Setenv("LANG", lang)
			out, errs, code := x.types(strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(errs, want) || strings.Contains(errs+out, "map[") || strings.Contains(errs, "invalid.fields") || strings.Contains(errs, "rule.") {
				t.Errorf("%s (%s): %d, %s%s", c.args, lang, code, out, errs)
			}
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a look at a directory that is not there has made it")
	}
}
