// Package forms keeps a workspace's forms: a draft and published revisions of
// each. The built-in forms are revision 1 of themselves until changed.
package forms

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/store"
)

const (
	collection = "form"
	revisions  = "formrev"
	maxForms   = 200
)

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection}, {Name: revisions}}

// Entry is a form as listed and edited.
type Entry struct {
	Key       string     `json:"key"`
	Revision  int        `json:"revision"` // published; 0 = never
	Published *form.Form `json:"published,omitempty"`
	Draft     *form.Form `json:"draft,omitempty"`
	Builtin   bool       `json:"builtin,omitempty"`
	Version   int64      `json:"version"` // of the document, for If-Match; 0 = as shipped
	// Migrations are the steps of all revisions that had some, oldest first.
	Migrations []Migration `json:"migrations,omitempty"`
}

// Migration is what records of earlier revisions go through to reach one.
type Migration struct {
	Revision int         `json:"revision"`
	Steps    []form.Step `json:"steps"`
}

// Published is a compiled form with its revision.
type Published struct {
	*form.Compiled
	Revision   int
	Migrations []Migration
}

// Upgrade brings data of an earlier revision to this one by its steps, and
// tells whether anything changed.
func (p Published) Upgrade(data map[string]json.RawMessage, revision int) bool {
	changed := false
	for _, m := range p.Migrations {
		if m.Revision > revision && form.Migrate(data, m.Steps) {
			changed = true
		}
	}
	return changed
}

// Service reads and publishes forms. OnPublish is called before a revision
// takes effect, so that its indexes are there.
type Service struct {
	store     *store.Store
	builtin   map[string]*form.Compiled
	OnPublish func(ctx context.Context, ws string, f *form.Compiled) error
	mu        sync.Mutex
	cache     map[string]cached
	writes    int64 // since the start: what was read before one is not kept after it
}

type cached struct {
	p  Published
	at time.Time
}

// New makes the service.
func New(s *store.Store) *Service {
	return &Service{store: s, builtin: form.Builtin(), cache: map[string]cached{}}
}

// Get gives the published form of a key.
func (s *Service) Get(ctx context.Context, ws, key string) (Published, error) {
	id := ws + "/" + key
	s.mu.Lock()
	c, ok := s.cache[id]
	before := s.writes
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Second {
		return c.p, nil
	}
	e, err := s.Entry(ctx, ws, key)
	if err != nil {
		return Published{}, err
	}
	if e.Published == nil {
		return Published{}, noForm(key)
	}
	if ok && c.p.Revision == e.Revision {
		s.remember(id, c.p, before)
		return c.p, nil
	}
	p := Published{Revision: e.Revision, Compiled: s.builtin[key], Migrations: e.Migrations}
	if e.Version != 0 || p.Compiled == nil {
		if p.Compiled, err = form.Compile(*e.Published); err != nil {
			return Published{}, err
		}
	}
	s.remember(id, p, before)
	return p, nil
}

// remember keeps a form that was read when so many writes had been done. One
// that was overtaken by a write is not kept: whoever published a field must
// find it at once.
func (s *Service) remember(id string, p Published, writes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writes == writes {
		s.cache[id] = cached{p, time.Now()}
	}
}

func noForm(key string) error {
	return fault.New(fault.NotFound, "form.none", fault.Params{"form": key})
}

// Entry gives a form with draft and revision.
func (s *Service) Entry(ctx context.Context, ws, key string) (Entry, error) {
	d, err := s.store.In(ws, collection).Get(ctx, key)
	if fault.Is(err, fault.NotFound) {
		b := s.builtin[key]
		if b == nil {
			return Entry{}, noForm(key)
		}
		return Entry{Key: key, Revision: 1, Published: &b.Form, Builtin: true}, nil
	}
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	if err := json.Unmarshal(d.Body, &e); err != nil {
		return Entry{}, err
	}
	e.Version, e.Builtin = d.Ver, s.builtin[key] != nil
	return e, nil
}

// List gives all forms by key.
func (s *Service) List(ctx context.Context, ws string) ([]Entry, error) {
	seen := map[string]bool{}
	var out []Entry
	err := s.store.In(ws, collection).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		var e Entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return err
		}
		e.Version, e.Builtin = d.Ver, s.builtin[e.Key] != nil
		seen[e.Key] = true
		out = append(out, e)
		return nil
	})
	for key, b := range s.builtin {
		if !seen[key] {
			out = append(out, Entry{Key: key, Revision: 1, Published: &b.Form, Builtin: true})
		}
	}
	sort.Slice(out, func(a, b int) bool { return out[a].Key < out[b].Key })
	return out, err
}

// SaveDraft stores a draft; it must compile. ifVersion is the version it was
// read at (0: as shipped, or new).
func (s *Service) SaveDraft(ctx context.Context, ws string, f form.Form, ifVersion int64) (Entry, error) {
	if _, err := form.Compile(f); err != nil {
		return Entry{}, err
	}
	e, err := s.Entry(ctx, ws, f.Key)
	if fault.Is(err, fault.NotFound) {
		// A form of this name would take the rights of the thing of this name.
		if slices.Contains(policies.Objects(), f.Key) {
			return Entry{}, fault.At("/key", "reservedKey", nil)
		}
		all, err := s.List(ctx, ws)
		if err != nil {
			return Entry{}, err
		}
		if len(all) >= maxForms {
			return Entry{}, fault.New(fault.Invalid, "form.tooMany", fault.Params{"limit": maxForms})
		}
		e = Entry{Key: f.Key}
	} else if err != nil {
		return Entry{}, err
	}
	e.Draft = &f
	return s.write(ctx, ws, e, ifVersion)
}

func (s *Service) write(ctx context.Context, ws string, e Entry, ifVersion int64) (Entry, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return Entry{}, err
	}
	var d store.Doc
	if ifVersion == 0 {
		d, err = s.store.In(ws, collection).Insert(ctx, e.Key, body)
		if fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "store.version", nil)
		}
	} else {
		d, err = s.store.In(ws, collection).Replace(ctx, store.Doc{ID: e.Key, Body: body}, ifVersion)
	}
	if err != nil {
		return Entry{}, err
	}
	e.Version = d.Ver
	s.mu.Lock()
	s.writes++
	delete(s.cache, ws+"/"+e.Key)
	s.mu.Unlock()
	return e, nil
}
