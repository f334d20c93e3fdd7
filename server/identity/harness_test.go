package identity_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/access"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	adminEmail = "ann@acme.example"
	password   = "green-lantern-7"
	other      = "purple-harbour-9"
)

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is the services around one store; node makes another process of it.
type world struct {
	*identity.Service
	store  *store.Store
	clock  *clock
	spaces *workspace.Service
	access *access.Service
	log    *audit.Service
}

var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func node(t *testing.T, st *store.Store, c *clock, o identity.Options) *world {
	t.Helper()
	if o.Hash == nil {
		o.Hash = cheap
	}
	o.Now = c.now
	if o.Vault == nil {
		o.Vault = vault.Temporary()
	}
	w := &world{store: st, clock: c, log: audit.New(st, c.now)}
	w.spaces = workspace.New(st, c.now, append(append([]store.Spec{}, access.Specs...), audit.Specs...), vault.Temporary())
	w.Service = identity.New(st, w.spaces, w.log, o)
	w.access = access.New(st, w.Service, w.log)
	w.Guard = w.access
	for _, open := range []func(context.Context) error{w.log.Open, w.spaces.Open, w.Open} {
		if err := open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func empty(t *testing.T) *world {
	t.Helper()
	return node(t, sqlitetest.Open(t, ""), &clock{t: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}, identity.Options{})
}

func first(key string) identity.First {
	return identity.First{Workspace: workspace.Workspace{Key: key, Name: "Acme"}, Email: adminEmail, Name: "Ann", Password: password}
}

// setUp is a world after the first start, with the admin's session and token.
func setUp(t *testing.T) (*world, identity.Session, string) {
	t.Helper()
	w := empty(t)
	link, err := w.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x, token, err := w.Setup(t.Context(), link, first("acme"), identity.From{Addr: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return w, x, token
}

func (w *world) user(t *testing.T, by policies.Actor, email string, roles ...string) identity.User {
	t.Helper()
	u, err := w.CreateUser(t.Context(), by, identity.NewUser{Email: email, Name: "Somebody", Password: password, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (w *world) login(t *testing.T, email string) (identity.Session, string) {
	t.Helper()
	x, token, err := w.Login(t.Context(), email, password, identity.From{Addr: "192.0.2.7", Agent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return x, token
}

func want(t *testing.T, err error, k fault.Kind, key string) {
	t.Helper()
	if !fault.Is(err, k) || key != "" && fault.KeyOf(err) != key {
		t.Errorf("error %v, want %s %s", err, k, key)
	}
}

func none(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }
