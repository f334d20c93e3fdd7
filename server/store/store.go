package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Store is a database of workspaces. It is safe for concurrent use.
type Store struct {
	d    Driver
	slow func(context.Context, SlowOp)
	over time.Duration
	now  func() time.Time

	mu    sync.RWMutex
	specs map[specKey]*ensured
}

type specKey struct{ ws, collection string }

// ensured is a spec that the driver has carried out in this process.
type ensured struct {
	spec Spec
	json []byte
}

// SlowOp is an operation that took longer than it should.
type SlowOp struct {
	Op, Workspace, Collection string
	// Detail is the filter, sort or search without its values where it can be
	// said, for finding the missing index.
	Detail string
	Took   time.Duration
}

// Option changes a Store.
type Option func(*Store)

// OnSlow calls f after every operation that took longer than over.
func OnSlow(over time.Duration, f func(context.Context, SlowOp)) Option {
	return func(s *Store) { s.over, s.slow = over, f }
}

// WithClock takes the time for OnSlow from now instead of time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Store) { s.now = now }
}

// New makes a Store over a driver, which it owns from then on.
func New(d Driver, opts ...Option) *Store {
	s := &Store{d: d, now: time.Now, specs: map[specKey]*ensured{}}
	for _, o := range opts {
		o(s)
	}
	return s
}

// Close closes the driver.
func (s *Store) Close() error { return s.d.Close() }

// Ensure makes collections with their indexes. It is idempotent and cheap when
// nothing changed in this process; a changed spec adds and drops indexes.
// Faults: Invalid for a bad name or path, Conflict "store.unique" when the
// documents there violate a new unique index.
func (s *Store) Ensure(ctx context.Context, ws string, specs ...Spec) error {
	if !ValidWorkspace(ws) {
		return fault.At("/workspace", "name", nil)
	}
	for _, spec := range specs {
		if err := s.ensure(ctx, ws, spec); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) ensure(ctx context.Context, ws string, spec Spec) error {
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	key := specKey{ws, spec.Name}
	if e := s.lookup(key); e != nil && bytes.Equal(e.json, text) {
		return nil
	}
	if err := checkSpec(spec); err != nil {
		return err
	}
	// Decoding gives a copy that the caller cannot change.
	var own Spec
	if err := json.Unmarshal(text, &own); err != nil {
		return err
	}
	if err := s.d.Ensure(ctx, ws, own); err != nil {
		return wrap(err, "ensure")
	}
	s.mu.Lock()
	s.specs[key] = &ensured{spec: own, json: text}
	s.mu.Unlock()
	return nil
}

func (s *Store) lookup(key specKey) *ensured {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.specs[key]
}

// In names a collection of a workspace; it costs nothing. Using one that was
// not ensured by this process is an Internal fault.
func (s *Store) In(ws, collection string) Collection {
	return Collection{s: s, ws: ws, name: collection}
}

// Specs lists the collections of a workspace by name, as they were ensured last
// by whichever process. To use one, ensure it.
func (s *Store) Specs(ctx context.Context, ws string) ([]Spec, error) {
	if !ValidWorkspace(ws) {
		return nil, fault.At("/workspace", "name", nil)
	}
	out, err := s.d.Specs(ctx, ws)
	return out, wrap(err, "specs")
}

// Workspaces lists the workspaces with a collection, sorted.
func (s *Store) Workspaces(ctx context.Context) ([]string, error) {
	out, err := s.d.Workspaces(ctx)
	return out, wrap(err, "workspaces")
}

// Drop removes a workspace and all in it.
func (s *Store) Drop(ctx context.Context, ws string) error {
	if !ValidWorkspace(ws) {
		return fault.At("/workspace", "name", nil)
	}
	s.mu.Lock()
	for k := range s.specs {
		if k.ws == ws {
			delete(s.specs, k)
		}
	}
	s.mu.Unlock()
	return wrap(s.d.Drop(ctx, ws), "drop")
}

// Backup copies a workspace into a new file at path while it is used. A driver
// that cannot is an Invalid fault "store.noBackup".
func (s *Store) Backup(ctx context.Context, ws, path string) error {
	b, ok := s.d.(Backuper)
	switch {
	case !ValidWorkspace(ws):
		return fault.At("/workspace", "name", nil)
	case !ok:
		return fault.New(fault.Invalid, "store.noBackup", nil)
	}
	return wrap(b.Backup(ctx, ws, path), "backup")
}

// Follow hears of documents that any process adds to a collection of any
// workspace: see Follower. ErrNoFollow when the driver or its database cannot.
func (s *Store) Follow(ctx context.Context, collection string, ready func(), added func(ws string)) error {
	f, ok := s.d.(Follower)
	if !ok {
		return ErrNoFollow
	}
	return f.Follow(ctx, collection, ready, added)
}

// watch reports an operation that was slow. It is deferred with its start.
func (s *Store) watch(ctx context.Context, start time.Time, c Collection, op string, detail func() string) {
	took := s.now().Sub(start)
	if took < s.over {
		return
	}
	o := SlowOp{Op: op, Workspace: c.ws, Collection: c.name, Took: took}
	if detail != nil {
		o.Detail = detail()
	}
	s.slow(ctx, o)
}

// wrap turns a driver's error into a fault: a deadline into Unavailable, what
// should not happen into Internal.
func wrap(err error, op string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.Wrap(fault.Unavailable, "store.timeout", err)
	}
	return fault.Wrap(fault.Internal, "store."+op, err)
}
