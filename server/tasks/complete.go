package tasks

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

// Ending is how a person ends a task.
type Ending struct {
	Result, Note, By string
	// Invoices it holds for; none: all that the task is about. The others stay
	// in the task, which stays open.
	Invoices []string
}

// Complete ends a task with a result and tells the flows that wait for it. A
// repeat changes nothing.
func (s *Service) Complete(ctx context.Context, ws, id string, end Ending, scope filter.Expr) (Entry, error) {
	now, err := s.now(ctx, ws)
	if err != nil {
		return Entry{}, err
	}
	for range 20 {
		e, ver, err := s.get(ctx, ws, id, scope)
		if err != nil {
			return Entry{}, err
		}
		if err := e.check(end); err != nil {
			return Entry{}, err
		}
		if e.TakenBack != "" {
			return Entry{}, fault.New(fault.Conflict, "task.takenBack", nil)
		}
		if e.Status != Done {
			chosen, rest := e.split(end.Invoices)
			if len(chosen) == 0 && len(rest) > 0 {
				return Entry{}, fault.New(fault.Conflict, "task.takenBack", nil)
			}
			if len(rest) > 0 {
				return s.completePart(ctx, ws, e, chosen, end, value.Instant(now))
			}
			e.end(end, value.Instant(now))
			body, err := json.Marshal(e.Task)
			if err != nil {
				return Entry{}, err
			}
			if _, err = s.store.In(ws, collection).Replace(ctx, store.Doc{ID: id, Body: body}, ver); fault.Is(err, fault.Conflict) {
				continue
			} else if err != nil {
				return Entry{}, err
			}
		}
		return e, s.told(ctx, ws, e)
	}
	return Entry{}, fault.New(fault.Unavailable, "busy", nil)
}

// split parts what a task is about by invoices, none for all; what shares a
// key is one piece of work.
func (t Task) split(invoices []string) (chosen, rest []activity.About) {
	keys := map[string]bool{}
	for _, a := range t.About {
		if len(invoices) == 0 || slices.Contains(invoices, a.Invoice) {
			keys[a.Key] = true
		}
	}
	for _, a := range t.About {
		if keys[a.Key] {
			chosen = append(chosen, a)
		} else {
			rest = append(rest, a)
		}
	}
	return chosen, rest
}

// completePart ends some of what a task is about as a task of its own, which is
// stored first: whoever repeats it, or is second, finds it by its key.
func (s *Service) completePart(ctx context.Context, ws string, whole Entry, chosen []activity.About, end Ending, at string) (Entry, error) {
	part := Entry{ID: messages.ID("part/" + chosen[0].Key), Task: whole.Task}
	part.keep(chosen)
	part.end(end, at)
	body, err := json.Marshal(part.Task)
	if err != nil {
		return Entry{}, err
	}
	if _, err = s.store.In(ws, collection).Insert(ctx, part.ID, body); fault.KeyOf(err) == "store.exists" {
		if part, _, err = s.get(ctx, ws, part.ID, nil); err == nil && part.Result != end.Result {
			err = fault.New(fault.Conflict, "task.done", nil)
		}
	}
	if err == nil {
		err = s.told(ctx, ws, part)
	}
	if err != nil {
		return Entry{}, err
	}
	keys := part.Keys()
	return part, s.drop(ctx, ws, whole.ID, func(t Task) ([]activity.About, string) {
		return slices.DeleteFunc(slices.Clone(t.About), func(a activity.About) bool { return slices.Contains(keys, a.Key) }), whyMoot
	})
}

func (t *Task) end(e Ending, at string) {
	t.Status, t.Result, t.Note, t.DoneAt, t.DoneBy = Done, e.Result, e.Note, at, e.By
}

// Keys are the steps that hear of a task's result.
func (t Task) Keys() []string {
	if len(t.About) == 0 {
		return []string{t.Key}
	}
	var out []string
	for _, a := range t.About {
		if !slices.Contains(out, a.Key) {
			out = append(out, a.Key)
		}
	}
	return out
}

// told tells those who look at a finished task, and the flows that wait for it.
func (s *Service) told(ctx context.Context, ws string, e Entry) error {
	if s.OnTask != nil {
		s.OnTask(ws, e.Customer, e.ID, e.Kind)
	}
	if s.OnDone == nil || e.Kind != node.ActTask {
		return nil
	}
	for _, key := range e.Keys() {
		if err := s.OnDone(ctx, ws, e.Customer, node.Event{Type: node.EventTaskDone, Key: key, Result: e.Result}); err != nil {
			return err
		}
	}
	return nil
}

func (t Task) check(e Ending) error {
	if len(e.Note) > 2000 {
		return fault.At("/note", "maxLength", 2000)
	}
	if len(t.Results) == 0 {
		return nil
	}
	keys := make([]string, 0, len(t.Results))
	for _, r := range t.Results {
		if r.Key == e.Result {
			return nil
		}
		keys = append(keys, r.Key)
	}
	return fault.At("/result", "enum", keys)
}
