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
	Schema: `{"type":"object","required":["for"],"additionalProperties":false,"properties":{"for":` + node.SpanSchema + `,"reason":{"type":"string","maxLength":200}}}`,
	Parse:  node.Reads(func() *hold { return new(hold) }),
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
func (h *hold) Sentence() flow.Text {
	return node.Say("Hold reminders for "+node.SpanText(h.For, "en"), "暂停提醒 "+node.SpanText(h.For, "zh-CN"))
}
