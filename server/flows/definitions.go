package flows

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// Definition gives a published version by content hash; it never changes.
func (s *Service) Definition(ctx context.Context, ws, hash string) (*run.Definition, error) {
	id := ws + "/" + hash
	s.mu.Lock()
	d := s.defs[id]
	s.mu.Unlock()
	if d != nil {
		return d, nil
	}
	doc, err := s.store.In(ws, Versions).Get(ctx, hash)
	if err != nil {
		return nil, err
	}
	var v struct {
		Version  int             `json:"version"`
		Document json.RawMessage `json:"document"`
	}
	if err := json.Unmarshal(doc.Body, &v); err != nil {
		return nil, err
	}
	f, err := flow.Parse(v.Document)
	if err != nil {
		return nil, err
	}
	d, err = run.Compile(f, s.nodes, v.Version, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.defs[id] = d
	s.mu.Unlock()
	return d, nil
}

// Live gives the live definitions of a workspace as they are stored now, in order
// of key. It must not be old: what an event does not start, because its flow was
// not live yet, is what publishing the flow finds.
func (s *Service) Live(ctx context.Context, ws string) ([]*run.Definition, error) {
	rows, err := s.store.In(ws, Collection).Group(ctx, store.GroupQuery{Filter: filter.Eq("status", Live), By: []string{"key", "hash"}})
	if err != nil {
		return nil, err
	}
	out := make([]*run.Definition, 0, len(rows))
	for _, r := range rows {
		hash, _ := r.Keys[1].(string)
		d, err := s.Definition(ctx, ws, hash)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}
