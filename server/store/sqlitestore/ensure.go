package sqlitestore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/server/store"
)

// ensure brings the workspace's table to the spec, in one transaction. Once
// begun it is not broken off when ctx ends: the next try would have to begin
// anew, and an interrupt could cost the writer its connection.
func (h *handle) ensure(ctx context.Context, spec store.Spec) error {
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	if t := h.table(spec.Name); t != nil {
		if old, err := json.Marshal(t.spec); err == nil && bytes.Equal(old, text) {
			return nil
		}
	}
	return h.writer.do(&job{ctx: ctx, fn: func(w *writer) error {
		t := newTable(spec)
		old := h.table(spec.Name)
		err := w.transaction(func() error { return w.migrate(context.WithoutCancel(ctx), old, t, string(text)) })
		if err != nil {
			return fmt.Errorf("ensure %s: %w", spec.Name, err)
		}
		h.mu.Lock()
		h.tables[spec.Name] = t
		h.mu.Unlock()
		return nil
	}})
}

func (w *writer) migrate(ctx context.Context, old, t *table, spec string) error {
	steps := []func(context.Context, *table) error{w.makeTable, w.makeColumns, w.dropIndexes, w.makeIndexes}
	if old == nil || !slices.Equal(old.spec.Search, t.spec.Search) {
		steps = append(steps, w.makeSearch)
	}
	for _, step := range steps {
		if err := step(ctx, t); err != nil {
			return err
		}
	}
	_, err := w.conn.ExecContext(ctx,
		"INSERT INTO _spec(name, spec) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET spec = excluded.spec", t.spec.Name, spec)
	return err
}

// makeTable has an explicit row number: VACUUM keeps only those, and the
// words refer to it.
func (w *writer) makeTable(ctx context.Context, t *table) error {
	_, err := w.conn.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+t.name+
		"(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ver INTEGER NOT NULL, words INTEGER, body BLOB NOT NULL)")
	return err
}

// makeColumns adds what is not there. Columns that no index needs any more
// stay: they take no room.
func (w *writer) makeColumns(ctx context.Context, t *table) error {
	have, err := w.names(ctx, "SELECT name FROM pragma_table_xinfo(?)", strings.Trim(t.name, `"`))
	if err != nil {
		return err
	}
	for _, ix := range t.spec.Indexes {
		for _, f := range ix.Fields {
			if slices.Contains(have, columnName(f)) {
				continue
			}
			have = append(have, columnName(f))
			_, err := w.conn.ExecContext(ctx, "ALTER TABLE "+t.name+" ADD COLUMN "+quote(columnName(f))+
				" AS ("+typed(f.Path, f.Kind)+") VIRTUAL")
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) dropIndexes(ctx context.Context, t *table) error {
	have, err := w.names(ctx, "SELECT name FROM pragma_index_list(?) WHERE origin = 'c'", strings.Trim(t.name, `"`))
	if err != nil {
		return err
	}
	for _, name := range have {
		wanted := slices.ContainsFunc(t.spec.Indexes, func(ix store.Index) bool { return indexName(t.spec, ix) == name })
		if wanted {
			continue
		}
		if _, err := w.conn.ExecContext(ctx, "DROP INDEX "+quote(name)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) makeIndexes(ctx context.Context, t *table) error {
	for _, ix := range t.spec.Indexes {
		cols := make([]string, 0, len(ix.Fields)+1)
		for _, f := range ix.Fields {
			cols = append(cols, t.cols[f.Path].name)
		}
		create := "CREATE INDEX IF NOT EXISTS "
		if ix.Unique {
			create = "CREATE UNIQUE INDEX IF NOT EXISTS "
		} else {
			cols = append(cols, "id")
		}
		query := create + quote(indexName(t.spec, ix)) + " ON " + t.name + "(" + strings.Join(cols, ", ") + ")"
		if ix.Sparse {
			query += " WHERE " + cols[0] + " IS NOT NULL"
		}
		if _, err := w.conn.ExecContext(ctx, query); err != nil {
			return t.conflict(store.Write{Collection: t.spec.Name}, err)
		}
	}
	return nil
}

// makeSearch makes the table of words anew and fills it.
func (w *writer) makeSearch(ctx context.Context, t *table) error {
	fts := quote("f_" + fold(t.spec.Name))
	if _, err := w.conn.ExecContext(ctx, "DROP TABLE IF EXISTS "+fts); err != nil {
		return err
	}
	if t.fts == "" {
		return nil
	}
	_, err := w.conn.ExecContext(ctx, "CREATE VIRTUAL TABLE "+fts+
		" USING fts5(t, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')")
	if err != nil {
		return err
	}
	const batch = 500
	for last, n := int64(-1<<63), batch; n == batch; {
		if last, n, err = w.fillSearch(ctx, t, last, batch); err != nil {
			return err
		}
	}
	return nil
}

// fillSearch indexes the words of the next documents by row number.
func (w *writer) fillSearch(ctx context.Context, t *table, last int64, limit int) (int64, int, error) {
	rows, err := w.conn.QueryContext(ctx, "SELECT n, json(body) FROM "+t.name+" WHERE n > ? ORDER BY n LIMIT ?", last, limit)
	if err != nil {
		return 0, 0, err
	}
	var ns []int64
	var words []string
	for rows.Next() {
		var body sql.RawBytes
		if err = rows.Scan(&last, &body); err != nil {
			break
		}
		text, bad := store.SearchText(t.spec, body)
		if bad != nil {
			err = bad
			break
		}
		ns, words = append(ns, last), append(words, text)
	}
	if err2 := rows.Close(); err == nil {
		err = err2
	}
	if err == nil {
		err = rows.Err()
	}
	for i := 0; err == nil && i < len(ns); i++ {
		if err = w.exec(t.setWords, hashWords(words[i]), ns[i]); err == nil {
			err = w.exec(t.ftsPut, ns[i], words[i])
		}
	}
	return last, len(ns), err
}

func (w *writer) names(ctx context.Context, query, arg string) ([]string, error) {
	rows, err := w.conn.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
