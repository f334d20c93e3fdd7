package identity

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	keyCache  = 5 * time.Second  // how long a revoked key may still work on another node
	usedStep  = 10 * time.Minute // how exactly the last use is kept
	maxCached = 10_000
	maxKeys   = 200 // of a workspace
)

// Key is an API key without its secret.
type Key struct {
	ID        string    `json:"id"` // also the id of its actor
	Name      string    `json:"name"`
	Roles     []string  `json:"roles"`
	Start     string    `json:"start"` // the first characters of the secret, to tell keys apart
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt,omitzero"` // zero = never
	UsedAt    time.Time `json:"usedAt,omitzero"`    // within ten minutes; zero = never
}

type keyDoc struct {
	Hash      string   `json:"hash"`
	Workspace string   `json:"workspace"`
	Name      string   `json:"name"`
	Roles     []string `json:"roles"`
	Start     string   `json:"start"`
	By        string   `json:"by"`
	Created   string   `json:"created"`
	Expires   string   `json:"expires,omitempty"`
	Used      string   `json:"used,omitempty"`
}

func (k keyDoc) key(id string) Key {
	created, _ := value.ParseInstant(k.Created)
	expires, _ := value.ParseInstant(k.Expires)
	used, _ := value.ParseInstant(k.Used)
	return Key{ID: id, Name: k.Name, Roles: k.Roles, Start: k.Start, CreatedBy: k.By, CreatedAt: created, ExpiresAt: expires, UsedAt: used}
}

// keyID is how a key's document is found by its secret, and its actor's id.
func keyID(hash string) string { return "key-" + idOf(hash) }

type cachedKey struct {
	hash    string
	actor   policies.Actor
	expires string
	at      time.Time
}

// NewKey is a key to be made. Expires zero is never.
type NewKey struct {
	Name    string    `json:"name"`
	Roles   []string  `json:"roles"`
	Expires time.Time `json:"expiresAt,omitzero"`
}

// CreateKey makes a key for the actor's workspace and gives its secret, which
// is kept nowhere. Faults: Invalid, Denied "policy.grant" for roles that the
// actor may not hand out.
func (s *Service) CreateKey(ctx context.Context, by policies.Actor, n NewKey) (Key, string, error) {
	n.Roles = unique(n.Roles)
	if err := s.checkKey(ctx, by, n); err != nil {
		return Key{}, "", err
	}
	secret := keyPrefix + newToken()
	k := keyDoc{
		Hash: hashOf(secret), Workspace: by.Workspace, Name: n.Name, Roles: n.Roles, Start: secret[:len(keyPrefix)+4],
		By: by.ID, Created: value.Instant(s.now()),
	}
	if !n.Expires.IsZero() {
		k.Expires = value.Instant(n.Expires)
	}
	body, err := json.Marshal(k)
	if err != nil {
		return Key{}, "", err
	}
	d, err := s.in(keys).Insert(ctx, keyID(k.Hash), body)
	if err != nil {
		return Key{}, "", err
	}
	out := k.key(d.ID)
	return out, secret, s.note(ctx, by, audit.Entry{Action: "create", Object: "key", ID: d.ID, After: audit.JSON(out)})
}

func (s *Service) checkKey(ctx context.Context, by policies.Actor, n NewKey) error {
	var bad []fault.Field
	if c := utf8.RuneCountInString(n.Name); strings.TrimSpace(n.Name) == "" || c > 100 || strings.ContainsRune(n.Name, 0) {
		bad = append(bad, fault.Field{Pointer: "/name", Rule: "required", Limit: 100})
	}
	if len(n.Roles) == 0 {
		bad = append(bad, fault.Field{Pointer: "/roles", Rule: "required"})
	}
	if !n.Expires.IsZero() && !n.Expires.After(s.now()) {
		bad = append(bad, fault.Field{Pointer: "/expiresAt", Rule: "future"})
	}
	if err := fault.InvalidFields(bad); err != nil {
		return err
	}
	count, err := s.in(keys).Count(ctx, filter.Eq("workspace", by.Workspace), maxKeys)
	if err != nil {
		return err
	}
	if count >= maxKeys {
		return fault.At("", "maxItems", maxKeys)
	}
	return s.mayGrant(ctx, by, n.Roles)
}

// ListKeys gives a workspace's keys, oldest first.
func (s *Service) ListKeys(ctx context.Context, ws string) ([]Key, error) {
	out := []Key{}
	q := store.Query{Filter: filter.Eq("workspace", ws), Sort: []store.SortKey{{Field: "created"}}}
	err := s.in(keys).Each(ctx, q, func(d store.Doc) error {
		var k keyDoc
		if err := json.Unmarshal(d.Body, &k); err != nil {
			return fault.Wrap(fault.Internal, "identity.stored", err)
		}
		out = append(out, k.key(d.ID))
		return nil
	})
	return out, err
}

func noKey() error { return fault.New(fault.NotFound, "key.none", nil) }

// RevokeKey ends a key of the actor's workspace: here at once, on other nodes
// within five seconds. Fault: NotFound "key.none".
func (s *Service) RevokeKey(ctx context.Context, by policies.Actor, id string) error {
	k, err := takeBack(ctx, s.in(keys), id, noKey, func(k keyDoc) bool { return k.Workspace == by.Workspace })
	if err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.byKey, id)
	s.mu.Unlock()
	return s.note(ctx, by, audit.Entry{Action: "delete", Object: "key", ID: id, Before: audit.JSON(k.key(id))})
}

// ByKey gives the actor of an API key's secret: one look-up by id, or none
// within five seconds of the last. Fault: Unauthenticated "auth.key".
func (s *Service) ByKey(ctx context.Context, secret string) (policies.Actor, error) {
	bad := fault.New(fault.Unauthenticated, "auth.key", nil)
	if !strings.HasPrefix(secret, keyPrefix) || len(secret) > 100 {
		return policies.Actor{}, bad
	}
	hash, now := hashOf(secret), s.now()
	id := keyID(hash)
	s.mu.Lock()
	c, ok := s.byKey[id]
	s.mu.Unlock()
	if ok && same(c.hash, hash) && now.Sub(c.at) < keyCache && now.Sub(c.at) >= 0 {
		if over(c.expires, now) {
			return policies.Actor{}, bad
		}
		return c.actor, nil
	}
	d, err := s.in(keys).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		s.forgetKey(id)
		return policies.Actor{}, bad
	}
	if err != nil {
		return policies.Actor{}, err
	}
	var k keyDoc
	if err := json.Unmarshal(d.Body, &k); err != nil {
		return policies.Actor{}, fault.Wrap(fault.Internal, "identity.stored", err)
	}
	if !same(k.Hash, hash) || over(k.Expires, now) {
		return policies.Actor{}, bad
	}
	c = cachedKey{hash: hash, expires: k.Expires, at: now, actor: policies.Actor{ID: id, Name: k.Name, Workspace: k.Workspace, Roles: k.Roles}}
	return c.actor, s.keep(ctx, id, c, d, k)
}

func over(expires string, now time.Time) bool { return expires != "" && expires <= value.Instant(now) }

func (s *Service) forgetKey(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byKey, id)
}

// keep remembers a key that was good, and notes its use now and then. A key
// that is revoked meanwhile is not brought back.
func (s *Service) keep(ctx context.Context, id string, c cachedKey, d store.Doc, k keyDoc) error {
	if k.Used <= value.Instant(c.at.Add(-usedStep)) {
		k.Used = value.Instant(c.at)
		body, err := json.Marshal(k)
		if err != nil {
			return err
		}
		d.Body = body
		_, err = s.in(keys).Replace(ctx, d, d.Ver)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.Unauthenticated, "auth.key", nil)
		}
		if err != nil && !isVersion(err) {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byKey) >= maxCached {
		clear(s.byKey)
	}
	s.byKey[id] = c
	return nil
}
