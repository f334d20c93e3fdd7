package sqlitestore

import (
	"context"
	"database/sql"
	"sync"
)

// maxStmts bounds the cache of prepared reads; filters come in endless shapes.
const maxStmts = 200

// stmtCache keeps the prepared reads of a workspace. A full cache is emptied:
// the shapes in use come back at once.
type stmtCache struct {
	mu    sync.Mutex
	stmts map[string]*cachedStmt
}

// cachedStmt is closed by whoever uses it last after it left the cache.
type cachedStmt struct {
	*sql.Stmt
	refs int
	out  bool
}

func (c *stmtCache) acquire(ctx context.Context, db *sql.DB, query string) (*cachedStmt, error) {
	if st := c.lookup(query); st != nil {
		return st, nil
	}
	prepared, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.stmts) >= maxStmts {
		for _, old := range c.stmts {
			if old.out = true; old.refs == 0 {
				_ = old.Close()
			}
		}
		c.stmts = nil
	}
	if c.stmts == nil {
		c.stmts = map[string]*cachedStmt{}
	}
	st := &cachedStmt{Stmt: prepared, refs: 1}
	// Two may have prepared the same; one of them is used once only.
	if st.out = c.stmts[query] != nil; !st.out {
		c.stmts[query] = st
	}
	return st, nil
}

func (c *stmtCache) lookup(query string) *cachedStmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := c.stmts[query]
	if st != nil {
		st.refs++
	}
	return st
}

func (c *stmtCache) release(st *cachedStmt) {
	c.mu.Lock()
	st.refs--
	last := st.out && st.refs == 0
	c.mu.Unlock()
	if last {
		_ = st.Close()
	}
}

// query runs a read and gives its rows to f one by one.
func (h *handle) query(ctx context.Context, query string, args []any, f func(*sql.Rows) error) error {
	st, err := h.reads.acquire(ctx, h.readers, query)
	if err != nil {
		return err
	}
	defer h.reads.release(st)
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
