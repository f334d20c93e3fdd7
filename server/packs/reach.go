package packs

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/flows"
)

// Reach is whom a flow would concern now, in the view of the person who asks,
// and by which of its channels they can be reached.
type Reach struct {
	Flow      string `json:"flow"`
	Form      string `json:"form"`  // what a run of it is about
	Count     int64  `json:"count"` // of those
	Customers int64  `json:"customers"`
	AtLeast   bool   `json:"atLeast,omitempty"`
	Unknown   bool   `json:"unknown,omitempty"` // it asks for fields that are not there yet
	// Starts says what a flow begins with that concerns nobody until it happens.
	Starts   flow.Text        `json:"starts,omitempty"`
	Channels map[string]int64 `json:"channels"` // customers by each
	Nobody   int64            `json:"nobody"`   // customers by none of them
	Sample   []flows.Subject  `json:"sample"`
}

// onItsOwn are triggers that meet what is there already.
var onItsOwn = map[string]bool{"trigger.date": true, "trigger.schedule": true}

func (s *Service) reach(ctx context.Context, a policies.Actor, f *flow.Flow, page map[string][]string) (Reach, error) {
	r := Reach{Flow: f.Key, Form: f.Subject.Form, Channels: map[string]int64{}, Sample: []flows.Subject{}}
	channels := channelsOf(f)
	for _, c := range channels {
		r.Channels[c] = 0
	}
	if id := f.Trigger(s.Flows.Nodes()); id != "" && !onItsOwn[f.Nodes[id].Type] {
		r.Starts = flow.Text{}
		for lang, sentences := range page {
			if len(sentences) > 0 {
				r.Starts[lang] = sentences[0]
			}
		}
		return r, nil
	}
	e, err := s.entry(f)
	if err != nil {
		return r, nil //nolint:nilerr // the lint says so
	}
	seen := map[string]bool{}
	m, err := s.Flows.Matching(ctx, a, f.Subject.Form, e, func(list []flows.Candidate) ([]flows.Candidate, error) {
		var ids []string
		for _, c := range list {
			if !seen[c.Customer] {
				seen[c.Customer] = true
				ids = append(ids, c.Customer)
			}
		}
		r.Customers += int64(len(ids))
		if s.Addresses == nil || len(channels) == 0 || len(ids) == 0 {
			return list, nil
		}
		by, err := s.Addresses(ctx, a.Workspace, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			r.count(by[id])
		}
		return list, nil
	})
	if fault.Is(err, fault.Invalid) {
		r.Unknown = true
		return r, nil
	}
	r.Count, r.AtLeast = m.Count, m.AtLeast
	if m.Sample != nil {
		r.Sample = m.Sample
	}
	return r, err
}

func (r *Reach) count(by []string) {
	reached := false
	for _, c := range by {
		if _, used := r.Channels[c]; used {
			r.Channels[c]++
			reached = true
		}
	}
	if !reached {
		r.Nobody++
	}
}

// entry is the condition of a flow's trigger, on what is open.
func (s *Service) entry(f *flow.Flow) (filter.Expr, error) {
	var cfg struct {
		Filter json.RawMessage `json:"filter"`
	}
	id := f.Trigger(s.Flows.Nodes())
	if id == "" {
		return nil, fault.At("/nodes", "noTrigger", nil)
	}
	if err := json.Unmarshal(f.Nodes[id].Cfg, &cfg); err != nil {
		return nil, err
	}
	open := filter.Gt("invoice.open", int64(0))
	if f.Subject.Form == "customer" {
		open = filter.Gt("account.openInvoices", int64(0))
	}
	if len(cfg.Filter) == 0 {
		return open, nil
	}
	e, err := filter.ParseTimed(cfg.Filter)
	return filter.And(open, e), err
}

// channelsOf lists the channels that a flow's messages go by; one that leaves
// it to the customer may go by any.
func channelsOf(f *flow.Flow) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range f.NodeIDs() {
		if f.Nodes[id].Type != "send" {
			continue
		}
		var cfg struct {
			Channel  string   `json:"channel"`
			Fallback []string `json:"fallback"`
		}
		if json.Unmarshal(f.Nodes[id].Cfg, &cfg) != nil {
			continue
		}
		for _, c := range append([]string{cfg.Channel}, cfg.Fallback...) {
			if c == "preferred" {
				c = "email"
			}
			if c != "" && !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}
