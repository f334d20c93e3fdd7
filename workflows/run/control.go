package run

import (
	"time"

	"github.com/dueflow/dueflow/workflows/node"
)

// The controls of a run.
const (
	Pause   = "pause"
	Resume  = "resume"
	StopRun = "stop"
	Skip    = "skip"
	Retry   = "retry"
	RunNow  = "runNow"
	Migrate = "migrate"
)

// Control is a person's hand on a run. To is the new definition of a migrate.
func Control(d *Definition, r *Run, action string, to *Definition, now time.Time, by string) []Fact {
	if r.Status == Done {
		return nil
	}
	a := advancer{d: d, r: r, in: In{Now: now}}
	switch action {
	case Pause:
		if r.Status == Active {
			r.Status = Paused
			a.fact("paused", "").Key = by
		}
	case Resume:
		if r.Status == Paused {
			a.wake("resumed", by)
		}
	case StopRun:
		a.end("stopped", "byHand")
	case Skip:
		a.skip(by)
	case Retry:
		if r.Status == Parked {
			a.retry(by)
		}
	case RunNow:
		if r.Status != Paused {
			a.runNow(by)
		}
	case Migrate:
		a.migrate(to)
	}
	return a.facts
}

func (a *advancer) wake(what, by string) {
	a.r.Status, a.r.Wake, a.r.Reason = Active, a.in.Now, ""
	a.fact(what, "").Key = by
}

// skip leaves the current step without doing it.
func (a *advancer) skip(by string) {
	a.wake("skipped", by)
	port := "out"
	ports := a.d.next[a.r.Node]
	if ports["out"] == "" {
		for _, p := range []string{"else", "again", "done", "timeout"} {
			if ports[p] != "" {
				port = p
				break
			}
		}
	}
	a.leave(a.d.nodes[a.r.Node], node.Next{Do: node.DoGo, Port: port, Planned: a.in.Now})
}

// retry tries a parked step again. A send whose end is not known gets a new
// key, because a person has decided that it should go out (again).
func (a *advancer) retry(by string) {
	r := a.r
	switch r.Reason {
	case "late":
		if r.Vars == nil {
			r.Vars = map[string]string{}
		}
		r.Vars["late"] = r.Node
	case "unknownSend", "sendFailed":
		r.Visits[r.Node]++
	}
	r.Attempt = 0
	a.wake("resumed", by)
}

// runNow ends the current wait. A send that the ledger has deferred is only
// asked again: the rules of sending hold for everybody.
func (a *advancer) runNow(by string) {
	a.wake("resumed", by)
	switch a.d.nodes[a.r.Node].typ {
	case "wait", "trigger.date":
		a.leave(a.d.nodes[a.r.Node], node.Next{Do: node.DoGo, Port: "out", Planned: a.in.Now})
	case "waitFor":
		a.leave(a.d.nodes[a.r.Node], node.Next{Do: node.DoGo, Port: "timeout", Planned: a.in.Now})
	case "loop":
		a.leave(a.d.nodes[a.r.Node], node.Next{Do: node.DoGo, Port: "again", Planned: a.in.Now})
	}
}

// migrate moves a run to another version at the same node, with its counters;
// one whose node is gone there stays where it is and says so.
func (a *advancer) migrate(to *Definition) {
	switch {
	case to == nil || to.Hash == a.r.Hash:
	case !to.Has(a.r.Node):
		a.fact("migrated", "stepGone")
	default:
		a.r.Hash = to.Hash
		if a.r.Status == Active {
			a.r.Wake = a.in.Now // its wait may be another one now
		}
		a.fact("migrated", "")
	}
}
