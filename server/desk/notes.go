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
	"github.com/dueflow/dueflow/server/records"
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
	ID       string         `json:"id"`
	Customer string         `json:"customer"`
	Text     string         `json:"text"`
	Mentions []string       `json:"mentions,omitempty"`
	Files    []records.File `json:"files,omitempty"`
	By       string         `json:"by"`
	At       string         `json:"at"`
}

// AddNote writes a note and tells those whom it names. maySee tells whether a
// person may see the account: nobody else is told of it.
func (s *Service) AddNote(ctx context.Context, a policies.Actor, n Note, maySee func(user string) bool) (Note, error) {
	text, mentions := strings.TrimSpace(n.Text), n.Mentions
	switch {
	case text == "" && len(n.Files) == 0:
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
	n = Note{ID: newID(), Customer: n.Customer, Text: text, Mentions: mentions, Files: n.Files, By: a.ID, At: value.Instant(now)}
	body, err := json.Marshal(n)
	if err != nil {
		return Note{}, err
	}
	if _, err := s.store.In(a.Workspace, notes).Insert(ctx, n.ID, body); err != nil {
		return Note{}, err
	}
	for _, u := range mentions {
		if err := s.Notify(ctx, a.Workspace, Notice{User: u, Kind: KindMention, Customer: n.Customer, Text: text, By: a.ID}); err != nil {
			return n, err
		}
	}
	if s.OnNote != nil {
		s.OnNote(a.Workspace, n.Customer, n.ID)
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
