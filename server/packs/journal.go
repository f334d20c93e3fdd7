package packs

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

// The minutes of a day at which things happen.
const (
	invoicesAt = 8 * 60
	paymentsAt = 8*60 + 10
	promisesAt = 10 * 60
	disputesAt = 10*60 + 10
	settledAt  = 10*60 + 20
)

// journalStep is one command of an account's history: on a day, at a minute of it.
type journalStep struct {
	on     value.Date
	minute value.TimeOfDay
	do     ledger.Command
}

// account is a customer's records, and the journal of what happens to it up to a day.
func (g *ground) account(a pack.Account, to value.Date) (run.Account, error) {
	id := a.ID()
	out := run.Account{Customer: id, Record: a.Customer, Invoices: map[string]map[string]any{}}
	for _, i := range a.Invoices {
		record := map[string]any{}
		maps.Copy(record, i.Fields)
		record["number"], record["customer"], record["currency"], record["amount"] = i.ID, id, string(i.Currency), i.Amount
		record["issueDate"], record["dueDate"] = i.Issue.String(), i.Due.String()
		out.Invoices[i.ID] = record
	}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, run.Change{At: c.On.At(10*60, g.Loc), Set: c.Set})
	}
	slices.SortStableFunc(out.Changes, func(a, b run.Change) int { return a.At.Compare(b.At) })
	st := ledger.NewWholeState(id)
	do := func(s journalStep) error {
		now := ledger.Now{At: s.on.At(s.minute, g.Loc), Today: s.on, By: "rehearsal", Calendar: g.Calendar}
		events, err := ledger.Execute(st, s.do, now)
		out.Events = append(out.Events, events...)
		return err
	}
	steps := stepsOf(a)
	if len(steps) == 0 {
		return out, nil
	}
	for day := steps[0].on; day <= to; day++ {
		if t := st.NextTick(); t != 0 && t <= day {
			if err := do(journalStep{day, 5, ledger.Tick{}}); err != nil {
				return out, err
			}
		}
		for ; len(steps) > 0 && steps[0].on == day; steps = steps[1:] {
			if err := do(steps[0]); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// stepsOf are the commands of an account's history in order; within a day invoices come
// before payments, and these before what people say.
func stepsOf(a pack.Account) []journalStep {
	var out []journalStep
	for _, i := range a.Invoices {
		out = append(out, journalStep{i.Issue, invoicesAt, ledger.BookInvoice{Invoice: i.ID, Number: i.ID, Currency: i.Currency, Amount: i.Amount, Issue: i.Issue, Due: i.Due, Parts: i.Parts}})
	}
	for k, m := range a.Payments {
		out = append(out, journalStep{m.On, paymentsAt, ledger.ApplyPayment{Payment: fmt.Sprintf("payment-%d", k+1), Amount: m.Amount, Currency: m.Currency, Value: m.On, Invoices: m.Invoices}})
	}
	for k, m := range a.Promises {
		out = append(out, journalStep{m.On, promisesAt, ledger.MakePromise{Promise: fmt.Sprintf("promise-%d", k+1), Amount: m.Amount, Currency: m.Currency, Date: m.Date, Items: m.Invoices}})
	}
	for k, x := range a.Disputes {
		id := fmt.Sprintf("dispute-%d", k+1)
		out = append(out, journalStep{x.On, disputesAt, ledger.OpenDispute{Invoice: x.Invoice, Dispute: id, Reason: x.Reason, Amount: x.Amount}})
		if x.Closed != 0 {
			out = append(out, journalStep{x.Closed, settledAt, ledger.CloseDispute{Invoice: x.Invoice, Dispute: id, Outcome: x.Outcome}})
		}
	}
	slices.SortStableFunc(out, func(a, b journalStep) int {
		if a.on != b.on {
			return int(a.on - b.on)
		}
		return int(a.minute - b.minute)
	})
	return out
}
