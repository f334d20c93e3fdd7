// Package hold is the step "hold": reminders of the subject stop for a while.
package hold

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "hold", V: 1, Group: "act",
	Title: node.Say("Hold reminders", "暂停提醒"), About: node.Say("No reminders for a while: for the invoice, or in a customer's flow for the customer.", "一段时间内不再提醒：对该账单，或在客户流程中对该客户。"),
	Schema: `{"type":"object","required":["for"],"additionalProperties":false,"properties":{
	  "for":` + node.Titled("For", "时长", node.SpanSchema) + `,"reason":` + node.Titled("Reason", "原因", `{"type":"string","maxLength":200}`) + `}}`,
	Defaults: `{"for":{"value":7,"unit":"day"}}`,
	Parse:    node.Reads(func() *hold { return new(hold) }),
}

type hold struct {
	For    value.Span `json:"for"`
	Reason string     `json:"reason"`
}

// Check refuses bad spans.
func (h *hold) Check() error { return node.CheckSpan("/for", h.For, "") }

// Step asks for the hold.
func (h *hold) Step(c *node.Ctx) node.Next {
	until := h.For.AddToDate(value.DateOf(c.Now.In(c.Loc)), c.Calendar)
	return node.Do(c, node.Action{Kind: node.ActHold, Key: c.Key(), Until: until, Reason: h.Reason}, "holdFailed")
}

// Sentence reads the step.
func (h *hold) Sentence(node.Names) flow.Text {
	return node.Both(func(lang string) string {
		return node.Pick(lang, "Hold reminders for ", "暂停提醒 ") + node.SpanText(h.For, lang)
	})
}
