package run

import (
	"time"

	"github.com/dueflow/dueflow/workflows/node"
)

// late asks a person about a send whose time has passed while nothing ran,
// where the flow says so.
func (a *advancer) late(act *node.Action) bool {
	if a.lateness(act) != "ask" {
		return false
	}
	a.park("late")
	return true
}

// skipLate passes over a send that came too late, where the flow says so.
func (a *advancer) skipLate(s step, act *node.Action) bool {
	if a.lateness(act) != "skip" {
		return false
	}
	reason := "late"
	if a.overtaken() {
		reason = "overtaken"
	}
	a.fact("skipped", reason)
	return a.leave(s, node.Go("out"))
}

// lateness is what the flow wants done with an act: "" when it is in time.
func (a *advancer) lateness(act *node.Action) string {
	r, rule := a.r, a.d.Flow.Settings.IfLate
	if act == nil || act.Kind != node.ActSend || r.Planned.IsZero() || r.Vars["late"] == r.Node {
		return ""
	}
	if a.overtaken() {
		return "skip"
	}
	// What was due before the run began is due when it begins, not late.
	planned := r.Planned
	if planned.Before(r.Started) {
		planned = r.Started
	}
	if rule == nil || !planned.Add(max(a.in.Grace, minGrace)).Before(a.in.Now) {
		return ""
	}
	verdict := rule.Else
	if !rule.Within.Add(planned, a.in.Calendar, a.in.Loc).Before(a.in.Now) {
		verdict = rule.Then
	}
	if verdict == "send" {
		return ""
	}
	return verdict
}

// overtaken tells whether, for a subject that came to the flow late, a later
// send is due already: a debt long overdue gets the message of the last step
// it has passed, never a burst of the earlier ones.
func (a *advancer) overtaken() bool {
	if a.r.Planned.After(a.r.Started) {
		return false
	}
	ghost := advancer{d: a.d, r: a.r.Clone(), in: a.in}
	ghost.in.Event, ghost.in.Result = nil, nil
	next := node.Go("out")
	for range maxHops {
		if !ghost.leave(a.d.nodes[ghost.r.Node], next) {
			return false
		}
		s := a.d.nodes[ghost.r.Node]
		if s.node == nil || s.disabled {
			return false
		}
		next = s.node.Step(ghost.ctx())
		switch {
		case next.Do == node.DoAct:
			return next.Action.Kind == node.ActSend
		case next.Do != node.DoGo || next.Planned.After(a.r.Started):
			return false
		}
	}
	return false
}

// minGrace is how much later than planned still counts as in time at least:
// timers and queues take a moment. A demo clock asks for more (In.Grace).
const minGrace = 2 * time.Hour
