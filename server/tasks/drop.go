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
	return s.drop(ctx, ws, id, func(Task) (change, error) { return change{why: why, touched: true}, nil })
}

// Settle takes back what a customer's open tasks ask for because of invoices
// that have been settled; a task that is about nothing else ends. What a run
// waits for is the run's to take back.
func (s *Service) Settle(ctx context.Context, ws, customer string, settled func(invoice string) (bool, error)) error {
	return s.dropEach(ctx, ws, customer, func(t Task) (c change, err error) {
		c.why = whySettled
		for _, a := range t.About {
			gone := false
			if a.Owed && !a.Waits {
				if gone, err = settled(a.Invoice); err != nil {
					return c, err
				}
			}
			if gone {
				c.touched = true
			} else {
				c.rest = append(c.rest, a)
			}
		}
		return c, nil
	})
}

// Leave takes back what a customer's open tasks ask for in the name of runs that
// ended while they waited. Work that a run has only stopped waiting for stays
// and is nobody's but the colleague's (freed tells whether there is any); an
// answer that no run hears does not.
func (s *Service) Leave(ctx context.Context, ws, customer string, left []activity.Left) (freed bool, err error) {
	err = s.dropEach(ctx, ws, customer, func(t Task) (c change, _ error) {
		for _, a := range t.About {
			k := slices.IndexFunc(left, func(l activity.Left) bool { return a.Waits && l.Run == a.Run })
			switch {
			case k < 0, a.Key == left[k].Key && !left[k].Ended:
				c.rest = append(c.rest, a)
				continue
			case a.Key == left[k].Key:
				c.why = cmp.Or(c.why, left[k].Why, whyMoot)
			case t.Answer:
				c.why = cmp.Or(c.why, whyMoot)
			default:
				a.Waits, freed = false, true
				c.rest = append(c.rest, a)
			}
			c.touched = true
		}
		return c, nil
	})
	return freed, err
}

// change is what an open task is about afterwards; nothing ends it, by why.
type change struct {
	rest    []activity.About
	why     string
	touched bool // else it stays as it is
}

// dropEach changes a customer's open tasks.
func (s *Service) dropEach(ctx context.Context, ws, customer string, to func(Task) (change, error)) error {
	var ids []string
	q := store.Query{Filter: filter.And(filter.Eq("customer", customer), filter.Eq("status", Open))}
	err := s.store.In(ws, collection).Each(ctx, q, func(d store.Doc) error {
		e, err := entry(d)
		if err != nil {
			return err
		}
		c, err := to(e.Task)
		if c.touched {
			ids = append(ids, d.ID)
		}
		return err
	})
	for _, id := range ids {
		if err == nil {
			err = s.drop(ctx, ws, id, to)
		}
	}
	return err
}

// drop changes an open task. One that ends says still what it was about.
func (s *Service) drop(ctx context.Context, ws, id string, to func(Task) (change, error)) error {
	now, err := s.now(ctx, ws)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, ws, id, func(t *Task) error {
		c, err := to(*t)
		switch {
		case err != nil:
			return err
		case t.Status == Done || !c.touched:
			return errSame
		case len(c.rest) > 0:
			t.keep(c.rest)
		default:
			t.Status, t.TakenBack, t.DoneAt = Done, c.why, value.Instant(now)
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
