package tasks

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
)

// Why a task is taken back, beside the reasons of runs and messages.
const (
	whySettled = "paid"
	whyMoot    = "taskMoot"
)

// Drop ends an open task whose reason is gone, without a result and without
// telling flows.
func (s *Service) Drop(ctx context.Context, ws, id, why string) error {
	return s.drop(ctx, ws, id, func(Task) ([]activity.About, string) { return nil, why })
}

// Settle takes back what a customer's open tasks ask for because of invoices
// that have been settled; a task that is about nothing else ends.
func (s *Service) Settle(ctx context.Context, ws, customer string, settled func(invoice string) bool) error {
	return s.dropEach(ctx, ws, customer, func(t Task) ([]activity.About, string) {
		rest := slices.DeleteFunc(slices.Clone(t.About), func(a activity.About) bool { return a.Owed && settled(a.Invoice) })
		if len(rest) == len(t.About) {
			return nil, ""
		}
		return rest, whySettled
	})
}

// TakeBack takes back what a customer's open tasks ask for in the name of runs
// that do not wait for it any longer. Work that a run has only stopped waiting
// for stays; an answer that nobody hears does not.
func (s *Service) TakeBack(ctx context.Context, ws, customer string, moot []activity.Moot) error {
	return s.dropEach(ctx, ws, customer, func(t Task) ([]activity.About, string) {
		why := ""
		gone := func(key string) bool {
			k := slices.IndexFunc(moot, func(m activity.Moot) bool { return m.Key == key && (m.Ended || t.Answer) })
			if k >= 0 {
				why = cmp.Or(moot[k].Why, whyMoot)
			}
			return k >= 0
		}
		if len(t.About) == 0 {
			gone(t.Key)
			return nil, why
		}
		return slices.DeleteFunc(slices.Clone(t.About), func(a activity.About) bool { return gone(a.Key) }), why
	})
}

// dropEach drops what left says of each of a customer's open tasks.
func (s *Service) dropEach(ctx context.Context, ws, customer string, left func(Task) ([]activity.About, string)) error {
	var ids []string
	q := store.Query{Filter: filter.And(filter.Eq("customer", customer), filter.Eq("status", Open))}
	err := s.store.In(ws, collection).Each(ctx, q, func(d store.Doc) error {
		e, err := entry(d)
		if _, why := left(e.Task); why != "" {
			ids = append(ids, d.ID)
		}
		return err
	})
	for _, id := range ids {
		if err == nil {
			err = s.drop(ctx, ws, id, left)
		}
	}
	return err
}

// drop leaves an open task about what left says, and ends it when that is
// nothing; without a why it stays as it is.
func (s *Service) drop(ctx context.Context, ws, id string, left func(Task) (rest []activity.About, why string)) error {
	now, err := s.now(ctx, ws)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, ws, id, func(t *Task) error {
		rest, why := left(*t)
		switch {
		case t.Status == Done || why == "":
			return errSame
		case len(rest) > 0:
			t.keep(rest)
		default:
			t.Status, t.TakenBack, t.DoneAt = Done, why, value.Instant(now)
		}
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// keep makes a task be about less.
func (t *Task) keep(rest []activity.About) {
	t.About, t.Key, t.Run = rest, rest[0].Key, rest[0].Run
}

// errSame leaves a task as it is.
var errSame = errors.New("nothing to change")
