package tasks

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
)

// byDue is the order of every list of tasks; (status, due, createdAt) is an index.
var byDue = []store.SortKey{{Field: "due"}, {Field: "createdAt"}}

// Query asks for a page of tasks: those with a date first, the earliest due
// first, then those without one, the oldest first.
type Query struct {
	Status, Assignee, Customer string
	// Queue names roles and teams whose tasks nobody has taken yet.
	Queue *Queue
	// Team names what the people and teams around somebody have to do.
	Team   *Team
	Scope  filter.Expr
	Limit  int // 0 means store.DefaultLimit
	Cursor string
}

// Queue is what waits for anybody of some roles or teams, and what is late of
// those who report to somebody.
type Queue struct {
	Roles, Teams []string
	Chief        string
}

// Team is what some people have, and what waits for their teams.
type Team struct{ People, Teams []string }

func (q Query) filter() filter.Expr {
	where := []filter.Expr{q.Scope}
	for f, v := range map[string]string{"status": q.Status, "assignee": q.Assignee, "customer": q.Customer} {
		if v != "" {
			where = append(where, filter.Eq(f, v))
		}
	}
	if q.Queue != nil {
		waits := filter.And(filter.Missing("assignee"), filter.Or(filter.In("role", q.Queue.Roles...), filter.In("team", q.Queue.Teams...)))
		where = append(where, filter.Or(waits, filter.In("escalatedTo", q.Queue.Roles...), filter.Eq("chief", q.Queue.Chief)))
	}
	if q.Team != nil {
		where = append(where, filter.Or(filter.In("assignee", q.Team.People...), filter.In("team", q.Team.Teams...)))
	}
	return filter.And(where...)
}

// undated begins the cursors of pages among the tasks without a date; those of
// the store never have a dot.
const undated = "undated."

// List gives a page of tasks. The store sorts what has no date before what has
// one, so that they are read apart, each along the index.
func (s *Service) List(ctx context.Context, ws string, q Query) ([]Entry, string, error) {
	if q.Limit <= 0 {
		q.Limit = store.DefaultLimit
	}
	q.Limit = min(q.Limit, store.MaxLimit)
	var out []Entry
	after, late := strings.CutPrefix(q.Cursor, undated)
	if !late {
		list, next, err := s.page(ctx, ws, filter.And(q.filter(), filter.Gt("due", "")), q.Limit, after)
		if err != nil || next != "" {
			return list, next, err
		}
		out, after = list, ""
	}
	// One is asked for where there is room for none: it tells whether there is a next page.
	room := q.Limit - len(out)
	list, next, err := s.page(ctx, ws, filter.And(q.filter(), filter.Eq("due", "")), max(room, 1), after)
	switch {
	case err != nil:
		return nil, "", err
	case room == 0 && len(list) > 0:
		return out, undated, nil
	case room == 0:
		return out, "", nil
	case next != "":
		next = undated + next
	}
	return append(out, list...), next, nil
}

// EndedBefore gives a customer's ended tasks, the newest first. Those of messages
// are left out: the messages tell of themselves.
func (s *Service) EndedBefore(ctx context.Context, ws, customer string, before time.Time, scope filter.Expr, limit int) ([]Entry, error) {
	list, _, err := s.read(ctx, ws, store.Query{
		Filter: filter.And(
			filter.Eq("customer", customer), filter.Eq("status", Done), filter.Lt("doneAt", value.Instant(before)),
			filter.Eq("kind", node.ActTask), filter.Missing("channel"), scope,
		),
		Sort: []store.SortKey{{Field: "doneAt", Desc: true}}, Limit: limit,
	})
	return list, err
}

// Count counts tasks and stops at limit.
func (s *Service) Count(ctx context.Context, ws string, q Query, limit int) (int64, error) {
	return s.store.In(ws, collection).Count(ctx, q.filter(), limit)
}

func (s *Service) page(ctx context.Context, ws string, where filter.Expr, limit int, after string) ([]Entry, string, error) {
	return s.read(ctx, ws, store.Query{Filter: where, Sort: byDue, Limit: limit, After: after})
}

func (s *Service) read(ctx context.Context, ws string, q store.Query) (list []Entry, next string, err error) {
	page, err := s.store.In(ws, collection).Find(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out := make([]Entry, 0, len(page.Docs))
	for _, d := range page.Docs {
		e, err := entry(d)
		if err != nil {
			return nil, "", err
		}
		out = append(out, e)
	}
	return out, page.Next, nil
}

func entry(d store.Doc) (Entry, error) {
	e := Entry{ID: d.ID}
	return e, json.Unmarshal(d.Body, &e.Task)
}
