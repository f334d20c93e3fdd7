package packs_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/workflows/builtin"
)

// TestShippedPacks: every pack that ships is sound with the node types and
// templates that ship, and every rehearsal that comes with it goes as written.
func TestShippedPacks(t *testing.T) {
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	nodes := builtin.Nodes()
	world := pack.World{Nodes: nodes, Template: shippedTemplate(t), Wording: templates.ShippedWording()}
	for _, p := range all {
		t.Run(p.ID, func(t *testing.T) {
			for _, f := range p.Lint(world) {
				t.Errorf("%s: %s%s: %s %v", f.Severity, f.Object, f.Pointer, f.Key, f.Params)
			}
			tests := p.Of(pack.Test)
			if len(tests) == 0 {
				t.Error("no rehearsal")
			}
			goals := 0
			for _, o := range tests {
				report, differences, err := packs.RunFixture(t.Context(), p, o, nodes)
				if err != nil {
					t.Fatal(o.Key, err)
				}
				for _, d := range differences {
					t.Errorf("%s: %s", o.Key, d)
				}
				goals += report.Totals.Ended["goal"]
			}
			if goals == 0 {
				t.Error("nobody reaches the goal in a rehearsal")
			}
		})
	}
}

// TestFixtureTells: a rehearsal that expects something else says what differs.
func TestFixtureTells(t *testing.T) {
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.ID != "gentle-three-steps" {
			continue
		}
		o := pack.Object{Kind: pack.Test, Key: "none", Raw: []byte(`{"flow":"gentle-three-steps","from":"2026-03-02","to":"2026-03-18","calendar":"cn","timezone":"Asia/Shanghai",
		 "accounts":[{"customer":{"id":"b","name":"B","tier":"B"},"invoices":[{"id":"i","issue":"2026-02-20","due":"2026-03-20","amount":100,"currency":"CNY"}]}],
		 "expect":{"messages":[{"customer":"b","on":"2026-03-18","template":"gentle-note"}]}}`)}
		_, differences, err := packs.RunFixture(t.Context(), p, o, builtin.Nodes())
		if err != nil {
			t.Fatal(err)
		}
		if len(differences) != 2 || differences[0] != "+ message b 2026-03-17 gentle-note" || differences[1] != "- message b 2026-03-18 gentle-note" {
			t.Errorf("%q", differences)
		}
		o.Raw = []byte(`{"flow":"gentle-three-steps","from":"2026-03-02","to":"2036-03-18","calendar":"cn","timezone":"Asia/Shanghai","accounts":[]}`)
		if _, _, err := packs.RunFixture(t.Context(), p, o, builtin.Nodes()); err == nil {
			t.Error("ten years and no accounts are taken")
		}
		return
	}
	t.Fatal("the first pack is missing")
}

func shippedTemplate(t *testing.T) func(string) bool {
	t.Helper()
	raw, err := os.ReadFile("../templates/builtin/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []message.Document
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, d := range list {
		has[d.Key] = true
	}
	return func(key string) bool { return has[key] }
}
