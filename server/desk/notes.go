package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	notes       = "note"
	notices     = "notice"
	maxNote     = 5000
	maxMentions = 20
)

// Note is what somebody wrote on an account for colleagues.
type Note struct {
	ID       string   `json:"id"`
	Customer string   `json:"customer"`
	Text     string   `json:"text"`
	Mentions []string `json:"mentions,omitempty"`
	By       string   `json:"by"`
	At       string   `json:"at"`
}

// AddNote writes a note and tells those whom it names. maySee tells whether a
// person may see the account: nobody else is told of it.
func (s *Service) AddNote(ctx context.Context, a policies.Actor, customer, text string, mentions []string, maySee func(user string) bool) (Note, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Note{}, fault.At("/text", "required", nil)
	case utf8.RuneCountInString(text) > maxNote:
		return Note{}, fault.At("/text", "maxLength", maxNote)
	case len(mentions) > maxMentions:
		return Note{}, fault.At("/mentions", "maxItems", maxMentions)
	}
	mentions = slices.Compact(slices.Sorted(slices.Values(mentions)))
	for k, u := range mentions {
		if !maySee(u) {
			return Note{}, fault.At("/mentions/"+itoa(k), "cannotSee", nil)
		}
	}
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return Note{}, err
	}
	now, _ := s.spaces.Now(w)
	n := Note{ID: newID(), Customer: customer, Text: text, Mentions: mentions, By: a.ID, At: value.Instant(now)}
	body, err := json.Marshal(n)
	if err != nil {
		return Note{}, err
	}
	if _, err := s.store.In(a.Workspace, notes).Insert(ctx, n.ID, body); err != nil {
		return Note{}, err
	}
	for _, u := range mentions {
		if err := s.Notify(ctx, a.Workspace, Notice{User: u, Kind: "mention", Customer: customer, Text: text, By: a.ID}); err != nil {
			return n, err
		}
	}
	if s.OnNote != nil {
		s.OnNote(a.Workspace, customer, n.ID)
	}
	return n, nil
}

func newID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

// NotesBefore gives the notes of an account before an instant, newest first.
func (s *Service) NotesBefore(ctx context.Context, ws, customer string, before time.Time, limit int) ([]Note, error) {
	page, err := s.store.In(ws, notes).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Lt("at", value.Instant(before))),
		Sort:   []store.SortKey{{Field: "at", Desc: true}}, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := make([]Note, 0, len(page.Docs))
	for _, d := range page.Docs {
		var n Note
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// Notice tells a person of something that concerns them.
type Notice struct {
	ID       string `json:"id"`
	User     string `json:"user"`
	Kind     string `json:"kind"` // mention, task, escalation, tier
	Customer string `json:"customer,omitempty"`
	Text     string `json:"text,omitempty"`
	By       string `json:"by,omitempty"`
	At       string `json:"at"`
	Read     bool   `json:"read"`
}

// Notify adds a notice for a person.
func (s *Service) Notify(ctx context.Context, ws string, n Notice) error {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	now, _ := s.spaces.Now(w)
	n.ID, n.At, n.Read = newID(), value.Instant(now), false
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if _, err := s.store.In(ws, notices).Insert(ctx, n.ID, body); err != nil {
		return err
	}
	if s.OnNotice != nil {
		s.OnNotice(ws, n.User)
	}
	return nil
}

// Notices gives a page of a person's notices, newest first, and how many are
// unread (at most 100 are counted).
func (s *Service) Notices(ctx context.Context, a policies.Actor, cursor string, limit int) (list []Notice, next string, unread int64, err error) {
	col := s.store.In(a.Workspace, notices)
	page, err := col.Find(ctx, store.Query{Filter: filter.Eq("user", a.ID), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: limit, After: cursor})
	if err != nil {
		return nil, "", 0, err
	}
	list = []Notice{}
	for _, d := range page.Docs {
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return nil, "", 0, err
		}
		list = append(list, n)
	}
	unread, err = col.Count(ctx, filter.And(filter.Eq("user", a.ID), filter.Eq("read", false)), 100)
	return list, page.Next, unread, err
}

// MarkRead marks notices of a person as read; without ids all of them.
func (s *Service) MarkRead(ctx context.Context, a policies.Actor, ids []string) error {
	col := s.store.In(a.Workspace, notices)
	where := filter.And(filter.Eq("user", a.ID), filter.Eq("read", false))
	return col.Each(ctx, store.Query{Filter: where, Limit: 200}, func(d store.Doc) error {
		if len(ids) > 0 && !slices.Contains(ids, d.ID) {
			return nil
		}
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return err
		}
		n.Read = true
		body, err := json.Marshal(n)
		if err != nil {
			return err
		}
		_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: body}, d.Ver)
		if fault.Is(err, fault.Conflict) {
			return nil // read in another tab
		}
		return err
	})
}
