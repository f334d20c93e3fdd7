package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

func (s *Server) escalate(ctx context.Context, a policies.Actor, m moveIn) error {
	if err := s.Access.Must(ctx, a, "task", "update"); err != nil {
		return err
	}
	title := map[string]string{"en": m.Reason, "zh-CN": m.Reason}
	if m.Reason == "" {
		return fault.At("/reason", "required", nil)
	}
	return s.giveTask(ctx, a, node.ActEscalate, m.Customer, title, &node.Assign{User: m.Assignee, Role: m.Role}, 0)
}

// deescalate completes the escalations of an account.
func (s *Server) deescalate(ctx context.Context, a policies.Actor, m moveIn) error {
	if err := s.Access.Must(ctx, a, "task", "update"); err != nil {
		return err
	}
	return s.Tasks.CompleteKind(ctx, a.Workspace, m.Customer, node.ActEscalate, a.ID)
}

// giveTask makes a task by hand; who gets it must be somebody.
func (s *Server) giveTask(ctx context.Context, a policies.Actor, kind, customer string, title map[string]string, to *node.Assign, due value.Date) error {
	if to.User == "" && to.Role == "" && to.Team == "" {
		return fault.At("/assignee", "required", nil)
	}
	if to.User != "" {
		if err := s.mayHave(ctx, a.Workspace, to.User); err != nil {
			return err
		}
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	now, today := s.Spaces.Now(w)
	if due == 0 {
		set, err := s.Tasks.GetSettings(ctx, a.Workspace)
		if err != nil {
			return err
		}
		due = w.Cal().AddWorkdays(today, set.Due)
	}
	return s.Give(ctx, a.Workspace, activity.Task{Key: uuid.NewString(), Kind: kind, Customer: customer, Title: title, Assign: to, Due: due, At: now})
}
