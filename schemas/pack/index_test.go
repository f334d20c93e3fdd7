package pack_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

func indexOf(t *testing.T, p *pack.Pack) (pack.Index, []byte) {
	t.Helper()
	file, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return pack.Index{
		Name: flow.Text{"en": "Test"}, Made: "2026-01-02T03:04:05Z", Packs: []pack.Listed{pack.ListingOf(p, "gentle-1.0.0.dfpkg", len(file))},
	}, file
}

// An index says who signed it; what is changed in it afterwards is noticed.
func TestIndexSigned(t *testing.T) {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	x, file := indexOf(t, gentle(t))
	raw, err := pack.WriteIndex(x, key)
	if err != nil {
		t.Fatal(err)
	}
	back, signer, err := pack.ReadIndex(raw)
	if err != nil || signer != pack.PublicKey(public) || back.Packs[0].SHA256 != x.Packs[0].SHA256 {
		t.Fatalf("read back: %+v %q %v", back, signer, err)
	}
	if p, err := back.Packs[0].Fetched(file); err != nil || p.ID != "gentle-three-steps" {
		t.Errorf("fetched: %v", err)
	}
	for _, other := range [][]byte{file[:len(file)-1], append(bytes.Clone(file), 0), bytes.Replace(file, file[100:104], []byte("\x00\x01\x02\x03"), 1)} {
		if _, err := back.Packs[0].Fetched(other); fault.KeyOf(err) != "catalog.hash" {
			t.Errorf("another file: %v", err)
		}
	}
	for name, wrong := range map[string]string{
		"another version": strings.Replace(string(raw), `"1.0.0"`, `"1.0.1"`, 1),
		"another hash":    strings.Replace(string(raw), x.Packs[0].SHA256, strings.Repeat("a", 64), 1),
		"another key":     strings.Replace(string(raw), pack.PublicKey(public), pack.PublicKey(make([]byte, 32)), 1),
	} {
		if wrong == string(raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, _, err := pack.ReadIndex([]byte(wrong)); fault.KeyOf(err) != "catalog.signature" {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain, err := pack.WriteIndex(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, signer, err := pack.ReadIndex(plain); signer != "" || err != nil {
		t.Errorf("unsigned: %q %v", signer, err)
	}
}

// What is no index, or names files elsewhere, is refused.
func TestIndexRefused(t *testing.T) {
	x, _ := indexOf(t, gentle(t))
	for want, change := range map[string]func(*pack.Index){
		"../x.dfpkg":               func(x *pack.Index) { x.Packs[0].File = "../x.dfpkg" },
		"a/b.dfpkg":                func(x *pack.Index) { x.Packs[0].File = "a/b.dfpkg" },
		"https://evil.example/x":   func(x *pack.Index) { x.Packs[0].File = "https://evil.example/x" },
		"made":                     func(x *pack.Index) { x.Made = "yesterday" },
		"gentle-three-steps 1":     func(x *pack.Index) { x.Packs[0].Version = "1" },
		"Bad 1.0.0":                func(x *pack.Index) { x.Packs[0].ID = "Bad" },
		"gentle-three-steps 1.0.0": func(x *pack.Index) { x.Packs = append(x.Packs, x.Packs[0]) },
	} {
		bad := x
		bad.Packs = append([]pack.Listed{}, x.Packs...)
		change(&bad)
		_, err := pack.WriteIndex(bad, nil)
		fe, ok := err.(*fault.Error)
		if !ok || fe.Key != "catalog.broken" || fmt.Sprint(fe.Params["what"]) != want {
			t.Errorf("%s: %v", want, err)
		}
		bad.Format = pack.IndexFormat
		inner, _ := json.Marshal(bad)
		if _, _, err := pack.ReadIndex([]byte(`{"index":` + string(inner) + `}`)); fault.KeyOf(err) != "catalog.broken" {
			t.Errorf("read %s: %v", want, err)
		}
	}
	for _, raw := range []string{"", "null", "[]", "<html>", `{"index":{}}`, strings.Repeat("[", 100_000)} {
		if _, _, err := pack.ReadIndex([]byte(raw)); fault.KeyOf(err) != "catalog.broken" {
			t.Errorf("%.20q: %v", raw, err)
		}
	}
	if _, _, err := pack.ReadIndex(make([]byte, pack.MaxIndex+1)); fault.KeyOf(err) != "catalog.tooBig" {
		t.Errorf("huge: %v", err)
	}
}

// Of several versions the newest is offered.
func TestIndexNewest(t *testing.T) {
	x := pack.Index{Packs: []pack.Listed{{ID: "a", Version: "1.9.0"}, {ID: "b", Version: "1.0.0"}, {ID: "a", Version: "1.10.0"}, {ID: "a", Version: "1.2.0"}}}
	got := x.Newest()
	if len(got) != 2 || got[0].Version != "1.10.0" || got[1].ID != "b" {
		t.Errorf("newest %+v", got)
	}
}
