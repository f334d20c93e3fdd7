// Package promisecheck is the step "promise.check": what became of the newest
// promise to pay. It waits while the promise is open.
package promisecheck

import (
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "promise.check", V: 1, Group: "logic", Waits: true,
	Title: node.Say("Check the promise", "检查承诺"), About: node.Say("Waits for the end of an open promise to pay, then goes on by how it ended.", "等待进行中的付款承诺到期，再按兑现情况继续。"),
	Schema: `{"type":"object","additionalProperties":false,"properties":{}}`, Defaults: `{}`,
	Parse: node.Reads(func() *check { return new(check) }),
}

type check struct{}

// The ports.
const (
	kept   = "kept"
	part   = "partKept"
	broken = "broken"
	none   = "none"
)

// Ports: partKept leaves with the broken ones where it has no way of its own.
func (*check) Ports() (required, optional []string) {
	return []string{kept, broken, none}, []string{part}
}

// Falls tells where an optional port leads when it is not wired.
func (*check) Falls(string) string { return broken }

// Step looks at the newest promise over the subject.
func (*check) Step(c *node.Ctx) node.Next {
	path := "account.promise"
	if _, invoice := c.Doc["invoice"]; invoice {
		path = "invoice.promise"
	}
	status, _ := filter.Lookup(c.Doc, path).(string)
	port := none
	switch status {
	case ledger.PromiseOpen:
		return node.Next{Do: node.DoWait, On: []string{ledger.PromiseClosed}, Reason: "promised"}
	case ledger.PromiseKept:
		port = kept
	case ledger.PromisePartKept:
		port = part
	case ledger.PromiseBroken:
		port = broken
	}
	next := node.Go(port)
	next.Planned = c.Now
	return next
}

// Sentence reads the step.
func (*check) Sentence(node.Names) flow.Text {
	return node.Say("When the promise to pay has ended: kept or broken?", "付款承诺到期后：是否兑现？")
}
