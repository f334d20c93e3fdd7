// Package update is the step "update": it sets fields of the customer or
// invoice record. Money is never set here: that is the ledger's.
package update

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "update", V: 1, Group: "act",
	Title: node.Say("Set fields", "修改字段"), About: node.Say("Changes fields of the customer or invoice.", "修改客户或账单的字段。"),
	Schema:   `{"type":"object","required":["set"],"additionalProperties":false,"properties":{"set":` + node.Titled("Fields", "字段", `{"type":"object","x-df-widget":"values","minProperties":1,"maxProperties":20}`) + `}}`,
	Defaults: `{"set":{}}`,
	Parse:    node.Reads(func() *update { return new(update) }),
}

type update struct {
	Set map[string]json.RawMessage `json:"set"`
}

// Check allows fields of the subject's records only.
func (u *update) Check() error {
	for f := range u.Set {
		form, name, ok := strings.Cut(f, ".")
		if !ok || form != "customer" && form != "invoice" || name == "" || strings.Contains(name, ".") {
			return fault.At("/set/"+f, "settableField", []string{"customer.", "invoice."})
		}
	}
	return nil
}

// Step asks for the change.
func (u *update) Step(c *node.Ctx) node.Next {
	return node.Do(c, node.Action{Kind: node.ActUpdate, Key: c.Key(), Set: u.Set}, "updateFailed")
}

// Reads are the fields that are set.
func (u *update) Reads() map[string]flow.Use {
	out := map[string]flow.Use{}
	for f := range u.Set {
		out["/set/"+f] = flow.Use{Path: f, Set: true}
	}
	return out
}

// Sentence reads the step.
func (u *update) Sentence(n node.Names) flow.Text {
	fields := slices.Sorted(maps.Keys(u.Set))
	return node.Both(func(lang string) string {
		parts := make([]string, 0, len(fields))
		for _, f := range fields {
			var v any
			_ = json.Unmarshal(u.Set[f], &v) // it was read from JSON
			parts = append(parts, n.Of(node.NameField, f, lang)+" = "+n.ValueOf(f, v, lang))
		}
		return node.Pick(lang, "Set ", "设置 ") + strings.Join(parts, node.Pick(lang, ", ", "，"))
	})
}
