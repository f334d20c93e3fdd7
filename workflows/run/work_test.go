package run

import (
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// What shares a task: everything that a person reads and answers is the same.
func TestWork(t *testing.T) {
	st := ledger.NewWholeState("c")
	f := &Facts{State: st, Customer: map[string]any{"name": "C"}, Loc: time.UTC, WorkLoc: time.UTC, Invoices: map[string]map[string]any{"a": {"number": "A-1"}, "b": {"number": "B-2"}}}
	of := func(invoice string, change func(*Run, *node.Action)) string {
		r := &Run{Flow: "f", Node: "n", Form: "invoice", Subject: invoice}
		a := node.Action{Kind: node.ActTask, Title: node.Say("Call {{ customer.name }}", "致电"), Results: []node.Choice{{Key: "yes"}, {Key: "no"}}, Waits: true}
		if change != nil {
			change(r, &a)
		}
		return f.Work(r, a)
	}
	same := of("a", nil)
	if same == "" || of("b", nil) != same {
		t.Error("the same step asks for other work")
	}
	for what, change := range map[string]func(*Run, *node.Action){
		"another flow":  func(r *Run, _ *node.Action) { r.Flow = "g" },
		"another step":  func(r *Run, _ *node.Action) { r.Node = "m" },
		"a notice":      func(_ *Run, a *node.Action) { a.Kind = node.ActNotify },
		"other words":   func(_ *Run, a *node.Action) { a.Title = node.Say("Write", "写") },
		"other people":  func(_ *Run, a *node.Action) { a.Assign = &node.Assign{Role: "finance"} },
		"other answers": func(_ *Run, a *node.Action) { a.Results = a.Results[:1] },
		"an approval":   func(_ *Run, a *node.Action) { a.Answer = true },
		"nobody waits":  func(_ *Run, a *node.Action) { a.Waits = false },
		"the invoice's": func(_ *Run, a *node.Action) { a.Title = node.Say("Call about {{ invoice.number }}", "致电") },
	} {
		if got := of("b", change); got == "" || got == same {
			t.Errorf("%s is the same work", what)
		}
	}
	number := func(_ *Run, a *node.Action) { a.Title = node.Say("Call about {{ invoice.number }}", "致电") }
	if of("a", number) == of("b", number) {
		t.Error("words of an invoice's own are shared")
	}
	for what, change := range map[string]func(*Run, *node.Action){
		"one for each":  func(_ *Run, a *node.Action) { a.Each = true },
		"of an account": func(r *Run, _ *node.Action) { r.Form, r.Subject = "customer", "c" },
	} {
		if got := of("a", change); got != "" {
			t.Errorf("%s shares: %s", what, got)
		}
	}
}
