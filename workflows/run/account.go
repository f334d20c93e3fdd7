package run

import (
	"context"
	"sort"
	"time"

	"github.com/dueflow/dueflow/workflows/node"
)

// Note is one thing the account's workflow is told.
type Note struct {
	Kind   string       `json:"kind"` // start, event, control, adopt
	Hash   string       `json:"hash,omitempty"`
	Form   string       `json:"form,omitempty"`
	Ids    []string     `json:"ids,omitempty"` // subjects of a start; runs of a control, empty = all of the flow
	Entry  string       `json:"entry,omitempty"`
	Events []node.Event `json:"events,omitempty"`
	Action string       `json:"action,omitempty"`
	Flow   string       `json:"flow,omitempty"`
	By     string       `json:"by,omitempty"`
}

// The kinds of notes.
const (
	NoteStart   = "start"
	NoteEvent   = "event"
	NoteControl = "control"
	// NoteAdopt asks for the runs that the store knows and the engine does not.
	NoteAdopt = "adopt"
)

// Step advances all runs of one account: it takes in the notes, lets every run
// that is due or touched go on, performs what they ask for, merges what goes
// to the customer on this day in one currency, and repeats until all rest. It
// changes the runs in place and returns what happened.
func Step(ctx context.Context, env Env, runs map[string]*Run, notes []Note) ([]Fact, error) {
	s := &stepper{env: env, runs: runs, defs: map[string]*Definition{}, touched: map[string]bool{}, reached: map[string]bool{}}
	if err := s.take(ctx, notes); err != nil {
		return nil, err
	}
	for range maxRounds {
		acts, err := s.round(ctx)
		if err != nil {
			return nil, err
		}
		if len(acts) == 0 {
			return s.facts, nil
		}
		if err := s.perform(ctx, acts); err != nil {
			return nil, err
		}
	}
	for id := range s.results { // a flow that keeps acting without a wait
		a := advancer{d: s.defs[runs[id].Hash], r: runs[id], in: In{Now: env.Now()}}
		a.park("noWait")
		s.facts = append(s.facts, a.facts...)
	}
	return s.facts, nil
}

// maxRounds bounds how many actions one run may do in one step.
const maxRounds = 25

type stepper struct {
	env     Env
	runs    map[string]*Run
	defs    map[string]*Definition
	facts   []Fact
	touched map[string]bool
	events  []*node.Event
	results map[string]*node.Result // by run: actions done in the last round
	reached map[string]bool         // runs that had ended, and may go on
	account *Facts
	// current: nothing but sends has happened since account was read, and Send
	// has brought its ledger up to date.
	current bool
}

func (s *stepper) def(ctx context.Context, hash string) (*Definition, error) {
	if d := s.defs[hash]; d != nil {
		return d, nil
	}
	d, err := s.env.Definition(ctx, hash)
	if err != nil {
		return nil, err
	}
	s.defs[hash] = d
	return d, nil
}

func (s *stepper) take(ctx context.Context, notes []Note) error {
	now := s.env.Now()
	for _, n := range notes {
		switch n.Kind {
		case NoteStart:
			d, err := s.def(ctx, n.Hash)
			if err != nil {
				return err
			}
			for _, subject := range n.Ids {
				r := NewRun(d, subject, n.Entry, now)
				if s.runs[r.ID] == nil {
					s.runs[r.ID] = r
					s.facts = append(s.facts, Fact{Run: r.ID, Flow: r.Flow, Node: r.Node, At: now, What: "started"})
				}
			}
		case NoteEvent:
			for i := range n.Events {
				s.events = append(s.events, &n.Events[i])
			}
		case NoteControl:
			if err := s.control(ctx, n, now); err != nil {
				return err
			}
		}
	}
	return s.reopen(ctx)
}

func (s *stepper) control(ctx context.Context, n Note, now time.Time) error {
	var to *Definition
	if n.Action == Migrate {
		d, err := s.def(ctx, n.Hash)
		if err != nil {
			return err
		}
		to = d
	}
	for _, id := range sortedIDs(s.runs) {
		r := s.runs[id]
		if r.Flow != n.Flow && n.Flow != "" || len(n.Ids) > 0 && !has(n.Ids, id) {
			continue
		}
		d, err := s.def(ctx, r.Hash)
		if err != nil {
			return err
		}
		s.facts = append(s.facts, Control(d, r, n.Action, to, now, n.By)...)
		s.touched[id] = true
	}
	return nil
}

// round advances every run that has a reason to move and gives their actions.
func (s *stepper) round(ctx context.Context) ([]act, error) {
	now := s.env.Now()
	moving := s.moving(now)
	if len(moving) == 0 {
		return nil, nil
	}
	var invoices []string
	for _, r := range moving {
		if r.Form == "invoice" {
			invoices = append(invoices, r.Subject)
		}
	}
	f := s.account
	if !s.current {
		var err error
		if f, err = s.env.Load(ctx, invoices); err != nil {
			return nil, err
		}
		s.account = f
	}
	var acts []act
	for _, r := range moving {
		if r.Form == "invoice" && f.awaited(r.Subject) {
			r.Wake = now.Add(max(time.Minute, f.Grace/120)) // a quarter of a second of a demo clock
			continue
		}
		d, err := s.def(ctx, r.Hash)
		if err != nil {
			return nil, err
		}
		in := In{Now: now, Loc: f.zone(d), Calendar: f.calendar(d), Doc: f.Doc(r.Form, r.Subject), Grace: f.Grace, Result: s.results[r.ID]}
		if a := s.advance(d, r, in); a != nil {
			acts = append(acts, act{r, a})
		}
	}
	s.results, s.events = nil, nil
	s.touched = map[string]bool{}
	return acts, nil
}

// advance gives a run its events one by one, or its result, or just the time.
func (s *stepper) advance(d *Definition, r *Run, in In) *node.Action {
	if s.reached[r.ID] && !s.reopened(d, r, in) {
		return nil
	}
	events := []*node.Event{nil}
	if in.Result == nil {
		if mine := s.eventsFor(r); len(mine) > 0 {
			events = mine
		}
	}
	for _, e := range events {
		in.Event = e
		a, facts := Advance(d, r, in)
		s.facts = append(s.facts, facts...)
		if a != nil || r.Status == Done {
			return a
		}
	}
	return nil
}

func (s *stepper) eventsFor(r *Run) []*node.Event {
	var out []*node.Event
	for _, e := range s.events {
		if e.Invoice == "" || r.Form != "invoice" || e.Invoice == r.Subject {
			out = append(out, e)
		}
	}
	return out
}

func (s *stepper) moving(now time.Time) []*Run {
	var out []*Run
	for _, id := range sortedIDs(s.runs) {
		r := s.runs[id]
		if s.results[id] != nil || s.results == nil && (r.Due(now) || s.touched[id] || len(s.eventsFor(r)) > 0 && r.Status != Done) {
			out = append(out, r)
		}
	}
	return out
}

func sortedIDs[K ~string, V any](m map[K]V) []K {
	ids := make([]K, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(a, b int) bool { return ids[a] < ids[b] })
	return ids
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
