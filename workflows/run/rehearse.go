package run

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// Rehearsal drives a flow over what really happened to accounts, on a virtual
// clock, with the same interpreter and the same ledger rules as the real
// thing. It touches no channel and writes nothing.
type Rehearsal struct {
	Def      *Definition
	From, To time.Time
	Facts    func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *Facts
	// Next is the next time of a schedule trigger after t; nil for other triggers.
	Next   func(t time.Time) time.Time
	Report *Report
	// Follow keeps every fact of the account in the report, as a path.
	Follow bool
	// Answers are the results that people give to tasks, by step; a task without
	// one is done without a result.
	Answers map[string]string
}

// Account is one account's history: its records as they are now and its journal.
type Account struct {
	Customer string
	Record   map[string]any
	Invoices map[string]map[string]any
	Events   []ledger.Event
	Changes  []Change // in order
}

// Change is one of a customer's record that is made at a moment of a rehearsal.
type Change struct {
	At  time.Time
	Set map[string]any
}

// maxSteps bounds the virtual steps of one account.
const maxSteps = 20_000

// Play rehearses one account.
func (r *Rehearsal) Play(ctx context.Context, a Account) error {
	st := ledger.NewWholeState(a.Customer)
	e := &simulated{r: r, a: a, now: r.From, facts: r.Facts(st, a.Record, a.Invoices, r.From)}
	e.a.Record, e.a.Invoices = maps.Clone(a.Record), maps.Clone(a.Invoices)
	e.history = timeline(a.Events, e.facts.WorkLoc)
	e.past(r.From)
	e.paid = settledOn(a.Events)
	r.Report.Totals.Accounts++
	runs := map[string]*Run{}
	notes := e.enrol()
	if r.Next != nil {
		e.tick = r.Next(r.From)
	}
	for range maxSteps {
		if len(notes) > 0 || e.due(runs) {
			facts, err := Step(ctx, e, runs, notes)
			if err != nil {
				return err
			}
			e.note(facts, runs)
		}
		next := e.next(runs)
		if next.IsZero() || next.After(r.To) {
			break
		}
		e.now = next
		notes = e.arrive(runs)
	}
	for _, run := range runs {
		if run.Status == Parked {
			r.Report.Totals.Parked++
		}
	}
	return nil
}

// simulated is the world of one account in a rehearsal.
type simulated struct {
	r       *Rehearsal
	a       Account
	now     time.Time
	facts   *Facts
	history []happening
	pos     int
	tick    time.Time
	tasks   []taskDue
	changed int // of the changes, how many have been made
	paid    map[string][]settlement
}

type taskDue struct {
	at          time.Time
	key, result string
}

// past applies what took effect before the rehearsal begins.
func (e *simulated) past(from time.Time) {
	for e.pos < len(e.history) && !e.history[e.pos].at.After(from) {
		e.facts.State.Apply(e.history[e.pos].event)
		e.pos++
	}
}

// enrol starts the runs of what is open when the rehearsal begins.
func (e *simulated) enrol() []Note {
	t := e.r.Def.Trigger()
	if t == nil || !t.Starts(node.Event{Type: node.EventEnrolled}) {
		return nil
	}
	if e.r.Def.Flow.Subject.Form == "customer" {
		return []Note{e.start(e.a.Customer, "")}
	}
	var notes []Note
	for _, id := range e.facts.State.OpenItems() {
		notes = append(notes, e.start(id, ""))
	}
	return notes
}

func (e *simulated) start(subject, entry string) Note {
	return Note{Kind: NoteStart, Hash: e.r.Def.Hash, Form: e.r.Def.Flow.Subject.Form, Ids: []string{subject}, Entry: entry}
}

func (e *simulated) due(runs map[string]*Run) bool {
	for _, r := range runs {
		if r.Due(e.now) {
			return true
		}
	}
	return false
}

// next is the next instant at which something happens.
func (e *simulated) next(runs map[string]*Run) time.Time {
	var next time.Time
	see := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, r := range runs {
		if r.Status == Active {
			see(r.Wake)
		}
	}
	if e.pos < len(e.history) {
		see(e.history[e.pos].at)
	}
	if e.changed < len(e.a.Changes) {
		see(e.a.Changes[e.changed].At)
	}
	for _, t := range e.tasks {
		see(t.at)
	}
	see(e.tick)
	if !next.IsZero() && next.Before(e.now) {
		return e.now
	}
	return next
}

// arrive applies what happens now and tells the runs.
func (e *simulated) arrive(runs map[string]*Run) []Note {
	var notes []Note
	t, form := e.r.Def.Trigger(), e.r.Def.Flow.Subject.Form
	for e.pos < len(e.history) && !e.history[e.pos].at.After(e.now) {
		ev := e.history[e.pos].event
		e.pos++
		e.facts.State.Apply(ev)
		events := NodeEvents(ev)
		for _, x := range events {
			starts := t.Starts(x) || ev.Type == ledger.InvoiceBooked && t.Starts(node.Event{Type: node.EventEnrolled})
			subject := e.a.Customer
			if form == "invoice" {
				subject = x.Invoice
			}
			if entry, ok := e.entry(runs, subject, x); starts && ok && subject != "" {
				notes = append(notes, e.start(subject, entry))
			}
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: events})
	}
	notes = append(notes, e.change(runs)...)
	left := e.tasks[:0]
	for _, d := range e.tasks {
		if d.at.After(e.now) {
			left = append(left, d)
			continue
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: []node.Event{{Type: node.EventTaskDone, Key: d.key, Result: d.result}}})
	}
	e.tasks = left
	if e.r.Next != nil && !e.tick.IsZero() && !e.tick.After(e.now) {
		entry := dayOf(e.tick, e.facts.WorkLoc).String()
		if form == "customer" {
			notes = append(notes, e.start(e.a.Customer, entry))
		} else {
			for _, id := range e.facts.State.OpenItems() {
				notes = append(notes, e.start(id, entry))
			}
		}
		e.tick = e.r.Next(e.tick)
	}
	return notes
}

// change makes the changes of the record that are due, and tells of them.
func (e *simulated) change(runs map[string]*Run) []Note {
	var notes []Note
	for ; e.changed < len(e.a.Changes) && !e.a.Changes[e.changed].At.After(e.now); e.changed++ {
		c := e.a.Changes[e.changed]
		maps.Copy(e.a.Record, c.Set)
		x := node.Event{Type: node.EventRecord, Fields: slices.Sorted(maps.Keys(c.Set)), Seq: c.At.Unix()}
		if e.r.Def.Flow.Subject.Form == "customer" && e.r.Def.Trigger().Starts(x) {
			if entry, ok := e.entry(runs, e.a.Customer, x); ok {
				notes = append(notes, e.start(e.a.Customer, entry))
			}
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: []node.Event{x}})
	}
	return notes
}

// entry names the run that an event starts: of a flow that may be entered again
// each has its own, and there is none while the last one goes on.
func (e *simulated) entry(runs map[string]*Run, subject string, x node.Event) (entry string, ok bool) {
	if e.r.Def.Flow.Subject.Reentry != "again" {
		return "", true
	}
	for _, r := range runs {
		if r.Subject == subject {
			return "", false
		}
	}
	return strconv.FormatInt(x.Seq, 10), true
}

// note counts facts and forgets runs that have ended.
func (e *simulated) note(facts []Fact, runs map[string]*Run) {
	rep := e.r.Report
	if e.r.Follow {
		rep.Path = append(rep.Path, facts...)
	}
	for _, f := range facts {
		switch f.What {
		case "started":
			rep.Totals.Runs++
		case node.ResultDeferred, node.ResultRefused:
			rep.Held = append(rep.Held, HeldMessage{f.At, e.a.Customer, e.name(), f.Run, f.Node, f.What, f.Reason, f.Until})
			if f.What == node.ResultDeferred {
				rep.Totals.Deferred++
			} else {
				rep.Totals.Refused++
			}
		case "ended":
			rep.Totals.Ended[f.Port]++
		}
	}
	for id, r := range runs {
		if r.Status == Done {
			delete(runs, id)
		}
	}
}
