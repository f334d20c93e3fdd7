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
	Title: node.Say("Wait for an event", "等待事件"), About: node.Say("Waits until the customer pays, promises, replies or the like, or until the time is up.", "等到客户付款、承诺、回复等，或等到超时。"),
	Schema: `{"type":"object","required":["events","timeout"],"additionalProperties":false,"properties":{
	  "events":` + node.Titled("Any of", "任一事件", `{"type":"array","x-df-widget":"events","minItems":1,"maxItems":7,"uniqueItems":true,"items":`+node.Choices(events...)+`}`) + `,
	  "timeout":` + node.Titled("At most", "最多等待", node.SpanSchema) + `,"at":` + node.Titled("Then at", "届时时间", node.TimeSchema) + `}}`,
	Defaults: `{"events":["payment","promise"],"timeout":{"value":3,"unit":"businessDay"}}`,
	Parse:    node.Reads(func() *waitFor { return new(waitFor) }),
}

// events are the choices with their names: key, English, Chinese.
var events = []string{
	"payment", "a payment", "回款", "promise", "a promise to pay", "付款承诺", "dispute", "a dispute", "异议", "call", "a call", "通话",
	"delivery", "delivery", "送达", "reply", "a reply", "回复", "task", "a task's result", "任务结果",
}

type waitFor struct {
	Events  []string         `json:"events"`
	Timeout value.Span       `json:"timeout"`
	At      *value.TimeOfDay `json:"at"`
}

// Check refuses bad time-outs.
func (w *waitFor) Check() error { return node.CheckSpan("/timeout", w.Timeout, "") }

// Spans is the time-out.
func (w *waitFor) Spans() map[string]value.Span { return map[string]value.Span{"/timeout": w.Timeout} }

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

// Sentence reads the step.
func (w *waitFor) Sentence(node.Names) flow.Text {
	return node.Both(func(lang string) string {
		names := make([]string, 0, len(w.Events))
		for _, e := range w.Events {
			k := slices.Index(events, e)
			names = append(names, node.Pick(lang, events[k+1], events[k+2]))
		}
		span := node.SpanText(w.Timeout, lang)
		return node.Pick(lang, "Wait for "+strings.Join(names, " or ")+", at most "+span, "等待"+strings.Join(names, "或")+"，最多 "+span)
	})
}
