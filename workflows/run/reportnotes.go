package run

import (
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// note counts what the rehearsed flow's runs did, and forgets runs that have
// ended.
func (e *simulated) note(facts []Fact, runs map[string]*Run) {
	for _, f := range facts {
		if e.mine(f.Flow) {
			e.own(f)
		}
	}
	for id, r := range runs {
		if r.Status == Done {
			delete(runs, id)
			e.ended[id] = r
		}
	}
}

func (e *simulated) own(f Fact) {
	rep := e.r.Report
	if e.r.Follow {
		rep.Path = append(rep.Path, f)
	}
	switch f.What {
	case "started":
		rep.Totals.Runs++
	case "ended":
		rep.Totals.Ended[f.Port]++
	case "reopened":
		if rep.Totals.Ended[f.Port]--; rep.Totals.Ended[f.Port] == 0 {
			delete(rep.Totals.Ended, f.Port)
		}
	case "merged", node.ResultDeferred, node.ResultRefused:
		h := HeldMessage{At: f.At, Customer: e.a.Customer, Name: e.name(), Run: f.Run, Node: f.Node, What: f.What, Reason: f.Reason, Until: f.Until, Number: e.number(subjectOf(f.Run))}
		if f.By != f.Flow {
			h.By = f.By
		}
		if f.What == "merged" {
			h.Into = stepOf(f.Key)
		}
		rep.Held = append(rep.Held, h)
		rep.Totals.held(h)
	}
}

// stepOf is the step in a message's key, which stands before the number of the visit.
func stepOf(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) < 3 {
		return ""
	}
	return parts[len(parts)-2]
}

func (t *Totals) held(h HeldMessage) {
	switch h.What {
	case node.ResultDeferred:
		t.Deferred++
	case node.ResultRefused:
		t.Refused++
	default:
		t.Merged++
	}
	if h.By == "" {
		return
	}
	if o := t.other(h.By); h.What == "merged" {
		o.Merged++
	} else {
		o.Hindered++
	}
}

// planned notes a message that was granted. What the company sends before the
// rehearsed time has its effects, but is not told.
func (e *simulated) planned(f *Facts, m Message, d ledger.Decision) {
	if e.now.Before(e.r.From) {
		return
	}
	p := PlannedMessage{
		At: e.now, Customer: e.a.Customer, Name: e.name(), Amount: d.Amount, Currency: m.Currency,
		Node: m.Node, Channel: m.Channel, Template: m.Template, Merged: len(m.Keys),
	}
	after := 0
	for _, id := range d.Items {
		i := f.State.Items[id]
		p.Items = append(p.Items, PlannedItem{id, i.Number, i.DPD(f.Today), slices.Contains(m.Apart, id)})
		if settledBy(e.paid[id], i.Amount, f.Today) {
			after++
		}
	}
	for _, key := range m.Keys {
		if flow := ledger.FlowOf(key); flow != m.Flow && !slices.Contains(p.With, flow) {
			p.With = append(p.With, flow)
		}
	}
	rep := e.r.Report
	if !e.mine(m.Flow) {
		o := rep.Totals.other(m.Flow)
		o.Messages++
		o.AfterPayment += after
		if p.Flow = m.Flow; len(rep.Others) < maxOthers {
			rep.Others = append(rep.Others, p)
		}
		return
	}
	rep.Messages = append(rep.Messages, p)
	rep.Totals.Messages++
	rep.Totals.Items += len(p.Items)
	rep.Totals.AfterPayment += after
	rep.Totals.PerNode[m.Node]++
	rep.Totals.day(f.Today).Messages++
}

// number is the invoice's that a run is about, "" for one about a customer.
func (e *simulated) number(subject string) string {
	n, _ := e.a.Invoices[subject]["number"].(string)
	return n
}

// assigned notes work that a flow gave to a person, and gives its place in the
// report, -1 for none.
func (e *simulated) assigned(f *Facts, r *Run, a node.Action) int {
	rep := e.r.Report
	switch {
	case e.now.Before(e.r.From):
	case e.mine(r.Flow):
		rep.Totals.Tasks++
		rep.Totals.day(f.Today).Tasks++
		rep.Tasks = append(rep.Tasks, PlannedTask{At: e.now, Customer: e.a.Customer, Name: e.name(), Node: r.Node, Title: f.Words(r, a.Title), Assign: a.Assign})
		return len(rep.Tasks) - 1
	default:
		rep.Totals.other(r.Flow).Tasks++
	}
	return -1
}

// settlement is money that came onto an invoice on a date. It is read straight
// from the journal, apart from the ledger's own rules, to check them.
type settlement struct {
	on     value.Date
	amount int64
}

func settledOn(events []ledger.Event) map[string][]settlement {
	out := map[string][]settlement{}
	for _, e := range events {
		switch e.Type {
		case ledger.PaymentApplied, ledger.PaymentAllocated:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, a.Amount})
			}
		case ledger.PaymentReversed:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, -a.Amount})
			}
		case ledger.CreditNoted, ledger.WrittenOff:
			out[e.Invoice] = append(out[e.Invoice], settlement{e.Value, e.Amount})
		}
	}
	return out
}

func settledBy(list []settlement, amount int64, day value.Date) bool {
	var sum int64
	for _, s := range list {
		if s.on <= day {
			sum += s.amount
		}
	}
	return sum >= amount
}
