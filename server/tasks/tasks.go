// Package tasks keeps what people are asked to do, and notices to them.
package tasks

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

const collection = "task"

// Specs are the collections of this room.
var Specs = []store.Spec{
	{Name: collection, Indexes: []store.Index{
		store.OnText("status", "due", "createdAt"), store.OnText("assignee", "status"), store.OnText("customer", "status", "doneAt"),
		{Fields: []store.IndexField{{Path: "untold", Kind: store.Text}}, Sparse: true},
	}},
	{Name: settings, MaxBody: 256 << 10},
	{Name: absences},
}

// The states of a task.
const (
	Open = "open"
	Done = "done"
)

// Task is a task as stored.
type Task struct {
	Key          string            `json:"key"`
	Kind         string            `json:"kind"` // task or notify
	Title        map[string]string `json:"title"`
	Customer     string            `json:"customer"`
	CustomerName string            `json:"customerName"`
	Acct         json.RawMessage   `json:"_acct,omitempty"`
	Run          string            `json:"run,omitempty"`
	Assignee     string            `json:"assignee,omitempty"`
	Role         string            `json:"role,omitempty"`
	Team         string            `json:"team,omitempty"`
	// About are the invoices that it is about, and the steps that hear of its result.
	About []activity.About `json:"about,omitempty"`
	// Group is the work it is, the same for tasks of a customer that ask the same; "" shares with nothing.
	Group string `json:"group,omitempty"`
	// Answer: nothing but an answer is wanted, so that it is moot once nobody waits.
	Answer bool `json:"answer,omitempty"`
	// Channel is that of the message that waits for it.
	Channel   string        `json:"channel,omitempty"`
	Due       value.Date    `json:"due"`
	Status    string        `json:"status"`
	Results   []node.Choice `json:"results,omitempty"`
	Result    string        `json:"result,omitempty"`
	Note      string        `json:"note,omitempty"`
	Text      string        `json:"text,omitempty"` // what to say or do
	Link      string        `json:"link,omitempty"` // what opens what is needed, such as tel:
	CreatedAt string        `json:"createdAt"`
	DoneAt    string        `json:"doneAt,omitempty"`
	DoneBy    string        `json:"doneBy,omitempty"`
	// Parts are what has been ended of it, and Untold since when there is something
	// that the flows have not been told.
	Parts  []Part `json:"parts,omitempty"`
	Untold string `json:"untold,omitempty"`
	// TakenBack is why it was ended without anybody having done it.
	TakenBack string `json:"takenBack,omitempty"`
	// For is whom the assignee stands in for, when the task came.
	For         string `json:"for,omitempty"`
	RemindedAt  string `json:"remindedAt,omitempty"`
	EscalatedAt string `json:"escalatedAt,omitempty"`
	EscalatedTo string `json:"escalatedTo,omitempty"` // the role that was told
	// Chief is the assignee's own manager, who was told before the role.
	Chief string `json:"chief,omitempty"`
}

// Entry is a task with its id.
type Entry struct {
	ID string
	Task
}

// Service keeps tasks.
type Service struct {
	store *store.Store
	now   func(ctx context.Context, ws string) (time.Time, error)
	// OnDone tells flows of a result.
	OnDone func(ctx context.Context, ws, customer string, events []node.Event) error
	// OnGiven is told of tasks that somebody was newly given.
	OnGiven func(ctx context.Context, ws string, e Entry)
	// OnTask is told of new and changed tasks.
	OnTask func(ws, customer, id, kind string)
}

// New makes the service; now is a workspace's time.
func New(s *store.Store, now func(ctx context.Context, ws string) (time.Time, error)) *Service {
	return &Service{store: s, now: now}
}

// Create stores a task by key; a repeat changes nothing.
func (s *Service) Create(ctx context.Context, ws string, t activity.Task, to Assignment, name string, acct json.RawMessage) error {
	doc := Task{
		Key: t.Key, Kind: t.Kind, Title: t.Title, Customer: t.Customer, CustomerName: name, Acct: acct, Run: t.Run, Assignee: to.Assignee, For: to.For,
		Due: t.Due, Status: Open, Results: t.Results, CreatedAt: value.Instant(t.At), Text: t.Text, Link: t.Link,
		About: t.About, Group: t.Work, Answer: t.Answer, Channel: t.Channel,
	}
	if t.Assign != nil {
		doc.Role, doc.Team = t.Assign.Role, t.Assign.Team
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	id := messages.ID(t.Key)
	_, err = s.store.In(ws, collection).Insert(ctx, id, body)
	if fault.KeyOf(err) == "store.exists" {
		return nil
	}
	if err == nil && s.OnTask != nil {
		s.OnTask(ws, t.Customer, id, t.Kind)
	}
	if err == nil && s.OnGiven != nil && to.Assignee != "" {
		s.OnGiven(ctx, ws, Entry{id, doc})
	}
	return err
}

// OpenOf counts a customer's open tasks of a kind.
func (s *Service) OpenOf(ctx context.Context, ws, customer, kind string) (int64, error) {
	return s.store.In(ws, collection).Count(ctx, filter.And(filter.Eq("customer", customer), filter.Eq("status", Open), filter.Eq("kind", kind)), 1)
}

// WithOpen tells which of some customers have an open task of a kind.
func (s *Service) WithOpen(ctx context.Context, ws string, customers []string, kind string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(customers) == 0 {
		return out, nil
	}
	where := filter.And(filter.In("customer", customers...), filter.Eq("status", Open), filter.Eq("kind", kind))
	err := s.store.In(ws, collection).Each(ctx, store.Query{Filter: where, Limit: 500}, func(d store.Doc) error {
		var t struct {
			Customer string `json:"customer"`
		}
		err := json.Unmarshal(d.Body, &t)
		out[t.Customer] = true
		return err
	})
	return out, err
}

// CompleteKey ends the task of a key, if it is open.
func (s *Service) CompleteKey(ctx context.Context, ws, key, by string) error {
	id := messages.ID(key)
	e, _, err := s.get(ctx, ws, id, nil)
	if fault.Is(err, fault.NotFound) || err == nil && e.Status == Done {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.Complete(ctx, ws, id, Ending{By: by}, nil)
	return err
}

// CompleteKind ends a customer's open tasks of a kind, without a result.
func (s *Service) CompleteKind(ctx context.Context, ws, customer, kind, by string) error {
	var ids []string
	err := s.store.In(ws, collection).Each(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Eq("status", Open), filter.Eq("kind", kind)), Limit: 100,
	}, func(d store.Doc) error { ids = append(ids, d.ID); return nil })
	for _, id := range ids {
		if err == nil {
			_, err = s.Complete(ctx, ws, id, Ending{By: by}, nil)
		}
	}
	return err
}

// Changes of an open task.
type Changes struct {
	Assignee *string    // nil leaves it, "" puts the task back into its queue
	Due      value.Date // 0 leaves it
	By       string     // who does it; nobody is told of what they take themselves
}

// Change reassigns an open task (an empty assignee puts it back into its
// queue), or moves its date.
func (s *Service) Change(ctx context.Context, ws, id string, c Changes, scope filter.Expr) (Entry, error) {
	if _, _, err := s.get(ctx, ws, id, scope); err != nil {
		return Entry{}, err
	}
	given := false
	e, err := s.change(ctx, ws, id, func(t *Task) error {
		if t.Status != Open {
			return fault.New(fault.Conflict, "task.done", nil)
		}
		if c.Assignee != nil {
			given = *c.Assignee != "" && *c.Assignee != t.Assignee && *c.Assignee != c.By
			t.Assignee, t.For = *c.Assignee, ""
		}
		if c.Due != 0 && c.Due != t.Due {
			t.Due, t.RemindedAt, t.EscalatedAt, t.EscalatedTo, t.Chief = c.Due, "", "", "", ""
		}
		return nil
	})
	if err == nil && given && s.OnGiven != nil {
		s.OnGiven(ctx, ws, e)
	}
	return e, err
}

// In tells whether a task lies within a scope on what accounts carry.
func (t Task) In(scope filter.Expr) bool {
	doc := map[string]any{"customer": t.Customer}
	var acct map[string]any
	if json.Unmarshal(t.Acct, &acct) == nil {
		doc["_acct"] = acct
	}
	return filter.Match(scope, doc)
}

// get reads a task within a scope.
func (s *Service) get(ctx context.Context, ws, id string, scope filter.Expr) (Entry, int64, error) {
	none := fault.New(fault.NotFound, "task.none", nil)
	d, err := s.store.In(ws, collection).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Entry{}, 0, none
	}
	if err != nil {
		return Entry{}, 0, err
	}
	var plain map[string]any
	if err := json.Unmarshal(d.Body, &plain); err != nil {
		return Entry{}, 0, err
	}
	if !filter.Match(scope, plain) {
		return Entry{}, 0, none
	}
	e := Entry{ID: id}
	return e, d.Ver, json.Unmarshal(d.Body, &e.Task)
}
