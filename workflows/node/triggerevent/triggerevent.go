// Package triggerevent is the trigger "trigger.event": a run starts when
// something happens to its subject, optionally only when chosen fields changed.
package triggerevent

import (
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
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
	Schema: `{"type":"object","required":["on"],"additionalProperties":false,"properties":{
	  "on":{"enum":["invoice.created","invoice.changed","payment.recorded","payment.reversed","dispute.opened","dispute.closed","promise.made","promise.closed","customer.changed"]},
	  "fields":{"type":"array","maxItems":50,"items":{"type":"string","maxLength":80}},"filter":` + node.FilterSchema + `}}`,
	Parse: node.Reads(func() *trigger { return new(trigger) }),
}

type trigger struct {
	On     string    `json:"on"`
	Fields []string  `json:"fields"`
	Filter node.When `json:"filter"`
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

// Step goes on at once if the filter fits.
func (t *trigger) Step(c *node.Ctx) node.Next {
	if !t.Filter.Match(c) {
		return node.End("exit", "notMatched")
	}
	next := node.Go("out")
	next.Planned = c.StartedAt
	return next
}

// Filters names the conditions.
func (t *trigger) Filters() map[string]filter.Expr {
	return map[string]filter.Expr{"/filter": t.Filter.Expr}
}

var zh = map[string]string{
	"invoice.created": "新账单", "invoice.changed": "账单变更", "payment.recorded": "收到回款", "payment.reversed": "回款冲销",
	"dispute.opened": "提出异议", "dispute.closed": "异议关闭", "promise.made": "承诺付款", "promise.closed": "承诺结束", "customer.changed": "客户资料变更",
}

// Sentence reads the step.
func (t *trigger) Sentence() flow.Text {
	en := "Start: on " + strings.ReplaceAll(t.On, ".", " ")
	cn := "开始：" + zh[t.On] + "时"
	if t.Filter.Expr != nil {
		en += ", if " + node.Phrase(t.Filter.Expr, "en")
		cn += "，且" + node.Phrase(t.Filter.Expr, "zh-CN")
	}
	return node.Say(en, cn)
}
