package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// Get implements store.Driver.
func (d *Driver) Get(ctx context.Context, ws, collection string, ids []string) ([]store.Doc, error) {
	h, t, err := d.table(ws, collection)
	if err != nil {
		return nil, err
	}
	defer d.release(h)
	if len(ids) == 1 {
		return h.docs(ctx, nil, t.get, []any{ids[0]})
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return h.docs(ctx, nil, t.getMany, []any{string(text)})
}

// docs appends the documents of a query for id, version and body.
func (h *handle) docs(ctx context.Context, docs []store.Doc, query string, args []any) ([]store.Doc, error) {
	err := h.query(ctx, query, args, func(rows *sql.Rows) error {
		var d store.Doc
		err := rows.Scan(&d.ID, &d.Ver, (*[]byte)(&d.Body))
		docs = append(docs, d)
		return err
	})
	return docs, err
}

// Find implements store.Driver.
func (d *Driver) Find(ctx context.Context, ws, collection string, q store.FindQuery) ([]store.Doc, error) {
	h, t, err := d.table(ws, collection)
	if err != nil {
		return nil, err
	}
	defer d.release(h)
	if q.After != nil {
		q.After = t.position(q.Sort, q.After)
	}
	var docs []store.Doc
	for _, seg := range store.Segments(q.Sort, q.After) {
		query, args, ok := t.find(q, seg, q.Limit-len(docs))
		if !ok {
			return nil, nil
		}
		if docs, err = h.docs(ctx, docs, query, args); err != nil {
			return nil, err
		}
		if len(docs) >= q.Limit {
			break
		}
	}
	return docs, nil
}

// position is after in terms of the table's own order.
func (t *table) position(sort []store.SortKey, after *store.Position) *store.Position {
	p := &store.Position{ID: after.ID, Values: make([]any, len(sort))}
	for i, k := range sort {
		p.Values[i] = t.orderValue(k.Field, after.Values[i])
	}
	return p
}

// find makes the query of one segment, not ok when it cannot find anything.
// The page is chosen by row number first: bodies are turned into text for the
// documents of the page only, and an index that covers filter and sort saves
// looking at any other document.
func (t *table) find(q store.FindQuery, seg store.Segment, limit int) (string, []any, bool) {
	w := where{t: t}
	w.add("SELECT d.id, d.ver, json(d.body) FROM (SELECT n FROM " + t.name + " WHERE ")
	if !w.query(q.Filter, q.Search) {
		return "", nil, false
	}
	order := make([]string, 0, len(q.Sort)+1)
	dir := ""
	for i, k := range q.Sort {
		x := t.orderBy(k.Field)
		if dir = ""; k.Desc {
			dir = " DESC"
		}
		if i < len(seg.Bounds) {
			w.bound(x, seg.Bounds[i], k.Desc, q.After.Values[i])
		}
		order = append(order, x+dir)
	}
	if q.After != nil && seg.PastID(len(q.Sort)) {
		w.bound("id", store.Beyond, dir != "", q.After.ID)
	}
	w.add(" ORDER BY " + strings.Join(append(order, "id"+dir), ", "))
	w.add(" LIMIT ?) AS p CROSS JOIN "+t.name+" AS d ON d.n = p.n", int64(limit))
	return w.sql.String(), w.args, true
}

// bound writes one bound of a segment.
func (w *where) bound(x string, b store.Bound, desc bool, v any) {
	switch {
	case b == store.Equal && v == nil || b == store.Absent:
		w.add(" AND " + x + " IS NULL")
	case b == store.Equal:
		w.add(" AND "+x+" = ?", v)
	case b == store.Present:
		w.add(" AND " + x + " IS NOT NULL")
	case desc:
		w.add(" AND "+x+" < ?", v)
	default:
		w.add(" AND "+x+" > ?", v)
	}
}

// query writes filter and search; false when nothing can be found.
func (w *where) query(f filter.Expr, search string) bool {
	w.filter(f)
	terms, none := store.SearchTerms(search)
	if none || len(terms) > 0 && w.t.fts == "" {
		return false
	}
	if len(terms) > 0 {
		w.add(" AND n IN (SELECT rowid FROM "+w.t.fts+" WHERE t MATCH ?)", match(terms))
	}
	return true
}

// match writes terms as an FTS5 query: phrases, all of them. Words hold only
// letters and digits, so nothing in them needs a quote.
func match(terms []store.Term) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + strings.Join(t.Words, " ") + `"`)
		if t.Prefix {
			b.WriteString(" *")
		}
	}
	return b.String()
}

// Count implements store.Driver.
func (d *Driver) Count(ctx context.Context, ws, collection string, f filter.Expr, limit int) (int64, error) {
	h, t, err := d.table(ws, collection)
	if err != nil {
		return 0, err
	}
	defer d.release(h)
	w := where{t: t}
	if limit > 0 {
		w.add("SELECT count(*) FROM (SELECT 1 FROM " + t.name + " WHERE ")
		w.filter(f)
		w.add(" LIMIT ?)", int64(limit))
	} else {
		w.add("SELECT count(*) FROM " + t.name + " WHERE ")
		w.filter(f)
	}
	var n int64
	err = h.query(ctx, w.sql.String(), w.args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}
