package run

import (
	"time"

	"github.com/dueflow/dueflow/schemas/value"
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

// skipLate passes over a step that came too late, where the flow says so or a
// later one speaks for it.
func (a *advancer) skipLate(s step, act *node.Action) bool {
	reason := a.outdated(act)
	if reason == "" {
		if a.lateness(act) != "skip" {
			return false
		}
		reason = "late"
	}
	a.fact("skipped", reason)
	return a.leave(s, node.Go("out"))
}

// lateness is what the flow wants done with an act: "" when it is in time.
func (a *advancer) lateness(act *node.Action) string {
	r, rule := a.r, a.d.Flow.Settings.IfLate
	if act == nil || act.Kind != node.ActSend || rule == nil || r.Planned.IsZero() || r.Vars["late"] == r.Node || a.outdated(act) != "" {
		return ""
	}
	// What was due before the run began is due when it begins, not late.
	planned := r.Planned
	if planned.Before(r.Started) {
		planned = r.Started
	}
	if !planned.Add(max(a.in.Grace, minGrace)).Before(a.in.Now) {
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

// outdated tells why a message, or the word to a colleague about it, is left to
// a later message of the same path; "" when it is not. A debt long overdue, or
// one that waited out a holiday, gets the message of the last step it has
// passed, never a burst of the earlier ones; and what was to be said before the
// due date is not said after it.
func (a *advancer) outdated(act *node.Action) string {
	r := a.r
	if act == nil || act.Kind != node.ActSend && act.Kind != node.ActNotify || r.Vars["late"] == r.Node {
		return ""
	}
	if meant := r.meant(); meant.IsZero() || a.in.Now.Sub(meant) < minGrace {
		return ""
	}
	speaks := a.following()
	switch {
	case speaks.IsZero():
		return ""
	case !speaks.After(a.in.Now):
		return "overtaken"
	case a.beforeDue():
		return "duePassed"
	}
	return ""
}

// beforeDue tells whether a step was meant for a day before the due date of its
// invoice, and that date has passed.
func (a *advancer) beforeDue() bool {
	invoice, _ := a.in.Doc["invoice"].(map[string]any)
	text, _ := invoice["dueDate"].(string)
	due, err := value.ParseDate(text)
	if err != nil {
		return false
	}
	return value.DateOf(a.r.meant().In(a.in.Loc)) < due && due < value.DateOf(a.in.Now.In(a.in.Loc))
}

// following is when the next message of the path is meant to go that is behind a
// wait; zero when none is sure to come. A path that waits for an event, asks a
// person or branches on something not yet known ends the look ahead.
func (a *advancer) following() time.Time {
	ghost := advancer{d: a.d, r: a.r.Clone(), in: a.in}
	ghost.in.Event, ghost.in.Result = nil, nil
	next, waited := node.Go("out"), false
	for range maxHops {
		if !ghost.leave(a.d.nodes[ghost.r.Node], next) {
			return time.Time{}
		}
		s := a.d.nodes[ghost.r.Node]
		if s.node == nil || s.disabled {
			return time.Time{}
		}
		if next = s.node.Step(ghost.ctx()); next.Do == node.DoWait && next.On == nil && !next.Until.IsZero() {
			ghost.in.Now = next.Until
			next = s.node.Step(ghost.ctx())
		}
		switch {
		case next.Do == node.DoGo:
			waited = waited || !next.Planned.IsZero()
		case next.Do == node.DoAct && next.Action.Kind == node.ActSend:
			if waited {
				return ghost.r.meant()
			}
			return time.Time{}
		case next.Do == node.DoAct && passes[next.Action.Kind]:
			next = node.Go("out")
		default:
			return time.Time{}
		}
	}
	return time.Time{}
}

// passes are actions that a path goes on after, whatever comes of them.
var passes = map[string]bool{node.ActNotify: true, node.ActUpdate: true, node.ActScore: true}

// minGrace is how much later than planned still counts as in time at least:
// timers and queues take a moment. A demo clock asks for more (In.Grace).
const minGrace = 2 * time.Hour
