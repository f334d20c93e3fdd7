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
	// What was due before the run began, or began anew, is due then, not late.
	planned := r.Planned
	for _, began := range []time.Time{r.Started, r.Resumed} {
		if planned.Before(began) {
			planned = began
		}
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

// outdated tells why a step is left to a later one of the same path; "" when it
// is not. A debt long overdue, or one that waited out a holiday, gets the message
// of the last step it has passed, never a burst of the earlier ones; a call or a
// word to a colleague that a later message or call makes stale goes the same way;
// and what was to be said before the due date is not said after it.
func (a *advancer) outdated(act *node.Action) string {
	r := a.r
	if act == nil || r.Vars["late"] == r.Node || !a.speaks(act) {
		return ""
	}
	if meant := r.meant(); meant.IsZero() || a.in.Now.Sub(meant) < minGrace {
		return ""
	}
	if later := a.following(act.Kind == node.ActTask); !later.IsZero() && !later.After(a.in.Now) {
		return "overtaken"
	}
	if act.Kind != node.ActTask && a.beforeDue() && !a.following(true).IsZero() {
		return "duePassed"
	}
	return ""
}

// speaks tells whether an act is a message, or something said about the same
// debt: a word to a colleague, or a task that nobody waits for.
func (a *advancer) speaks(act *node.Action) bool {
	switch act.Kind {
	case node.ActSend, node.ActNotify:
		return true
	case node.ActTask:
		ghost := a.ghost()
		return ghost.done(ghost.d.nodes[ghost.r.Node]).Do == node.DoGo
	}
	return false
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

// following is when the next message of the path is meant to go, or with tasks the
// next task, that is meant for a later time than the step now; zero when none is
// sure to come. A path that waits for an event, asks a person or branches on
// something not yet known ends the look ahead.
func (a *advancer) following(tasks bool) time.Time {
	ghost := a.ghost()
	next := node.Go("out")
	for range maxHops {
		if !ghost.leave(ghost.d.nodes[ghost.r.Node], next) {
			break
		}
		s := ghost.d.nodes[ghost.r.Node]
		if s.node == nil || s.disabled {
			break
		}
		if next = s.node.Step(ghost.ctx()); next.Do == node.DoWait && next.On == nil && !next.Until.IsZero() {
			ghost.in.Now = next.Until
			next = s.node.Step(ghost.ctx())
		}
		if next.Do == node.DoAct {
			kind := next.Action.Kind
			if (kind == node.ActSend || tasks && kind == node.ActTask) && ghost.r.meant().After(a.r.meant()) {
				return ghost.r.meant()
			}
			if !passes[kind] {
				break
			}
			next = ghost.done(s)
		}
		if next.Do != node.DoGo {
			break
		}
	}
	return time.Time{}
}

// ghost is a copy that looks ahead and changes nothing.
func (a *advancer) ghost() *advancer {
	g := &advancer{d: a.d, r: a.r.Clone(), in: a.in}
	g.in.Event, g.in.Result = nil, nil
	if g.r.Vars == nil {
		g.r.Vars = map[string]string{}
	}
	return g
}

// done is what a step does next when its act has come off.
func (a *advancer) done(s step) node.Next {
	a.in.Result = &node.Result{Status: node.ResultOK}
	next := s.node.Step(a.ctx())
	a.in.Result = nil
	return next
}

// passes are acts that a path may go on after at once, whatever comes of them.
var passes = map[string]bool{node.ActSend: true, node.ActNotify: true, node.ActUpdate: true, node.ActScore: true, node.ActTask: true}

// minGrace is how much later than planned still counts as in time at least:
// timers and queues take a moment. A demo clock asks for more (In.Grace).
const minGrace = 2 * time.Hour
