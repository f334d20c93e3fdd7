package filter_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/filter"
)

var genScalar = rapid.OneOf(
	rapid.Just[any](nil),
	rapid.Map(rapid.Bool(), func(b bool) any { return b }),
	rapid.Map(rapid.Int64(), func(i int64) any { return i }),
	rapid.Map(rapid.Int64Range(-2, 2), func(i int64) any { return i }),
	rapid.Map(rapid.Float64(), func(f float64) any { return f }),
	rapid.Map(rapid.SampledFrom([]string{"", "a", "A", "ab", "王芳", "\"\\<&>"}), func(s string) any { return s }),
)

var genField = rapid.SampledFrom([]string{"a", "b", "o.a", "o.o.a", "区域", "list"})

// genCmp draws a comparison that Parse would accept.
var genCmp = rapid.Custom(func(t *rapid.T) filter.Expr {
	field, op := genField.Draw(t, "field"), rapid.SampledFrom(filter.Ops()).Draw(t, "op")
	v := genScalar.Draw(t, "value")
	list := rapid.SliceOfN(genScalar, 0, 4).Draw(t, "list")
	switch op {
	case filter.OpIn:
		return filter.In(field, list...)
	case filter.OpNin:
		return filter.Nin(field, list...)
	case filter.OpHasAny:
		return filter.HasAny(field, list...)
	case filter.OpHas:
		return filter.Has(field, v)
	case filter.OpExists:
		return filter.Missing(field)
	case filter.OpContains:
		return filter.Contains(field, rapid.SampledFrom([]string{"", "A", "王"}).Draw(t, "text"))
	case filter.OpStartsWith:
		return filter.StartsWith(field, rapid.SampledFrom([]string{"", "A", "王"}).Draw(t, "text"))
	case filter.OpEq:
		return filter.Eq(field, v)
	case filter.OpNe:
		return filter.Ne(field, v)
	}
	if _, isBool := v.(bool); isBool || v == nil {
		v = int64(1)
	}
	return filter.Cmp{Field: field, Op: op, Value: v}
})

func genExpr(depth int) *rapid.Generator[filter.Expr] {
	if depth == 0 {
		return genCmp
	}
	return rapid.Custom(func(t *rapid.T) filter.Expr {
		switch rapid.IntRange(0, 5).Draw(t, "sort") {
		case 0:
			return nil
		case 1:
			return filter.Not{Of: genExpr(depth-1).Draw(t, "not")}
		case 2:
			return filter.All(rapid.SliceOfN(genExpr(depth-1), 0, 3).Draw(t, "all"))
		case 3:
			return filter.Any(rapid.SliceOfN(genExpr(depth-1), 0, 3).Draw(t, "any"))
		}
		return genCmp.Draw(t, "cmp")
	})
}

// genDoc draws documents in which fields are often missing.
var genDoc = rapid.Custom(func(t *rapid.T) map[string]any {
	var level func(depth int) map[string]any
	level = func(depth int) map[string]any {
		m := map[string]any{}
		for _, f := range []string{"a", "b", "区域"} {
			if rapid.Bool().Draw(t, "has "+f) {
				m[f] = genScalar.Draw(t, f)
			}
		}
		if depth > 0 {
			m["o"] = level(depth - 1)
		}
		if rapid.Bool().Draw(t, "has list") {
			m["list"] = rapid.SliceOfN(genScalar, 0, 3).Draw(t, "list")
		}
		return m
	}
	return level(2)
})

func TestParseMarshalIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genExpr(4).Draw(t, "expr")
		raw := filter.Marshal(e)
		if !json.Valid(raw) {
			t.Fatalf("no JSON: %s", raw)
		}
		back, err := filter.Parse(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Fatalf("%s came back different (-was +is):\n%s", raw, diff)
		}
		if err := filter.Sound(e); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	})
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genExpr(2).Draw(t, "a"), genExpr(2).Draw(t, "b")
		doc := genDoc.Draw(t, "doc")
		is := func(e filter.Expr) bool { return filter.Match(e, doc) }
		same := func(law string, got, want bool) {
			if got != want {
				t.Fatalf("%s: %v, want %v, for %s and %s", law, got, want, filter.Marshal(a), filter.Marshal(b))
			}
		}
		same("not (a and b) = not a or not b", is(filter.Not{Of: filter.All{a, b}}), is(filter.Any{filter.Not{Of: a}, filter.Not{Of: b}}))
		same("not (a or b) = not a and not b", is(filter.Not{Of: filter.Any{a, b}}), is(filter.All{filter.Not{Of: a}, filter.Not{Of: b}}))
		same("not not a = a", is(filter.Negate(filter.Negate(a))), is(a))
		same("And", is(filter.And(a, b)), is(a) && is(b))
		if a != nil && b != nil {
			same("Or", is(filter.Or(a, b)), is(a) || is(b))
		}
		if c, ok := a.(filter.Cmp); ok && c.Op == filter.OpEq {
			same("ne = not eq", is(filter.Ne(c.Field, c.Value)), !is(a))
			same("in of one = eq", is(filter.In(c.Field, c.Value)), is(a))
		}
	})
}

func TestAndOr(t *testing.T) {
	a, b, c := filter.Eq("a", 1), filter.Eq("b", 2), filter.Eq("c", 3)
	for name, tc := range map[string]struct{ got, want filter.Expr }{
		"and of nothing":       {filter.And(), nil},
		"and of nils":          {filter.And(nil, filter.All{nil}), nil},
		"and of one":           {filter.And(nil, a), a},
		"and flattens":         {filter.And(a, filter.And(b, nil, filter.All{c})), filter.All{a, b, c}},
		"and keeps or":         {filter.And(a, filter.Or(b, c)), filter.All{a, filter.Any{b, c}}},
		"or of nothing":        {filter.Or(), filter.None()},
		"or of nils":           {filter.Or(nil, nil), filter.None()},
		"or of one":            {filter.Or(nil, a), a},
		"or flattens":          {filter.Or(a, filter.Or(b, c)), filter.Any{a, b, c}},
		"or drops none":        {filter.Or(a, filter.None()), a},
		"negate":               {filter.Negate(a), filter.Not{Of: a}},
		"negate twice":         {filter.Negate(filter.Negate(a)), a},
		"negate everything":    {filter.Negate(nil), filter.None()},
		"eq of an object":      {filter.Eq("a", map[string]any{}), filter.Cmp{Field: "a", Op: filter.OpIn, List: []any{}}},
		"in drops an object":   {filter.In[any]("a", 1, []any{}), filter.Cmp{Field: "a", Op: filter.OpIn, List: []any{int64(1)}}},
		"values are plain":     {filter.Eq("a", uint16(7)), filter.Cmp{Field: "a", Op: filter.OpEq, Value: int64(7)}},
		"rename":               {filter.Rename(filter.All{a, filter.Not{Of: b}, filter.Any{nil}}, func(s string) string { return "x." + s }), filter.All{filter.Eq("x.a", 1), filter.Not{Of: filter.Eq("x.b", 2)}, filter.Any{nil}}},
		"rename of everything": {filter.Rename(nil, nil), nil},
	} {
		if !reflect.DeepEqual(tc.got, tc.want) {
			t.Errorf("%s: got %s, want %s", name, filter.Marshal(tc.got), filter.Marshal(tc.want))
		}
	}
	if got := filter.Fields(filter.All{b, filter.Not{Of: a}, filter.Any{b, filter.Exists("o.a")}}); !reflect.DeepEqual(got, []string{"a", "b", "o.a"}) {
		t.Errorf("fields: got %v", got)
	}
}
