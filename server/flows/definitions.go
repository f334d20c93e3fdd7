package flows

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/run"
)

type liveSet struct {
	at    time.Time
	flows []*run.Definition
}

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

// Live gives the live definitions of a workspace, at most a second old.
func (s *Service) Live(ctx context.Context, ws string) ([]*run.Definition, error) {
	return s.liveFlows(ctx, ws)
}

// liveFlows gives the live definitions of a workspace, at most a second old.
func (s *Service) liveFlows(ctx context.Context, ws string) ([]*run.Definition, error) {
	s.mu.Lock()
	l, ok := s.live[ws]
	s.mu.Unlock()
	if ok && time.Since(l.at) < time.Second {
		return l.flows, nil
	}
	all, err := s.List(ctx, ws)
	if err != nil {
		return nil, err
	}
	l = liveSet{at: time.Now()}
	for _, f := range all {
		if f.Status != Live {
			continue
		}
		d, err := s.Definition(ctx, ws, f.Hash)
		if err != nil {
			return nil, err
		}
		l.flows = append(l.flows, d)
	}
	s.mu.Lock()
	s.live[ws] = l
	s.mu.Unlock()
	return l.flows, nil
}

func (s *Service) forgetLive(ws string) {
	s.mu.Lock()
	delete(s.live, ws)
	s.mu.Unlock()
}
