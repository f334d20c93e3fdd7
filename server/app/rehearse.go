package app

import (
	"context"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/server/world"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// Rehearse plays a flow over the accounts of a workspace that the options let
// through, together with the other live flows unless they say alone, on a
// virtual clock; account by account, so that memory follows the
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
	if !o.Alone {
		if r.Company, err = c.company(ctx, w, d, o.From); err != nil {
			return nil, err
		}
	}
	cal := activity.BuildFacts(space, r.From, ledger.NewState(""), nil, nil).RulesFor(d).Calendar
	for day := o.From; day <= o.To; day++ {
		if year := day.Year(); !cal.Known(day) && !slices.Contains(r.Report.Totals.NoData, year) {
			r.Report.Totals.NoData = append(r.Report.Totals.NoData, year)
		}
	}
	r.Next = nextOf(d, w)
	defer func() { r.Report.In(w.Location()) }()
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

// company are the workspace's other live flows. From today on they go on from
// where their runs stand; over days that are past they are played like the
// rehearsed one, since nobody knows where they stood.
func (c *Core) company(ctx context.Context, w *workspace.Workspace, d *run.Definition, from value.Date) (*run.Company, error) {
	live, err := c.Flows.Live(ctx, w.Key)
	if err != nil {
		return nil, err
	}
	out := &run.Company{Version: func(ctx context.Context, hash string) (*run.Definition, error) {
		return c.Flows.Definition(ctx, w.Key, hash)
	}}
	for _, other := range live {
		if other.Flow.Key != d.Flow.Key {
			out.Flows = append(out.Flows, run.Companion{Def: other, Next: nextOf(other, w)})
		}
	}
	if _, today := c.Spaces.Now(w); from >= today {
		out.Now = today.At(0, w.Location())
	}
	return out, nil
}

// nextOf is when a flow's schedule comes round; nil for one without.
func nextOf(d *run.Definition, w *workspace.Workspace) func(time.Time) time.Time {
	t, ok := d.Trigger().(*triggerschedule.Trigger)
	if !ok {
		return nil
	}
	return func(after time.Time) time.Time { return t.After(after, w.Location(), w.Cal()) }
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
	a := run.Account{Customer: customer, Record: record, Invoices: invoices, Events: events}
	if r.Company != nil && !r.Company.Now.IsZero() {
		if a.Runs, err = c.Flows.Standing(ctx, ws, customer, r.Def.Flow.Key); err != nil {
			return err
		}
	}
	return r.Play(ctx, a)
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
