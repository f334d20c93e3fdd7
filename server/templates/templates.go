// Package templates keeps a workspace's message templates. A workspace starts
// with the ones that ship and changes them at will.
package templates

import (
	"context"
	"embed"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/server/store"
)

//go:embed builtin/*.json
var shipped embed.FS

const collection = "template"

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection}, {Name: answers}, {Name: wordings}, {Name: tests}}

// Template is a stored template with its version.
type Template struct {
	message.Document
	Version int64 `json:"version"`           // 0: as shipped
	Shipped bool  `json:"shipped,omitempty"` // there is one of this key to go back to
}

// Service keeps templates.
type Service struct {
	store   *store.Store
	builtin map[string]*message.Compiled
	mu      sync.Mutex
	cache   map[string]cached
	// HasField gives which fields the workspace's forms have, drafts included, as
	// "customer.region"; nil knows of none and lets all pass.
	HasField func(ctx context.Context, ws string) func(path string) bool
}

type cached struct {
	c  *message.Compiled
	at time.Time
}

// New makes the service and compiles what ships.
func New(s *store.Store) *Service {
	svc := &Service{store: s, builtin: map[string]*message.Compiled{}, cache: map[string]cached{}}
	entries, err := shipped.ReadDir("builtin")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		raw, err := shipped.ReadFile("builtin/" + e.Name())
		if err != nil {
			panic(err)
		}
		var docs []message.Document
		if err := json.Unmarshal(raw, &docs); err != nil {
			panic(e.Name() + ": " + err.Error())
		}
		for _, d := range docs {
			c, err := message.Compile(d)
			if err != nil {
				panic(e.Name() + ": " + d.Key + ": " + err.Error())
			}
			svc.builtin[d.Key] = c
		}
	}
	return svc
}

// Compiled gives a template ready to render, at most a second old.
func (s *Service) Compiled(ctx context.Context, ws, key string) (*message.Compiled, error) {
	id := ws + "/" + key
	s.mu.Lock()
	c, ok := s.cache[id]
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Second {
		return c.c, nil
	}
	t, err := s.Get(ctx, ws, key)
	if err != nil {
		return nil, err
	}
	compiled := s.builtin[key]
	if t.Version != 0 {
		if compiled, err = message.Compile(t.Document); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.cache[id] = cached{compiled, time.Now()}
	s.mu.Unlock()
	return compiled, nil
}

// Strange are the places where a template shows a field that no form has.
func (s *Service) Strange(ctx context.Context, ws string, c *message.Compiled) []fault.Field {
	if s.HasField == nil {
		return nil
	}
	return c.Strange(s.HasField(ctx, ws))
}

// Fields lists the fields of forms that a template shows, as "customer.region".
func (s *Service) Fields(ctx context.Context, ws, key string) ([]string, error) {
	c, err := s.Compiled(ctx, ws, key)
	if err != nil {
		return nil, err
	}
	var out []string
	c.Strange(func(path string) bool {
		out = append(out, path)
		return true
	})
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Tone is how firm a template is, 1 to 4; 0 for one that is not there.
func (s *Service) Tone(ctx context.Context, ws, key string) int {
	c, err := s.Compiled(ctx, ws, key)
	if err != nil {
		return 0
	}
	return c.Tone
}

// Has tells whether a template exists.
func (s *Service) Has(ctx context.Context, ws, key string) bool {
	_, err := s.Compiled(ctx, ws, key)
	return err == nil
}

// Ships tells whether every workspace has a template of a key.
func (s *Service) Ships(key string) bool { return s.builtin[key] != nil }

// Get gives a template as edited.
func (s *Service) Get(ctx context.Context, ws, key string) (Template, error) {
	d, err := s.store.In(ws, collection).Get(ctx, key)
	if fault.Is(err, fault.NotFound) {
		if b := s.builtin[key]; b != nil {
			return Template{Document: b.Document, Shipped: true}, nil
		}
		return Template{}, fault.New(fault.NotFound, "template.none", fault.Params{"template": key})
	}
	if err != nil {
		return Template{}, err
	}
	t := Template{Version: d.Ver, Shipped: s.builtin[key] != nil}
	return t, json.Unmarshal(d.Body, &t.Document)
}

// List gives all templates.
func (s *Service) List(ctx context.Context, ws string) ([]Template, error) {
	out := []Template{}
	seen := map[string]bool{}
	err := s.store.In(ws, collection).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		t := Template{Version: d.Ver}
		if err := json.Unmarshal(d.Body, &t.Document); err != nil {
			return err
		}
		seen[t.Key], t.Shipped = true, s.builtin[t.Key] != nil
		out = append(out, t)
		return nil
	})
	for key, b := range s.builtin {
		if !seen[key] {
			out = append(out, Template{Document: b.Document, Shipped: true})
		}
	}
	return out, err
}

// Save stores a template that compiles and that conduct allows. ifVersion 0:
// new, or as shipped.
func (s *Service) Save(ctx context.Context, ws string, doc message.Document, ifVersion int64) (Template, error) {
	c, err := message.Compile(doc)
	if err != nil {
		return Template{}, err
	}
	w, err := s.Wording(ctx, ws)
	if err != nil {
		return Template{}, err
	}
	if err := message.Blocks(c.Lint(w.Words)); err != nil {
		return Template{}, err
	}
	if err := fault.InvalidFields(s.Strange(ctx, ws, c)); err != nil {
		return Template{}, err
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return Template{}, err
	}
	v, err := put(ctx, s.store.In(ws, collection), doc.Key, body, ifVersion)
	s.forget(ws, doc.Key)
	return Template{Document: doc, Version: v, Shipped: s.builtin[doc.Key] != nil}, err
}

// Delete removes a template; one that ships comes back as it shipped.
func (s *Service) Delete(ctx context.Context, ws, key string, ifVersion int64) error {
	err := s.store.In(ws, collection).Delete(ctx, key, ifVersion)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "template.none", fault.Params{"template": key})
	}
	s.forget(ws, key)
	return err
}

func (s *Service) forget(ws, key string) {
	s.mu.Lock()
	delete(s.cache, ws+"/"+key)
	s.mu.Unlock()
}

// put inserts or replaces; whoever comes second is told of the newer version.
func put(ctx context.Context, col store.Collection, id string, body json.RawMessage, ifVersion int64) (int64, error) {
	var d store.Doc
	var err error
	if ifVersion == 0 {
		d, err = col.Insert(ctx, id, body)
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: id, Body: body}, ifVersion)
	}
	if fault.Is(err, fault.Conflict) || ifVersion != 0 && fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "store.version", nil)
	}
	return d.Ver, err
}
