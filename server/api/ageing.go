package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

type ageingIn struct {
	AsOf string `query:"asOf" maxLength:"10"`
}

type ageingOut struct {
	AsOf       string            `json:"asOf"`
	Currencies []ledger.AgeingOf `json:"currencies"`
}

func (s *Server) getAgeing(ctx context.Context, a policies.Actor, in *ageingIn) (*reply[ageingOut], error) {
	asOf, err := optionalDate("/asOf", in.AsOf)
	if err != nil {
		return nil, err
	}
	v, err := s.Access.View(ctx, a, "insight", "read")
	if err != nil {
		return nil, err
	}
	if v.Masked["amounts"] {
		return nil, fault.New(fault.Denied, "policy.denied", nil)
	}
	if asOf == 0 {
		w, err := s.Spaces.Get(ctx, a.Workspace)
		if err != nil {
			return nil, err
		}
		_, asOf = s.Spaces.Now(w)
	}
	visible, err := s.visibleCustomers(ctx, a.Workspace, v.Scope)
	if err != nil {
		return nil, err
	}
	r, err := s.Accounts.Ageing(ctx, a.Workspace, asOf, visible)
	if err != nil {
		return nil, err
	}
	return &reply[ageingOut]{ageingOut{asOf.String(), r.Rows()}}, nil
}

// visibleCustomers is the scope as a set of customers; nil for all.
func (s *Server) visibleCustomers(ctx context.Context, ws string, scope filter.Expr) (func(string) bool, error) {
	if scope == nil {
		return nil, nil
	}
	seen := map[string]bool{}
	err := s.Store.In(ws, records.Prefix+"customer").Each(ctx, store.Query{Filter: scope, Limit: 500}, func(d store.Doc) error {
		seen[d.ID] = true
		return nil
	})
	return func(id string) bool { return seen[id] }, err
}
