package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Revision is a published revision, kept for ever.
type Revision struct {
	form.Form
	Revision int    `json:"revision"`
	At       string `json:"at,omitempty"`
	By       string `json:"by,omitempty"`
}

// Next judges a draft as the successor of what is published: system fields
// survive, keys keep their type, steps lead from the one to the other. old is
// nil for a form that was never published.
func (s *Service) Next(e Entry) (old, next *form.Compiled, err error) {
	if e.Draft == nil {
		return nil, nil, fault.New(fault.Invalid, "form.noDraft", nil)
	}
	if next, err = form.Compile(*e.Draft); err != nil || e.Published == nil {
		return nil, next, err
	}
	if old, err = form.Compile(*e.Published); err != nil {
		return nil, nil, err
	}
	if err := form.CheckSuccessor(old, next); err != nil {
		return nil, nil, err
	}
	return old, next, form.CheckMigration(old, next)
}

// Stamp says who publishes, and when.
type Stamp struct {
	By string
	At time.Time
}

// Publish makes the draft the next revision.
func (s *Service) Publish(ctx context.Context, ws, key string, by Stamp, ifVersion int64) (Entry, error) {
	e, err := s.Entry(ctx, ws, key)
	if err != nil {
		return Entry{}, err
	}
	if ifVersion != 0 && ifVersion != e.Version {
		return Entry{}, fault.New(fault.Conflict, "store.version", nil)
	}
	old, next, err := s.Next(e)
	if err != nil {
		return Entry{}, err
	}
	if s.OnPublish != nil {
		if err := s.OnPublish(ctx, ws, next); err != nil {
			return Entry{}, err
		}
	}
	e.Revision++
	body, err := json.Marshal(Revision{Form: *e.Draft, Revision: e.Revision, At: value.Instant(by.At), By: by.By})
	if err != nil {
		return Entry{}, err
	}
	rev := fmt.Sprintf("%s/%06d", key, e.Revision)
	if _, err := s.store.In(ws, revisions).Insert(ctx, rev, body); err != nil {
		if !fault.Is(err, fault.Conflict) {
			return Entry{}, err
		}
		// Left by a process that died between the two writes: it was never in force.
		d, err := s.store.In(ws, revisions).Get(ctx, rev)
		if err != nil {
			return Entry{}, err
		}
		if _, err := s.store.In(ws, revisions).Replace(ctx, store.Doc{ID: rev, Body: body}, d.Ver); err != nil {
			return Entry{}, err
		}
	}
	if len(e.Draft.Steps) > 0 && old != nil {
		e.Migrations = append(e.Migrations, Migration{e.Revision, e.Draft.Steps})
	}
	e.Published, e.Draft = e.Draft, nil
	return s.write(ctx, ws, e, e.Version)
}

// Discard forgets the draft; a form that was never published goes with it.
func (s *Service) Discard(ctx context.Context, ws, key string, ifVersion int64) (Entry, error) {
	e, err := s.Entry(ctx, ws, key)
	if err != nil {
		return Entry{}, err
	}
	if e.Draft == nil {
		return Entry{}, fault.New(fault.Invalid, "form.noDraft", nil)
	}
	if ifVersion != e.Version {
		return Entry{}, fault.New(fault.Conflict, "store.version", nil)
	}
	if e.Published == nil {
		return Entry{}, s.store.In(ws, collection).Delete(ctx, key, e.Version)
	}
	e.Draft = nil
	return s.write(ctx, ws, e, e.Version)
}

// Revisions gives the published revisions of a form, newest first, as far back
// as limit. The first of a built-in form is the one that ships.
func (s *Service) Revisions(ctx context.Context, ws, key string, limit int) ([]Revision, error) {
	e, err := s.Entry(ctx, ws, key)
	if err != nil {
		return nil, err
	}
	var out []Revision
	for n := e.Revision; n > 0 && len(out) < limit; n-- {
		d, err := s.store.In(ws, revisions).Get(ctx, fmt.Sprintf("%s/%06d", key, n))
		if fault.Is(err, fault.NotFound) {
			if b := s.builtin[key]; b != nil && n == 1 {
				out = append(out, Revision{Form: b.Form, Revision: 1})
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		r := Revision{Revision: n}
		if err := json.Unmarshal(d.Body, &r); err != nil {
			return nil, err
		}
		r.Revision = n
		out = append(out, r)
	}
	return out, nil
}
