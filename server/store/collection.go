package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// Collection is the documents of one sort in one workspace. All its methods
// fail with Unavailable "store.timeout" when the context ends first; a write
// may then have happened all the same.
type Collection struct {
	s        *Store
	ws, name string
}

// spec gives the ensured spec, or the fault that there is none.
func (c Collection) spec() (*Spec, error) {
	if e := c.s.lookup(specKey{c.ws, c.name}); e != nil {
		return &e.spec, nil
	}
	return nil, Unknown(c.ws, c.name)
}

// Get gives a document. Faults: NotFound.
func (c Collection) Get(ctx context.Context, id string) (Doc, error) {
	if !validID(id) {
		return Doc{}, NotFound(c.name, id)
	}
	if _, err := c.spec(); err != nil {
		return Doc{}, err
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, "get", nil)
	}
	ids := [1]string{id}
	docs, err := c.s.d.Get(ctx, c.ws, c.name, ids[:])
	if err != nil {
		return Doc{}, wrap(err, "get")
	}
	if len(docs) == 0 {
		return Doc{}, NotFound(c.name, id)
	}
	return docs[0], nil
}

// GetMany gives those of the documents that exist, by id; at most MaxIDs.
func (c Collection) GetMany(ctx context.Context, ids []string) (map[string]Doc, error) {
	if len(ids) > MaxIDs {
		return nil, fault.At("/ids", "maxItems", MaxIDs)
	}
	if _, err := c.spec(); err != nil {
		return nil, err
	}
	out := make(map[string]Doc, len(ids))
	valid := make([]string, 0, len(ids))
	for _, id := range ids {
		if validID(id) {
			valid = append(valid, id)
		}
	}
	if len(valid) == 0 {
		return out, nil
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, "get", nil)
	}
	for ids := range slices.Chunk(valid, part) {
		docs, err := c.s.d.Get(ctx, c.ws, c.name, ids)
		if err != nil {
			return nil, wrap(err, "get")
		}
		for _, d := range docs {
			out[d.ID] = d
		}
	}
	return out, nil
}

// Find gives a page. Faults: Invalid "store.cursor" for a cursor that is
// forged or from another sort, Invalid for a filter or sort out of bounds.
func (c Collection) Find(ctx context.Context, q Query) (Page, error) {
	if _, err := c.spec(); err != nil {
		return Page{}, err
	}
	fq, err := c.findQuery(q)
	if err != nil {
		return Page{}, err
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, "find", func() string { return describe(q.Filter, q.Search, q.Sort) })
	}
	limit := fq.Limit
	fq.Limit++ // one more tells whether there is a next page
	docs, err := c.s.d.Find(ctx, c.ws, c.name, fq)
	if err != nil {
		return Page{}, wrap(err, "find")
	}
	p := Page{Docs: docs}
	if len(docs) > limit {
		p.Docs = docs[:limit:limit]
		if p.Next, err = encodeCursor(c.name, q.Sort, docs[limit-1]); err != nil {
			return Page{}, wrap(err, "cursor")
		}
	}
	return p, nil
}

func (c Collection) findQuery(q Query) (FindQuery, error) {
	fq := FindQuery{Filter: q.Filter, Search: q.Search, Sort: q.Sort, Limit: q.Limit}
	if err := checkQuery(q.Filter, q.Search); err != nil {
		return fq, err
	}
	if err := checkSort(q.Sort); err != nil {
		return fq, err
	}
	switch {
	case q.Limit <= 0:
		fq.Limit = DefaultLimit
	case q.Limit > MaxLimit:
		fq.Limit = MaxLimit
	}
	var err error
	fq.After, err = decodeCursor(c.name, q.Sort, q.After)
	return fq, err
}

// Each calls f for every document of a query, page by page (Limit is the size
// of a page, 0 means 500), until f fails; it gives f's error as it is.
func (c Collection) Each(ctx context.Context, q Query, f func(Doc) error) error {
	if q.Limit == 0 {
		q.Limit = MaxLimit
	}
	for {
		p, err := c.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			if err := f(d); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		q.After = p.Next
	}
}

// Count counts documents and stops at limit; 0 counts them all.
func (c Collection) Count(ctx context.Context, f filter.Expr, limit int) (int64, error) {
	if _, err := c.spec(); err != nil {
		return 0, err
	}
	if err := checkQuery(f, ""); err != nil {
		return 0, err
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, "count", func() string { return describe(f, "", nil) })
	}
	n, err := c.s.d.Count(ctx, c.ws, c.name, f, max(limit, 0))
	return n, wrap(err, "count")
}

// Group counts and sums by the values of fields. Rows beyond the limit are cut
// off in the order of their keys.
func (c Collection) Group(ctx context.Context, q GroupQuery) ([]GroupRow, error) {
	if _, err := c.spec(); err != nil {
		return nil, err
	}
	if err := checkQuery(q.Filter, q.Search); err != nil {
		return nil, err
	}
	keys := make([]SortKey, len(q.By))
	for i, p := range q.By {
		keys[i].Field = p
	}
	if err := checkSort(keys); err != nil {
		return nil, err
	}
	if q.Sum != "" && !filter.ValidPath(q.Sum) {
		return nil, fault.At("/sum", "path", nil)
	}
	switch {
	case q.Limit <= 0:
		q.Limit = defaultGroup
	case q.Limit > maxGroup:
		q.Limit = maxGroup
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, "group", func() string { return describe(q.Filter, q.Search, keys) })
	}
	rows, err := c.s.d.Group(ctx, c.ws, c.name, q)
	return rows, wrap(err, "group")
}

// Insert adds a document. Faults: Conflict "store.exists" or "store.unique",
// Invalid for a bad id or body.
func (c Collection) Insert(ctx context.Context, id string, body json.RawMessage) (Doc, error) {
	return c.write(ctx, Write{Op: Insert, Doc: Doc{ID: id, Body: body}})
}

// Replace puts d.Body in the place of d.ID's body if that still has version
// ifVer; ifVer 0 takes any. Faults: NotFound, Conflict "store.version" or
// "store.unique", Invalid for a bad body.
func (c Collection) Replace(ctx context.Context, d Doc, ifVer int64) (Doc, error) {
	return c.write(ctx, Write{Op: Replace, Doc: d, IfVer: ifVer})
}

// Delete removes a document if it still has version ifVer; ifVer 0 takes any.
// Faults: NotFound, Conflict "store.version".
func (c Collection) Delete(ctx context.Context, id string, ifVer int64) error {
	_, err := c.write(ctx, Write{Op: Delete, Doc: Doc{ID: id}, IfVer: ifVer})
	return err
}

func (c Collection) write(ctx context.Context, w Write) (Doc, error) {
	w.Collection = c.name
	if err := c.s.checkWrite(c.ws, w); err != nil {
		return Doc{}, err
	}
	if c.s.slow != nil {
		defer c.s.watch(ctx, c.s.now(), c, string(w.Op), nil)
	}
	ws := [1]Write{w}
	vers, errs := c.s.d.Write(ctx, c.ws, ws[:])
	if errs[0] != nil {
		return Doc{}, wrap(errs[0], string(w.Op))
	}
	return Doc{ID: w.Doc.ID, Ver: vers[0], Body: w.Doc.Body}, nil
}
