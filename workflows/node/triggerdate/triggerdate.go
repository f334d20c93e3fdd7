// Package triggerdate is the trigger "trigger.date": a run starts a span
// before or after a date of its subject. Every subject is enrolled when its
// flow is live and waits here, so that a changed date moves the start.
package triggerdate

import (
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.date", V: 1, Group: "trigger", Waits: true,
	Schema: `{"type":"object","required":["field"],"additionalProperties":false,"properties":{
	  "field":{"type":"string","maxLength":80},"offset":` + node.SpanSchema + `,"at":` + node.TimeSchema + `,"filter":` + node.FilterSchema + `}}`,
	Parse: node.Reads(func() *trigger { return &trigger{at: 540} }),
}

type trigger struct {
	Field  string           `json:"field"`
	Offset value.Span       `json:"offset"`
	At     *value.TimeOfDay `json:"at"`
	Filter node.When        `json:"filter"`
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
	if target.Before(c.StartedAt) {
		next.Planned = c.StartedAt // enrolled after the date: due now, not late
	}
	return next
}

// Filters names the conditions.
func (t *trigger) Filters() map[string]filter.Expr {
	return map[string]filter.Expr{"/filter": t.Filter.Expr}
}

// Sentence reads the step.
func (t *trigger) Sentence() flow.Text {
	en, zh := "On "+t.Field, t.Field+"当天"
	switch {
	case t.Offset.Value < 0:
		en, zh = node.SpanText(t.Offset, "en")+" before "+t.Field, t.Field+"前"+node.SpanText(t.Offset, "zh-CN")
	case t.Offset.Value > 0:
		en, zh = node.SpanText(t.Offset, "en")+" after "+t.Field, t.Field+"后"+node.SpanText(t.Offset, "zh-CN")
	}
	if t.Filter.Expr != nil {
		en += ", if " + node.Phrase(t.Filter.Expr, "en")
		zh += "，且" + node.Phrase(t.Filter.Expr, "zh-CN")
	}
	return node.Say("Start: "+en+" at "+t.at.String(), "开始："+zh+" "+t.at.String())
}
