package tasks

import (
	"context"
	"errors"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
)

// sameWork are a customer's tasks of a group, those that ended included.
func (s *Service) sameWork(ctx context.Context, ws, customer, group string) (list []Entry, err error) {
	if group == "" {
		return nil, nil
	}
	q := store.Query{Filter: filter.And(filter.Eq("customer", customer), filter.Eq("group", group))}
	err = s.store.In(ws, collection).Each(ctx, q, func(d store.Doc) error {
		e, err := entry(d)
		list = append(list, e)
		return err
	})
	return list, err
}

// Joined tells whether a task need not be made: because it was, or because it
// has become part of one that is still open. A person is asked once about a
// customer's invoices, not once for each.
func (s *Service) Joined(ctx context.Context, ws string, t activity.Task) (bool, error) {
	_, err := s.store.In(ws, collection).Get(ctx, messages.ID(t.Key))
	if !fault.Is(err, fault.NotFound) {
		return err == nil, err
	}
	list, err := s.sameWork(ctx, ws, t.Customer, t.Work)
	if err != nil {
		return false, err
	}
	for _, e := range list {
		if e.has(t.Key) {
			return true, nil
		}
	}
	for _, e := range list {
		if e.Status != Open || len(e.About)+len(t.About) > activity.MaxAbout {
			continue
		}
		_, err := s.change(ctx, ws, e.ID, func(open *Task) error {
			if open.Status != Open || len(open.About)+len(t.About) > activity.MaxAbout {
				return errSame
			}
			open.About = append(open.About, t.About...)
			return nil
		})
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, errSame) && !fault.Is(err, fault.NotFound):
			return false, err
		}
	}
	return false, nil
}

// has tells whether a task is about what a step asked for, or was in a part.
func (t Task) has(key string) bool {
	is := func(a activity.About) bool { return a.Key == key }
	return slices.ContainsFunc(t.About, is) || slices.ContainsFunc(t.Parts, func(p Part) bool { return slices.ContainsFunc(p.About, is) })
}
