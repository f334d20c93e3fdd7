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
	Schema: `{"type":"object","minProperties":1,"additionalProperties":false,"properties":{
	  "for":` + node.SpanSchema + `,
	  "until":{"type":"object","required":["field"],"additionalProperties":false,"properties":{"field":{"type":"string","maxLength":80},"offset":` + node.SpanSchema + `}},
	  "at":` + node.TimeSchema + `,"days":{"enum":["working","every"]}}}`,
	Parse: node.Reads(func() *wait { return new(wait) }),
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

// Sentence reads the step.
func (w *wait) Sentence() flow.Text {
	at, zhAt := "", ""
	if w.At != nil {
		at, zhAt = " at "+w.At.String(), " "+w.At.String()
	}
	switch {
	case w.For != nil:
		return node.Say("Wait "+node.SpanText(*w.For, "en")+at, "等待 "+node.SpanText(*w.For, "zh-CN")+zhAt)
	case w.Until != nil:
		f, o := w.Until.Field, w.Until.Offset
		switch {
		case o.Value < 0:
			return node.Say("Wait until "+node.SpanText(o, "en")+" before "+f+at, "等到"+f+"前 "+node.SpanText(o, "zh-CN")+zhAt)
		case o.Value > 0:
			return node.Say("Wait until "+node.SpanText(o, "en")+" after "+f+at, "等到"+f+"后 "+node.SpanText(o, "zh-CN")+zhAt)
		}
		return node.Say("Wait until "+f+at, "等到"+f+zhAt)
	}
	return node.Say("Wait until"+at, "等到"+zhAt)
}
