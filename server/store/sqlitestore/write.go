package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"io"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

func isFault(err error) bool {
	_, ok := errors.AsType[*fault.Error](err)
	return ok
}

func (h *handle) write(ctx context.Context, writes []store.Write) ([]int64, []error) {
	n := len(writes)
	j := &job{ctx: ctx, patient: store.IsPatient(ctx), writes: writes, tables: make([]*table, n), vers: make([]int64, n), errs: make([]error, n)}
	h.mu.RLock()
	for i, w := range writes {
		j.tables[i] = h.tables[w.Collection]
	}
	h.mu.RUnlock()
	if err := h.writer.do(j); err != nil {
		errs := make([]error, n)
		for i := range errs {
			errs[i] = unavailable(err)
		}
		return make([]int64, n), errs
	}
	return j.vers, j.errs
}

// writeAll does all the writes or none; the error is the first one's.
func (h *handle) writeAll(ctx context.Context, writes []store.Write) ([]int64, error) {
	n := len(writes)
	j := &job{ctx: ctx, patient: store.IsPatient(ctx), writes: writes, whole: true, tables: make([]*table, n), vers: make([]int64, n), errs: make([]error, n)}
	h.mu.RLock()
	for i, w := range writes {
		j.tables[i] = h.tables[w.Collection]
	}
	h.mu.RUnlock()
	if err := h.writer.do(j); err != nil {
		return nil, unavailable(err)
	}
	return j.vers, errors.Join(j.errs...)
}

// one does one write. A statement that breaks a constraint undoes itself, and
// the table of documents is written before the table of words, so a write that
// fails with a fault has changed nothing.
func (w *writer) one(t *table, op store.Write) (int64, error) {
	if t == nil {
		return 0, store.Unknown("", op.Collection)
	}
	switch op.Op {
	case store.Insert:
		return 1, w.insert(t, op, 1)
	case store.Load:
		return op.Doc.Ver, w.insert(t, op, op.Doc.Ver)
	case store.Replace:
		return w.replace(t, op)
	default:
		return 0, w.delete(t, op)
	}
}

func (w *writer) insert(t *table, op store.Write, ver int64) error {
	if t.fts == "" {
		return t.conflict(op, w.exec(t.insert, op.Doc.ID, ver, string(op.Doc.Body)))
	}
	words, err := store.SearchText(t.spec, op.Doc.Body)
	if err != nil {
		return err
	}
	res, err := w.result(t.insert, op.Doc.ID, ver, string(op.Doc.Body), hashWords(words))
	if err != nil {
		return t.conflict(op, err)
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return w.exec(t.ftsPut, n, words)
}

func (w *writer) replace(t *table, op store.Write) (int64, error) {
	body := string(op.Doc.Body)
	if t.fts == "" && op.IfVer > 0 {
		res, err := w.result(t.replace, body, op.Doc.ID, op.IfVer)
		if err != nil {
			return 0, t.conflict(op, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return 0, errors.Join(err, w.stale(t, op))
		}
		return op.IfVer + 1, nil
	}
	// Nobody else writes: what is read here stays true, and costs less than an
	// UPDATE that returns it.
	row, err := w.row(t.seek, op.Doc.ID)
	if err != nil {
		return 0, err
	}
	var n, ver int64
	var old sql.NullInt64
	switch err := row.Scan(&n, &ver, &old); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, store.NotFound(op.Collection, op.Doc.ID)
	case err != nil:
		return 0, err
	case op.IfVer > 0 && op.IfVer != ver:
		return 0, store.WrongVersion(op.Collection, op.Doc.ID, ver)
	}
	ver++
	if err := w.exec(t.put, ver, body, n); err != nil {
		return 0, t.conflict(op, err)
	}
	return ver, w.rewords(t, op, n, old)
}

// rewords brings the words up to date, which most replaces leave alone.
func (w *writer) rewords(t *table, op store.Write, n int64, old sql.NullInt64) error {
	if t.fts == "" {
		return nil
	}
	words, err := store.SearchText(t.spec, op.Doc.Body)
	if err != nil {
		return err
	}
	hash := hashWords(words)
	if old.Valid && old.Int64 == hash {
		return nil
	}
	if err := w.exec(t.setWords, hash, n); err != nil {
		return err
	}
	return w.exec(t.ftsPut, n, words)
}

func (w *writer) delete(t *table, op store.Write) error {
	query, args := t.delAny, []any{op.Doc.ID}
	if op.IfVer > 0 {
		query, args = t.del, append(args, op.IfVer)
	}
	row, err := w.row(query, args...)
	if err != nil {
		return err
	}
	var n int64
	switch err := row.Scan(&n); {
	case errors.Is(err, sql.ErrNoRows):
		return w.stale(t, op)
	case err != nil:
		return err
	}
	if t.fts == "" {
		return nil
	}
	return w.exec(t.ftsDel, n)
}

// stale says why a conditional write found nothing to change.
func (w *writer) stale(t *table, op store.Write) error {
	row, err := w.row(t.version, op.Doc.ID)
	if err != nil {
		return err
	}
	var ver int64
	switch err := row.Scan(&ver); {
	case errors.Is(err, sql.ErrNoRows):
		return store.NotFound(op.Collection, op.Doc.ID)
	case err != nil:
		return err
	}
	return store.WrongVersion(op.Collection, op.Doc.ID, ver)
}

// conflict turns a broken constraint into its fault. SQLite names the columns
// in the message: "… failed: c_invoice.g_text_no, c_invoice.g_text_org (2067)".
func (t *table) conflict(op store.Write, err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || e.Code() != sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return err
	}
	_, names, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
	names, _, _ = strings.Cut(names, " (")
	table := strings.Trim(t.name, `"`) + "."
	if names == table+"id" {
		return store.Exists(op.Collection, op.Doc.ID)
	}
	for _, ix := range t.spec.Indexes {
		cols := make([]string, len(ix.Fields))
		for i, f := range ix.Fields {
			cols[i] = table + columnName(f)
		}
		if ix.Unique && names == strings.Join(cols, ", ") {
			return store.NotUnique(op.Collection, op.Doc.ID, ix)
		}
	}
	return store.NotUnique(op.Collection, op.Doc.ID, store.Index{})
}

// unavailable marks what an operator can mend: a full, locked or failing disk.
func unavailable(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY:
			return fault.Wrap(fault.Unavailable, "store.unavailable", err)
		}
	}
	return err
}

func hashWords(s string) int64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s)
	return int64(h.Sum64()) //nolint:gosec // the bits are what matters
}
