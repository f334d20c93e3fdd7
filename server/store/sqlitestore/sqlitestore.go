// Package sqlitestore keeps documents in SQLite: one file per workspace, one
// table per collection, the body as JSONB, and a virtual generated column per
// indexed field. One goroutine per open workspace writes, many jobs in one
// commit; any number of connections read. It is the only door to database/sql.
//
// A directory belongs to one process at a time.
package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dueflow/dueflow/server/store"
)

// Options change how many resources a Driver takes. The zero value is fine.
type Options struct {
	// MaxOpen is how many workspaces stay open; 0 means 64. Each has up to
	// Readers connections of some hundred KiB and a page cache of CacheKiB, and
	// one that writes.
	MaxOpen int
	// Readers is how many reads run at once in one workspace; 0 means 4.
	Readers int
	// CacheKiB is the page cache of one connection that reads; 0 means 16384.
	CacheKiB int
}

const suffix = ".db"

// Driver is a store.Driver and store.Backuper over a directory.
type Driver struct {
	dir string
	opt Options

	mu     sync.Mutex
	open   map[string]*handle
	tick   uint64
	closed bool
}

var (
	_ store.Driver   = (*Driver)(nil)
	_ store.Backuper = (*Driver)(nil)
)

var errClosed = errors.New("sqlitestore: closed")

// Open uses dir, which it makes if it is not there.
func Open(dir string, opt Options) (*Driver, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store directory: %w", err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store directory: %w", err)
	}
	if opt.MaxOpen <= 0 {
		opt.MaxOpen = 64
	}
	if opt.Readers <= 0 {
		opt.Readers = 4
	}
	if opt.CacheKiB <= 0 {
		opt.CacheKiB = 16384
	}
	return &Driver{dir: abs, opt: opt, open: map[string]*handle{}}, nil
}

func (d *Driver) path(ws string) string { return filepath.Join(d.dir, ws+suffix) }

// acquire gives the open workspace, opening it first if need be, and keeps it
// from being closed until release is called. Without create, a workspace that
// has no file gives fs.ErrNotExist.
func (d *Driver) acquire(ws string, create bool) (*handle, error) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil, errClosed
	}
	h := d.open[ws]
	if h == nil {
		if !create {
			if _, err := os.Stat(d.path(ws)); err != nil {
				d.mu.Unlock()
				return nil, err
			}
		}
		h = &handle{}
		d.open[ws] = h
	}
	h.refs++
	d.tick++
	h.used = d.tick
	idle := d.evict()
	d.mu.Unlock()

	if idle != nil {
		_ = idle.close()
	}
	h.once.Do(func() { h.err = h.init(d.path(ws), d.opt) })
	if h.err != nil {
		d.forget(ws, h)
		return nil, h.err
	}
	return h, nil
}

// evict takes the least recently used idle workspace out, if there are too
// many; the caller closes it after unlocking.
func (d *Driver) evict() *handle {
	if len(d.open) <= d.opt.MaxOpen {
		return nil
	}
	var oldest string
	for ws, h := range d.open {
		if h.refs == 0 && (oldest == "" || h.used < d.open[oldest].used) {
			oldest = ws
		}
	}
	h := d.open[oldest]
	delete(d.open, oldest)
	return h
}

func (d *Driver) release(h *handle) {
	d.mu.Lock()
	h.refs--
	d.mu.Unlock()
}

// forget takes a workspace that did not open out again.
func (d *Driver) forget(ws string, h *handle) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h.refs--
	if d.open[ws] == h {
		delete(d.open, ws)
	}
}

// table gives an open collection; the handle has to be released.
func (d *Driver) table(ws, collection string) (*handle, *table, error) {
	h, err := d.acquire(ws, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, store.Unknown(ws, collection)
	}
	if err != nil {
		return nil, nil, err
	}
	t := h.table(collection)
	if t == nil {
		d.release(h)
		return nil, nil, store.Unknown(ws, collection)
	}
	return h, t, nil
}

// Ensure implements store.Driver.
func (d *Driver) Ensure(ctx context.Context, ws string, spec store.Spec) error {
	h, err := d.acquire(ws, true)
	if err != nil {
		return err
	}
	defer d.release(h)
	return h.ensure(ctx, spec)
}

// Write implements store.Driver: one transaction, often shared with others.
func (d *Driver) Write(ctx context.Context, ws string, writes []store.Write) ([]int64, []error) {
	h, err := d.acquire(ws, false)
	if err != nil {
		errs := make([]error, len(writes))
		for i, w := range writes {
			if errs[i] = err; errors.Is(err, fs.ErrNotExist) {
				errs[i] = store.Unknown(ws, w.Collection)
			}
		}
		return make([]int64, len(writes)), errs
	}
	defer d.release(h)
	return h.write(ctx, writes)
}

// WriteAll implements store.Atomic.
func (d *Driver) WriteAll(ctx context.Context, ws string, writes []store.Write) ([]int64, error) {
	h, err := d.acquire(ws, false)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = store.Unknown(ws, writes[0].Collection)
		}
		return nil, err
	}
	defer d.release(h)
	return h.writeAll(ctx, writes)
}

// Specs implements store.Driver.
func (d *Driver) Specs(_ context.Context, ws string) ([]store.Spec, error) {
	h, err := d.acquire(ws, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.release(h)
	return h.specs(), nil
}

// Workspaces implements store.Driver.
func (d *Driver) Workspaces(context.Context) ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		ws, ok := strings.CutSuffix(e.Name(), suffix)
		if ok && e.Type().IsRegular() && store.ValidWorkspace(ws) {
			out = append(out, ws)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Drop implements store.Driver. Work in the workspace that is still going on
// is let finish first.
func (d *Driver) Drop(ctx context.Context, ws string) error {
	for {
		d.mu.Lock()
		h := d.open[ws]
		if h == nil || h.refs == 0 {
			delete(d.open, ws)
			// The files go while locked: nobody can open them in between.
			defer d.mu.Unlock()
			if h != nil {
				_ = h.close()
			}
			return d.remove(ws)
		}
		d.mu.Unlock()
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (d *Driver) remove(ws string) error {
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(d.path(ws) + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Backup implements store.Backuper: a compacted copy of one moment. The file
// must not exist.
func (d *Driver) Backup(ctx context.Context, ws, path string) error {
	h, err := d.acquire(ws, false)
	if err != nil {
		return err
	}
	defer d.release(h)
	return h.backup(ctx, path)
}

// Close implements store.Driver.
func (d *Driver) Close() error {
	d.mu.Lock()
	open := d.open
	d.open, d.closed = nil, true
	d.mu.Unlock()
	var errs []error
	for _, h := range open {
		errs = append(errs, h.close())
	}
	return errors.Join(errs...)
}
