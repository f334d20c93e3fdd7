package run

import (
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/workflows/node"
)

// Bounds of one run.
const (
	maxHops   = 60  // nodes passed in one advance; more means a loop without waits
	maxVisits = 200 // visits of one node
)

// Advance moves a run as far as it can go now: it checks the flow's stops,
// asks the node what to do, follows ports, and stops at a wait, an action, a
// park or the end. With an action returned, perform it and advance again with
// its result. Pure: it changes only r.
func Advance(d *Definition, r *Run, in In) (*node.Action, []Fact) {
	a := advancer{d: d, r: r, in: in}
	return a.advance(), a.facts
}

type advancer struct {
	d     *Definition
	r     *Run
	in    In
	facts []Fact
}

func (a *advancer) fact(what, reason string) *Fact {
	a.facts = append(a.facts, Fact{Run: a.r.ID, Flow: a.r.Flow, Node: a.r.Node, At: a.in.Now, What: what, Reason: reason})
	return &a.facts[len(a.facts)-1]
}

func (a *advancer) advance() *node.Action {
	r := a.r
	a.keepAnswer()
	if r.Status == Done || a.stopped() || r.Status != Active {
		return nil
	}
	if a.in.Result != nil && !a.failed() {
		return nil
	}
	if r.Attempt > 0 && r.Wake.After(a.in.Now) {
		return nil // an event does not shorten the pause before a retry
	}
	for range maxHops {
		s, ok := a.d.nodes[r.Node]
		switch {
		case !ok || s.node == nil:
			a.park("unknownNode")
			return nil
		case r.Visits[r.Node] > maxVisits:
			a.park("tooManyVisits")
			return nil
		case s.disabled:
			if !a.leave(s, node.Go("out")) {
				return nil
			}
			continue
		}
		next := s.node.Step(a.ctx())
		switch next.Do {
		case node.DoGo:
			if !a.leave(s, next) {
				return nil
			}
		case node.DoAct:
			if a.stopped() || a.late(next.Action) {
				return nil
			}
			if r.Status == Active && next.Action == nil {
				a.park("noAction")
				return nil
			}
			if a.skipLate(s, next.Action) {
				continue
			}
			r.Wake = a.in.Now
			return next.Action
		default:
			a.settle(next)
			return nil
		}
		if r.Status != Active {
			return nil
		}
	}
	a.park("noWait")
	return nil
}

// keepAnswer notes what a person answered to a run that is paused.
func (a *advancer) keepAnswer() {
	r, e := a.r, a.in.Event
	if r.Status == Paused && e != nil && e.Type == node.EventTaskDone && e.Key != "" && r.Vars[node.VarTask] == e.Key {
		r.Vars[node.VarAnswer] = e.Result
	}
}

func (a *advancer) ctx() *node.Ctx {
	r := a.r
	if r.Vars == nil {
		r.Vars = map[string]string{}
	}
	return &node.Ctx{
		Now: a.in.Now, Loc: a.in.Loc, Calendar: a.in.Calendar, Doc: a.in.Doc, Run: r.ID, Node: r.Node,
		StartedAt: r.Started, EnteredAt: r.Entered, Visit: r.Visits[r.Node], Event: a.in.Event, Result: a.in.Result, Vars: r.Vars,
	}
}

// stopped ends the run when one of the flow's goals or exits holds.
func (a *advancer) stopped() bool {
	s := a.stop()
	if s == nil {
		return false
	}
	a.end(s.outcome, stopReason+s.id)
	return true
}

// stop is the first of the flow's goals and exits that holds; nil for none.
func (a *advancer) stop() *stop {
	for k, s := range a.d.stops {
		if filter.Match(filter.OnDay(s.when, a.in.Now, a.in.Loc), a.in.Doc) {
			return &a.d.stops[k]
		}
	}
	return nil
}

// failed handles results that mean failure by the step's onError; it tells
// whether the step goes on now.
func (a *advancer) failed() bool {
	r, res := a.r, a.in.Result
	if res.Status != node.ResultRetry && res.Status != node.ResultFailed {
		return true
	}
	s := a.d.nodes[r.Node]
	if res.Status == node.ResultRetry && r.Attempt < s.onError.Retries {
		r.Attempt++
		r.Wake = a.in.Now.Add(backoff(r.Attempt))
		f := a.fact("retry", res.Reason)
		f.Until, f.Key = r.Wake, res.Ref
		return false
	}
	a.in.Result = nil
	switch s.onError.Then {
	case "continue":
		a.leave(s, node.Next{Do: node.DoGo, Port: "out", Reason: res.Reason})
	case "port":
		a.leave(s, node.Next{Do: node.DoGo, Port: "error", Reason: res.Reason})
	default:
		a.park(res.Reason)
	}
	return r.Status == Active
}

// backoff is the pause before the n-th retry: 1, 2, 4 … minutes, at most 6 hours.
func backoff(n int) time.Duration {
	return min(time.Minute<<min(n-1, 10), 6*time.Hour)
}

// leave moves the run along a port; false when it ended or parked.
func (a *advancer) leave(s step, next node.Next) bool {
	r := a.r
	to := a.d.next[r.Node][next.Port]
	if to == "" && slices.Contains(s.optional, next.Port) {
		to = a.d.next[r.Node][s.falls(next.Port)]
	}
	f := a.fact("left", next.Reason)
	f.Port = next.Port
	if a.in.Result != nil {
		f.Key = a.in.Result.Ref
	}
	if to == "" {
		if next.Port != "out" && !slices.Contains(s.optional, next.Port) {
			a.park("openPort")
			return false
		}
		a.end("ended", "")
		return false
	}
	if r.Visits == nil {
		r.Visits = map[string]int{}
	}
	delete(r.Vars, node.VarTask)
	delete(r.Vars, node.VarAnswer)
	r.Node, r.Entered, r.Attempt, r.On, r.Reason = to, a.in.Now, 0, nil, ""
	r.Visits[to]++
	r.Wake = a.in.Now
	if !next.Planned.IsZero() {
		r.Planned, r.Meant = next.Planned, next.Planned
	}
	a.in.Event, a.in.Result = nil, nil
	return true
}

// settle applies a wait, park or end.
func (a *advancer) settle(next node.Next) {
	r := a.r
	switch next.Do {
	case node.DoWait:
		changed := !r.Wake.Equal(next.Until) || r.Reason != next.Reason
		r.Wake, r.On, r.Reason = next.Until, next.On, next.Reason
		if !r.Wake.IsZero() && !r.Wake.After(a.in.Now) {
			r.Wake = a.in.Now.Add(time.Minute) // a node that waits for the past must not spin
		}
		if !next.Planned.IsZero() {
			r.Planned = next.Planned
		}
		// How an action went is a fact already; what follows it is not another.
		if changed && (a.in.Result == nil || a.in.Result.Status == node.ResultOK) {
			a.fact("waiting", next.Reason).Until = r.Wake
		}
	case node.DoPark:
		a.park(next.Reason)
	case node.DoEnd:
		a.end(next.Outcome, next.Reason)
	}
}

func (a *advancer) park(reason string) {
	r := a.r
	r.Status, r.Reason, r.Wake = Parked, reason, time.Time{}
	f := a.fact("parked", reason)
	if a.in.Result != nil {
		f.Key = a.in.Result.Ref
	}
}

func (a *advancer) end(outcome, reason string) {
	r := a.r
	a.fact("ended", reason).Port = outcome
	r.Status, r.Outcome, r.Reason, r.Ended = Done, outcome, reason, a.in.Now
	r.Wake, r.On, r.Vars = time.Time{}, nil, nil
}
