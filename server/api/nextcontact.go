package api

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

type nextContact struct {
	At       string            `json:"at" doc:"when a message of it may go out at the earliest, by the rules"`
	StepAt   string            `json:"stepAt,omitempty" doc:"when its step is planned for, where that is earlier"`
	Run      string            `json:"run"`
	Flow     flowRef           `json:"flow"`
	Node     string            `json:"node"`
	Sentence map[string]string `json:"sentence"`
	Why      []reason          `json:"why"`
	Blocked  *reason           `json:"blocked,omitempty"`
}

func wakeOrder(r runOut) string {
	if r.WakeAt == "" {
		return "~"
	}
	return r.WakeAt
}

// nextOf is the next planned contact: the run that wakes first, with what will
// stand in its way then, by the rules that decide when the time has come.
func (s *Server) nextOf(ctx context.Context, st *ledger.State, w *workspace.Workspace, runs []runOut) (*nextContact, error) {
	k := slices.IndexFunc(runs, func(r runOut) bool { return r.Status == "active" && r.WakeAt != "" })
	if k < 0 {
		return nil, nil
	}
	r := runs[k]
	n := &nextContact{At: r.WakeAt, Run: r.ID, Flow: r.Flow, Node: r.Node, Sentence: r.Sentence, Why: []reason{}}
	if r.Reason != nil {
		n.Why = append(n.Why, *r.Reason)
	}
	wake, err := value.ParseInstant(r.WakeAt)
	if err != nil {
		return nil, err
	}
	now, _ := s.Spaces.Now(w)
	if wake.Before(now) {
		wake = now
	}
	f, err := s.factsOf(ctx, w, st.ID, wake)
	if err != nil {
		return nil, err
	}
	f.State = st
	c, err := s.wishOf(ctx, w.Key, f, "", r.Flow.Key)
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Invalid {
		return n, nil // the flow is gone or off the air; its runs go on by their version
	}
	if err != nil {
		return nil, err
	}
	o := st.Outlook(c, moments(w)(wake), moments(w))
	n.Blocked = blocks(o.Blocked, st)
	if o.Blocked == "" && o.At.After(wake) {
		n.At, n.StepAt = value.Instant(o.At), r.WakeAt
	}
	for _, k := range o.Checks {
		if !k.OK && k.Key != o.Blocked && (r.Reason == nil || r.Reason.Key != k.Key) {
			n.Why = append(n.Why, *reasonOf(k.Key, instant(k.Until)))
		}
	}
	return n, nil
}

// blocks names what keeps a customer from being contacted whatever the time.
func blocks(why string, st *ledger.State) *reason {
	switch why {
	case "stopWish", "workspaceHold":
		return reasonOf(why, "")
	case "hold":
		return reasonOf(why, st.Hold.Until.String())
	}
	return nil
}
