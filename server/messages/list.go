package messages

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// Query asks for a page of messages, newest first.
type Query struct {
	Channel, Customer, Status string
	Since                     string // instant
	Scope                     filter.Expr
	Limit                     int
	Cursor                    string
}

// List gives a page of messages.
func (s *Service) List(ctx context.Context, ws string, q Query) ([]Entry, string, error) {
	where := []filter.Expr{q.Scope}
	for f, v := range map[string]string{"channel": q.Channel, "customer": q.Customer, "status": q.Status} {
		if v != "" {
			where = append(where, filter.Eq(f, v))
		}
	}
	if q.Since != "" {
		where = append(where, filter.Gte("at", q.Since))
	}
	page, err := s.store.In(ws, collection).Find(ctx, store.Query{Filter: filter.And(where...), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: q.Limit, After: q.Cursor})
	if err != nil {
		return nil, "", err
	}
	out := make([]Entry, 0, len(page.Docs))
	for _, d := range page.Docs {
		e := Entry{ID: d.ID}
		if err := json.Unmarshal(d.Body, &e.Message); err != nil {
			return nil, "", err
		}
		out = append(out, e)
	}
	return out, page.Next, nil
}

// Count counts messages since an instant, in a scope, up to limit.
func (s *Service) Count(ctx context.Context, ws string, q Query, limit int) (int64, error) {
	where := []filter.Expr{q.Scope}
	if q.Status != "" {
		where = append(where, filter.Eq("status", q.Status))
	}
	if q.Since != "" {
		where = append(where, filter.Gte("at", q.Since))
	}
	return s.store.In(ws, collection).Count(ctx, filter.And(where...), limit)
}

// Get gives one message in a scope.
func (s *Service) Get(ctx context.Context, ws, id string, scope filter.Expr) (Entry, error) {
	none := fault.New(fault.NotFound, "message.none", nil)
	d, err := s.store.In(ws, collection).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, none
	}
	if err != nil {
		return Entry{}, err
	}
	e := Entry{ID: id}
	if err := json.Unmarshal(d.Body, &e.Message); err != nil {
		return Entry{}, err
	}
	if scope != nil {
		var doc map[string]any
		if err := json.Unmarshal(d.Body, &doc); err != nil {
			return Entry{}, err
		}
		if !filter.Match(scope, doc) {
			return Entry{}, none
		}
	}
	return e, nil
}

// Many gives the messages of keys that are there, within a scope.
func (s *Service) Many(ctx context.Context, ws string, keys []string, scope filter.Expr) ([]Entry, error) {
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = ID(k)
	}
	return s.ByID(ctx, ws, ids, scope)
}
