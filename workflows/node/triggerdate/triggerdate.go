// Package triggerdate is the trigger "trigger.date": a run starts a span
// before or after a date of its subject. Every subject is enrolled when its
// flow is live and waits here, so that a changed date moves the start.
package triggerdate

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.date", V: 1, Group: "trigger", Waits: true,
	Title: node.Say("On a date", "到某个日期"), About: node.Say("Starts before, on or after a date of the invoice or customer, such as the due date.", "在账单或客户的某个日期（如到期日）之前、当天或之后开始。"),
	Schema: `{"type":"object","required":["field"],"additionalProperties":false,"properties":{
	  "field":` + node.Titled("Date", "日期", node.DateSchema) + `,
	  "offset":` + node.Titled("Before or after", "提前或推后", node.SpanSchema) + `,
	  "at":` + node.Titled("At", "时间", node.TimeSchema) + `,
	  "filter":` + node.Titled("Only if", "仅当", node.FilterSchema) + `}}`,
	Defaults: `{"field":"invoice.dueDate","offset":{"value":-3,"unit":"day"},"at":"09:00"}`,
	Parse:    node.Reads(func() *trigger { return &trigger{at: 540} }),
}

type trigger struct {
	node.OnlyIf
	Field  string           `json:"field"`
	Offset value.Span       `json:"offset"`
	At     *value.TimeOfDay `json:"at"`
	at     value.TimeOfDay
}

// Check refuses offsets out of range.
func (t *trigger) Check() error {
	if t.Offset.Unit == "" {
		t.Offset.Unit = value.Day
	}
	if t.At != nil {
		t.at = *t.At
	}
	return node.CheckSpan("/offset", t.Offset, "negative")
}

// Starts runs for every enrolled subject.
func (t *trigger) Starts(e node.Event) bool { return e.Type == node.EventEnrolled }

// Step waits for the date, then lets through what fits the filter.
func (t *trigger) Step(c *node.Ctx) node.Next {
	d, ok := c.DateField(t.Field)
	if !ok {
		return node.End("exit", "noDate")
	}
	target := t.Offset.AddToDate(d, c.Calendar).At(t.at, c.Loc)
	if c.Now.Before(target) {
		return node.WaitUntil(target)
	}
	if !t.Filter.Match(c) {
		return node.End("exit", "notMatched")
	}
	next := node.Go("out")
	next.Planned = target
	return next
}

// Reads is the date.
func (t *trigger) Reads() map[string]flow.Use {
	return map[string]flow.Use{"/field": {Path: t.Field, Date: true}}
}

// Sentence reads the step.
func (t *trigger) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		field, span := n.Of(node.NameField, t.Field, lang), node.SpanText(t.Offset, lang)
		var when string
		switch {
		case t.Offset.Value < 0:
			when = node.Pick(lang, span+" before the "+field, field+"前 "+span)
		case t.Offset.Value > 0:
			when = node.Pick(lang, span+" after the "+field, field+"后 "+span)
		default:
			when = node.Pick(lang, "On the "+field, field+"当天")
		}
		when += node.Pick(lang, " at ", " ") + t.at.String()
		return when + n.If(t.Filter.Expr, lang)
	})
}
