// Package identity knows who is there: people with passwords, their sessions,
// programs with API keys, and who belongs to which workspace with which roles.
// What roles may do it asks of its Guard. Secrets are stored as hashes only;
// cookies, headers and status codes are the caller's.
package identity

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	users    = "user"
	sessions = "session"
	keys     = "key"
	attempts = "login"
	setups   = "setup"
	invites  = "invitation"
	resets   = "reset"
	// externals are people as the sign-in providers of workspaces know them.
	externals = "external"
)

func text(path string) []store.IndexField {
	return []store.IndexField{{Path: path, Kind: store.Text}}
}

// Specs are the collections of this room, all in the system database.
var Specs = []store.Spec{
	{Name: users, Indexes: []store.Index{{Fields: text("email"), Unique: true}}},
	{Name: sessions, Indexes: []store.Index{{Fields: text("user")}, {Fields: text("expires")}, {Fields: text("browser.id")}}},
	{Name: keys, Indexes: []store.Index{{Fields: text("workspace")}}},
	{Name: attempts, Indexes: []store.Index{{Fields: text("last")}}},
	{Name: setups},
	{Name: invites, Indexes: []store.Index{{Fields: text("workspace")}, {Fields: text("expires")}}},
	{Name: resets, Indexes: []store.Index{{Fields: text("expires")}}},
	{Name: externals},
}

// Guard judges roles; server/access is one.
type Guard interface {
	// Known refuses roles that a workspace does not have: Invalid.
	Known(ctx context.Context, ws string, roles []string) error
	// MayGrant refuses an actor who may not deal with these roles: Denied.
	MayGrant(ctx context.Context, by policies.Actor, roles []string) error
	// KeepsManager refuses a change after which nobody manages roles: Conflict.
	KeepsManager(ctx context.Context, ws string, before, after []policies.Actor) error
}

// Log takes what was changed.
type Log interface {
	Append(ctx context.Context, ws string, e audit.Entry) (audit.Entry, error)
}

// Workspaces makes workspaces, and says what they ask of their people.
type Workspaces interface {
	Get(ctx context.Context, key string) (*workspace.Workspace, error)
	Create(ctx context.Context, w workspace.Workspace) (*workspace.Workspace, error)
}

// Options of the service.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// AllowDemo lets DemoLogin work, which asks for no password.
	AllowDemo bool
	// Hash are the costs of argon2id; nil is 64 MiB, 2 rounds, 1 lane.
	Hash *argon2id.Params
	// Vault seals the secrets of second factors.
	Vault Sealer
}

// Service keeps users, sessions and keys.
type Service struct {
	// Guard must be set before the service is used.
	Guard Guard

	store  *store.Store
	spaces Workspaces
	log    Log
	now    func() time.Time
	demo   bool
	hasher *hasher
	vault  Sealer

	mu     sync.Mutex
	byKey  map[string]cachedKey
	people sync.Mutex // one change of roles at a time in this process
}

// New makes the service.
func New(s *store.Store, w Workspaces, l Log, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{
		store: s, spaces: w, log: l, now: o.Now, demo: o.AllowDemo,
		hasher: newHasher(o.Hash), vault: o.Vault, byKey: map[string]cachedKey{},
	}
}

// Open makes sure that the collections are there.
func (s *Service) Open(ctx context.Context) error {
	return s.store.Ensure(ctx, workspace.System, Specs...)
}

func (s *Service) in(collection string) store.Collection {
	return s.store.In(workspace.System, collection)
}

// note writes to a workspace's audit log, or to the system's for "".
func (s *Service) note(ctx context.Context, by policies.Actor, e audit.Entry) error {
	ws := by.Workspace
	if ws == "" {
		ws = workspace.System
	}
	e.Actor, e.ActorName = by.ID, by.Name
	_, err := s.log.Append(ctx, ws, e)
	return err
}

// change reads a document, changes its body by f, and writes it back; it
// starts over when another was faster. f's error ends it.
func change[T any](ctx context.Context, c store.Collection, id string, f func(*T, store.Doc) error) (store.Doc, error) {
	for range 20 {
		d, err := c.Get(ctx, id)
		if err != nil {
			return d, err
		}
		var v T
		if err := json.Unmarshal(d.Body, &v); err != nil {
			return d, fault.Wrap(fault.Internal, "identity.stored", err)
		}
		if err := f(&v, d); err != nil {
			return d, err
		}
		if d.Body, err = json.Marshal(v); err != nil {
			return d, err
		}
		if d, err = c.Replace(ctx, d, d.Ver); !isVersion(err) {
			return d, err
		}
	}
	return store.Doc{}, fault.New(fault.Unavailable, "busy", nil)
}

// takeBack deletes a document that is the actor's to delete; one that is not
// there, or not theirs, is answered with none.
func takeBack[T any](ctx context.Context, c store.Collection, id string, none func() error, mine func(T) bool) (T, error) {
	var v T
	d, err := c.Get(ctx, id)
	if err == nil {
		err = json.Unmarshal(d.Body, &v)
	}
	if err == nil && !mine(v) {
		err = none()
	}
	if err == nil {
		err = c.Delete(ctx, id, 0)
	}
	if fault.Is(err, fault.NotFound) {
		err = none()
	}
	return v, err
}

func isVersion(err error) bool { return fault.KeyOf(err) == "store.version" }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Sweep removes sessions that ended, forgotten login attempts and keys that
// expired a month ago. It is meant to be called about once an hour.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	for _, old := range []struct {
		collection string
		which      filter.Expr
	}{
		{sessions, before("expires", now)},
		// An idle one cannot be used any more, but its browser shows notices on.
		{sessions, filter.And(before("seen", now.Add(-idle-seenStep)), filter.Missing("browser.id"))},
		{attempts, before("last", now.Add(-forget))},
		{keys, before("expires", now.AddDate(0, -1, 0))},
		{invites, before("expires", now.AddDate(0, -1, 0))},
		{resets, before("expires", now)},
	} {
		if err := s.sweep(ctx, old.collection, old.which); err != nil {
			return err
		}
	}
	return nil
}

// Managers gives whom the people of a workspace report to, by person.
func (s *Service) Managers(ctx context.Context, ws string) (map[string]string, error) {
	out := map[string]string{}
	err := s.eachMember(ctx, ws, func(id string, u userDoc) {
		if m, ok := u.member(ws); ok && m.Manager != "" {
			out[id] = m.Manager
		}
	})
	return out, err
}

// Members are the enabled people of a workspace, as actors.
func (s *Service) Members(ctx context.Context, ws string) ([]policies.Actor, error) {
	var out []policies.Actor
	err := s.eachMember(ctx, ws, func(id string, u userDoc) {
		if m, ok := u.member(ws); ok && !u.Disabled {
			out = append(out, u.actor(id, m))
		}
	})
	return out, err
}
