// Package access answers who may do what in a workspace. It keeps the policy
// of each workspace as one document, and an engine made of it that is at most
// a second old. It knows roles, not people: those it asks of Members.
package access

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	collection = "policy"
	policyID   = "policy"
	// recheck is how old an engine may be before its document's version is
	// looked at again; it leaves half of the promised second for the look.
	recheck = 500 * time.Millisecond
)

// Specs are the collections of this room in every workspace.
var Specs = []store.Spec{{Name: collection, MaxBody: 8 << 20}}

// Members are the people of a workspace who can log in, as actors.
type Members interface {
	Members(ctx context.Context, ws string) ([]policies.Actor, error)
}

// Log takes what was changed.
type Log interface {
	Append(ctx context.Context, ws string, e audit.Entry) (audit.Entry, error)
}

// Service answers for all workspaces.
type Service struct {
	store   *store.Store
	members Members
	log     Log
	// Fields, when set, says which account fields a workspace's scopes may
	// speak of; without it any field may be named.
	Fields func(ctx context.Context, ws string) (policies.Fields, error)

	mu     sync.Mutex
	spaces map[string]*space
}

// space is one workspace's engine.
type space struct {
	mu  sync.Mutex // one look at a time
	now atomic.Pointer[current]
}

// current is an engine, the version of its document (0 = as shipped), and
// when that was last looked at.
type current struct {
	engine  *policies.Engine
	version int64
	seen    time.Time
}

// New makes the service.
func New(s *store.Store, m Members, l Log) *Service {
	return &Service{store: s, members: m, log: l, spaces: map[string]*space{}}
}

// View is for which accounts an actor may do something with an object, and
// what is masked meanwhile. Fault: Denied "policy.denied".
func (s *Service) View(ctx context.Context, a policies.Actor, object, action string) (policies.View, error) {
	if a.System {
		return policies.View{}, nil
	}
	c, err := s.current(ctx, a.Workspace)
	if err != nil {
		return policies.View{}, err
	}
	return c.engine.View(a, object, action)
}

// Can tells whether an actor may do something with some of the objects. Faults
// are the store's.
func (s *Service) Can(ctx context.Context, a policies.Actor, object, action string) (bool, error) {
	if a.System {
		return true, nil
	}
	c, err := s.current(ctx, a.Workspace)
	if err != nil {
		return false, err
	}
	return c.engine.Can(a, object, action), nil
}

// Must is Can as a fault: nil, or Denied "policy.denied".
func (s *Service) Must(ctx context.Context, a policies.Actor, object, action string) error {
	ok, err := s.Can(ctx, a, object, action)
	if err == nil && !ok {
		err = fault.New(fault.Denied, "policy.denied", fault.Params{"object": object, "action": action})
	}
	return err
}

// Explain names the rows that decide, for an account's fields or, with nil, in
// general. The actor may be another than the one who asks; asking is
// the caller's to permit.
func (s *Service) Explain(ctx context.Context, a policies.Actor, object, action string, account map[string]any) (policies.Explanation, error) {
	c, err := s.current(ctx, a.Workspace)
	if err != nil {
		return policies.Explanation{}, err
	}
	return c.engine.Explain(a, object, action, account), nil
}

// Rules gives a workspace's policy and its version; 0 is the policy as
// shipped. It must not be changed.
func (s *Service) Rules(ctx context.Context, ws string) (policies.Policy, int64, error) {
	c, err := s.fresh(ctx, ws)
	if err != nil {
		return policies.Policy{}, 0, err
	}
	return c.engine.Policy(), c.version, nil
}

func (s *Service) space(ws string) *space {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.spaces[ws]
	if sp == nil {
		sp = &space{}
		s.spaces[ws] = sp
	}
	return sp
}

// current gives an engine that is young enough. An engine that cannot be
// renewed is not used on: a right taken away must not live on in an outage.
func (s *Service) current(ctx context.Context, ws string) (*current, error) {
	if !store.ValidWorkspace(ws) {
		return nil, fault.New(fault.Denied, "policy.denied", nil)
	}
	sp := s.space(ws)
	if c := sp.now.Load(); c != nil && time.Since(c.seen) < recheck {
		return c, nil
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if c := sp.now.Load(); c != nil && time.Since(c.seen) < recheck {
		return c, nil
	}
	return s.renew(ctx, ws, sp)
}

// fresh gives the engine of the document as it is now.
func (s *Service) fresh(ctx context.Context, ws string) (*current, error) {
	if !store.ValidWorkspace(ws) {
		return nil, fault.New(fault.Denied, "policy.denied", nil)
	}
	sp := s.space(ws)
	sp.mu.Lock()
	defer sp.mu.Unlock()
	return s.renew(ctx, ws, sp)
}

// renew reads the document; sp.mu is held.
func (s *Service) renew(ctx context.Context, ws string, sp *space) (*current, error) {
	seen := time.Now() // before the read: what changes during it is found next time
	p, version, err := s.read(ctx, ws, sp.now.Load())
	if err != nil {
		return nil, err
	}
	next := &current{version: version, seen: seen}
	if p == nil {
		next.engine = sp.now.Load().engine
	} else if next.engine, err = policies.New(ws, *p); err != nil {
		return nil, fault.Wrap(fault.Internal, "policy.stored", err)
	}
	sp.now.Store(next)
	return next, nil
}

// read gives the stored policy and its version; a nil policy when the version
// is the known one.
func (s *Service) read(ctx context.Context, ws string, known *current) (*policies.Policy, int64, error) {
	d, err := s.store.In(ws, collection).Get(ctx, policyID)
	switch {
	case fault.Is(err, fault.NotFound):
		d.Ver = 0
	case err != nil:
		return nil, 0, err
	}
	if known != nil && known.version == d.Ver {
		return nil, d.Ver, nil
	}
	p := policies.Shipped()
	if d.Ver != 0 {
		p = policies.Policy{}
		if err := json.Unmarshal(d.Body, &p); err != nil {
			return nil, 0, fault.Wrap(fault.Internal, "policy.stored", err)
		}
	}
	return &p, d.Ver, nil
}
