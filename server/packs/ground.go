package packs

import (
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// ground is where a pack is rehearsed by itself: a workspace as it is when new.
type ground struct{ *activity.Space }

// groundOf is 09:00–18:00 on working days, with at most one message in two of them.
func groundOf(p *pack.Pack, calendar, timezone string) (*ground, error) {
	cal, err := value.CalendarByID(calendar)
	if err != nil {
		return nil, fault.At("/calendar", "calendar", calendar)
	}
	loc, err := value.Location(timezone)
	if err != nil {
		return nil, fault.At("/timezone", "timezone", timezone)
	}
	own, err := p.Calendars()
	if err != nil {
		return nil, err
	}
	return &ground{&activity.Space{
		Loc: loc, Calendar: cal, Calendars: own,
		Rules: ledger.Rules{
			Window: value.Window{From: 9 * 60, To: 18 * 60}, Calendar: cal, Location: loc,
			Budgets: []ledger.Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}},
		},
	}}, nil
}

// compiled are a pack's flows by key, with some answers to its questions and the
// default ones for the others.
func compiled(p *pack.Pack, params map[string]json.RawMessage, nodes *node.Registry) (map[string]*run.Definition, error) {
	a, err := p.Adapt(pack.Choices{Params: params})
	if err != nil {
		return nil, err
	}
	out := map[string]*run.Definition{}
	for _, o := range a.Objects {
		if o.Kind != pack.Flow {
			continue
		}
		doc, err := flow.Parse(o.Raw)
		if err != nil {
			return nil, err
		}
		if out[o.Key], err = run.Compile(doc, nodes, 1, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rehearsal plays a flow from the first moment of a day to the last of another.
func (g *ground) rehearsal(d *run.Definition, from, to value.Date) *run.Rehearsal {
	return &run.Rehearsal{
		Def: d, From: from.At(0, g.Loc), To: (to + 1).At(0, g.Loc), Report: run.NewReport(), Next: g.next(d),
		Facts: func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *run.Facts {
			return activity.BuildFacts(g.Space, now, st, customer, invoices)
		},
	}
}

// next gives the times of a flow that begins by the clock; nil for others.
func (g *ground) next(d *run.Definition) func(time.Time) time.Time {
	t, ok := d.Trigger().(interface {
		After(after time.Time, loc *time.Location, cal *value.Calendar) time.Time
	})
	if !ok {
		return nil
	}
	return func(after time.Time) time.Time { return t.After(after, g.Loc, g.Calendar) }
}
