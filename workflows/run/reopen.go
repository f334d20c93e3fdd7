package run

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// stopReason begins the reason of a run that one of its flow's stops has ended.
const stopReason = "stop:"

// Reached tells whether a goal of its flow has ended the run: it goes on when
// that is no longer true, such as when the payment bounces.
func (r *Run) Reached() bool {
	return r.Status == Done && r.Outcome == "goal" && strings.HasPrefix(r.Reason, stopReason)
}

// place is what a flow carries once at a time: a subject.
type place struct{ flow, subject string }

func (r *Run) place() place { return place{r.Flow, r.Subject} }

// LastReached picks those of a customer's ended runs that may go on: the last one
// of each subject in each of the flows that go out now, if a goal has ended it. They
// follow the version that goes out, where that has their step.
func LastReached(ended []*Run, live []*Definition) []*Run {
	flows := map[string]*Definition{}
	for _, d := range live {
		flows[d.Flow.Key] = d
	}
	last := map[place]*Run{}
	for _, r := range ended {
		if was := last[r.place()]; was == nil || r.Ended.After(was.Ended) {
			last[r.place()] = r
		}
	}
	var out []*Run
	for _, r := range last {
		d := flows[r.Flow]
		if d == nil || !r.Reached() {
			continue
		}
		if d.Has(r.Node) {
			r.Hash = d.Hash
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Run) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Reopens tells whether one of some events may let ended runs go on.
func Reopens(events []node.Event) bool {
	return slices.ContainsFunc(events, func(e node.Event) bool { return ledger.Reopening(e.Type) })
}

// reopen takes in the runs that a goal has ended and that the step's events may
// have opened again; none of a subject that its flow carries.
func (s *stepper) reopen(ctx context.Context) error {
	var invoices []string
	opens := false
	for _, e := range s.events {
		if ledger.Reopening(e.Type) {
			opens = true
			if e.Invoice != "" {
				invoices = append(invoices, e.Invoice)
			}
		}
	}
	if !opens {
		return nil
	}
	slices.Sort(invoices)
	reached, err := s.env.Reached(ctx, slices.Compact(invoices))
	if err != nil {
		return err
	}
	carried := map[place]bool{}
	for _, r := range s.runs {
		carried[r.place()] = true
	}
	for _, r := range reached {
		if !carried[r.place()] {
			s.runs[r.ID] = r
			s.reached[r.ID], s.touched[r.ID] = true, true
		}
	}
	return nil
}

// reopened lets a run go on, or forgets it again where it has nothing to do.
func (s *stepper) reopened(d *Definition, r *Run, in In) bool {
	delete(s.reached, r.ID)
	facts := Reopen(d, r, in)
	if facts == nil {
		delete(s.runs, r.ID)
		return false
	}
	s.facts = append(s.facts, facts...)
	return true
}

// Reopen lets a run that a goal has ended go on at the step where it stood; nil
// where one of the flow's stops holds. The time in which nothing was owed counts
// neither for what the run waits for nor as a delay, and a person whose answer it
// waited for is asked anew.
func Reopen(d *Definition, r *Run, in In) []Fact {
	a := advancer{d: d, r: r, in: in}
	if !r.Reached() || a.stop() != nil {
		return nil
	}
	r.Entered = r.Entered.Add(in.Now.Sub(r.Ended))
	if a.awaits() {
		r.Entered = in.Now
		r.Visits[r.Node]++ // the task of this visit has been taken back
	}
	a.fact("reopened", "owedAgain").Port = r.Outcome
	r.Status, r.Outcome, r.Reason = Active, "", ""
	r.Ended, r.Resumed, r.Wake = time.Time{}, in.Now, in.Now
	return a.facts
}

// awaits tells whether the run's step asks a person and waits for the answer.
func (a *advancer) awaits() bool {
	ghost := a.ghost()
	s := ghost.d.nodes[ghost.r.Node]
	if s.node == nil || s.disabled {
		return false
	}
	next := s.node.Step(ghost.ctx())
	return next.Do == node.DoAct && next.Action != nil && next.Action.Waits
}
