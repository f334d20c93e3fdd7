package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

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

// Part is what somebody has ended of a task, until it is a task of its own and
// the flows have been told.
type Part struct {
	About  []activity.About `json:"about"`
	Result string           `json:"result,omitempty"`
	Note   string           `json:"note,omitempty"`
	By     string           `json:"by"`
	At     string           `json:"at"`
}

// Complete ends a task with a result and tells the flows that wait for it. A
// repeat changes nothing. What is decided is stored before anybody is told, so
// that of two people one is the first; Resume tells what was left untold.
func (s *Service) Complete(ctx context.Context, ws, id string, end Ending, scope filter.Expr) (Entry, error) {
	if _, _, err := s.get(ctx, ws, id, scope); err != nil {
		return Entry{}, err
	}
	now, err := s.now(ctx, ws)
	if err != nil {
		return Entry{}, err
	}
	var chosen []activity.About
	e, err := s.change(ctx, ws, id, func(t *Task) error {
		if err := t.check(end); err != nil {
			return err
		}
		var rest []activity.About
		chosen, rest = t.split(end.Invoices)
		p := Part{About: chosen, Result: end.Result, Note: end.Note, By: end.By, At: value.Instant(now)}
		switch {
		case t.TakenBack != "":
			return fault.New(fault.Conflict, "task.takenBack", nil)
		case t.Status == Done && t.Result != end.Result:
			return fault.New(fault.Conflict, "task.done", nil)
		case t.Status == Done, len(chosen) == 0 && len(rest) > 0:
			return errSame
		case len(rest) > 0:
			t.Parts = append(t.Parts, p)
			t.keep(rest)
		default:
			t.end(p)
		}
		t.Untold = value.Instant(time.Now())
		return nil
	})
	if errors.Is(err, errSame) {
		return s.repeated(ctx, ws, id, end)
	}
	if err == nil {
		err = s.tell(ctx, ws, e)
	}
	if err != nil || e.Status == Done {
		return e, err
	}
	part, _, err := s.get(ctx, ws, partID(chosen), nil)
	return part, err
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

// repeated is what somebody has ended already, when they say it again.
func (s *Service) repeated(ctx context.Context, ws, id string, end Ending) (Entry, error) {
	whole, _, err := s.get(ctx, ws, id, nil)
	if err != nil || whole.Status == Done {
		return whole, errors.Join(err, s.tell(ctx, ws, whole))
	}
	list, err := s.sameWork(ctx, ws, whole.Customer, whole.Group)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range list {
		about := func(a activity.About) bool { return slices.Contains(end.Invoices, a.Invoice) }
		if e.Status == Done && e.TakenBack == "" && e.DoneBy == end.By && e.Result == end.Result && slices.ContainsFunc(e.About, about) {
			return e, nil
		}
	}
	return Entry{}, fault.New(fault.Conflict, "task.takenBack", nil)
}

func partID(about []activity.About) string { return messages.ID("part/" + about[0].Key) }

// tell makes the parts of a task tasks of their own and tells the flows of them
// and, if it has ended, of itself; then there is nothing left to tell.
func (s *Service) tell(ctx context.Context, ws string, e Entry) error {
	if e.Untold == "" {
		return nil
	}
	for _, p := range e.Parts {
		part := Entry{ID: partID(p.About), Task: e.Task}
		part.Parts, part.Untold, part.TakenBack = nil, "", ""
		part.keep(p.About)
		part.end(p)
		body, err := json.Marshal(part.Task)
		if err != nil {
			return err
		}
		if _, err := s.store.In(ws, collection).Insert(ctx, part.ID, body); err != nil && fault.KeyOf(err) != "store.exists" {
			return err
		}
		if err := s.told(ctx, ws, part); err != nil {
			return err
		}
	}
	if e.Status == Done && e.TakenBack == "" {
		if err := s.told(ctx, ws, e); err != nil {
			return err
		}
	}
	_, err := s.change(ctx, ws, e.ID, func(t *Task) error {
		t.Parts = slices.DeleteFunc(t.Parts, func(p Part) bool {
			return slices.ContainsFunc(e.Parts, func(q Part) bool { return q.About[0].Key == p.About[0].Key })
		})
		if len(t.Parts) == 0 && t.Status == e.Status { // else whoever ended it since has something to tell
			t.Parts, t.Untold = nil, ""
		}
		return nil
	})
	return err
}

// untoldFor is how long whoever ended a task has to tell of it themselves.
const untoldFor = 10 * time.Second

// Resume tells flows what a process that ended left untold.
func (s *Service) Resume(ctx context.Context, ws string) error {
	list, _, err := s.read(ctx, ws, store.Query{
		Filter: filter.And(filter.Gt("untold", ""), filter.Lt("untold", value.Instant(time.Now().Add(-untoldFor)))), Limit: 100,
	})
	for _, e := range list {
		if err == nil {
			err = s.tell(ctx, ws, e)
		}
	}
	return err
}

func (t *Task) end(p Part) {
	t.Status, t.Result, t.Note, t.DoneAt, t.DoneBy = Done, p.Result, p.Note, p.At, p.By
}

// keys are the steps that hear of a task's result.
func (t Task) keys() []string {
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

// told tells the flows that wait for a finished task.
func (s *Service) told(ctx context.Context, ws string, e Entry) error {
	if s.OnDone == nil || e.Kind != node.ActTask {
		return nil
	}
	var events []node.Event
	for _, key := range e.keys() {
		events = append(events, node.Event{Type: node.EventTaskDone, Key: key, Result: e.Result})
	}
	return s.OnDone(ctx, ws, e.Customer, events)
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
