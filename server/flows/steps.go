package flows

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// SaveStep stores what a step changed: the index of runs and one document of
// facts. Scope and names in the index stay as they are. Where the store can,
// all is written as one, with what else belongs to the step; with tells whether
// that was so, else the caller has to see to it.
func (s *Service) SaveStep(ctx context.Context, ws, customer string, changed []*run.Run, facts []run.Fact, more ...store.Write) (with bool, err error) {
	writes, err := s.stepWrites(ctx, ws, customer, changed, facts)
	if err != nil {
		return false, err
	}
	_, able, err := s.store.All(ctx, ws, append(slices.Clip(writes), more...))
	switch with = able && err == nil; {
	case with:
	case !able || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid):
		// One of them is there already, or they are too many for one: each alone.
		_, errs := s.store.Apply(ctx, ws, writes)
		for _, err := range errs {
			if err != nil {
				return false, err
			}
		}
	default:
		return false, err
	}
	if s.OnRuns != nil {
		s.OnRuns(ws, customer)
	}
	return with, nil
}

func (s *Service) stepWrites(ctx context.Context, ws, customer string, changed []*run.Run, facts []run.Fact) ([]store.Write, error) {
	ids := make([]string, len(changed))
	for i, r := range changed {
		ids[i] = runID(customer, r.ID)
	}
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	now, _ := s.spaces.Now(w)
	writes := make([]store.Write, 0, len(changed)+1)
	index := make(map[string]RunDoc, len(changed))
	for i, r := range changed {
		doc := RunDoc{Run: r.ID, Customer: customer, Started: value.Instant(r.Started)}
		op := store.Insert
		if d, ok := docs[ids[i]]; ok {
			op = store.Replace
			if err := json.Unmarshal(d.Body, &doc); err != nil {
				return nil, err
			}
		}
		doc.take(r, now)
		index[ids[i]] = doc
		body, err := json.Marshal(doc)
		if err != nil {
			return nil, err
		}
		writes = append(writes, store.Write{Op: op, Collection: Runs, Doc: store.Doc{ID: ids[i], Body: body}})
	}
	for some := range slices.Chunk(facts, maxFacts) {
		body, err := json.Marshal(stepDoc{Customer: customer, At: value.Instant(some[0].At), Facts: some})
		if err != nil {
			return nil, err
		}
		writes = append(writes, store.Write{Op: store.Insert, Collection: Steps, Doc: store.Doc{ID: customer + "~" + uuid.Must(uuid.NewV7()).String(), Body: body}})
	}
	held, err := s.heldWrites(ctx, ws, customer, facts, index)
	return append(writes, held...), err
}

// maxFacts is how many facts one document holds: an account with thousands of
// runs has as many in one step.
const maxFacts = 1000

type stepDoc struct {
	Customer string     `json:"customer"`
	At       string     `json:"at"`
	Facts    []run.Fact `json:"facts"`
}

func (d *RunDoc) take(r *run.Run, at time.Time) {
	d.Flow, d.Hash, d.Form, d.Subject, d.Node = r.Flow, r.Hash, r.Form, r.Subject, r.Node
	d.Status, d.Reason, d.Outcome, d.On, d.Updated = r.Status, r.Reason, r.Outcome, r.On, value.Instant(at)
	d.Wake, d.Planned, d.Entered = instantOf(r.Wake), instantOf(r.Planned), instantOf(r.Entered)
	d.Visits, d.Vars = r.Visits, r.Vars
	d.Meant = ""
	if !r.Meant.Equal(r.Planned) {
		d.Meant = instantOf(r.Meant)
	}
	d.Ended, d.Resumed = instantOf(r.Ended), instantOf(r.Resumed)
	if r.Status == run.Done && !r.Reached() { // it never goes on
		d.Entered, d.Planned, d.Meant, d.Visits, d.Resumed = "", "", "", nil, ""
	}
}

func instantOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return value.Instant(t)
}

func factsOf(page store.Page) ([]run.Fact, string, error) {
	var out []run.Fact
	for _, d := range page.Docs {
		var s stepDoc
		if err := json.Unmarshal(d.Body, &s); err != nil {
			return nil, "", err
		}
		out = append(out, s.Facts...)
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].At.After(out[b].At) })
	return out, page.Next, nil
}

// FactsBetween gives the facts of an account within [from, to).
func (s *Service) FactsBetween(ctx context.Context, ws, customer string, from, to time.Time) ([]run.Fact, error) {
	page, err := s.store.In(ws, Steps).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Gte("at", value.Instant(from)), filter.Lt("at", value.Instant(to))),
		Sort:   []store.SortKey{{Field: "at"}}, Limit: 500,
	})
	if err != nil {
		return nil, err
	}
	out, _, err := factsOf(page)
	return out, err
}
