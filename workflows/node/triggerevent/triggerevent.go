// Package triggerevent is the trigger "trigger.event": a run starts when
// something happens to its subject, optionally only when chosen fields changed.
package triggerevent

import (
	"slices"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// names of events as users choose them, and the facts that count as each.
var names = map[string][]string{
	"invoice.created":  {"invoice.booked"},
	"invoice.changed":  {"invoice.corrected", node.EventRecord},
	"payment.recorded": {"payment.applied", "payment.allocated"},
	"payment.reversed": {"payment.reversed"},
	"dispute.opened":   {"dispute.opened"},
	"dispute.closed":   {"dispute.closed"},
	"promise.made":     {"promise.made"},
	"promise.closed":   {"promise.closed"},
	"customer.changed": {node.EventRecord},
}

// Type is the node type.
var Type = node.Type{
	Name: "trigger.event", V: 1, Group: "trigger",
	Title: node.Say("When something happens", "当事件发生时"), About: node.Say("Starts when an invoice, payment, promise, dispute or customer record comes or changes.", "在新增或变更账单、回款、承诺、异议或客户资料时开始。"),
	Schema: `{"type":"object","required":["on"],"additionalProperties":false,"properties":{
	  "on":` + node.Titled("Event", "事件", node.Choices(events...)) + `,
	  "fields":` + node.Titled("Only if one of these fields changed", "仅当以下字段变更", `{"type":"array","x-df-widget":"fields","maxItems":50,"items":{"type":"string","maxLength":80}}`) + `,
	  "filter":` + node.Titled("Only if", "仅当", node.FilterSchema) + `}}`,
	Defaults: `{"on":"invoice.created"}`,
	Parse:    node.Reads(func() *trigger { return new(trigger) }),
}

// events are the choices with their names: key, English, Chinese.
var events = []string{
	"invoice.created", "a new invoice", "新账单", "invoice.changed", "an invoice changes", "账单变更",
	"payment.recorded", "a payment comes in", "收到回款", "payment.reversed", "a payment is reversed", "回款冲销",
	"dispute.opened", "a dispute is opened", "提出异议", "dispute.closed", "a dispute is closed", "异议关闭",
	"promise.made", "a promise to pay is made", "承诺付款", "promise.closed", "a promise is kept or broken", "承诺兑现或落空",
	"customer.changed", "a customer record changes", "客户资料变更",
}

type trigger struct {
	node.OnlyIf
	On     string   `json:"on"`
	Fields []string `json:"fields"`
}

// Starts runs for its event.
func (t *trigger) Starts(e node.Event) bool {
	if !slices.Contains(names[t.On], e.Type) {
		return false
	}
	if len(t.Fields) == 0 || len(e.Fields) == 0 {
		return true
	}
	return slices.ContainsFunc(t.Fields, func(f string) bool { return slices.Contains(e.Fields, f) })
}

// Sentence reads the step.
func (t *trigger) Sentence(n node.Names) flow.Text {
	k := slices.Index(events, t.On)
	return node.Both(func(lang string) string {
		return node.Pick(lang, "On: "+events[k+1], events[k+2]+"时") + n.If(t.Filter.Expr, lang)
	})
}
