package flows

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// HeldRuns lists active runs that the ledger deferred or refused, those that
// may go on soonest first.
func (s *Service) HeldRuns(ctx context.Context, ws string, scope filter.Expr, limit int) ([]RunEntry, error) {
	page, err := s.store.In(ws, Runs).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("status", run.Active), filter.In("reason", heldReasons...), scope),
		Sort:   []store.SortKey{{Field: "wake"}}, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := make([]RunEntry, 0, len(page.Docs))
	for _, d := range page.Docs {
		r := RunEntry{ID: d.ID}
		if err := json.Unmarshal(d.Body, &r.RunDoc); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

var heldReasons = []string{"window", "calendar", "budget", "stale", "hold", "held", "stopWish", "workspaceHold", "disputed", "promised", "credit", "working", "quiet", "afterTalk", "spread", "duplicate", "priority"}
