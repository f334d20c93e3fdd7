package run

import (
	"context"
	"maps"
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
	// Follow keeps every fact of the flow's runs in the report, as a path.
	Follow bool
	// Answers are the results that people give to tasks, by step; a task without
	// one is done without a result.
	Answers map[string]string
	// Company are the other flows that play along; nil rehearses the flow alone,
	// as if nobody had written to the customer before.
	Company *Company
}

// Company are flows that want the same customers as the rehearsed one, on the
// same clock and out of the same contact budget.
type Company struct {
	Flows []Companion
	// Now, unless zero, is when their runs stand as Account.Runs says: they go on
	// from there, and what was written until now counts. It is not after
	// Rehearsal.From. Zero lets them begin at From like the rehearsed flow, with
	// what was written before that.
	Now time.Time
	// Version gives the version that a run under way follows.
	Version func(ctx context.Context, hash string) (*Definition, error)
}

// Companion is a flow that plays along; Next as in Rehearsal.
type Companion struct {
	Def  *Definition
	Next func(t time.Time) time.Time
}

// Account is one account's history: its records as they are now and its journal.
type Account struct {
	Customer string
	Record   map[string]any
	Invoices map[string]map[string]any
	Events   []ledger.Event
	Changes  []Change // in order
	Runs     []*Run   // of the company's flows, as they stand at Company.Now
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
	e, runs := r.world(a)
	notes := e.enrol()
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
		if run.Status == Parked && e.mine(run.Flow) {
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
	cast    []*actor
	ended   map[string]*Run // which do not begin again
	tasks   []taskDue
	changed int // of the changes, how many have been made
	paid    map[string][]settlement
}

type taskDue struct {
	at          time.Time
	key, result string
	work        string // what further invoices join by, "" for nothing
	row         int    // in the report, -1 for none
}

// world is an account before its rehearsal begins, and the runs it has by then.
func (r *Rehearsal) world(a Account) (*simulated, map[string]*Run) {
	st := ledger.NewWholeState(a.Customer)
	e := &simulated{r: r, a: a, now: r.begin(), facts: r.Facts(st, a.Record, a.Invoices, r.begin()), ended: map[string]*Run{}}
	e.a.Record, e.a.Invoices = maps.Clone(a.Record), maps.Clone(a.Invoices)
	e.history = timeline(a.Events, e.facts.WorkLoc, r.written())
	e.past(e.now)
	e.paid = settledOn(a.Events)
	e.cast = r.cast()
	r.Report.Totals.Accounts++
	runs := map[string]*Run{}
	for _, run := range a.Runs {
		if run.Status == Done {
			e.ended[run.ID] = run.Clone()
		} else {
			runs[run.ID] = run.Clone()
		}
	}
	return e, runs
}

// begin is when the virtual clock starts: with the rehearsal, or with the
// company, which may have been under way before.
func (r *Rehearsal) begin() time.Time {
	if r.Company != nil && !r.Company.Now.IsZero() {
		return r.Company.Now
	}
	return r.From
}

// past applies what took effect before the rehearsal begins.
func (e *simulated) past(from time.Time) {
	for e.pos < len(e.history) && !e.history[e.pos].at.After(from) {
		e.facts.State.Apply(e.history[e.pos].event)
		e.pos++
	}
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
	for _, a := range e.cast {
		see(a.next())
	}
	if !next.IsZero() && next.Before(e.now) {
		return e.now
	}
	return next
}

// arrive applies what happens now and tells the runs.
func (e *simulated) arrive(runs map[string]*Run) []Note {
	notes := e.enrol()
	for e.pos < len(e.history) && !e.history[e.pos].at.After(e.now) {
		ev := e.history[e.pos].event
		e.pos++
		e.facts.State.Apply(ev)
		events := NodeEvents(ev)
		for _, a := range e.cast {
			notes = append(notes, e.triggered(a, runs, events)...)
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
	for _, a := range e.cast {
		notes = append(notes, e.ticked(a)...)
	}
	return notes
}
