package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
)

// auditEntry is an entry as an actor may see it.
type auditEntry struct {
	audit.Entry
	// Hidden: it is about an account that the actor may not see, or not all of;
	// that something was done, by whom and when, is left.
	Hidden bool `json:"hidden,omitempty"`
}

// seenEntries takes out of entries about accounts what the actor may not see
// there.
func (s *Server) seenEntries(ctx context.Context, a policies.Actor, list []audit.Entry) ([]auditEntry, error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	none := fault.Is(err, fault.Denied)
	if err != nil && !none {
		return nil, err
	}
	var accounts []string
	for _, e := range list {
		if v.Scope != nil && ofAccount(e) {
			accounts = append(accounts, e.ID)
		}
	}
	seen, err := s.Records.Names(ctx, a.Workspace, accounts, v.Scope)
	if err != nil {
		return nil, err
	}
	out := make([]auditEntry, 0, len(list))
	for _, e := range list {
		x := auditEntry{Entry: e}
		switch {
		case e.ID == "":
		case ofAccount(e):
			_, ok := seen[e.ID]
			x.Hidden = none || v.Scope != nil && !ok
			if v.Masked["amounts"] { // a tier says what it was worked out from
				x.Before, x.After = nil, nil
			}
		case e.Action == "remove" || e.Action == "restore" && e.Object != "calendar":
			x.Hidden = none || v.Scope != nil // a record that is gone does not say whose it was
		}
		if x.Hidden {
			x.ID, x.Before, x.After = "", nil, nil
		}
		out = append(out, x)
	}
	return out, nil
}

// ofAccount tells whether an entry is about a customer that it names.
func ofAccount(e audit.Entry) bool {
	return e.ID != "" && (e.Object == "customer" || e.Object == "personal")
}
