package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/dueflow/dueflow/server/store"
)

// handle is one open workspace. refs and used belong to the Driver's lock.
type handle struct {
	refs int
	used uint64
	once sync.Once
	err  error

	dsn     string // of connections that may write
	readers *sql.DB
	writer  *writer

	mu     sync.RWMutex
	tables map[string]*table

	reads stmtCache
}

// writerKiB is the page cache of the connection that writes. It reads what is
// not in the log from mapped memory, and after every commit that split a page
// SQLite looks at all of its cache.
const writerKiB = 2048

// dsn puts every setting into the data source name, because process-wide hooks
// would change other users of the library.
func dsn(path string, cacheKiB int, readOnly bool) string {
	v := url.Values{}
	pragma := func(name string, value any) { v.Add("_pragma", fmt.Sprintf("%s(%v)", name, value)) }
	v.Set("_txlock", "immediate")
	pragma("busy_timeout", 5000)
	pragma("journal_mode", "WAL")
	pragma("synchronous", "FULL")
	pragma("foreign_keys", 1)
	pragma("cache_size", strconv.Itoa(-cacheKiB))
	pragma("temp_store", 2)
	pragma("mmap_size", 256<<20)
	pragma("journal_size_limit", 64<<20)
	pragma("wal_autocheckpoint", 8000) // pages: hot ones are written back once for many commits
	if readOnly {
		pragma("query_only", 1)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func (h *handle) init(path string, opt Options) error {
	h.dsn = dsn(path, writerKiB, false)
	w, err := openWriter(h.dsn)
	if err != nil {
		return fmt.Errorf("open workspace: %w", err)
	}
	h.readers, err = sql.Open("sqlite", dsn(path, opt.CacheKiB, true))
	if err != nil {
		_ = w.close()
		return fmt.Errorf("open workspace: %w", err)
	}
	h.readers.SetMaxOpenConns(opt.Readers)
	h.readers.SetMaxIdleConns(opt.Readers)
	h.readers.SetConnMaxIdleTime(5 * time.Minute)
	h.writer = w
	if err := h.loadTables(); err != nil {
		_ = h.close()
		return fmt.Errorf("open workspace: %w", err)
	}
	return nil
}

// loadTables reads the specs that earlier processes ensured.
func (h *handle) loadTables() error {
	h.tables = map[string]*table{}
	rows, err := h.readers.Query("SELECT spec FROM _spec")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var spec store.Spec
		if err := json.Unmarshal([]byte(text), &spec); err != nil {
			return err
		}
		h.tables[spec.Name] = newTable(spec)
	}
	return rows.Err()
}

func (h *handle) table(name string) *table {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.tables[name]
}

// specs lists what is there, by name.
func (h *handle) specs() []store.Spec {
	h.mu.RLock()
	defer h.mu.RUnlock()
	out := make([]store.Spec, 0, len(h.tables))
	for _, name := range slices.Sorted(maps.Keys(h.tables)) {
		out = append(out, h.tables[name].spec)
	}
	return out
}

func (h *handle) close() error {
	if h.writer == nil {
		return nil // never opened
	}
	return errors.Join(h.readers.Close(), h.writer.close())
}

// backup takes a connection of its own: readers may not write, not even into
// another file, and the writer has better things to do.
func (h *handle) backup(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", h.dsn)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// pause waits a little for others to finish.
func pause(ctx context.Context) error {
	t := time.NewTimer(2 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
