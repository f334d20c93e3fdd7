// Package waitfor is the step "waitFor": the run stays until something happens
// to the account, or a time-out passes.
package waitfor

import (
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

var kinds = map[string][]string{
	"payment":  {"payment.applied", "payment.allocated"},
	"promise":  {"promise.made"},
	"dispute":  {"dispute.opened"},
	"call":     {"contact.logged"},
	"delivery": {node.EventDelivered},
	"reply":    {node.EventReply},
	"task":     {node.EventTaskDone},
}

// Type is the node type.
var Type = node.Type{
	Name: "waitFor", V: 1, Group: "time", Waits: true,
	Schema: `{"type":"object","required":["events","timeout"],"additionalProperties":false,"properties":{
	  "events":{"type":"array","minItems":1,"maxItems":7,"uniqueItems":true,"items":{"enum":["payment","promise","dispute","call","delivery","reply","task"]}},
	  "timeout":` + node.SpanSchema + `,"at":` + node.TimeSchema + `}}`,
	Parse: node.Reads(func() *waitFor { return new(waitFor) }),
}

type waitFor struct {
	Events  []string         `json:"events"`
	Timeout value.Span       `json:"timeout"`
	At      *value.TimeOfDay `json:"at"`
}

// Check refuses bad time-outs.
func (w *waitFor) Check() error { return node.CheckSpan("/timeout", w.Timeout, "") }

// Ports: out when an event came, timeout when none did.
func (w *waitFor) Ports() (required, optional []string) { return []string{"out", "timeout"}, nil }

// Step waits for an event or the time-out.
func (w *waitFor) Step(c *node.Ctx) node.Next {
	types := w.types()
	if c.Event != nil && slices.Contains(types, c.Event.Type) {
		next := node.Go("out")
		next.Planned = c.Now
		return next
	}
	deadline := c.AfterSpan(c.EnteredAt, w.Timeout, w.At)
	if c.Now.Before(deadline) {
		return node.Next{Do: node.DoWait, Until: deadline, On: types}
	}
	next := node.Go("timeout")
	next.Planned = deadline
	return next
}

func (w *waitFor) types() []string {
	var out []string
	for _, e := range w.Events {
		out = append(out, kinds[e]...)
	}
	return out
}

var zh = map[string]string{"payment": "回款", "promise": "付款承诺", "dispute": "异议", "call": "通话", "delivery": "送达", "reply": "回复", "task": "任务结果"}

// Sentence reads the step.
func (w *waitFor) Sentence() flow.Text {
	cn := make([]string, 0, len(w.Events))
	for _, e := range w.Events {
		cn = append(cn, zh[e])
	}
	return node.Say("Wait for "+strings.Join(w.Events, " or ")+", at most "+node.SpanText(w.Timeout, "en"),
		"等待"+strings.Join(cn, "或")+"，最多 "+node.SpanText(w.Timeout, "zh-CN"))
}
