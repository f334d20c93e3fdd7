package api

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
)

// disputeDays is how many working days a dispute may take that names no
// deadline.
const disputeDays = 10

// disputeDefaults gives a dispute an owner who can log in and a deadline; other
// commands go through as they are.
func (s *Server) disputeDefaults(ctx context.Context, a policies.Actor, customer string, c ledger.Command) (ledger.Command, error) {
	switch c.(type) {
	case ledger.AssignDispute, ledger.OpenDispute:
	default:
		return c, nil
	}
	active, err := s.active(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	switch d := c.(type) {
	case ledger.AssignDispute:
		if !active(d.Owner) {
			return nil, fault.At("/owner", "reference", nil)
		}
		return d, nil
	case ledger.OpenDispute:
		if d.Owner != "" && !active(d.Owner) {
			return nil, fault.At("/owner", "reference", nil)
		}
		if d.Owner == "" {
			d.Owner = s.ownerOf(ctx, a, customer, active)
		}
		if d.Deadline == 0 {
			w, err := s.Spaces.Get(ctx, a.Workspace)
			if err != nil {
				return nil, err
			}
			_, today := s.Spaces.Now(w)
			d.Deadline = w.Cal().AddWorkdays(today, disputeDays)
		}
		return d, nil
	}
	return c, nil
}

// ownerOf is who looks after an account, or else whoever asks, "" for nobody
// who can log in.
func (s *Server) ownerOf(ctx context.Context, a policies.Actor, customer string, active func(string) bool) string {
	r, err := s.Records.Get(ctx, policies.SystemActor(a.Workspace, "dispute"), "customer", customer)
	owner := ""
	if err == nil {
		_ = json.Unmarshal(r.Data["owner"], &owner) // absent: nobody
	}
	switch {
	case owner != "" && active(owner):
		return owner
	case active(a.ID):
		return a.ID
	}
	return ""
}
