package app

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/world"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// rehearse plays account by account, so that memory follows the largest
// account and not the workspace.
func rehearse(ctx context.Context, c *Core, ws string, d *run.Definition, from, to value.Date, visible filter.Expr, progress func(int)) (*run.Report, error) {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	space := world.SpaceOf(w, nil)
	r := &run.Rehearsal{
		Def: d, From: from.At(0, w.Location()), To: (to + 1).At(0, w.Location()), Report: run.NewReport(),
		Facts: func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *run.Facts {
			f := activity.BuildFacts(space, now, st, customer, invoices)
			f.Rules.MaxDataAge = 0 // how fresh data was in the past is not known
			return f
		},
	}
	if t, ok := d.Trigger().(*triggerschedule.Trigger); ok {
		r.Next = func(after time.Time) time.Time { return t.After(after, w.Location(), w.Cal()) }
	}
	done := 0
	err = c.Accounts.Each(ctx, ws, func(customer string, events []ledger.Event, _ *ledger.State) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		record, invoices, err := c.World.Subjects(ctx, ws, customer, invoicesOf(events))
		if err != nil {
			return err
		}
		done++
		if progress != nil {
			progress(done)
		}
		record["id"] = customer
		if !filter.Match(visible, record) {
			return nil
		}
		return r.Play(ctx, run.Account{Customer: customer, Record: record, Invoices: invoices, Events: events})
	})
	return r.Report, err
}

func invoicesOf(events []ledger.Event) []string {
	var ids []string
	for _, e := range events {
		if e.Type == ledger.InvoiceBooked {
			ids = append(ids, e.Invoice)
		}
	}
	return ids
}
