package flows

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// hosted are the states of runs that a workflow hosts. One that is starting is
// told of by the sweep until its workflow has taken it up.
var hosted = filter.In("status", run.Active, run.Paused, run.Parked)

// OpenRuns are a customer's runs as the index has them, which is never older
// than what the workflow has: a step is stored before it counts. What the index
// lacks, the tries of a step that failed, begins anew.
func (s *Service) OpenRuns(ctx context.Context, ws, customer string) ([]*run.Run, error) {
	return s.standingRuns(ctx, ws, customer, hosted)
}

// Reached are a customer's ended runs about some invoices, or about the customer,
// that may go on (run.LastReached).
func (s *Service) Reached(ctx context.Context, ws, customer string, invoices []string) ([]*run.Run, error) {
	live, err := s.Live(ctx, ws)
	if err != nil || len(live) == 0 {
		return nil, err
	}
	var ended []*run.Run
	for some := range slices.Chunk(append(slices.Clip(invoices), customer), filter.MaxList) {
		runs, err := s.standingRuns(ctx, ws, customer, filter.And(filter.Eq("status", run.Done), filter.In("subject", some...)))
		if err != nil {
			return nil, err
		}
		ended = append(ended, runs...)
	}
	return run.LastReached(ended, live), nil
}

// Adopt hands what a workspace has under way to an engine that does not know of
// it: the schedulers of live flows at once, the accounts with open runs by a
// batch. It gives the number of those runs. What the engine has it leaves alone.
func (s *Service) Adopt(ctx context.Context, ws string) (int64, error) {
	all, err := s.List(ctx, ws)
	if err != nil {
		return 0, err
	}
	for _, f := range all {
		if f.Status != Live {
			continue
		}
		d, err := s.Definition(ctx, ws, f.Hash)
		if err != nil {
			return 0, err
		}
		if _, ok := d.Trigger().(*triggerschedule.Trigger); ok {
			if err := s.schedule(ctx, ws, f.Key, f.Hash); err != nil {
				return 0, err
			}
		}
	}
	n, err := s.store.In(ws, Runs).Count(ctx, hosted, 0)
	if err != nil || n == 0 {
		return n, err
	}
	_, err = s.batch(ctx, ws, Batch{Kind: adopting, By: "engine"})
	return n, err
}

// adoptPage tells the workflows of the accounts whose runs are on a page.
func (s *Service) adoptPage(ctx context.Context, ws string, docs []store.Doc) error {
	last := ""
	for _, doc := range docs { // in the order of ids, which begin with the customer's
		customer, err := customerOf(doc)
		if err != nil {
			return err
		}
		if customer == last {
			continue
		}
		last = customer
		if err := s.engine.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteAdopt}}); err != nil {
			return err
		}
	}
	return nil
}
