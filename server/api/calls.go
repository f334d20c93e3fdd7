package api

import (
	"context"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/run"
)

// callNow says how a call by hand stands to the rules at a moment.
type callNow struct {
	Why    *reason `json:"why,omitempty" doc:"what speaks against a call now, and until when; none: nothing"`
	Needed bool    `json:"reasonNeeded" doc:"without a reason it is refused"`
}

func showCallNow(w *workspace.Workspace, f *run.Facts, n ledger.Now) *callNow {
	why, until := f.State.WhyNoCall(f.HouseRules(), n)
	return &callNow{reasonOf(why, instant(until)), why != "" && w.CallsByHand() == workspace.CallsReason}
}

// callRules gives a call that is logged by hand the rules it has to keep to, in
// a workspace that wants a reason for calls against them.
func (s *Server) callRules(ctx context.Context, ws, customer string, c ledger.Command) (ledger.Command, error) {
	call, ok := c.(ledger.LogCall)
	if !ok {
		return c, nil
	}
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil || w.CallsByHand() != workspace.CallsReason {
		return c, err
	}
	now, _ := s.Spaces.Now(w)
	f, err := s.factsOf(ctx, w, customer, now)
	if err != nil {
		return c, err
	}
	rules := f.HouseRules()
	call.Rules = &rules
	return call, nil
}

// calledNow refuses to end a task of calling, against the rules and without a
// word, in a workspace that wants a reason: the task's note is that reason.
func (s *Server) calledNow(ctx context.Context, a policies.Actor, in *completeIn, v policies.View) error {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil || w.CallsByHand() != workspace.CallsReason || strings.TrimSpace(in.Body.Note) != "" {
		return err
	}
	m, err := s.Messages.Get(ctx, a.Workspace, in.ID, records.Stamped(v.Scope))
	if fault.Is(err, fault.NotFound) {
		return nil // most tasks are about no message
	}
	if err != nil || m.Channel != "call" || m.Status != ledger.IntentWaiting {
		return err
	}
	now, _ := s.Spaces.Now(w)
	f, err := s.factsOf(ctx, w, m.Customer, now)
	if err != nil {
		return err
	}
	if why, _ := f.State.WhyNoCall(f.HouseRules(), moments(w)(now)); why != "" {
		return fault.At("/note", "callReason", why)
	}
	return nil
}
