package mongostore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/dueflow/dueflow/server/store"
)

// Group implements store.Driver. Count and sum are two queries, because one
// accumulator is what all servers can do; a write in between may show in one.
func (d *Driver) Group(ctx context.Context, ws, collection string, q store.GroupQuery) ([]store.GroupRow, error) {
	c, sp, err := d.collection(ws, collection)
	if err != nil {
		return nil, err
	}
	g := grouper{by: q.By, rows: map[string]*store.GroupRow{}}
	if len(q.By) == 0 {
		g.rows["[]"] = &store.GroupRow{Keys: []any{}}
	}
	if base, ok := sp.query(q.Filter, q.Search); ok {
		match := and(base)
		err := g.run(ctx, c, match, 1, func(r *store.GroupRow, n int64) { r.Count += n })
		if err == nil && q.Sum != "" {
			err = g.run(ctx, c, match, "$"+field(q.Sum), func(r *store.GroupRow, n int64) { r.Sum += n })
		}
		if err != nil {
			return nil, err
		}
	}
	out := make([]store.GroupRow, 0, len(g.rows))
	for _, r := range g.rows {
		if r.Count > 0 || len(q.By) == 0 {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b store.GroupRow) int { return slices.CompareFunc(a.Keys, b.Keys, compareKeys) })
	if len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

// grouper adds up groups by their keys. Servers tell missing from null and
// objects from each other, which are one group here.
type grouper struct {
	by   []string
	rows map[string]*store.GroupRow
}

func (g *grouper) run(ctx context.Context, c *mongo.Collection, match bson.D, sum any, add func(*store.GroupRow, int64)) error {
	var id any
	if len(g.by) > 0 {
		keys := bson.D{}
		for i, path := range g.by {
			keys = append(keys, bson.E{Key: "k" + strconv.Itoa(i), Value: "$" + field(path)})
		}
		id = keys
	}
	cur, err := c.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: match}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: id}, {Key: "n", Value: bson.D{{Key: "$sum", Value: sum}}}}}},
	})
	if err != nil {
		return deadline(ctx, err)
	}
	defer func() { _ = cur.Close(ctx) }()
	for cur.Next(ctx) {
		keys := make([]any, len(g.by))
		for i := range keys {
			keys[i] = scalar(cur.Current.Lookup("_id", "k"+strconv.Itoa(i)))
		}
		name := fmt.Sprintf("%#v", keys)
		if len(keys) == 0 {
			name = "[]"
		}
		if g.rows[name] == nil {
			g.rows[name] = &store.GroupRow{Keys: keys}
		}
		switch n := scalar(cur.Current.Lookup("n")).(type) {
		case int64:
			add(g.rows[name], n)
		case float64:
			add(g.rows[name], int64(n))
		}
	}
	return deadline(ctx, cur.Err())
}

// scalar gives a value of filter's types; nil for missing, null, objects and
// lists. Whole doubles become int64, as 1.0 and 1 are one group.
func scalar(v bson.RawValue) any {
	switch v.Type {
	case bson.TypeString:
		return v.StringValue()
	case bson.TypeBoolean:
		return v.Boolean()
	case bson.TypeInt64:
		return v.Int64()
	case bson.TypeInt32:
		return int64(v.Int32())
	case bson.TypeDouble:
		f := v.Double()
		if i := int64(f); float64(i) == f && f < 1<<63 && f >= -1<<63 {
			return i
		}
		return f
	}
	return nil
}

// compareKeys orders missing, numbers, text, booleans.
func compareKeys(a, b any) int {
	if c := cmp.Compare(typeRank(a), typeRank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case string:
		s, _ := b.(string)
		return strings.Compare(a, s)
	case bool:
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	case int64:
		if i, ok := b.(int64); ok {
			return cmp.Compare(a, i)
		}
	}
	return cmp.Compare(float(a), float(b))
}

func typeRank(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case string:
		return 2
	case bool:
		return 3
	}
	return 1
}

func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}
