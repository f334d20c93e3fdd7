package workspace

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
)

// Service reads and changes workspaces. Reads are cached for a second, which
// bounds how long another node's change stays unseen.
type Service struct {
	store *store.Store
	now   clock.Source
	mu    sync.Mutex
	cache map[string]cached
	setup []store.Spec
	ready map[string]bool
	vault *vault.Vault
	// days are the own calendars of each workspace, by id and version.
	days map[string]map[string]*value.Calendar
}

type cached struct {
	w  *Workspace
	at time.Time
}

// New makes the service. specs are the collections that every workspace has.
func New(s *store.Store, now clock.Source, specs []store.Spec, v *vault.Vault) *Service {
	return &Service{vault: v, store: s, now: now, cache: map[string]cached{}, days: map[string]map[string]*value.Calendar{}, setup: append(specs, store.Spec{Name: collection}, store.Spec{Name: calendarDays}), ready: map[string]bool{}}
}

// Open makes sure the collections of all workspaces are there.
func (s *Service) Open(ctx context.Context) error {
	if err := s.store.Ensure(ctx, System, store.Spec{Name: collection}); err != nil {
		return err
	}
	keys, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := s.prepare(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) prepare(ctx context.Context, key string) error {
	s.mu.Lock()
	ready := s.ready[key]
	s.mu.Unlock()
	if ready {
		return nil
	}
	if err := s.store.Ensure(ctx, key, s.setup...); err != nil {
		return err
	}
	s.mu.Lock()
	s.ready[key] = true
	s.mu.Unlock()
	return nil
}

// Keys lists the workspaces.
func (s *Service) Keys(ctx context.Context) ([]string, error) {
	var keys []string
	err := s.store.In(System, collection).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		keys = append(keys, d.ID)
		return nil
	})
	return keys, err
}

// Create makes a workspace. Its directory entry is written last, so that a
// crash leaves nothing half made in sight.
func (s *Service) Create(ctx context.Context, w Workspace) (*Workspace, error) {
	w.Defaults()
	if err := w.Check(); err != nil {
		return nil, err
	}
	if _, err := s.store.In(System, collection).Get(ctx, w.Key); err == nil {
		return nil, fault.New(fault.Conflict, "workspace.exists", fault.Params{"key": w.Key})
	}
	if err := s.prepare(ctx, w.Key); err != nil {
		return nil, err
	}
	body, err := s.encode(w)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.In(w.Key, collection).Insert(ctx, settingsID, body); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	if _, err := s.store.In(System, collection).Insert(ctx, w.Key, json.RawMessage(`{}`)); err != nil {
		return nil, err
	}
	return s.Get(ctx, w.Key)
}

// Get reads a workspace; it must not be changed by the caller.
func (s *Service) Get(ctx context.Context, key string) (*Workspace, error) {
	s.mu.Lock()
	c, ok := s.cache[key]
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Second {
		return c.w, nil
	}
	if err := s.known(ctx, key, ok); err != nil {
		return nil, err
	}
	d, err := s.store.In(key, collection).Get(ctx, settingsID)
	if err != nil {
		return nil, err
	}
	w, err := s.decode(d)
	if err != nil {
		return nil, err
	}
	if err := s.attach(ctx, w); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.cache[key] = cached{w, time.Now()}
	s.mu.Unlock()
	return w, nil
}

// encode seals the settings of channels: they hold passwords and keys.
func (s *Service) encode(w Workspace) (json.RawMessage, error) {
	sealed := make(map[string]json.RawMessage, len(w.Channels))
	for key, raw := range w.Channels {
		text, err := json.Marshal(s.vault.Seal(raw, w.Key+"/"+key))
		if err != nil {
			return nil, err
		}
		sealed[key] = text
	}
	w.Channels = sealed
	return json.Marshal(w)
}

// decode opens what encode has sealed; settings from before there was a key are
// read as they are.
func (s *Service) decode(d store.Doc) (*Workspace, error) {
	w := &Workspace{Version: d.Ver}
	if err := json.Unmarshal(d.Body, w); err != nil {
		return nil, err
	}
	for key, raw := range w.Channels {
		var text string
		if json.Unmarshal(raw, &text) != nil || !strings.HasPrefix(text, vault.Prefix) {
			continue
		}
		plain, err := s.vault.Open(text, w.Key+"/"+key)
		if err != nil {
			return nil, fmt.Errorf("channel %s of workspace %s: %w", key, w.Key, err)
		}
		w.Channels[key] = plain
	}
	return w, nil
}

// known refuses workspaces that are not in the directory.
func (s *Service) known(ctx context.Context, key string, seen bool) error {
	if seen {
		return nil
	}
	if !keyPattern.MatchString(key) {
		return fault.New(fault.NotFound, "workspace.none", fault.Params{"key": key})
	}
	if _, err := s.store.In(System, collection).Get(ctx, key); err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "workspace.none", fault.Params{"key": key})
		}
		return err
	}
	return s.prepare(ctx, key)
}

// Update changes the settings by f, with the version it was shown at (0: any).
func (s *Service) Update(ctx context.Context, key string, ifVersion int64, f func(*Workspace) error) (*Workspace, error) {
	for range 20 {
		if err := s.known(ctx, key, false); err != nil {
			return nil, err
		}
		d, err := s.store.In(key, collection).Get(ctx, settingsID)
		if err != nil {
			return nil, err
		}
		if ifVersion != 0 && ifVersion != d.Ver {
			return nil, fault.New(fault.Conflict, "store.version", nil)
		}
		w, err := s.decode(d)
		if err != nil {
			return nil, err
		}
		if err := f(w); err != nil {
			return nil, err
		}
		w.Key = key
		if err := w.Check(); err != nil {
			return nil, err
		}
		body, err := s.encode(*w)
		if err != nil {
			return nil, err
		}
		d.Body = body
		if _, err = s.store.In(key, collection).Replace(ctx, d, d.Ver); err == nil {
			s.mu.Lock()
			delete(s.cache, key)
			s.mu.Unlock()
			return s.Get(ctx, key)
		} else if !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return nil, fault.New(fault.Unavailable, "busy", nil)
}

// Now is a workspace's present moment and date.
func (s *Service) Now(w *Workspace) (time.Time, value.Date) {
	t := w.Demo.Virtual(s.now())
	return t, value.DateOf(t.In(w.Location()))
}

// RealNow is the real present moment.
func (s *Service) RealNow() time.Time { return s.now() }
