package flows

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Impact is what publishing would do now.
type Impact struct {
	Revision int64        `json:"revision"`
	Enter    int64        `json:"enter"` // subjects that would get a run now
	AtLeast  bool         `json:"atLeast,omitempty"`
	Sample   []Subject    `json:"sample"`
	Runs     int64        `json:"runs"` // open runs of all versions
	Steps    []StepImpact `json:"steps"`
	Authors  []string     `json:"authors"`
	Changed  []string     `json:"changed"`
	Issues   []flow.Issue `json:"issues"`
}

// StepImpact is a step at which runs stand. Gone: the draft does not have it.
type StepImpact struct {
	Node     string    `json:"node"`
	Sentence flow.Text `json:"sentence,omitempty"`
	Runs     int64     `json:"runs"`
	Gone     bool      `json:"gone"`
}

// Candidate is a record that may get a run.
type Candidate struct {
	Subject
	Customer string
}

// Matching counts the records that fit a condition and that keep lets through.
type Matching func(ctx context.Context, a policies.Actor, formKey string, e filter.Expr, keep func([]Candidate) ([]Candidate, error)) (Matches, error)

// Impact counts who would enter a draft now and where running ones stand, as
// far as the person sees them. With mine it looks at the private draft.
func (s *Service) Impact(ctx context.Context, a policies.Actor, key, owner string, scope filter.Expr) (Impact, error) {
	d, err := s.ReadDraft(ctx, a.Workspace, key, owner)
	if err != nil {
		return Impact{}, err
	}
	f, err := s.Get(ctx, a.Workspace, key)
	if err != nil {
		return Impact{}, err
	}
	doc, err := flow.Parse(d.Document)
	if err != nil {
		return Impact{}, err
	}
	out := Impact{
		Revision: d.Revision, Sample: []Subject{}, Steps: []StepImpact{}, Authors: d.Authors, Changed: d.Changed,
		Issues: flow.Check(doc, s.nodes, s.World(ctx, a.Workspace)),
	}
	if out.Issues == nil {
		out.Issues = []flow.Issue{}
	}
	if err := s.standing(ctx, a.Workspace, f, doc, scope, &out); err != nil {
		return out, err
	}
	compiled, err := run.Compile(doc, s.nodes, 0, nil)
	if err != nil || s.Matching == nil {
		return out, nil //nolint:nilerr // what is wrong with it is among the issues
	}
	m, err := s.entering(ctx, a, compiled)
	if err != nil {
		return out, err
	}
	out.Enter, out.AtLeast, out.Sample = m.Count, m.AtLeast, m.Sample
	return out, nil
}

// standing counts the open runs by step.
func (s *Service) standing(ctx context.Context, ws string, f Flow, doc *flow.Flow, scope filter.Expr, out *Impact) error {
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: filter.And(filter.Eq("flow", f.Key), openRuns, scope), By: []string{"node"}})
	if err != nil {
		return err
	}
	for _, r := range rows {
		id := fmt.Sprint(r.Keys[0])
		out.Steps = append(out.Steps, StepImpact{Node: id, Sentence: s.Sentence(ctx, ws, f.Hash, id), Runs: r.Count, Gone: doc.Nodes[id] == nil})
		out.Runs += r.Count
	}
	sort.Slice(out.Steps, func(i, k int) bool { return out.Steps[i].Runs > out.Steps[k].Runs })
	return nil
}

// entering counts the subjects that publishing would start: those that fit the
// trigger and have no run of this flow yet.
func (s *Service) entering(ctx context.Context, a policies.Actor, d *run.Definition) (Matches, error) {
	t := d.Trigger()
	if t == nil || !t.Starts(node.Event{Type: node.EventEnrolled}) {
		return Matches{Sample: []Subject{}}, nil
	}
	form := d.Flow.Subject.Form
	var e filter.Expr
	if form == "invoice" {
		e = filter.Gt("invoice.open", 0)
	}
	if x, ok := t.(node.Filterer); ok {
		for _, c := range x.Filters() {
			e = filter.And(e, c)
		}
	}
	return s.Matching(ctx, a, form, e, func(list []Candidate) ([]Candidate, error) {
		return s.without(ctx, a.Workspace, d, list)
	})
}

// without drops those that have a run of the flow: any if a subject enters
// once, an open one otherwise.
func (s *Service) without(ctx context.Context, ws string, d *run.Definition, list []Candidate) ([]Candidate, error) {
	has := map[string]bool{}
	if d.Flow.Subject.Reentry == "again" {
		customers := make([]string, 0, len(list))
		for _, c := range list {
			customers = append(customers, c.Customer)
		}
		err := s.store.In(ws, Runs).Each(ctx, store.Query{
			Filter: filter.And(filter.In("customer", customers...), filter.Eq("flow", d.Flow.Key), openRuns), Limit: 500,
		}, func(doc store.Doc) error {
			var r RunDoc
			err := json.Unmarshal(doc.Body, &r)
			has[r.Subject] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	} else {
		ids := make([]string, len(list))
		for k, c := range list {
			ids[k] = runID(c.Customer, d.Flow.Key+"/"+c.ID)
		}
		docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
		if err != nil {
			return nil, err
		}
		for k, c := range list {
			if _, ok := docs[ids[k]]; ok {
				has[c.ID] = true
			}
		}
	}
	out := list[:0]
	for _, c := range list {
		if !has[c.ID] {
			out = append(out, c)
		}
	}
	return out, nil
}

// VersionRow is a publication with what still runs on it.
type VersionRow struct {
	Publication
	Until string           `json:"until,omitempty"` // when the next one took its place
	Live  bool             `json:"live"`
	Runs  map[string]int64 `json:"runs"` // open ones by status
}

// VersionRows lists a flow's publications, newest first.
func (s *Service) VersionRows(ctx context.Context, ws, key string, scope filter.Expr) ([]VersionRow, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return nil, err
	}
	counts, err := s.openByHash(ctx, ws, key, scope)
	if err != nil {
		return nil, err
	}
	out := make([]VersionRow, 0, len(f.History))
	for k, p := range f.History {
		row := VersionRow{Publication: p, Live: k == 0 && f.Status == Live, Runs: counts[p.Hash]}
		if k > 0 {
			row.Until = f.History[k-1].At
		}
		if row.Runs == nil {
			row.Runs = map[string]int64{}
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *Service) openByHash(ctx context.Context, ws, key string, scope filter.Expr) (map[string]map[string]int64, error) {
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: filter.And(filter.Eq("flow", key), openRuns, scope), By: []string{"hash", "status"}})
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int64{}
	for _, r := range rows {
		hash, status := fmt.Sprint(r.Keys[0]), fmt.Sprint(r.Keys[1])
		if status == Starting {
			status = run.Active
		}
		if out[hash] == nil {
			out[hash] = map[string]int64{}
		}
		out[hash][status] += r.Count
	}
	return out, nil
}
