package flows

import (
	"context"
	"fmt"
	"sort"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// Overlay is where the runs of a flow stand, for its picture.
type Overlay struct {
	Hash  string                 `json:"hash"`
	Nodes map[string]NodeOverlay `json:"nodes"`
	Older []OlderRuns            `json:"older"`
}

// NodeOverlay counts the runs at a step; NextWake is when the first of them
// goes on.
type NodeOverlay struct {
	Active   int64  `json:"active"`
	Paused   int64  `json:"paused"`
	Parked   int64  `json:"parked"`
	NextWake string `json:"nextWake,omitempty"`
}

// OlderRuns counts the runs that are still on an older version.
type OlderRuns struct {
	Hash    string `json:"hash"`
	Version int    `json:"version"`
	Runs    int64  `json:"runs"`
}

// Overlay counts the open runs of a flow by step, within a scope.
func (s *Service) Overlay(ctx context.Context, ws, key string, scope filter.Expr) (Overlay, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Overlay{}, err
	}
	out := Overlay{Hash: f.Hash, Nodes: map[string]NodeOverlay{}, Older: []OlderRuns{}}
	where := filter.And(filter.Eq("flow", key), openRuns, scope)
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: where, By: []string{"node", "status"}})
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		id := fmt.Sprint(r.Keys[0])
		n := out.Nodes[id]
		switch fmt.Sprint(r.Keys[1]) {
		case run.Paused:
			n.Paused += r.Count
		case run.Parked:
			n.Parked += r.Count
		default:
			n.Active += r.Count
		}
		out.Nodes[id] = n
	}
	for id, n := range out.Nodes {
		if n.Active == 0 {
			continue
		}
		page, err := s.store.In(ws, Runs).Find(ctx, store.Query{
			Filter: filter.And(filter.Eq("flow", key), filter.Eq("status", run.Active), filter.Eq("node", id), filter.Gt("wake", ""), scope),
			Sort:   []store.SortKey{{Field: "wake"}}, Limit: 1,
		})
		if err != nil {
			return out, err
		}
		for _, d := range page.Docs {
			var r RunDoc
			if err := decodeInto(d, &r); err != nil {
				return out, err
			}
			n.NextWake = r.Wake
			out.Nodes[id] = n
		}
	}
	byHash, err := s.openByHash(ctx, ws, key, scope)
	if err != nil {
		return out, err
	}
	version := map[string]int{}
	for _, p := range f.History {
		version[p.Hash] = p.Version
	}
	for hash, counts := range byHash {
		if hash == f.Hash {
			continue
		}
		o := OlderRuns{Hash: hash, Version: version[hash]}
		for _, n := range counts {
			o.Runs += n
		}
		out.Older = append(out.Older, o)
	}
	sort.Slice(out.Older, func(i, k int) bool { return out.Older[i].Version > out.Older[k].Version })
	return out, nil
}

// RunDetail is one run with the facts of its steps, oldest first.
type RunDetail struct {
	Entry RunEntry
	Facts []run.Fact
}

// maxRunFacts bounds the steps shown of one run.
const maxRunFacts = 500

// RunByID gives one run within a scope.
func (s *Service) RunByID(ctx context.Context, ws, id string, scope filter.Expr) (RunDetail, error) {
	d, err := s.store.In(ws, Runs).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return RunDetail{}, noRun(id)
	}
	if err != nil {
		return RunDetail{}, err
	}
	doc, ok, err := runIn(d, scope)
	if err != nil {
		return RunDetail{}, err
	}
	if !ok {
		return RunDetail{}, noRun(id)
	}
	out := RunDetail{Entry: RunEntry{ID: id, RunDoc: doc}}
	err = s.store.In(ws, Steps).Each(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", out.Entry.Customer), filter.Gte("at", out.Entry.Started)), Sort: []store.SortKey{{Field: "at"}}, Limit: 500,
	}, func(d store.Doc) error {
		var st stepDoc
		if err := decodeInto(d, &st); err != nil {
			return err
		}
		for _, f := range st.Facts {
			if f.Run == out.Entry.Run && len(out.Facts) < maxRunFacts {
				out.Facts = append(out.Facts, f)
			}
		}
		return nil
	})
	return out, err
}
