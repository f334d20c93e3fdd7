package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// truthValues are the values that every operator is tried on. "" is missing.
var truthValues = []string{
	``, `null`, `true`, `false`, `0`, `1`, `1.0`, `-1`, `1.5`, `1e3`, `9007199254740992`, `9007199254740993`,
	`9223372036854775807`, `-9223372036854775808`, `12345678901234567890`,
	`""`, `"a"`, `"A"`, `"abc"`, `"xABCx"`, `"1"`, `"true"`, `"null"`, `"50% off_now"`, `"50x offynow"`, `"a\\b"`, `"it's"`,
	`"王芳"`, `"小王芳菲"`, `"华东"`, `"ÄRGER"`, `"ärger"`, `"\u212A"`, `"k"`, `"ſ"`, `"😀"`, `"a😀b"`, `"2025-03-31"`, `"a\nb"`, `"(a.c)"`,
	`[]`, `["a"]`, `["b","A"]`, `[1,"x"]`, `[1.0]`, `[true]`, `[null]`, `["王芳","华东"]`, `[["a"]]`, `[{"x":"a"}]`, `[9007199254740993]`,
	`{}`, `{"x":"a"}`, `{"x":1}`, `{"x":["a"]}`, `{"x":null}`,
}

// truthOperands are what they are compared with.
var truthOperands = []string{
	`null`, `true`, `false`, `0`, `1`, `1.5`, `-1`, `1000`, `9007199254740992`, `9007199254740993`, `9007199254740992.0`, `9223372036854775807`, `1e19`,
	`""`, `"a"`, `"A"`, `"bc"`, `"1"`, `"%"`, `"_"`, `"50% off_"`, `"\\"`, `"'"`, `"王"`, `"王芳"`, `"东"`, `"ärger"`, `"k"`, `"s"`, `"😀"`, `"2025-03"`, `"\n"`, `"("`, `"."`, `"true"`,
}

var truthLists = []string{
	`[]`, `[null]`, `["a"]`, `["a",null]`, `[1,"1"]`, `[true,1.5,"王芳"]`, `["x",0,false]`, `[9007199254740993]`,
	`["a","b","c","d","e","f","g","h","王芳"]`, `[0,1,2,3,4,5,6,7,9007199254740992]`, `[0,1.5,2,3,4,5,6,7]`,
}

// truthSpec puts the same value at four fields: without an index, and with one
// of each kind. Sparse is tried too.
func truthSpec() store.Spec {
	ix := func(path string, kind store.FieldKind, sparse bool) store.Index {
		return store.Index{Fields: []store.IndexField{{Path: path, Kind: kind}}, Sparse: sparse}
	}
	return store.Spec{Name: "x", Indexes: []store.Index{
		ix("t", store.Text, false), ix("n", store.Number, true), ix("b", store.Bool, false), ix("in.t", store.Text, true),
	}}
}

func truthBody(value string) string {
	if value == "" {
		return `{"in":{}}`
	}
	return fmt.Sprintf(`{"v":%[1]s,"t":%[1]s,"n":%[1]s,"b":%[1]s,"in":{"t":%[1]s,"v":%[1]s}}`, value)
}

func truthExprs(field string) []string {
	var out []string
	add := func(op filter.Op, v string) {
		e := fmt.Sprintf(`{"field":%q,"op":%q,"value":%s}`, field, op, v)
		if _, err := filter.Parse([]byte(e)); err == nil {
			out = append(out, e)
		}
	}
	for _, op := range filter.Ops() {
		for _, v := range truthOperands {
			add(op, v)
		}
		for _, v := range truthLists {
			add(op, v)
		}
	}
	return out
}

// matcher holds a driver's answers against filter.Match.
type matcher struct {
	c    store.Collection
	docs map[string]map[string]any
}

func newMatcher(t testing.TB, c store.Collection, bodies []string) *matcher {
	t.Helper()
	m := &matcher{c: c, docs: map[string]map[string]any{}}
	for i, b := range bodies {
		id := fmt.Sprintf("d%03d", i)
		insert(t, c, id, b)
		m.docs[id] = object(t, b)
	}
	return m
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var m map[string]any
	must(t, dec.Decode(&m))
	return m
}

// check gives what is wrong with the driver's answer, "" if nothing.
func (m *matcher) check(e filter.Expr) string {
	var got, want []string
	err := m.c.Each(context.Background(), store.Query{Filter: e}, func(d store.Doc) error {
		got = append(got, d.ID)
		return nil
	})
	if err != nil {
		return fmt.Sprintf("%s: %v", filter.Marshal(e), err)
	}
	for id, doc := range m.docs {
		if filter.Match(e, doc) {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	if slices.Equal(got, want) {
		return ""
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s:", filter.Marshal(e))
	for id, doc := range m.docs {
		in, should := slices.Contains(got, id), slices.Contains(want, id)
		if in != should {
			text, _ := json.Marshal(doc)
			fmt.Fprintf(&b, "\n  driver %v, Match %v: %s", in, should, text)
		}
	}
	return b.String()
}

func testFilters(t *testing.T, s *store.Store) {
	c := s.In(workspace(t, s, "truth", truthSpec()), "x")
	bodies := make([]string, len(truthValues))
	for i, v := range truthValues {
		bodies[i] = truthBody(v)
	}
	m := newMatcher(t, c, bodies)
	n := 0
	for i, field := range []string{"v", "t", "n", "b", "in.t", "in.v.x", "nope", "v.x.y"} {
		for j, text := range truthExprs(field) {
			// All on two fields; of the others, each a different quarter.
			if i >= 2 && j%4 != i%4 {
				continue
			}
			n++
			if wrong := m.check(filter.MustParse(text)); wrong != "" {
				t.Error(wrong)
			}
		}
	}
	for _, e := range []filter.Expr{
		nil, filter.None(),
		filter.Not{},
		filter.All{},
		filter.Any{nil},
		filter.All{nil, filter.Eq("t", "a")},
		filter.Not{Of: filter.Gt("n", 1)},
		filter.Not{Of: filter.Not{Of: filter.Gt("n", 1)}},
		filter.Or(filter.Eq("b", true), filter.Missing("t")), filter.And(filter.Ne("t", "a"), filter.Exists("in.t")),
		filter.Not{Of: filter.And(filter.Gt("n", 1), filter.Eq("t", "a"))},
		filter.Eq("v", map[string]any{}),
	} {
		n++
		if wrong := m.check(e); wrong != "" {
			t.Error(wrong)
		}
	}
	t.Logf("%d filters on %d documents", n, len(bodies))
}

// genValue draws a JSON value of the sorts that go wrong.
func genValue() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(truthValues),
		rapid.Map(rapid.Int64(), func(i int64) string { return fmt.Sprint(i) }),
		rapid.Map(rapid.StringMatching(`[aAbB%_\\.王芳😀 ]{0,4}`), func(s string) string {
			b, _ := json.Marshal(s)
			return string(b)
		}),
	)
}

func genExpr(depth int) *rapid.Generator[string] {
	cmp := rapid.Custom(func(t *rapid.T) string {
		field := rapid.SampledFrom([]string{"v", "t", "n", "b", "in.t", "in.v.x", "nope"}).Draw(t, "field")
		return rapid.SampledFrom(truthExprs(field)).Draw(t, "cmp")
	})
	if depth == 0 {
		return cmp
	}
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 4).Draw(t, "sort") {
		case 0:
			return `{"not":` + genExpr(depth-1).Draw(t, "not") + `}`
		case 1, 2:
			op := rapid.SampledFrom([]string{"all", "any"}).Draw(t, "op")
			parts := rapid.SliceOfN(genExpr(depth-1), 0, 3).Draw(t, "parts")
			return `{"` + op + `":[` + strings.Join(parts, ",") + `]}`
		default:
			return cmp.Draw(t, "cmp")
		}
	})
}

// testRandomFilters draws documents once and filters over and over.
func testRandomFilters(t *testing.T, s *store.Store) {
	c := s.In(workspace(t, s, "random", truthSpec()), "x")
	gen := rapid.Custom(func(t *rapid.T) string {
		parts := []string{}
		for _, f := range []string{"v", "t", "n", "b"} {
			if v := genValue().Draw(t, f); v != "" {
				parts = append(parts, fmt.Sprintf("%q:%s", f, v))
			}
		}
		if v := genValue().Draw(t, "in"); v != "" {
			parts = append(parts, fmt.Sprintf(`"in":{"t":%s,"v":{"x":%s}}`, v, v))
		}
		return "{" + strings.Join(parts, ",") + "}"
	})
	var bodies []string
	for i := range 150 {
		bodies = append(bodies, gen.Example(i))
	}
	m := newMatcher(t, c, bodies)
	rapid.Check(t, func(rt *rapid.T) {
		e := filter.MustParse(genExpr(3).Draw(rt, "expr"))
		if wrong := m.check(e); wrong != "" {
			rt.Fatal(wrong)
		}
	})
}
