package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/tiers"
)

type customerPath struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *Server) getTier(ctx context.Context, a policies.Actor, in *customerPath) (*reply[tiers.Card], error) {
	r, err := s.Records.Get(ctx, a, "customer", in.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range r.Masked {
		if m == "tier" {
			return nil, fault.New(fault.Denied, "policy.denied", nil)
		}
	}
	c, err := s.Tiers.Get(ctx, a.Workspace, in.ID)
	return &reply[tiers.Card]{c}, err
}

type setTierIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Tier   string `json:"tier,omitempty" doc:"A, B or C; empty computes it anew"`
		Until  string `json:"until,omitempty" doc:"last day of a tier set by hand"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *Server) setTier(ctx context.Context, a policies.Actor, in *setTierIn) (*reply[tiers.Card], error) {
	if _, err := s.Records.Get(ctx, a, "customer", in.ID); err != nil {
		return nil, err
	}
	if in.Body.Tier == "" {
		c, err := s.Tiers.Compute(ctx, a.Workspace, in.ID)
		return &reply[tiers.Card]{c}, err
	}
	var until value.Date
	if in.Body.Until != "" {
		var err error
		if until, err = value.ParseDate(in.Body.Until); err != nil {
			return nil, fault.At("/until", "date", nil)
		}
	}
	c, err := s.Tiers.Override(ctx, a, in.ID, in.Body.Tier, until, in.Body.Reason)
	if err == nil {
		s.audit(ctx, a, "setTier", "customer", in.ID, c)
	}
	return &reply[tiers.Card]{c}, err
}
