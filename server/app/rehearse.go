package app

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/world"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// Rehearse plays a flow over the accounts of a workspace that the options let
// through, on a virtual clock; account by account, so that memory follows the
// largest account and not the workspace.
func (c *Core) Rehearse(ctx context.Context, ws string, d *run.Definition, o flows.RehearseOptions) (*run.Report, error) {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	space := world.SpaceOf(w, nil)
	r := &run.Rehearsal{
		Def: d, From: o.From.At(0, w.Location()), To: (o.To + 1).At(0, w.Location()), Report: run.NewReport(), Follow: o.Customer != "",
		Facts: func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *run.Facts {
			f := activity.BuildFacts(space, now, st, customer, invoices)
			f.Rules.MaxDataAge = 0 // how fresh data was in the past is not known
			return f
		},
	}
	if t, ok := d.Trigger().(*triggerschedule.Trigger); ok {
		r.Next = func(after time.Time) time.Time { return t.After(after, w.Location(), w.Cal()) }
	}
	where := o.Visible
	if o.Customer != "" {
		where = filter.And(where, filter.Eq("id", o.Customer))
	}
	customers := c.Store.In(ws, records.Prefix+"customer")
	total, err := customers.Count(ctx, where, 0)
	if err != nil {
		return nil, err
	}
	done := 0
	err = customers.Each(ctx, store.Query{Filter: where, Limit: 200}, func(doc store.Doc) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		done++
		if err := c.play(ctx, ws, r, doc.ID); err != nil || o.Progress == nil {
			return err
		}
		return o.Progress(done, int(total), r.Report)
	})
	return r.Report, err
}

func (c *Core) play(ctx context.Context, ws string, r *run.Rehearsal, customer string) error {
	events, _, err := c.Accounts.Events(ctx, ws, customer)
	if err != nil {
		return err
	}
	record, invoices, err := c.World.Subjects(ctx, ws, customer, invoicesOf(events))
	if err != nil {
		return err
	}
	record["id"] = customer
	return r.Play(ctx, run.Account{Customer: customer, Record: record, Invoices: invoices, Events: events})
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
