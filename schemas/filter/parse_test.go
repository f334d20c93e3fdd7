package filter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// places gives "pointer rule" of each wrong place.
func places(t *testing.T, err error) []string {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	out := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		out[i] = f.Pointer + " " + f.Rule
	}
	return out
}

func TestParseFaults(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 13) + `{"field":"a","op":"exists"}` + strings.Repeat("}", 13)
	many := `{"any":[` + strings.Repeat(`{"field":"a","op":"exists"},`, 250) + `{}]}`
	long := strings.Repeat("王", 1001)
	list := "[" + strings.Repeat("1,", 1000) + "1]"
	for _, tc := range []struct {
		in   string
		want []string
	}{
		{`{`, []string{" json"}},
		{`{} {}`, []string{" json"}},
		{"{\"a\":\"\xff\"}", []string{" json"}},
		{`[]`, []string{" type"}},
		{`{"all":{}}`, []string{"/all type"}},
		{`{"all":[],"any":[]}`, []string{"/any unknownKey"}},
		{`{"al/l~":[]}`, []string{"/al~1l~0 unknownKey", "/field required", "/op required"}},
		{`{"all":[{"field":"a","op":"like","value":1},5,{"not":{"field":"","op":"eq"}}]}`, []string{"/all/0/op enum", "/all/1 type", "/all/2/not/field required", "/all/2/not/value required"}},
		{`{"field":5,"op":true,"value":1}`, []string{"/field type", "/op type"}},
		{`{"field":"a'b","op":"eq","value":1}`, []string{"/field path"}},
		{`{"field":"a..b","op":"eq","value":1}`, []string{"/field path"}},
		{`{"field":".a","op":"eq","value":1}`, []string{"/field path"}},
		{`{"field":"$a","op":"eq","value":1}`, []string{"/field path"}},
		{`{"field":"a b","op":"eq","value":1}`, []string{"/field path"}},
		{`{"field":"` + strings.Repeat("a.", 20) + `b","op":"exists"}`, []string{"/field path"}},
		{`{"field":"a","op":"eq","value":[1]}`, []string{"/value type"}},
		{`{"field":"a","op":"eq","value":{}}`, []string{"/value type"}},
		{`{"field":"a","op":"eq","value":1e999}`, []string{"/value range"}},
		{`{"field":"a","op":"gt","value":null}`, []string{"/value type"}},
		{`{"field":"a","op":"lt","value":true}`, []string{"/value type"}},
		{`{"field":"a","op":"contains","value":1}`, []string{"/value type"}},
		{`{"field":"a","op":"has","value":null}`, []string{"/value type"}},
		{`{"field":"a","op":"exists","value":"yes"}`, []string{"/value type"}},
		{`{"field":"a","op":"in","value":1}`, []string{"/value type"}},
		{`{"field":"a","op":"in","value":[1,{},[2]]}`, []string{"/value/1 type", "/value/2 type"}},
		{`{"field":"a","op":"eq","value":"` + long + `"}`, []string{"/value maxLength"}},
		{`{"field":"a","op":"eq","value":"\u0000"}`, []string{"/value text"}},
		{`{"field":"a","op":"in","value":` + list + `}`, []string{"/value maxItems"}},
		{deep, []string{strings.Repeat("/not", 12) + " maxDepth"}},
		{many, []string{" maxComparisons"}},
		{strings.Repeat(" ", filter.MaxBytes+1), []string{" maxLength"}},
	} {
		_, err := filter.Parse([]byte(tc.in))
		if diff := cmp.Diff(tc.want, places(t, err)); diff != "" {
			t.Errorf("%.80s (-want +got):\n%s", tc.in, diff)
		}
	}
}

func TestCheck(t *testing.T) {
	types := map[string]filter.Type{
		"name": filter.Text, "amount": filter.Number, "vip": filter.Bool, "due": filter.Date, "at": filter.Instant, "tags": filter.List,
	}
	typeOf := func(f string) (filter.Type, bool) {
		ty, ok := types[f]
		return ty, ok
	}
	for _, ok := range []filter.Expr{
		nil, filter.Eq("name", "x"), filter.Eq("name", nil), filter.Gt("amount", 1.5), filter.In("amount", 1, 2),
		filter.Eq("vip", true), filter.Lte("due", "2025-03-31"), filter.StartsWith("due", "2025-03"),
		filter.Gt("at", "2025-03-31T16:00:00Z"), filter.Has("tags", 5), filter.HasAny("tags", "a", "b"),
		filter.Missing("tags"), filter.Contains("name", "x"), filter.In[any]("name", "x", nil),
	} {
		if err := filter.Check(ok, typeOf); err != nil {
			t.Errorf("%s: %v", filter.Marshal(ok), err)
		}
	}
	e := filter.All{
		filter.Eq("nope", 1),
		filter.Any{filter.Eq("name", 1), filter.Gt("vip", "x")},
		filter.Not{Of: filter.Lt("due", "31.3.2025")},
		filter.In[any]("amount", 1, "2", nil),
		filter.Contains("due", "x"), filter.Eq("tags", "x"), filter.Has("name", "x"),
		filter.Gt("at", "2025-03-31"),
	}
	want := []string{
		"/all/0/field unknownField", "/all/1/any/0/value type", "/all/1/any/1/op operator", "/all/2/not/value type",
		"/all/3/value/1 type", "/all/4/op operator", "/all/5/op operator", "/all/6/op operator", "/all/7/value type",
	}
	if diff := cmp.Diff(want, places(t, filter.Check(e, typeOf))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSound(t *testing.T) {
	var deep filter.Expr = filter.Eq("a", 1)
	for range 50 {
		deep = filter.Not{Of: deep}
	}
	for name, e := range map[string]filter.Expr{
		"path": filter.Eq("a'", 1), "no operator": filter.Cmp{Field: "a"}, "raw int": filter.Cmp{Field: "a", Op: filter.OpEq, Value: 1},
		"list": filter.Cmp{Field: "a", Op: filter.OpIn, List: []any{1}}, "exists": filter.Cmp{Field: "a", Op: filter.OpExists},
		"contains": filter.Cmp{Field: "a", Op: filter.OpContains, Value: int64(1)}, "deep": deep,
		"wide": filter.Any(make([]filter.Expr, 0)), "UTF-8": filter.Eq("a", "\xff"), "NUL": filter.Eq("a", "a\x00"),
	} {
		if name == "wide" {
			var wide filter.Any
			for i := range 1000 {
				wide = append(wide, filter.Eq("a", i))
			}
			e = wide
		}
		if !fault.Is(filter.Sound(e), fault.Invalid) {
			t.Errorf("%s is sound", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"all":[{"field":"a.b","op":"in","value":[1,"x",null]},{"not":{"any":[]}}]}`))
	f.Add([]byte(`{"field":"a","op":"exists"}`))
	f.Add([]byte(`{"field":"a","op":"gt","value":1e3}`))
	d := doc(f, truthDoc)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := filter.Parse(raw)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("error is no Invalid fault: %v", err)
			}
			return
		}
		if err := filter.Sound(e); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		back, err := filter.Parse(filter.Marshal(e))
		if err != nil {
			t.Fatalf("%s: its own JSON is refused: %v", raw, err)
		}
		if filter.Match(e, d) == filter.Match(filter.Not{Of: back}, d) {
			t.Fatalf("%s: means something else after a round trip", raw)
		}
	})
}

func ExampleParse() {
	e, err := filter.Parse([]byte(`{"all":[{"field":"tier","op":"in","value":["A","B"]},{"field":"open","op":"gt","value":0}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filter.Fields(e), filter.Match(e, map[string]any{"tier": "B", "open": 120000}))
	// Output: [open tier] true
}
