package flows

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// RehearseOptions say which accounts a rehearsal plays, and between which days.
type RehearseOptions struct {
	From, To value.Date
	Alone    bool        // without the workspace's other live flows
	Visible  filter.Expr // over the customer's record; nil is everybody
	Customer string      // only this one, with every step kept
	// Progress is told after each account; its fault ends the rehearsal. It may
	// take what is in the report's lists away.
	Progress func(done, total int, r *run.Report) error
}

// CompileDraft checks a document and compiles it for a rehearsal.
func (s *Service) CompileDraft(ctx context.Context, ws string, doc json.RawMessage) (*run.Definition, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return nil, err
	}
	if err := flow.Errors(flow.Check(f, s.nodes, s.World(ctx, ws))); err != nil {
		return nil, err
	}
	return run.Compile(f, s.nodes, 0, nil)
}

// Standing gives a customer's runs of all flows but one as they stand, those
// that have ended too: what a rehearsal goes on from.
func (s *Service) Standing(ctx context.Context, ws, customer, but string) ([]*run.Run, error) {
	return s.standingRuns(ctx, ws, customer, filter.Ne("flow", but))
}

// standingRuns are a customer's runs of which more is true, as they stand.
func (s *Service) standingRuns(ctx context.Context, ws, customer string, where filter.Expr) ([]*run.Run, error) {
	var out []*run.Run
	err := s.store.In(ws, Runs).Each(ctx, store.Query{Filter: filter.And(filter.Eq("customer", customer), where), Limit: 500}, func(d store.Doc) error {
		var doc RunDoc
		if err := decodeInto(d, &doc); err != nil {
			return err
		}
		r, err := doc.standing()
		out = append(out, r)
		return err
	})
	return out, err
}

// standing is the run that an index document tells of. One that no workflow has
// taken up yet is at its trigger; what older documents do not say is taken for
// what is most usual: that the run came to its step when it was last touched,
// and for the first time.
func (d *RunDoc) standing() (*run.Run, error) {
	r := &run.Run{
		ID: d.Run, Flow: d.Flow, Hash: d.Hash, Form: d.Form, Subject: d.Subject, Status: d.Status, Node: d.Node,
		Reason: d.Reason, Outcome: d.Outcome, On: d.On, Visits: d.Visits, Vars: d.Vars,
	}
	if d.Status == Starting {
		r.Status, d.Wake = run.Active, d.Started
	}
	if d.Entered == "" {
		d.Entered = d.Updated
	}
	if d.Status == run.Done && d.Ended == "" {
		d.Ended = d.Updated
	}
	if r.Visits == nil {
		r.Visits = map[string]int{d.Node: 1}
	}
	for _, x := range []struct {
		text string
		to   *time.Time
	}{{d.Started, &r.Started}, {d.Entered, &r.Entered}, {d.Wake, &r.Wake}, {d.Planned, &r.Planned}, {cmp.Or(d.Meant, d.Planned), &r.Meant}, {d.Ended, &r.Ended}, {d.Resumed, &r.Resumed}} {
		if x.text == "" {
			continue
		}
		t, err := value.ParseInstant(x.text)
		if err != nil {
			return nil, err
		}
		*x.to = t
	}
	return r, nil
}
