// Package loop is the step "loop": the run goes round at most a number of
// times, with a gap between, then leaves by "done".
package loop

import (
	"fmt"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "loop", V: 1, Group: "logic", Loops: true, Waits: true,
	Title: node.Say("Repeat", "重复"), About: node.Say("Leads back to earlier steps a limited number of times, with a pause between.", "有限次地回到前面的步骤，每次之间有间隔。"),
	Schema: `{"type":"object","required":["max"],"additionalProperties":false,"properties":{
	  "max":` + node.Titled("Times at most", "最多次数", `{"type":"integer","minimum":1,"maximum":50}`) + `,
	  "gap":` + node.Titled("Pause between", "间隔", node.SpanSchema) + `,"at":` + node.Titled("At", "时间", node.TimeSchema) + `}}`,
	Defaults: `{"max":3,"gap":{"value":7,"unit":"day"},"at":"09:30"}`,
	Parse:    node.Reads(func() *loop { return new(loop) }),
}

type loop struct {
	Max int              `json:"max"`
	Gap value.Span       `json:"gap"`
	At  *value.TimeOfDay `json:"at"`
}

// Check refuses bad gaps.
func (l *loop) Check() error {
	if l.Gap.Unit == "" {
		l.Gap.Unit = value.Day
	}
	return node.CheckSpan("/gap", l.Gap, "")
}

// Ports: again while visits are left, done after.
func (l *loop) Ports() (required, optional []string) { return []string{"again", "done"}, nil }

// Spans is the pause between two rounds.
func (l *loop) Spans() map[string]value.Span { return map[string]value.Span{"/gap": l.Gap} }

// Step counts visits.
func (l *loop) Step(c *node.Ctx) node.Next {
	if c.Visit > l.Max {
		return node.Go("done")
	}
	target := c.EnteredAt
	if l.Gap.Value > 0 {
		target = c.AfterSpan(c.EnteredAt, l.Gap, l.At)
	}
	if c.Now.Before(target) {
		return node.WaitUntil(target)
	}
	next := node.Go("again")
	next.Planned = target
	return next
}

// Sentence reads the step.
func (l *loop) Sentence(node.Names) flow.Text {
	return node.Both(func(lang string) string {
		s := node.Pick(lang, fmt.Sprintf("Repeat at most %d times", l.Max), fmt.Sprintf("最多重复 %d 次", l.Max))
		if l.Gap.Value > 0 {
			s += node.Pick(lang, ", every ", "，间隔 ") + node.SpanText(l.Gap, lang)
		}
		return s
	})
}
