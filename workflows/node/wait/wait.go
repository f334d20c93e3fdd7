// Package wait is the step "wait": time passes, for a span, until a date of
// the subject, or until a time of day. The target is computed anew at every
// look, so that a changed due date moves the timer.
package wait

import (
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "wait", V: 1, Group: "time", Waits: true,
	Title: node.Say("Wait", "等待"), About: node.Say("Waits for a span, until a date, or until a time of day.", "等待一段时间、到某个日期或某个时刻。"),
	Schema: `{"type":"object","minProperties":1,"additionalProperties":false,"x-df-choice":` + node.Kinds("Wait", "等待",
		node.Kind{By: "for", With: []string{"at"}, Start: `{"for":{"value":3,"unit":"businessDay"},"at":"09:30"}`, En: "for some time", Zh: "一段时间"},
		node.Kind{By: "until", With: []string{"at"}, Start: `{"until":{"offset":{"value":3,"unit":"day"}},"at":"09:30"}`, En: "until a date", Zh: "到某个日期"},
		node.Kind{By: "at", With: []string{"days"}, Start: `{"at":"09:30"}`, En: "until a time of day", Zh: "到某个时刻"}) + `,"properties":{
	  "for":` + node.Titled("For", "时长", node.SpanSchema) + `,
	  "until":` + node.Titled("Until a date", "到某个日期", `{"type":"object","required":["field"],"additionalProperties":false,"properties":{
	    "field":`+node.Titled("Date", "日期", node.DateSchema)+`,"offset":`+node.Titled("Before or after", "提前或推后", node.SpanSchema)+`}}`) + `,
	  "at":` + node.Titled("At", "时间", node.TimeSchema) + `,
	  "days":` + node.Titled("On", "日期类型", node.Choices("working", "working days", "工作日", "every", "any day", "任何一天")) + `}}`,
	Defaults: `{"for":{"value":3,"unit":"businessDay"},"at":"09:30"}`,
	Parse:    node.Reads(func() *wait { return new(wait) }),
}

type wait struct {
	For   *value.Span `json:"for"`
	Until *struct {
		Field  string     `json:"field"`
		Offset value.Span `json:"offset"`
	} `json:"until"`
	At   *value.TimeOfDay `json:"at"`
	Days string           `json:"days"` // with at alone: working (default) or every
}

// Check asks for exactly one kind of wait.
func (w *wait) Check() error {
	switch {
	case w.For != nil && w.Until != nil:
		return fault.At("/until", "onlyOneOf", []string{"for", "until"})
	case w.For != nil:
		return node.CheckSpan("/for", *w.For, "")
	case w.Until != nil:
		if w.Until.Offset.Unit == "" {
			w.Until.Offset.Unit = value.Day
		}
		return node.CheckSpan("/until/offset", w.Until.Offset, "negative")
	case w.At == nil:
		return fault.At("", "oneOf", []string{"for", "until", "at"})
	}
	return nil
}

// Step waits for the target.
func (w *wait) Step(c *node.Ctx) node.Next {
	target, ok := w.target(c)
	if !ok {
		return node.Park("missingDate")
	}
	if c.Now.Before(target) {
		return node.WaitUntil(target)
	}
	next := node.Go("out")
	next.Planned = target
	return next
}

func (w *wait) target(c *node.Ctx) (time.Time, bool) {
	switch {
	case w.For != nil:
		return c.AfterSpan(c.EnteredAt, *w.For, w.At), true
	case w.Until != nil:
		d, ok := c.DateField(w.Until.Field)
		if !ok {
			return time.Time{}, false
		}
		at := value.TimeOfDay(540)
		if w.At != nil {
			at = *w.At
		}
		return w.Until.Offset.AddToDate(d, c.Calendar).At(at, c.Loc), true
	}
	d := value.DateOf(c.EnteredAt.In(c.Loc))
	if !d.At(*w.At, c.Loc).After(c.EnteredAt) {
		d++
	}
	if w.Days != "every" {
		d = c.Calendar.NextWorkday(d)
	}
	return d.At(*w.At, c.Loc), true
}

// Reads is the date of a wait until one.
func (w *wait) Reads() map[string]flow.Use {
	if w.Until == nil {
		return nil
	}
	return map[string]flow.Use{"/until/field": {Path: w.Until.Field, Date: true}}
}

// Spans is how long it waits, or how far from a date.
func (w *wait) Spans() map[string]value.Span {
	switch {
	case w.For != nil:
		return map[string]value.Span{"/for": *w.For}
	case w.Until != nil:
		return map[string]value.Span{"/until/offset": w.Until.Offset}
	}
	return nil
}

// Sentence reads the step.
func (w *wait) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		at := ""
		if w.At != nil {
			at = node.Pick(lang, " at ", " ") + w.At.String()
		}
		switch {
		case w.For != nil:
			return node.Pick(lang, "Wait ", "等待 ") + node.SpanText(*w.For, lang) + at
		case w.Until != nil:
			f, o := n.Of(node.NameField, w.Until.Field, lang), w.Until.Offset
			span := node.SpanText(o, lang)
			switch {
			case o.Value < 0:
				return node.Pick(lang, "Wait until "+span+" before the "+f, "等待至"+f+"前 "+span) + at
			case o.Value > 0:
				return node.Pick(lang, "Wait until "+span+" after the "+f, "等待至"+f+"后 "+span) + at
			}
			return node.Pick(lang, "Wait until the "+f, "等待至"+f) + at
		}
		return node.Pick(lang, "Wait until", "等待至") + at
	})
}
