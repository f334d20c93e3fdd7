package app

import (
	"context"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
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
	cal := activity.BuildFacts(space, r.From, ledger.NewState(""), nil, nil).RulesFor(d).Calendar
	for day := o.From; day <= o.To; day++ {
		if year := day.Year(); !cal.Known(day) && !slices.Contains(r.Report.Totals.NoData, year) {
			r.Report.Totals.NoData = append(r.Report.Totals.NoData, year)
		}
	}
	if t, ok := d.Trigger().(*triggerschedule.Trigger); ok {
		r.Next = func(after time.Time) time.Time { return t.After(after, w.Location(), w.Cal()) }
	}
	if o.Customer != "" {
		return r.Report, c.playOne(ctx, ws, r, o)
	}
	customers := c.Store.In(ws, records.Prefix+"customer")
	total, err := customers.Count(ctx, o.Visible, 0)
	if err != nil {
		return nil, err
	}
	done := 0
	err = customers.Each(ctx, store.Query{Filter: o.Visible, Limit: 200}, func(doc store.Doc) error {
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

// playOne plays the one account that is followed, if it is in the view.
func (c *Core) playOne(ctx context.Context, ws string, r *run.Rehearsal, o flows.RehearseOptions) error {
	record, _, err := c.World.Subjects(ctx, ws, o.Customer, nil)
	if err != nil {
		return err
	}
	record["id"] = o.Customer
	if !filter.Match(o.Visible, record) || record["name"] == nil {
		return fault.New(fault.NotFound, "record.none", fault.Params{"form": "customer", "id": o.Customer})
	}
	return c.play(ctx, ws, r, o.Customer)
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
