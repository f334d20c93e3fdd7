package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
)

type ageingIn struct {
	AsOf string `query:"asOf" maxLength:"10"`
}

type ageingOut struct {
	AsOf       string            `json:"asOf"`
	Currencies []ledger.AgeingOf `json:"currencies"`
}

func (s *Server) getAgeing(ctx context.Context, a policies.Actor, in *ageingIn) (*reply[ageingOut], error) {
	q, err := s.ageingQuery(ctx, a, in.AsOf, "")
	if err != nil {
		return nil, err
	}
	r, err := s.Accounts.Ageing(ctx, a.Workspace, q.AsOf, q.Visible)
	if err != nil {
		return nil, err
	}
	return &reply[ageingOut]{ageingOut{q.AsOf.String(), r.Rows()}}, nil
}

// ageingQuery reads what is asked for, within what the actor may see. Faults:
// Invalid with "/asOf" or "/currency"; Denied for those who may not see amounts.
func (s *Server) ageingQuery(ctx context.Context, a policies.Actor, asOf, currency string) (q records.AgeingQuery, err error) {
	if q.AsOf, err = optionalDate("/asOf", asOf); err != nil {
		return q, err
	}
	if currency != "" {
		if q.Currency, err = value.ParseCurrency(currency); err != nil {
			return q, fault.At("/currency", "currency", nil)
		}
	}
	v, err := s.Access.View(ctx, a, "insight", "read")
	if err != nil {
		return q, err
	}
	if v.Masked["amounts"] {
		return q, fault.New(fault.Denied, "policy.denied", nil)
	}
	if q.AsOf == 0 {
		w, err := s.Spaces.Get(ctx, a.Workspace)
		if err != nil {
			return q, err
		}
		_, q.AsOf = s.Spaces.Now(w)
	}
	q.Visible, err = s.Records.VisibleCustomers(ctx, a.Workspace, v.Scope)
	return q, err
}

type agedIn struct {
	AsOf     string `query:"asOf" maxLength:"10"`
	Currency string `query:"currency" maxLength:"3" doc:"ISO 4217 code; all if left out"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"rows of a currency"`
}

type agedOut struct {
	AsOf       string                `json:"asOf"`
	Currencies []records.AgeingGroup `json:"currencies"`
}

func (s *Server) getAgeingOfCustomers(ctx context.Context, a policies.Actor, in *agedIn) (*reply[agedOut], error) {
	q, err := s.ageingQuery(ctx, a, in.AsOf, in.Currency)
	if err != nil {
		return nil, err
	}
	groups, err := s.Records.WorstAgeing(ctx, a.Workspace, q, in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[agedOut]{agedOut{q.AsOf.String(), groups}}, nil
}
