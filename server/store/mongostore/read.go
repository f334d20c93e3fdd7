package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// projection leaves out what only indexes need.
var projection = bson.D{{Key: "v", Value: 1}, {Key: "b", Value: 1}, {Key: "x", Value: 1}}

// Get implements store.Driver.
func (d *Driver) Get(ctx context.Context, ws, collection string, ids []string) ([]store.Doc, error) {
	c, _, err := d.collection(ws, collection)
	if err != nil {
		return nil, err
	}
	return docs(ctx, c, is("_id", "$in", ids), options.Find())
}

func docs(ctx context.Context, c *mongo.Collection, q bson.D, opt *options.FindOptions) ([]store.Doc, error) {
	cur, err := c.Find(ctx, q, opt.SetProjection(projection))
	if err != nil {
		return nil, deadline(ctx, err)
	}
	defer func() { _ = cur.Close(ctx) }()
	var out []store.Doc
	for cur.Next(ctx) {
		doc, err := decodeDoc(cur.Current)
		if err != nil {
			return nil, err
		}
		out = append(out, doc)
	}
	return out, deadline(ctx, cur.Err())
}

// Find implements store.Driver.
func (d *Driver) Find(ctx context.Context, ws, collection string, q store.FindQuery) ([]store.Doc, error) {
	c, sp, err := d.collection(ws, collection)
	if err != nil {
		return nil, err
	}
	base, ok := sp.query(q.Filter, q.Search)
	if !ok {
		return nil, nil
	}
	order := make(bson.D, 0, len(q.Sort)+1)
	dir := 1
	for _, k := range q.Sort {
		if dir = 1; k.Desc {
			dir = -1
		}
		order = append(order, bson.E{Key: field(k.Field), Value: dir})
	}
	order = append(order, bson.E{Key: "_id", Value: dir})
	var out []store.Doc
	for _, seg := range segments(q.Sort, q.After) {
		limit := q.Limit - len(out)
		cond := and(append(base[:len(base):len(base)], seg...))
		opt := options.Find().SetSort(order).SetLimit(int64(limit)).SetBatchSize(int32(limit)) //nolint:gosec // at most 501
		found, err := docs(ctx, c, cond, opt)
		if err != nil {
			return nil, err
		}
		if out = append(out, found...); len(out) >= q.Limit {
			break
		}
	}
	return out, nil
}

// segments gives the conditions of what comes after a position, in order.
func segments(sort []store.SortKey, after *store.Position) []bson.A {
	var out []bson.A
	for _, seg := range store.Segments(sort, after) {
		conds := []bson.A{{}}
		for i, b := range seg.Bounds {
			conds = bound(conds, field(sort[i].Field), b, sort[i].Desc, after.Values[i])
		}
		if after != nil && seg.PastID(len(sort)) {
			op := "$gt"
			if len(sort) > 0 && sort[len(sort)-1].Desc {
				op = "$lt"
			}
			for i := range conds {
				conds[i] = append(conds[i], is("_id", op, after.ID))
			}
		}
		out = append(out, conds...)
	}
	return out
}

// bound adds a bound to the last of some conditions; where a bound spans two
// ranges of an index, that one becomes two.
func bound(conds []bson.A, path string, b store.Bound, desc bool, v any) []bson.A {
	last := conds[len(conds)-1]
	with := func(d bson.D) bson.A { return append(last[:len(last):len(last)], d) }
	_, composite := v.(store.Composite)
	switch {
	case b == store.Equal && composite:
		return []bson.A{{nothing()}}
	case b == store.Equal:
		return []bson.A{with(is(path, "$eq", v))}
	case b == store.Absent:
		return []bson.A{with(is(path, "$eq", nil))}
	case b == store.Present:
		return []bson.A{with(is(path, "$ne", nil))}
	}
	var out []bson.A
	op := "$gt"
	if desc {
		op = "$lt"
	}
	if !composite {
		out = append(out, with(is(path, op, v)))
	}
	if types := typesBeyond(v, desc); len(types) > 0 {
		out = append(out, with(is(path, "$type", types)))
	}
	if out == nil {
		out = []bson.A{{nothing()}}
	}
	return out
}

// typesBeyond lists the types that sort after v's, for comparisons hold within
// a type only.
func typesBeyond(v any, desc bool) bson.A {
	order := bson.A{"number", "string", "object", "bool"}
	at := 0
	switch v.(type) {
	case string:
		at = 1
	case store.Composite:
		at = 2
	case bool:
		at = 3
	}
	if desc {
		return order[:at]
	}
	return order[at+1:]
}

// Count implements store.Driver.
func (d *Driver) Count(ctx context.Context, ws, collection string, f filter.Expr, limit int) (int64, error) {
	c, _, err := d.collection(ws, collection)
	if err != nil {
		return 0, err
	}
	opt := options.Count()
	if limit > 0 {
		opt.SetLimit(int64(limit))
	}
	n, err := c.CountDocuments(ctx, where(f), opt)
	return n, deadline(ctx, err)
}
