package flows

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Route is a sink of the relay: it starts runs whose trigger the events are,
// and tells the account's running ones.
func (s *Service) Route(ctx context.Context, d accounts.Delivery) error {
	var events []node.Event
	timed := false
	for _, e := range d.Events {
		events = append(events, run.NodeEvents(e)...)
		timed = timed || setsClock(e)
	}
	if len(events) > 0 {
		told, err := s.route(ctx, d.Workspace, d.Customer, events)
		if err != nil || told {
			return err
		}
	}
	if !timed {
		return nil
	}
	// The account's workflow keeps the deadline, whether it has runs or not.
	return s.engine.Tell(ctx, d.Workspace, d.Customer, []run.Note{{Kind: run.NoteEvent}})
}

// setsClock tells whether an event brings a day on which time alone changes
// something.
func setsClock(e ledger.Event) bool {
	switch e.Type {
	case ledger.PromiseMade:
		return true
	case ledger.DisputeOpened, ledger.DisputeAssigned:
		return e.Deadline != 0
	case ledger.HoldSet, ledger.DisputeOverdue:
		return e.Until != 0
	}
	return false
}

// Told passes on what happened outside the ledger: finished tasks, a changed
// record, a delivery.
func (s *Service) Told(ctx context.Context, ws, customer string, events ...node.Event) error {
	_, err := s.route(ctx, ws, customer, events)
	return err
}

// route starts and tells runs, and says whether the account's workflow was told.
func (s *Service) route(ctx context.Context, ws, customer string, events []node.Event) (bool, error) {
	live, err := s.Live(ctx, ws)
	if err != nil {
		return false, err
	}
	for _, d := range live {
		if err := s.trigger(ctx, ws, d, customer, events); err != nil {
			return false, err
		}
	}
	// What opens an invoice again may wake a run that has ended.
	if len(live) == 0 || !run.Reopens(events) {
		n, err := s.store.In(ws, Runs).Count(ctx, filter.And(filter.Eq("customer", customer), openRuns), 1)
		if err != nil || n == 0 {
			return false, err
		}
	}
	return true, s.engine.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteEvent, Events: events}})
}

// trigger starts the runs of a flow that the events ask for.
func (s *Service) trigger(ctx context.Context, ws string, d *run.Definition, customer string, events []node.Event) error {
	subjects := map[string]bool{}
	entry := ""
	for _, e := range events {
		starts := d.StartedBy(e)
		if starts && d.Flow.Subject.Reentry == "again" {
			entry = entryOf(e, s.spaces.RealNow())
		}
		switch {
		case !starts:
		case d.Flow.Subject.Form == "customer":
			subjects[customer] = true
		case e.Invoice != "":
			subjects[e.Invoice] = true
		}
	}
	if entry != "" && len(subjects) > 0 {
		if err := s.again(ctx, ws, d, customer, subjects); err != nil {
			return err
		}
	}
	if len(subjects) == 0 {
		return nil
	}
	ids := make([]string, 0, len(subjects))
	for id := range subjects {
		ids = append(ids, id)
	}
	_, err := s.startRuns(ctx, ws, d, customer, ids, entry)
	return err
}

// again leaves those subjects of a repeatable flow that have no open run: a new
// one may start once the last has ended.
func (s *Service) again(ctx context.Context, ws string, d *run.Definition, customer string, subjects map[string]bool) error {
	return s.store.In(ws, Runs).Each(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), openRuns, filter.Eq("flow", d.Flow.Key)), Limit: 500,
	}, func(doc store.Doc) error {
		var r RunDoc
		if err := decodeInto(doc, &r); err != nil {
			return err
		}
		delete(subjects, r.Subject)
		return nil
	})
}

// entryOf tells the runs of a subject in a repeatable flow apart. It follows
// from the event, so that a delivery that repeats itself starts nothing new.
func entryOf(e node.Event, now time.Time) string {
	if e.Seq > 0 {
		return strconv.FormatInt(e.Seq, 10)
	}
	return "t" + strconv.FormatInt(now.UnixMilli(), 10)
}

// Sweep tells again the workflows of runs that nobody took up, launches again
// the batches that are not done, and begins those that a change of a flow asked
// for, because a process died between noting and telling; what runs already is
// left alone. It stops what a stopped flow still has under way: a run may have
// been starting while the flow was stopped.
func (s *Service) Sweep(ctx context.Context, ws string) error {
	changes := s.sweepChanges(ctx, ws)
	busy := map[string]bool{} // flows with a batch under way
	err := s.store.In(ws, Batches).Each(ctx, store.Query{Filter: filter.Eq("status", "running"), Limit: 200}, func(d store.Doc) error {
		var b Batch
		if err := decodeInto(d, &b); err != nil {
			return err
		}
		busy[b.Flow] = true
		return s.engine.Launch(ctx, "batch/"+ws+"/"+d.ID, BatchWorkflowName, BatchState{Workspace: ws, ID: d.ID})
	})
	if err == nil {
		err = s.sweepStopped(ctx, ws, busy)
	}
	if err == nil {
		err = s.sweepRuns(ctx, ws)
	}
	return errors.Join(changes, err)
}

// sweepChanges begins what changes of flows have left to do.
func (s *Service) sweepChanges(ctx context.Context, ws string) error {
	var left []Flow
	err := s.store.In(ws, Collection).Each(ctx, store.Query{Filter: filter.Exists("todo"), Limit: 200}, func(d store.Doc) error {
		f, err := decodeFlow(d)
		left = append(left, f)
		return err
	})
	errs := []error{err}
	for _, f := range left {
		errs = append(errs, s.carryOut(ctx, ws, f))
	}
	return errors.Join(errs...)
}

// sweepStopped stops what stopped flows have under way, but for those that are busy.
func (s *Service) sweepStopped(ctx context.Context, ws string, busy map[string]bool) error {
	stopped, err := s.store.In(ws, Collection).Group(ctx, store.GroupQuery{Filter: filter.Eq("status", Stopped), By: []string{"key"}})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(stopped, filter.MaxList) {
		keys := make([]string, 0, len(some))
		for _, r := range some {
			key, _ := r.Keys[0].(string)
			keys = append(keys, key)
		}
		open, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: filter.And(filter.In("flow", keys...), openRuns), By: []string{"flow"}})
		if err != nil {
			return err
		}
		for _, r := range open {
			key, _ := r.Keys[0].(string)
			if busy[key] {
				continue
			}
			if _, err := s.batch(ctx, ws, Batch{Kind: controlling, Flow: key, Action: run.StopRun, By: "sweep"}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) sweepRuns(ctx context.Context, ws string) error {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	before := value.Instant(w.Demo.Virtual(s.spaces.RealNow().Add(-30 * time.Second)))
	// What one account waits for is told in one go: a signal for each of
	// thousands of runs would keep its workflow from ever getting to them.
	type told struct{ hash, customer, entry string }
	waiting := map[told][]string{}
	n := 0
	err = s.store.In(ws, Runs).Each(ctx, store.Query{Filter: filter.And(filter.Eq("status", Starting), filter.Lt("updated", before)), Limit: 500}, func(d store.Doc) error {
		var r RunDoc
		if err := decodeInto(d, &r); err != nil {
			return err
		}
		k := told{r.Hash, r.Customer, r.Entry}
		waiting[k] = append(waiting[k], r.Subject)
		if n++; n == sweepMost {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	for k, subjects := range waiting {
		def, err := s.Definition(ctx, ws, k.hash)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for part := range slices.Chunk(subjects, sweepPart) {
			if _, err := s.startRuns(ctx, ws, def, k.customer, part, k.entry); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	sweepMost = 20_000 // runs that one sweep takes up; the next one goes on
	sweepPart = 1_000  // of them in one signal
)

var errEnough = errors.New("enough for this time")
