// Package triggermanual is the trigger "trigger.manual": a person or another
// system starts runs for chosen subjects.
package triggermanual

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.manual", V: 1, Group: "trigger",
	Title: node.Say("By hand", "手动启动"), About: node.Say("Starts for the invoices or customers that somebody picks.", "由人选定账单或客户后启动。"),
	Schema:   `{"type":"object","additionalProperties":false,"properties":{"filter":` + node.Titled("Only if", "仅当", node.FilterSchema) + `}}`,
	Defaults: `{}`,
	Parse:    node.Reads(func() *trigger { return new(trigger) }),
}

type trigger struct {
	node.OnlyIf
}

// Starts runs on request.
func (t *trigger) Starts(e node.Event) bool { return e.Type == node.EventManual }

// Sentence reads the step.
func (t *trigger) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		return node.Pick(lang, "Started by hand", "手动启动") + n.If(t.Filter.Expr, lang)
	})
}
