package tasks

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Drop ends an open task whose reason is gone, without a result and without
// telling flows.
func (s *Service) Drop(ctx context.Context, ws, id, why string) error {
	now, err := s.now(ctx, ws)
	if err != nil {
		return err
	}
	for range 20 {
		e, ver, err := s.get(ctx, ws, id, nil)
		if err != nil || e.Status == Done {
			return err
		}
		e.Status, e.Note, e.DoneAt = Done, why, value.Instant(now)
		body, err := json.Marshal(e.Task)
		if err != nil {
			return err
		}
		if _, err = s.store.In(ws, collection).Replace(ctx, store.Doc{ID: id, Body: body}, ver); fault.Is(err, fault.Conflict) {
			continue
		}
		if err == nil && s.OnTask != nil {
			s.OnTask(ws, e.Customer, id, e.Kind)
		}
		return err
	}
	return fault.New(fault.Unavailable, "busy", nil)
}
