// Package triggerwebhook is the trigger "trigger.webhook": another system starts
// runs with a signed call.
package triggerwebhook

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.webhook", V: 1, Group: "trigger",
	Title: node.Say("On a call from another system", "外部系统触发"), About: node.Say("Another system names an invoice or customer in a signed call.", "外部系统通过签名请求指定账单或客户。"),
	Schema:   `{"type":"object","additionalProperties":false,"properties":{"filter":` + node.Titled("Only if", "仅当", node.FilterSchema) + `}}`,
	Defaults: `{}`,
	Parse:    node.Reads(func() *trigger { return new(trigger) }),
}

type trigger struct {
	node.OnlyIf
}

// Starts runs for a call.
func (t *trigger) Starts(e node.Event) bool { return e.Type == node.EventWebhook }

// Sentence reads the step.
func (t *trigger) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		return node.Pick(lang, "On a call from another system", "外部系统调用时") + n.If(t.Filter.Expr, lang)
	})
}
