// Package update is the step "update": it sets fields of the customer or
// invoice record. Money is never set here: that is the ledger's.
package update

import (
	"encoding/json"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "update", V: 1, Group: "act",
	Schema: `{"type":"object","required":["set"],"additionalProperties":false,"properties":{"set":{"type":"object","minProperties":1,"maxProperties":20}}}`,
	Parse:  node.Reads(func() *update { return new(update) }),
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

// Sentence reads the step.
func (u *update) Sentence() flow.Text {
	var parts []string
	for f, v := range u.Set {
		parts = append(parts, f+" = "+string(v))
	}
	sort.Strings(parts)
	s := strings.Join(parts, ", ")
	return node.Say("Set "+s, "设置 "+s)
}
