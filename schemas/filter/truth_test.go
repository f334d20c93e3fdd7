package filter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
)

const truthDoc = `{
	"text": "Acme 华东 Ltd", "empty": "", "null": null, "yes": true, "no": false,
	"one": 1, "oneDot": 1.0, "half": 1.5, "neg": -3, "textOne": "1",
	"big": 9007199254740993, "huge": 12345678901234567890, "exp": 1e3,
	"tags": ["a", "王芳", 2, true, null, ["deep"], {"x": 1}], "none": [],
	"obj": {"a": {"b": "deep"}, "n": null}, "emoji": "😀 ok", "umlaut": "ÄRGER", "kelvin": "\u212A",
	"due": "2025-03-31"
}`

func doc(t testing.TB, s string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatchTruthTable(t *testing.T) {
	d := doc(t, truthDoc)
	for _, row := range []struct {
		expr string
		want bool
	}{
		{`{}`, true},
		{`null`, true},
		{``, true},
		{`{"all":[]}`, true},
		{`{"any":[]}`, false},
		{`{"not":{}}`, false},
		{`{"not":{"any":[]}}`, true},
		{`{"field":"text","op":"eq","value":"Acme 华东 Ltd"}`, true},
		{`{"field":"text","op":"eq","value":"acme 华东 ltd"}`, false},
		{`{"field":"nope","op":"eq","value":null}`, true},
		{`{"field":"null","op":"eq","value":null}`, true},
		{`{"field":"empty","op":"eq","value":null}`, false},
		{`{"field":"nope","op":"ne","value":"x"}`, true},
		{`{"field":"nope","op":"ne","value":null}`, false},
		{`{"field":"tags","op":"ne","value":null}`, true},
		{`{"field":"one","op":"eq","value":1.0}`, true},
		{`{"field":"oneDot","op":"eq","value":1}`, true},
		{`{"field":"one","op":"eq","value":"1"}`, false},
		{`{"field":"textOne","op":"eq","value":1}`, false},
		{`{"field":"yes","op":"eq","value":1}`, false},
		{`{"field":"one","op":"eq","value":true}`, false},
		{`{"field":"yes","op":"eq","value":true}`, true},
		{`{"field":"no","op":"eq","value":false}`, true},
		{`{"field":"nope","op":"eq","value":false}`, false},
		{`{"field":"nope","op":"ne","value":false}`, true},
		{`{"field":"big","op":"eq","value":9007199254740993}`, true},
		{`{"field":"big","op":"eq","value":9007199254740992}`, false},
		{`{"field":"big","op":"gt","value":9007199254740992}`, true},
		{`{"field":"big","op":"gt","value":9007199254740992.0}`, true},
		{`{"field":"huge","op":"gt","value":9007199254740992}`, true},
		{`{"field":"exp","op":"eq","value":1000}`, true},
		{`{"field":"half","op":"gt","value":1}`, true},
		{`{"field":"half","op":"lt","value":2}`, true},
		{`{"field":"neg","op":"lt","value":-2.5}`, true},
		{`{"field":"one","op":"lte","value":1}`, true},
		{`{"field":"one","op":"gte","value":1}`, true},
		{`{"field":"one","op":"lt","value":1}`, false},
		{`{"field":"one","op":"gt","value":"a"}`, false},
		{`{"field":"one","op":"lt","value":"a"}`, false},
		{`{"field":"text","op":"gt","value":1}`, false},
		{`{"field":"nope","op":"lt","value":1}`, false},
		{`{"field":"nope","op":"gte","value":1}`, false},
		{`{"field":"null","op":"lte","value":1}`, false},
		{`{"field":"due","op":"lte","value":"2025-03-31"}`, true},
		{`{"field":"due","op":"lt","value":"2025-04"}`, true},
		{`{"field":"empty","op":"lt","value":"a"}`, true},
		{`{"field":"empty","op":"gte","value":""}`, true},
		{`{"field":"one","op":"in","value":[2,1]}`, true},
		{`{"field":"one","op":"in","value":["1",true]}`, false},
		{`{"field":"one","op":"in","value":[]}`, false},
		{`{"field":"one","op":"nin","value":[]}`, true},
		{`{"field":"nope","op":"in","value":["a",null]}`, true},
		{`{"field":"nope","op":"nin","value":["a"]}`, true},
		{`{"field":"nope","op":"nin","value":[null]}`, false},
		{`{"field":"text","op":"exists"}`, true},
		{`{"field":"null","op":"exists"}`, false},
		{`{"field":"nope","op":"exists","value":false}`, true},
		{`{"field":"empty","op":"exists"}`, true},
		{`{"field":"none","op":"exists"}`, true},
		{`{"field":"no","op":"exists"}`, true},
		{`{"field":"text","op":"contains","value":"ACME"}`, true},
		{`{"field":"text","op":"contains","value":"华东 l"}`, true},
		{`{"field":"text","op":"contains","value":""}`, true},
		{`{"field":"nope","op":"contains","value":""}`, false},
		{`{"field":"umlaut","op":"contains","value":"ärger"}`, false},
		{`{"field":"umlaut","op":"contains","value":"Ärger"}`, true},
		{`{"field":"kelvin","op":"contains","value":"k"}`, false},
		{`{"field":"emoji","op":"contains","value":"😀"}`, true},
		{`{"field":"one","op":"contains","value":"1"}`, false},
		{`{"field":"tags","op":"contains","value":"a"}`, false},
		{`{"field":"text","op":"startsWith","value":"Acme"}`, true},
		{`{"field":"text","op":"startsWith","value":"acme"}`, false},
		{`{"field":"emoji","op":"startsWith","value":"😀"}`, true},
		{`{"field":"tags","op":"has","value":"a"}`, true},
		{`{"field":"tags","op":"has","value":"王芳"}`, true},
		{`{"field":"tags","op":"has","value":2.0}`, true},
		{`{"field":"tags","op":"has","value":true}`, true},
		{`{"field":"tags","op":"has","value":1}`, false},
		{`{"field":"tags","op":"has","value":"deep"}`, false},
		{`{"field":"none","op":"has","value":"a"}`, false},
		{`{"field":"text","op":"has","value":"Acme 华东 Ltd"}`, false},
		{`{"field":"tags","op":"hasAny","value":["z","a"]}`, true},
		{`{"field":"tags","op":"hasAny","value":[]}`, false},
		{`{"field":"tags","op":"eq","value":"a"}`, false},
		{`{"field":"tags","op":"eq","value":null}`, false},
		{`{"field":"obj.a.b","op":"eq","value":"deep"}`, true},
		{`{"field":"obj.a","op":"eq","value":"deep"}`, false},
		{`{"field":"obj.a.b.c","op":"eq","value":null}`, true},
		{`{"field":"tags.x","op":"exists"}`, false},
		{`{"field":"tags.0","op":"exists"}`, false},
		{`{"field":"obj.n","op":"exists"}`, false},
		{`{"not":{"field":"nope","op":"gt","value":1}}`, true},
		{`{"any":[{"field":"one","op":"eq","value":2},{"field":"yes","op":"eq","value":true}]}`, true},
		{`{"all":[{"field":"one","op":"eq","value":1},{"field":"yes","op":"eq","value":false}]}`, false},
	} {
		e, err := filter.Parse([]byte(row.expr))
		if err != nil {
			t.Errorf("%s: %v", row.expr, err)
			continue
		}
		if got := filter.Match(e, d); got != row.want {
			t.Errorf("%s: got %v, want %v", row.expr, got, row.want)
		}
		if err := filter.Sound(e); err != nil {
			t.Errorf("%s: not sound: %v", row.expr, err)
		}
	}
}

func TestMatchNativeValues(t *testing.T) {
	d := map[string]any{
		"i": 3, "i64": int64(1<<53 + 1), "f": 2.5, "n": json.Number("7"), "list": []string{"a", "b"},
		"o": map[string]any{"x": "y"},
	}
	for _, e := range []filter.Expr{
		filter.Eq("i", 3), filter.Eq("i", 3.0), filter.Eq("i64", int64(1<<53+1)), filter.Ne("i64", float64(1<<53)),
		filter.Eq("n", json.Number("7")), filter.Has("list", "b"), filter.In("f", 1.5, 2.5), filter.Eq("o.x", "y"),
		filter.HasAny("list", "z", "a"), filter.Missing("o.z"), filter.Exists("o"), filter.Nin("i", 1, 2),
		filter.Ne("o", map[string]any{}), filter.Gt("i", uint8(2)), filter.Lt("f", float32(3)),
	} {
		if !filter.Match(e, d) {
			t.Errorf("%s: got false", filter.String(e))
		}
	}
	if filter.Match(filter.Eq("o", map[string]any{"x": "y"}), d) {
		t.Error("an object equalled something")
	}
	e := filter.And(filter.Eq("n", 7), filter.Eq("o.x", "y"), filter.Contains("o.x", "Y"), filter.In("i", 1, 3))
	if allocs := testing.AllocsPerRun(100, func() { filter.Match(e, d) }); allocs != 0 {
		t.Errorf("Match allocates %v times", allocs)
	}
}

func BenchmarkMatch(b *testing.B) {
	d := doc(b, truthDoc)
	e := filter.And(filter.Eq("obj.a.b", "deep"), filter.Gt("big", 5), filter.In("text", "x", "Acme 华东 Ltd"))
	for b.Loop() {
		filter.Match(e, d)
	}
}
