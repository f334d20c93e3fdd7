package storetest

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

func pagingSpec() store.Spec {
	return store.Spec{Name: "x", Search: []string{"all"}, Indexes: []store.Index{
		{Fields: []store.IndexField{{Path: "a", Kind: store.Text}, {Path: "n", Kind: store.Number}}},
		{Fields: []store.IndexField{{Path: "b", Kind: store.Bool}}},
	}}
}

// row is a document to be paged over; nil is missing.
type row struct {
	id      string
	a, n, b any
	free    any // not indexed
}

func (r row) body() string {
	m := map[string]any{"all": "everything", "id": r.id}
	for k, v := range map[string]any{"a": r.a, "n": r.n, "b": r.b, "free": r.free} {
		if v != nil {
			m[k] = v
		}
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func (r row) at(field string) any {
	switch field {
	case "a":
		return r.a
	case "n":
		return r.n
	case "b":
		return r.b
	default:
		return r.free
	}
}

// order compares two values: missing first, then by value.
func order(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(a), rank(b))
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	default:
		return cmp.Compare(rank(a), rank(b))
	}
}

func rank(v any) int {
	switch v {
	case nil:
		return 0
	case true:
		return 2
	default:
		return 1
	}
}

func sorted(rows []row, keys []store.SortKey) []string {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(x, y row) int {
		sign := 1
		for _, k := range keys {
			if sign = 1; k.Desc {
				sign = -1
			}
			if c := order(x.at(k.Field), y.at(k.Field)); c != 0 {
				return sign * c
			}
		}
		return sign * strings.Compare(x.id, y.id)
	})
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.id
	}
	return out
}

// pages reads everything in pages of a size.
func pages(c store.Collection, q store.Query) ([]string, error) {
	var got []string
	for range 1000 {
		p, err := c.Find(context.Background(), q)
		if err != nil {
			return got, err
		}
		if len(p.Docs) > q.Limit {
			return got, fmt.Errorf("a page of %d has %d", q.Limit, len(p.Docs))
		}
		got = append(got, ids(p.Docs)...)
		if p.Next == "" {
			return got, nil
		}
		if q.After = p.Next; len(p.Docs) == 0 {
			return got, fmt.Errorf("an empty page has a next one")
		}
	}
	return got, fmt.Errorf("pages without end")
}

func testPaging(t *testing.T, s *store.Store) {
	c := s.In(workspace(t, s, "paging", pagingSpec()), "x")
	var rows []row
	for i := range 60 {
		r := row{id: fmt.Sprintf("d%02d", i*37%60)}
		if i%4 > 0 {
			r.a = []string{"A", "a", "王", "é"}[i%4]
		}
		if i%5 > 0 {
			r.n = int64(i%5) - 2 + 1<<53
		}
		if i%3 > 0 {
			r.b = i%3 == 1
		}
		if i%2 > 0 {
			r.free = fmt.Sprint("f", i%7)
		}
		rows = append(rows, r)
		insert(t, c, r.id, r.body())
	}
	key := func(f string, desc bool) store.SortKey { return store.SortKey{Field: f, Desc: desc} }
	sorts := [][]store.SortKey{nil}
	for _, d1 := range []bool{false, true} {
		for _, f := range []string{"a", "n", "b", "free"} {
			sorts = append(sorts, []store.SortKey{key(f, d1)})
		}
		for _, d2 := range []bool{false, true} {
			sorts = append(sorts, []store.SortKey{key("a", d1), key("n", d2)}, []store.SortKey{key("free", d1), key("b", d2), key("n", !d2)})
		}
	}
	for i, keys := range sorts {
		want := sorted(rows, keys)
		for _, q := range []store.Query{{Limit: 1 + i%3*6}, {Limit: 20, Search: "everyth"}, {Limit: 60}, {Limit: 500}} {
			q.Sort = keys
			got, err := pages(c, q)
			if err != nil {
				t.Errorf("%+v: %v", q, err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v:\n got %v\nwant %v", q, got, want)
			}
		}
	}
	p, err := c.Find(context.Background(), store.Query{})
	must(t, err)
	if len(p.Docs) != store.DefaultLimit || p.Next == "" {
		t.Errorf("a page without limit has %d documents", len(p.Docs))
	}
}

func testRandomPaging(t *testing.T, s *store.Store) {
	maybe := func(t *rapid.T, label string, g *rapid.Generator[any]) any {
		if rapid.IntRange(0, 3).Draw(t, label+"?") == 0 {
			return nil
		}
		return g.Draw(t, label)
	}
	texts := rapid.Map(rapid.SampledFrom([]string{"", "a", "B", "b", "王"}), func(s string) any { return s })
	ints := rapid.Map(rapid.Int64Range(-2, 2), func(i int64) any { return i })
	bools := rapid.Map(rapid.Bool(), func(b bool) any { return b })
	gen := rapid.Custom(func(t *rapid.T) row {
		return row{a: maybe(t, "a", texts), n: maybe(t, "n", ints), b: maybe(t, "b", bools), free: maybe(t, "free", texts)}
	})
	c := s.In(workspace(t, s, "rpaging", pagingSpec()), "x")
	var rows []row
	for i := range 40 {
		r := gen.Example(i)
		r.id = fmt.Sprintf("d%02d", i)
		rows = append(rows, r)
		insert(t, c, r.id, r.body())
	}
	rapid.Check(t, func(rt *rapid.T) {
		fields := rapid.Permutation([]string{"a", "n", "b", "free"}).Draw(rt, "fields")
		keys := make([]store.SortKey, rapid.IntRange(0, 4).Draw(rt, "keys"))
		for i := range keys {
			keys[i] = store.SortKey{Field: fields[i], Desc: rapid.Bool().Draw(rt, "desc")}
		}
		q := store.Query{Sort: keys, Limit: rapid.IntRange(3, 45).Draw(rt, "limit")}
		var part []row
		if rapid.Bool().Draw(rt, "filter") {
			q.Filter = filter.Eq("a", "a")
		}
		for _, r := range rows {
			if q.Filter == nil || r.a == "a" {
				part = append(part, r)
			}
		}
		got, err := pages(c, q)
		if err != nil {
			rt.Fatal(err)
		}
		if want := sorted(part, keys); !slices.Equal(got, want) {
			rt.Fatalf("%+v:\n got %v\nwant %v", q, got, want)
		}
	})
}

func testCursors(t *testing.T, s *store.Store) {
	ctx := context.Background()
	c := s.In(workspace(t, s, "cursors", pagingSpec(), store.Spec{Name: "y"}), "x")
	for i := range 5 {
		insert(t, c, fmt.Sprint("d", i), fmt.Sprintf(`{"a":"%d","n":%d}`, i, i))
	}
	byA := []store.SortKey{{Field: "a"}}
	p, err := c.Find(ctx, store.Query{Sort: byA, Limit: 2})
	must(t, err)
	raw, err := base64.RawURLEncoding.DecodeString(p.Next)
	must(t, err)
	forge := func(old, new string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), old, new, 1)))
	}
	for name, q := range map[string]store.Query{
		"rubbish":     {Sort: byA, After: "rubbish"},
		"empty JSON":  {Sort: byA, After: base64.RawURLEncoding.EncodeToString([]byte("{}"))},
		"null":        {Sort: byA, After: base64.RawURLEncoding.EncodeToString([]byte("null"))},
		"other sort":  {Sort: []store.SortKey{{Field: "n"}}, After: p.Next},
		"other way":   {Sort: []store.SortKey{{Field: "a", Desc: true}}, After: p.Next},
		"no sort":     {After: p.Next},
		"object":      {Sort: byA, After: forge(`["1"]`, `[{"a":1}]`)},
		"list":        {Sort: byA, After: forge(`["1"]`, `[[1]]`)},
		"two values":  {Sort: byA, After: forge(`["1"]`, `["1","2"]`)},
		"no value":    {Sort: byA, After: forge(`["1"]`, `[]`)},
		"huge number": {Sort: byA, After: forge(`["1"]`, `[1e999]`)},
		"no id":       {Sort: byA, After: forge(`"d1"`, `""`)},
		"version":     {Sort: byA, After: forge(`"v":1`, `"v":2`)},
		"more":        {Sort: byA, After: forge(`}`, `}{}`)},
		"long":        {Sort: byA, After: strings.Repeat("A", 100000)},
	} {
		_, err := c.Find(ctx, q)
		wantFault(t, err, fault.Invalid, "store.cursor")
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, value := range []string{`[true]`, `[5]`, `[null]`, `[1.5]`} {
		if _, err := c.Find(ctx, store.Query{Sort: byA, After: forge(`["1"]`, value)}); err != nil {
			t.Errorf("a cursor at %s: %v", value, err)
		}
	}
	_, err = s.In("cursors", "y").Find(ctx, store.Query{Sort: byA, After: p.Next})
	wantFault(t, err, fault.Invalid, "store.cursor")
	for _, bad := range [][]store.SortKey{
		{{Field: ""}},
		{{Field: "a'b"}},
		{{Field: "a"}, {Field: "a", Desc: true}},
		{{Field: "a"}, {Field: "b"}, {Field: "c"}, {Field: "d"}, {Field: "e"}},
	} {
		_, err := c.Find(ctx, store.Query{Sort: bad})
		wantFault(t, err, fault.Invalid, "")
	}
}
