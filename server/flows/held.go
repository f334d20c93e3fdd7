package flows

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// HeldLog keeps the last time that each run did not send when its step came.
const HeldLog = "held"

const heldPage = 50

// HeldQuery picks what was held back or merged since an instant.
type HeldQuery struct {
	Since  string
	Reason string // "" is all
	Scope  filter.Expr
	Limit  int // 0 is 50, at most 200
	Cursor string
}

func (q HeldQuery) filter() filter.Expr {
	f := filter.And(filter.Gte("at", q.Since), q.Scope)
	if q.Reason != "" {
		f = filter.And(filter.Eq("reason", q.Reason), f)
	}
	return f
}

// HeldDoc is the last time that a run's step did not send when it came:
// deferred, refused, or gone along with another message (reason "merged").
type HeldDoc struct {
	Customer     string          `json:"customer"`
	CustomerName string          `json:"customerName,omitempty"`
	Acct         json.RawMessage `json:"_acct,omitempty"`
	Label        string          `json:"label,omitempty"`
	Run          string          `json:"run"`
	Flow         string          `json:"flow"`
	Node         string          `json:"node"`
	At           string          `json:"at"`
	What         string          `json:"what"`
	Reason       string          `json:"reason"`
	Until        string          `json:"until,omitempty"`
	By           string          `json:"by,omitempty"`
	Key          string          `json:"key,omitempty"`
}

// HeldList gives one page, newest first.
func (s *Service) HeldList(ctx context.Context, ws string, q HeldQuery) ([]HeldDoc, string, error) {
	if q.Limit <= 0 {
		q.Limit = heldPage
	}
	page, err := s.store.In(ws, HeldLog).Find(ctx, store.Query{
		Filter: q.filter(), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: min(q.Limit, 200), After: q.Cursor,
	})
	if err != nil {
		return nil, "", err
	}
	out := make([]HeldDoc, 0, len(page.Docs))
	for _, d := range page.Docs {
		var h HeldDoc
		if err := json.Unmarshal(d.Body, &h); err != nil {
			return nil, "", err
		}
		out = append(out, h)
	}
	return out, page.Next, nil
}

// HeldCounts counts by what and reason.
func (s *Service) HeldCounts(ctx context.Context, ws string, q HeldQuery) ([]store.GroupRow, error) {
	return s.store.In(ws, HeldLog).Group(ctx, store.GroupQuery{Filter: q.filter(), By: []string{"what", "reason"}})
}

// heldWrites notes, for each run that a step held back or merged, the last time
// it did. docs are the runs' index documents, by id.
func (s *Service) heldWrites(ctx context.Context, ws, customer string, facts []run.Fact, runs map[string]RunDoc) ([]store.Write, error) {
	last := map[string]run.Fact{}
	var ids []string
	for _, f := range facts {
		if f.What != node.ResultDeferred && f.What != node.ResultRefused && f.What != merged {
			continue
		}
		id := runID(customer, f.Run)
		if _, again := last[id]; !again {
			ids = append(ids, id)
		}
		last[id] = f
	}
	if len(ids) == 0 {
		return nil, nil
	}
	there, err := s.store.In(ws, HeldLog).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]store.Write, 0, len(ids))
	for _, id := range ids {
		f, r := last[id], runs[id]
		h := HeldDoc{
			Customer: customer, CustomerName: r.CustomerName, Acct: r.Acct, Label: r.Label, Run: f.Run, Flow: f.Flow, Node: f.Node,
			At: value.Instant(f.At), What: f.What, Reason: f.Reason, By: f.By, Key: f.Key,
		}
		if f.What == merged {
			h.Reason = merged
		}
		if !f.Until.IsZero() {
			h.Until = value.Instant(f.Until)
		}
		body, err := json.Marshal(h)
		if err != nil {
			return nil, err
		}
		w := store.Write{Op: store.Insert, Collection: HeldLog, Doc: store.Doc{ID: id, Body: body}}
		if _, ok := there[id]; ok {
			w.Op = store.Replace
		}
		out = append(out, w)
	}
	return out, nil
}

const merged = "merged"
