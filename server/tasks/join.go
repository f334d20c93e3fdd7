package tasks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
)

// maxAbout bounds how many invoices share a task.
const maxAbout = 200

// group names the work that a flow's task is: the same step of the same flow,
// in the same words, for the same people. "" for one that joins no other.
func group(t activity.Task) string {
	if t.Each || t.Flow == "" || len(t.About) == 0 {
		return ""
	}
	b, err := json.Marshal([]any{t.Kind, t.Flow, t.Node, t.Title, t.Assign})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// Joined tells whether a task need not be made: because it was, or because it
// has become part of one that is still open. A person is asked once about a
// customer's invoices, not once for each.
func (s *Service) Joined(ctx context.Context, ws string, t activity.Task) (bool, error) {
	_, err := s.store.In(ws, collection).Get(ctx, messages.ID(t.Key))
	if !fault.Is(err, fault.NotFound) {
		return err == nil, err
	}
	g := group(t)
	if g == "" {
		return false, nil
	}
	var ids []string
	q := store.Query{Filter: filter.And(filter.Eq("customer", t.Customer), filter.Eq("status", Open), filter.Eq("group", g))}
	if err := s.store.In(ws, collection).Each(ctx, q, func(d store.Doc) error { ids = append(ids, d.ID); return nil }); err != nil {
		return false, err
	}
	for _, id := range ids {
		joined := false
		_, err := s.change(ctx, ws, id, func(open *Task) error {
			has := func(a activity.About) bool {
				return slices.ContainsFunc(open.About, func(b activity.About) bool { return a.Key == b.Key })
			}
			joined = open.Status == Open && (slices.ContainsFunc(t.About, has) || len(open.About)+len(t.About) <= maxAbout)
			if !joined || slices.ContainsFunc(t.About, has) {
				return errSame
			}
			open.About = append(open.About, t.About...)
			return nil
		})
		if err != nil && !errors.Is(err, errSame) && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if joined {
			return true, nil
		}
	}
	return false, nil
}
