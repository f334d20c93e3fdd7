package run

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// Now is the virtual time.
func (e *simulated) Now() time.Time { return e.now }

// Load is the account as it stands at the virtual time.
func (e *simulated) Load(context.Context, []string) (*Facts, error) {
	f := e.r.Facts(e.facts.State, e.a.Record, e.a.Invoices, e.now)
	e.facts = f
	return f, nil
}

// Definition is the rehearsed one, or one of its company.
func (e *simulated) Definition(ctx context.Context, hash string) (*Definition, error) {
	for _, a := range e.cast {
		if a.Def.Hash == hash {
			return a.Def, nil
		}
	}
	return e.r.Company.Version(ctx, hash)
}

// Reached are those of the ended runs that may go on.
func (e *simulated) Reached(_ context.Context, invoices []string) ([]*Run, error) {
	var ended []*Run
	for _, r := range e.ended {
		if r.Status == Done && (r.Subject == e.a.Customer || has(invoices, r.Subject)) {
			ended = append(ended, r)
		}
	}
	var live []*Definition
	for _, a := range e.cast {
		live = append(live, a.Def)
	}
	return LastReached(ended, live), nil
}

// Send asks the ledger, as the real thing does, and notes the message.
func (e *simulated) Send(_ context.Context, f *Facts, m Message) (Sent, error) {
	var d ledger.Decision
	now := ledger.Now{At: e.now, Today: dayOf(e.now, f.WorkLoc), By: "rehearsal", Calendar: f.Calendar}
	wish := ledger.Intend{Key: m.Key, Keys: m.Keys, Items: m.Items, Currency: m.Currency, Channel: m.Channel, Rules: m.Rules, Out: &d}
	_, err := ledger.Execute(f.State, wish, now)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{Dropped: d.Dropped}
	switch d.Verdict {
	case ledger.Refused:
		sent.Result = node.Result{Status: node.ResultRefused, Reason: d.Reason, Until: d.Until, By: d.Other}
		return sent, nil
	case ledger.Deferred:
		sent.Result = node.Result{Status: node.ResultDeferred, Reason: d.Reason, Until: d.Until, By: d.Other}
		if d.Reason != "budget" && e.r.Company != nil {
			sent.By = spentBeyond(f.State, wish, d, now)
		}
		return sent, nil
	}
	sent.Result = node.Result{Status: node.ResultOK, Ref: m.Key, By: d.Other}
	if d.Verdict != ledger.Granted {
		return sent, nil // it went out, or may have, before the rehearsal began
	}
	if _, err := ledger.Execute(f.State, ledger.EndMessage{Key: m.Key, Status: ledger.IntentSent}, now); err != nil {
		return Sent{}, err
	}
	e.planned(f, m, d)
	return sent, nil
}

// spentBeyond is the flow that has used up the contact budget, where a wish that
// waits for something else, such as the morning, has to wait beyond that for it.
func spentBeyond(st *ledger.State, wish ledger.Intend, d ledger.Decision, now ledger.Now) string {
	rules := wish.Rules
	wish.Rules.Budgets = nil
	if free := st.Evaluate(wish, now); !free.Until.Before(d.Until) {
		return ""
	}
	return st.SpentBy(rules, wish.Key, wish.Channel)
}

func (e *simulated) name() string {
	name, _ := e.a.Record["name"].(string)
	return name
}

// Do does what stays inside: holds and fields; a task is done the next working
// day at noon, without a result.
func (e *simulated) Do(_ context.Context, f *Facts, r *Run, a node.Action) (node.Result, error) {
	switch a.Kind {
	case node.ActTask, node.ActEscalate:
		e.ask(f, r, a)
	case node.ActHold:
		c := ledger.SetHold{Until: a.Until, Reason: a.Reason}
		if r.Form == "invoice" {
			c.Invoice = r.Subject
		}
		now := ledger.Now{At: e.now, Today: f.Today, By: "rehearsal", Calendar: f.Calendar}
		if _, err := ledger.Execute(f.State, c, now); err != nil {
			return node.Result{Status: node.ResultFailed, Reason: "invalid"}, nil //nolint:nilerr // as the real thing does
		}
	case node.ActUpdate:
		e.set(r, a.Set)
	}
	return node.Result{Status: node.ResultOK, Ref: a.Key}, nil
}

// ask gives a task, or makes an invoice part of one that is still open.
func (e *simulated) ask(f *Facts, r *Run, a node.Action) {
	due := taskDue{at: f.Calendar.AddWorkdays(f.Today, 1).At(12*60, f.WorkLoc), key: a.Key, work: f.Work(r, a), row: -1}
	if e.mine(r.Flow) {
		due.result = e.r.Answers[r.Node]
	}
	open := slices.IndexFunc(e.tasks, func(t taskDue) bool { return due.work != "" && t.work == due.work })
	if open < 0 {
		due.row = e.assigned(f, r, a)
	} else {
		due.at, due.row = e.tasks[open].at, e.tasks[open].row
	}
	e.tasks = append(e.tasks, due)
	if n := e.number(r.Subject); n != "" && due.row >= 0 {
		t := &e.r.Report.Tasks[due.row]
		t.Numbers = append(t.Numbers, n)
	}
}

func (e *simulated) set(r *Run, fields map[string]json.RawMessage) {
	for field, raw := range fields {
		form, key, _ := strings.Cut(field, ".")
		var v any
		if json.Unmarshal(raw, &v) != nil {
			continue
		}
		if form == "customer" {
			e.a.Record[key] = v
		} else if inv := maps.Clone(e.a.Invoices[r.Subject]); inv != nil {
			inv[key] = v
			e.a.Invoices[r.Subject] = inv
		}
	}
}
