package run

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// actor is a flow on the stage of one account's rehearsal.
type actor struct {
	Companion
	from time.Time // when it begins to play
	// enrols: what is open when it begins enters it. Flows that were under way
	// before have who entered them.
	enrols bool
	on     bool
	tick   time.Time // of its schedule
}

// cast is the rehearsed flow and its company.
func (r *Rehearsal) cast() []*actor {
	out := []*actor{{Companion: Companion{r.Def, r.Next}, from: r.From, enrols: true}}
	if r.Company == nil {
		return out
	}
	for _, c := range r.Company.Flows {
		out = append(out, &actor{Companion: c, from: r.begin(), enrols: r.Company.Now.IsZero()})
	}
	return out
}

// next is when the flow begins, or its schedule comes round.
func (a *actor) next() time.Time {
	if !a.on {
		return a.from
	}
	return a.tick
}

// mine tells whether a flow is the rehearsed one.
func (e *simulated) mine(flow string) bool { return flow == e.r.Def.Flow.Key }

// enrol lets flows begin whose time has come: it starts their runs of what is
// open.
func (e *simulated) enrol() []Note {
	var notes []Note
	for _, a := range e.cast {
		if a.on || a.from.After(e.now) {
			continue
		}
		a.on = true
		if a.Next != nil {
			a.tick = a.Next(a.from)
		}
		if t := a.Def.Trigger(); a.enrols && t != nil && t.Starts(node.Event{Type: node.EventEnrolled}) {
			notes = append(notes, e.start(a, e.subjects(a), "")...)
		}
	}
	return notes
}

// subjects are all that a flow may carry: the customer, or what is open.
func (e *simulated) subjects(a *actor) []string {
	if a.Def.Flow.Subject.Form == "customer" {
		return []string{e.a.Customer}
	}
	return e.facts.State.OpenItems()
}

// start begins runs, except those that have ended before.
func (e *simulated) start(a *actor, subjects []string, entry string) []Note {
	f := a.Def.Flow
	var ids []string
	for _, s := range subjects {
		if e.ended[idOf(f.Key, s, entry)] == nil {
			ids = append(ids, s)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return []Note{{Kind: NoteStart, Hash: a.Def.Hash, Form: f.Subject.Form, Ids: ids, Entry: entry}}
}

// triggered are the runs of a flow that an event of the ledger starts.
func (e *simulated) triggered(a *actor, runs map[string]*Run, events []node.Event) []Note {
	if !a.on {
		return nil
	}
	var notes []Note
	for _, x := range events {
		starts := a.Def.StartedBy(x)
		subject := e.a.Customer
		if a.Def.Flow.Subject.Form == "invoice" {
			subject = x.Invoice
		}
		if entry, ok := entryFor(a.Def, runs, subject, x); starts && ok && subject != "" {
			notes = append(notes, e.start(a, []string{subject}, entry)...)
		}
	}
	return notes
}

// ticked are the runs of a flow that its schedule starts now.
func (e *simulated) ticked(a *actor) []Note {
	if a.tick.IsZero() || a.tick.After(e.now) {
		return nil
	}
	entry := dayOf(a.tick, e.facts.WorkLoc).String()
	a.tick = a.Next(a.tick)
	return e.start(a, e.subjects(a), entry)
}

// change makes the changes of the record that are due, and tells of them.
func (e *simulated) change(runs map[string]*Run) []Note {
	var notes []Note
	for ; e.changed < len(e.a.Changes) && !e.a.Changes[e.changed].At.After(e.now); e.changed++ {
		c := e.a.Changes[e.changed]
		maps.Copy(e.a.Record, c.Set)
		x := node.Event{Type: node.EventRecord, Fields: slices.Sorted(maps.Keys(c.Set)), Seq: c.At.Unix()}
		for _, a := range e.cast {
			t := a.Def.Trigger()
			if !a.on || t == nil || a.Def.Flow.Subject.Form != "customer" || !t.Starts(x) {
				continue
			}
			if entry, ok := entryFor(a.Def, runs, e.a.Customer, x); ok {
				notes = append(notes, e.start(a, []string{e.a.Customer}, entry)...)
			}
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: []node.Event{x}})
	}
	return notes
}

// entryFor names the run that an event starts: of a flow that may be entered
// again each has its own, and there is none while the last one goes on.
func entryFor(d *Definition, runs map[string]*Run, subject string, x node.Event) (entry string, ok bool) {
	if d.Flow.Subject.Reentry != "again" {
		return "", true
	}
	for _, r := range runs {
		if r.Flow == d.Flow.Key && r.Subject == subject {
			return "", false
		}
	}
	return strconv.FormatInt(x.Seq, 10), true
}

// written says which of the messages that really went out an account remembers
// in a rehearsal, and as what; nil is none. Those of the rehearsed flow itself
// spend the contact budget, but answer none of its steps: it stands in for its
// published version and begins anew.
func (r *Rehearsal) written() func(ledger.Event) (ledger.Event, bool) {
	if r.Company == nil {
		return nil
	}
	known := map[string]bool{}
	return func(e ledger.Event) (ledger.Event, bool) {
		if e.Type == ledger.MessageIntended {
			known[e.Key] = !r.Company.Now.IsZero() || e.At.Before(r.From)
		}
		keep := known[e.Key]
		if ledger.FlowOf(e.Key) == r.Def.Flow.Key {
			e.Key, e.Keys = e.Key+"/past", nil
		}
		return e, keep
	}
}
