package tasks

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Nudge is one word about a task: to its owner that it is due, or to others
// that it is late. Again is the second word of that kind: the owner's own
// manager was told first, and now it is the role's turn.
type Nudge struct {
	Entry
	Late, Again bool
}

// Nudges gives the open tasks whose owners have to be told today, and those
// that are late enough for others; at most limit. Told marks them.
func (s *Service) Nudges(ctx context.Context, ws string, today value.Date, cal *value.Calendar, limit int) ([]Nudge, error) {
	set, err := s.GetSettings(ctx, ws)
	if err != nil {
		return nil, err
	}
	var out []Nudge
	if set.Escalate > 0 {
		late := cal.AddWorkdays(today, -set.Escalate)
		list, err := s.find(ctx, ws, filter.And(filter.Eq("status", Open), dueBy(late), filter.Missing("escalatedAt")), limit)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out = append(out, Nudge{Entry: e, Late: true})
		}
		later := cal.AddWorkdays(today, -2*set.Escalate)
		list, err = s.find(ctx, ws, filter.And(filter.Eq("status", Open), dueBy(later), filter.Exists("chief"), filter.Missing("escalatedTo")), limit)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out = append(out, Nudge{Entry: e, Late: true, Again: true})
		}
	}
	if set.Remind < 0 {
		return out, nil
	}
	until := cal.AddWorkdays(today, set.Remind)
	if set.Remind == 0 {
		until = today
	}
	list, err := s.find(ctx, ws, filter.And(filter.Eq("status", Open), dueBy(until), filter.Exists("assignee"), filter.Missing("remindedAt")), limit)
	for _, e := range list {
		out = append(out, Nudge{Entry: e})
	}
	return out, err
}

// dueBy are the tasks that are due by a day; one without a date never is.
func dueBy(d value.Date) filter.Expr {
	return filter.And(filter.Gt("due", ""), filter.Lte("due", d.String()))
}

func (s *Service) find(ctx context.Context, ws string, where filter.Expr, limit int) ([]Entry, error) {
	list, _, err := s.page(ctx, ws, where, limit, "")
	return list, err
}

// Told marks a task as nudged: to the owner, to their manager chief, or with
// chief "" to a role.
func (s *Service) Told(ctx context.Context, ws string, n Nudge, chief, role string) error {
	now, err := s.now(ctx, ws)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, ws, n.ID, func(t *Task) error {
		switch {
		case n.Late && chief != "":
			t.EscalatedAt, t.Chief = value.Instant(now), chief
		case n.Late:
			t.EscalatedAt, t.EscalatedTo = value.Instant(now), role
		default:
			t.RemindedAt = value.Instant(now)
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// change changes a task by f, and tells those who look at it.
func (s *Service) change(ctx context.Context, ws, id string, f func(*Task) error) (Entry, error) {
	for range 20 {
		e, ver, err := s.get(ctx, ws, id, nil)
		if err != nil {
			return Entry{}, err
		}
		if err := f(&e.Task); err != nil {
			return Entry{}, err
		}
		body, err := json.Marshal(e.Task)
		if err != nil {
			return Entry{}, err
		}
		if _, err = s.store.In(ws, collection).Replace(ctx, store.Doc{ID: id, Body: body}, ver); fault.Is(err, fault.Conflict) {
			continue
		}
		if err == nil && s.OnTask != nil {
			s.OnTask(ws, e.Customer, id, e.Kind)
		}
		return e, err
	}
	return Entry{}, fault.New(fault.Unavailable, "busy", nil)
}

// OfAssignee is the filter of somebody's open tasks.
func OfAssignee(user string) filter.Expr {
	return filter.And(filter.Eq("status", Open), filter.Eq("assignee", user))
}

// CountOf counts somebody's open tasks.
func (s *Service) CountOf(ctx context.Context, ws, user string) (int64, error) {
	return s.store.In(ws, collection).Count(ctx, OfAssignee(user), 0)
}

// HandOver gives a page of somebody's open tasks to another, and how many.
// Repeated until none is left.
func (s *Service) HandOver(ctx context.Context, ws, from, to string, limit int) (int, error) {
	list, err := s.find(ctx, ws, OfAssignee(from), limit)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		_, err := s.change(ctx, ws, e.ID, func(t *Task) error {
			if t.Assignee == from && t.Status == Open {
				t.Assignee = to
			}
			return nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return 0, err
		}
	}
	return len(list), nil
}
