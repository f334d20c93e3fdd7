package store

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                      nil,
		"Acme Ltd.":             {"acme", "ltd"},
		"INV-1001/a_b":          {"inv", "1001", "a", "b"},
		"小王芳菲":                  {"小", "王", "芳", "菲"},
		"杭州ABC科技2号":             {"杭", "州", "abc", "科", "技", "2", "号"},
		"José MÜLLER Ångström":  {"jose", "muller", "angstrom"},
		"ＦＵＬＬ　１２":               {"full", "12"},
		"カタカナ 한국":               {"カ", "タ", "カ", "ナ", "한", "국"},
		"a😀b，c":                 {"a", "b", "c"},
		"e\u0301te\u0301 x²":    {"ete", "x2"},
		"\u0301":                nil,
		"Привет" + FieldMark:    {"привет"},
		"it's 50% \"quoted\" *": {"it", "s", "50", "quoted"},
	} {
		if got := Words(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	spec := Spec{Search: []string{"a", "o.b", "list", "none"}}
	got, err := SearchText(spec, []byte(`{"list":["x y",5,["no"],{"z":1},true,null],"o":{"b":"two"},"a":"One","none":false}`))
	if want := "one " + FieldMark + " two " + FieldMark + " x y " + FieldMark + " 5"; err != nil || got != want {
		t.Errorf("search text: got %q %v, want %q", got, err, want)
	}
}

func TestPick(t *testing.T) {
	body := []byte(` { "a" : 1 , "b\"x" : "}" , "o":{"p":{"q":[1,{"x":"]"}]},"e":{}}, "\u738b":true , "last":null}`)
	for path, want := range map[string]string{
		"a": "1", "o.p.q": `[1,{"x":"]"}]`, "o.e": "{}", "o.e.x": "", "a.b": "", "王": "true", "last": "null", "nope": "", "o.p.q.x": "",
	} {
		if got := string(Pick(body, path)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestPickAgrees holds pick against encoding/json.
func TestPickAgrees(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.SampledFrom([]any{nil, true, []any{"]", "}", 1}, map[string]any{"a": "{"}, []any{}, map[string]any{}}),
	)
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "ab", `a"`, `\`, "王", "<"}), value).Draw(t, "object")
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indent") {
			var b bytes.Buffer
			_ = json.Indent(&b, body, " ", "\t")
			body = b.Bytes()
		}
		for _, key := range []string{"a", "b", "ab", "王", "nope"} {
			want, has := m[key]
			raw := Pick(body, key)
			if has != (raw != nil) {
				t.Fatalf("%s in %s: got %q", key, body, raw)
			}
			var got any
			if has && json.Unmarshal(raw, &got) != nil {
				t.Fatalf("%s in %s: got %q", key, body, raw)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if !bytes.Equal(a, b) {
				t.Fatalf("%s in %s: got %s, want %s", key, body, a, b)
			}
		}
	})
}

func TestSegments(t *testing.T) {
	key := func(f string, desc bool) SortKey { return SortKey{Field: f, Desc: desc} }
	seg := func(bs ...Bound) Segment { return Segment{Bounds: bs} }
	for name, tc := range map[string]struct {
		sort  []SortKey
		after *Position
		want  []Segment
	}{
		"start":         {[]SortKey{key("a", false)}, nil, []Segment{{}}},
		"by id":         {nil, &Position{ID: "x"}, []Segment{seg()}},
		"up":            {[]SortKey{key("a", false)}, &Position{Values: []any{"v"}}, []Segment{seg(Equal), seg(Beyond)}},
		"down":          {[]SortKey{key("a", true)}, &Position{Values: []any{"v"}}, []Segment{seg(Equal), seg(Beyond), seg(Absent)}},
		"up, missing":   {[]SortKey{key("a", false)}, &Position{Values: []any{nil}}, []Segment{seg(Equal), seg(Present)}},
		"down, missing": {[]SortKey{key("a", true)}, &Position{Values: []any{nil}}, []Segment{seg(Equal)}},
		"two": {[]SortKey{key("a", false), key("b", true)}, &Position{Values: []any{"v", int64(1)}}, []Segment{
			seg(Equal, Equal), seg(Equal, Beyond), seg(Equal, Absent), seg(Beyond),
		}},
	} {
		got := Segments(tc.sort, tc.after)
		if len(got) != len(tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
			continue
		}
		for i := range got {
			if !slices.Equal(got[i].Bounds, tc.want[i].Bounds) {
				t.Errorf("%s: got %v, want %v", name, got, tc.want)
			}
		}
	}
}

func FuzzCursor(f *testing.F) {
	sort := []SortKey{{Field: "a"}, {Field: "b", Desc: true}}
	good, err := encodeCursor("x", sort, Doc{ID: "d1", Body: []byte(`{"a":"v","b":12345678901234567890}`)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("")
	f.Add("e30")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := decodeCursor("x", sort, s)
		if err != nil && fault.KeyOf(err) != "store.cursor" {
			t.Fatalf("got %v", err)
		}
		if err == nil && s != "" && (len(p.Values) != 2 || !validID(p.ID)) {
			t.Fatalf("got %+v", p)
		}
	})
}

// fakeDriver answers nothing, late.
type fakeDriver struct {
	Driver
	clock *time.Time
}

func (f fakeDriver) Ensure(context.Context, string, Spec) error { return nil }

func (f fakeDriver) Find(context.Context, string, string, FindQuery) ([]Doc, error) {
	*f.clock = f.clock.Add(time.Second)
	return nil, nil
}

func (f fakeDriver) Get(context.Context, string, string, []string) ([]Doc, error) {
	return nil, context.DeadlineExceeded
}

func TestOnSlow(t *testing.T) {
	ctx := context.Background()
	clock := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	var got []SlowOp
	s := New(fakeDriver{clock: &clock}, WithClock(func() time.Time { return clock }),
		OnSlow(100*time.Millisecond, func(_ context.Context, o SlowOp) { got = append(got, o) }))
	if err := s.Ensure(ctx, "w", Spec{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	c := s.In("w", "x")
	q := Query{Filter: filter.Eq("name", "secret"), Search: "secret", Sort: []SortKey{{Field: "due", Desc: true}}}
	if _, err := c.Find(ctx, q); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(ctx, "a"); fault.KeyOf(err) != "store.timeout" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("a deadline is %v", err)
	}
	want := []SlowOp{{Op: "find", Workspace: "w", Collection: "x", Detail: "filter=name search sort=-due", Took: time.Second}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("slow: got %+v, want %+v", got, want)
	}
	if err := s.Backup(ctx, "w", "x"); fault.KeyOf(err) != "store.noBackup" {
		t.Errorf("backup: got %v", err)
	}
}
