package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/house"
)

type handoverPreview struct {
	Accounts int64 `json:"accounts"`
	Tasks    int64 `json:"tasks"`
}

// seesAll refuses who may not change every account: a handover counts and moves
// them all.
func (s *Server) seesAll(ctx context.Context, a policies.Actor) error {
	v, err := s.Access.View(ctx, a, "customer", "update")
	if err == nil && v.Scope != nil {
		err = fault.New(fault.Denied, "policy.denied", nil)
	}
	return err
}

func (s *Server) previewHandover(ctx context.Context, a policies.Actor, in *idPath) (*reply[handoverPreview], error) {
	if err := s.seesAll(ctx, a); err != nil {
		return nil, err
	}
	accounts, open, err := s.House.Preview(ctx, a.Workspace, in.ID)
	return &reply[handoverPreview]{handoverPreview{accounts, open}}, err
}

type handoverIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		To string `json:"to" maxLength:"60"`
	}
}

func (s *Server) handOver(ctx context.Context, a policies.Actor, in *handoverIn) (*reply[house.Handover], error) {
	if err := s.seesAll(ctx, a); err != nil {
		return nil, err
	}
	// Somebody who was removed already may still own accounts: no look-up of from.
	h, err := s.House.HandOver(ctx, a, in.ID, in.Body.To)
	return &reply[house.Handover]{h}, err
}

func (s *Server) getHandover(ctx context.Context, a policies.Actor, in *idPath) (*reply[house.Handover], error) {
	h, err := s.House.GetHandover(ctx, a.Workspace, in.ID)
	return &reply[house.Handover]{h}, err
}
