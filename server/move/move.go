// Package move carries a whole store over into another: every workspace, every
// collection with its indexes, every document with its id, version and body, while no
// server works with either. It knows stores and marks; it must not know drivers, or
// what documents mean.
//
// The target is marked as half before the first document is written and until the last
// one has been compared; the source is marked as gone at the end, and keeps everything.
// A move that broke off is done again from its start by running it again: workspaces
// that are the same on both sides by then are left, others are copied anew.
package move

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

const (
	// pageBytes bounds the bodies of a page that is read, by the most that a body
	// of its collection may have.
	pageBytes = 64 << 20
	// batchBytes and batchDocs bound what is written at once.
	batchBytes = 8 << 20
	batchDocs  = 1000
)

// Steps of a move, for Job.Progress.
const (
	Copied   = "copied"
	Compared = "compared"
)

// Job is one move.
type Job struct {
	From, To Side
	// System is the workspace without which a store is empty.
	System string
	// Leave says of which collections the documents stay behind: those that belong to
	// processes which will not be there any more.
	Leave func(collection string) bool
	Now   func() time.Time
	// Check looks at the source before anything is written; its error ends the move.
	Check func(ctx context.Context) error
	// Progress is told how many documents a step has done, of how many.
	Progress func(step string, done, total int64)
}

// Side is a store with its name for people.
type Side struct {
	*store.Store
	Name string
}

// Space is a workspace that was moved.
type Space struct {
	Workspace   string `json:"workspace"`
	Documents   int64  `json:"documents"`
	Collections []Sum  `json:"collections"`
}

// Run moves everything. Faults: NotFound "move.empty" (nothing to move), Conflict
// "move.half" and "move.gone" (the source), "move.notEmpty" and "move.otherHalf" (the
// target), "move.differs" (a collection is not the same on both sides in the end).
func (j Job) Run(ctx context.Context) ([]Space, error) {
	all, err := j.source(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.Check(ctx); err != nil {
		return nil, err
	}
	there, err := j.target(ctx, all)
	if err != nil {
		return nil, err
	}
	total, err := j.count(ctx, all)
	if err != nil {
		return nil, err
	}
	if err := j.copyAll(ctx, all, there, total); err != nil {
		return nil, err
	}
	out, err := j.compareAll(ctx, all, total)
	if err != nil {
		return nil, err
	}
	// In this order a kill in between leaves no two stores that may be served.
	if err := set(ctx, j.From.Store, Gone, j.To.Name, j.Now()); err != nil {
		return nil, err
	}
	return out, j.To.Drop(ctx, Place)
}

// source lists the workspaces to move.
func (j Job) source(ctx context.Context) ([]string, error) {
	if err := Whole(ctx, j.From.Store); err != nil {
		return nil, err
	}
	m, err := Read(ctx, j.From.Store)
	if err != nil {
		return nil, err
	}
	if m.State == Gone {
		// Only the end of the same move may be missing: the target's mark.
		if to, err := Read(ctx, j.To.Store); err != nil || to.State != Half || to.Other != j.From.Name {
			return nil, gone(m)
		}
	}
	all, err := j.From.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(ws string) bool { return ws == Place })
	if !slices.Contains(all, j.System) || len(all) == 1 {
		return nil, fault.New(fault.NotFound, "move.empty", fault.Params{"from": j.From.Name})
	}
	return all, nil
}

// target makes sure that there is nothing, or half of this very move, and marks it. It
// lists what is there already.
func (j Job) target(ctx context.Context, all []string) ([]string, error) {
	m, err := Read(ctx, j.To.Store)
	if err != nil {
		return nil, err
	}
	if m.State == Half && m.Other != "" && m.Other != j.From.Name {
		return nil, fault.New(fault.Conflict, "move.otherHalf", fault.Params{"to": j.To.Name, "other": m.Other})
	}
	if m.State != Half || m.Other == "" {
		there, err := j.To.Workspaces(ctx)
		if err != nil {
			return nil, err
		}
		there = slices.DeleteFunc(there, func(ws string) bool { return ws == Place && m.State == Half })
		if len(there) > 0 {
			return nil, fault.New(fault.Conflict, "move.notEmpty", fault.Params{"to": j.To.Name, "workspaces": strings.Join(there, ", ")})
		}
		if err := set(ctx, j.To.Store, Half, j.From.Name, j.Now()); err != nil {
			return nil, err
		}
	}
	there, err := j.To.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	for _, ws := range there {
		if ws != Place && !slices.Contains(all, ws) { // it was dropped since the first try
			if err := j.To.Drop(ctx, ws); err != nil {
				return nil, err
			}
		}
	}
	return there, nil
}

// count gives how many documents there are.
func (j Job) count(ctx context.Context, all []string) (total int64, err error) {
	err = each(ctx, j.From.Store, all, func(ws string, spec store.Spec) error {
		if err := j.From.Ensure(ctx, ws, spec); err != nil {
			return err
		}
		if j.Leave(spec.Name) {
			return nil
		}
		n, err := j.From.In(ws, spec.Name).Count(ctx, nil, 0)
		total += n
		return err
	})
	return total, err
}

// each calls f for every collection of some workspaces.
func each(ctx context.Context, s *store.Store, all []string, f func(ws string, spec store.Spec) error) error {
	for _, ws := range all {
		specs, err := s.Specs(ctx, ws)
		if err != nil {
			return err
		}
		for _, spec := range specs {
			if err := f(ws, spec); err != nil {
				return err
			}
		}
	}
	return nil
}

// told counts documents for a step's progress.
func (j Job) told(step string, total int64) func() {
	done := int64(0)
	return func() {
		done++
		j.Progress(step, done, total)
	}
}

func (j Job) copyAll(ctx context.Context, all, there []string, total int64) error {
	tell := j.told(Copied, total)
	for _, ws := range all {
		if slices.Contains(there, ws) {
			different, err := j.differs(ctx, ws)
			if err != nil {
				return err
			}
			if different == "" {
				continue
			}
			if err := j.To.Drop(ctx, ws); err != nil {
				return err
			}
		}
		err := each(ctx, j.From.Store, []string{ws}, func(ws string, spec store.Spec) error { return j.copy(ctx, ws, spec, tell) })
		if err != nil {
			return err
		}
	}
	return nil
}

// copy brings one collection over.
func (j Job) copy(ctx context.Context, ws string, spec store.Spec, tell func()) error {
	if err := j.To.Ensure(ctx, ws, spec); err != nil || j.Leave(spec.Name) {
		return err
	}
	var batch []store.Write
	size := 0
	flush := func() error {
		_, errs := j.To.Apply(ctx, ws, batch)
		for _, err := range errs {
			if err != nil {
				return err
			}
			tell()
		}
		batch, size = batch[:0], 0
		return nil
	}
	err := pages(ctx, j.From.Store, ws, spec, func(d store.Doc) error {
		batch = append(batch, store.Write{Op: store.Load, Collection: spec.Name, Doc: d})
		if size += len(d.Body); size < batchBytes && len(batch) < batchDocs {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// pages calls f for every document of a collection by id, so many at a time as fit
// into memory even when each is as large as it may be.
func pages(ctx context.Context, s *store.Store, ws string, spec store.Spec, f func(store.Doc) error) error {
	if err := s.Ensure(ctx, ws, spec); err != nil {
		return err
	}
	most := spec.MaxBody
	if most == 0 {
		most = store.DefaultBody
	}
	return s.In(ws, spec.Name).Each(ctx, store.Query{Limit: max(1, min(store.MaxLimit, pageBytes/most))}, f)
}
