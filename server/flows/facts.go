package flows

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// FactsBefore gives the facts of an account before an instant, newest first.
func (s *Service) FactsBefore(ctx context.Context, ws, customer string, before time.Time, limit int) ([]run.Fact, error) {
	page, err := s.store.In(ws, Steps).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Lt("at", value.Instant(before))),
		Sort:   []store.SortKey{{Field: "at", Desc: true}}, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out, _, err := factsOf(page)
	return out, err
}

// HashOf is the live version of a flow, "" when it has none.
func (s *Service) HashOf(ctx context.Context, ws, key string) string {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return ""
	}
	return f.Hash
}

// NextWakes gives the earliest wake of each customer's open runs.
func (s *Service) NextWakes(ctx context.Context, ws string, customers []string) (map[string]string, error) {
	out := map[string]string{}
	if len(customers) == 0 {
		return out, nil
	}
	err := s.store.In(ws, Runs).Each(ctx, store.Query{
		Filter: filter.And(filter.In("customer", customers...), filter.Eq("status", run.Active), filter.Gt("wake", "")), Limit: 500,
	}, func(d store.Doc) error {
		var r RunDoc
		if err := json.Unmarshal(d.Body, &r); err != nil {
			return err
		}
		if w := out[r.Customer]; w == "" || r.Wake < w {
			out[r.Customer] = r.Wake
		}
		return nil
	})
	return out, err
}
