package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

// decode reads JSON with numbers as exact fractions' text.
func decode(t testing.TB, raw []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	must(t, dec.Decode(&v))
	return exact(v)
}

func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = exact(x)
		}
	case []any:
		for i, x := range v {
			v[i] = exact(x)
		}
	case json.Number:
		if r, ok := new(big.Rat).SetString(string(v)); ok {
			return "number " + r.RatString()
		}
	}
	return v
}

func testDocuments(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "docs", store.Spec{Name: "customer"}, store.Spec{Name: "Customer"})
	c := s.In(ws, "customer")

	_, err := c.Get(ctx, "a")
	wantFault(t, err, fault.NotFound, "store.notFound")
	d := insert(t, c, "a", `{"name":"Acme","n":1}`)
	if d.Ver != 1 || d.ID != "a" {
		t.Errorf("inserted %s version %d, want a version 1", d.ID, d.Ver)
	}
	_, err = c.Insert(ctx, "a", json.RawMessage(`{}`))
	wantFault(t, err, fault.Conflict, "store.exists")

	d.Body = json.RawMessage(`{"name":"Acme 2"}`)
	d, err = c.Replace(ctx, d, 1)
	must(t, err)
	if d.Ver != 2 {
		t.Errorf("replaced to version %d, want 2", d.Ver)
	}
	got, err := c.Get(ctx, "a")
	must(t, err)
	if got.Ver != 2 {
		t.Errorf("read version %d, want 2", got.Ver)
	}
	sameJSON(t, got.Body, json.RawMessage(`{"name":"Acme 2"}`))

	if _, err := s.In(ws, "Customer").Get(ctx, "a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("collections that differ in case are one: %v", err)
	}
	must(t, c.Delete(ctx, "a", 2))
	_, err = c.Get(ctx, "a")
	wantFault(t, err, fault.NotFound, "")
	wantFault(t, c.Delete(ctx, "a", 0), fault.NotFound, "store.notFound")
	if d := insert(t, c, "a", `{}`); d.Ver != 1 {
		t.Errorf("inserted anew at version %d, want 1", d.Ver)
	}

	for _, id := range []string{"王芳/华东 é", "A", "$x.y", "'; DROP TABLE c_customer; --", `"`, "😀"} {
		insert(t, c, id, `{"x":1}`)
		if _, err := c.Get(ctx, id); err != nil {
			t.Errorf("id %q: %v", id, err)
		}
	}
	many, err := c.GetMany(ctx, []string{"a", "A", "😀", "nope", "", "a"})
	must(t, err)
	if len(many) != 3 || many["a"].Ver != 1 || many["😀"].ID != "😀" {
		t.Errorf("GetMany: got %v", many)
	}
	if _, err := s.In(ws, "other").Get(ctx, "a"); !fault.Is(err, fault.Internal) {
		t.Errorf("unknown collection: got %v", err)
	}
}

func testVersions(t *testing.T, s *store.Store) {
	ctx := context.Background()
	c := s.In(workspace(t, s, "vers", store.Spec{Name: "x"}, store.Spec{Name: "s", Search: []string{"a"}}), "x")
	for _, c := range []store.Collection{c, s.In("vers", "s")} {
		d := insert(t, c, "a", `{"a":"one"}`)
		d.Body = json.RawMessage(`{"a":"two"}`)
		_, err := c.Replace(ctx, d, 7)
		wantFault(t, err, fault.Conflict, "store.version")
		if params(err)["version"] != int64(1) {
			t.Errorf("version fault: got %v, want version 1", err)
		}
		wantFault(t, c.Delete(ctx, "a", 7), fault.Conflict, "store.version")
		_, err = c.Replace(ctx, store.Doc{ID: "b", Body: d.Body}, 1)
		wantFault(t, err, fault.NotFound, "store.notFound")
		_, err = c.Replace(ctx, store.Doc{ID: "b", Body: d.Body}, 0)
		wantFault(t, err, fault.NotFound, "store.notFound")
		d, err = c.Replace(ctx, d, 0)
		must(t, err)
		if d.Ver != 2 {
			t.Errorf("replaced any version: got %d, want 2", d.Ver)
		}
		_, err = c.Replace(ctx, d, -1)
		wantFault(t, err, fault.Invalid, "")
		must(t, c.Delete(ctx, "a", 0))
	}
}

func testBodies(t *testing.T, s *store.Store) {
	ctx := context.Background()
	c := s.In(workspace(t, s, "bodies", store.Spec{Name: "x"}), "x")
	for i, body := range []string{
		`{}`,
		`{"int":9007199254740993,"min":-9223372036854775808,"max":9223372036854775807}`,
		`{"huge":12345678901234567890,"deep":{"list":[1,{"n":-98765432109876543210.5}]},"dec":0.1234567890123456789012}`,
		`{"f":1.5,"e":1e300,"small":1e-7,"whole":1e3,"neg":-0.25,"z":0}`,
		`{"a.b":1,"$set":{"$x":[{"c.d.":"v"}]},"~":1,"~d":2,"":{"":3},"_id":4,"$":5,".":6}`,
		`{"list":[[1,[2,[]]],[],{},null,true,"x"],"empty":{},"null":null,"f":false}`,
		`{"text":"quote \" back \\ slash / nl \n tab \t ctl \u0001 del \u007f ls \u2028 <b>&","e":"😀","zh":"王芳"}`,
		`{"王芳":"华东","key with space":1,"quote\"d":2,"ünï":3}`,
		`{"~":["x"],"o":{"~":{"~":[1]}},"~~":[[{"~":2}]]}`,
		`{"inv-1":{"open":100},"2f9c-uuid":{"held":true}}`,
	} {
		id := string(rune('a' + i))
		insert(t, c, id, body)
		got, err := c.Get(ctx, id)
		must(t, err)
		sameJSON(t, got.Body, json.RawMessage(body))
	}
	docs, err := c.Find(ctx, store.Query{})
	must(t, err)
	if len(docs.Docs) != 10 {
		t.Errorf("found %d documents, want 10", len(docs.Docs))
	}
}

func testLimits(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "limits", store.Spec{Name: "x"}, store.Spec{Name: "big", MaxBody: 13 << 20})
	c := s.In(ws, "x")
	for name, body := range map[string]string{
		"no JSON": `{"a":`, "list": `[1]`, "text": `"x"`, "empty": ``, "null": `null`, "two": `{} {}`,
		"UTF-8": "{\"a\":\"\xff\"}", "NUL": `{"a":"x\u0000"}`, "NUL after slashes": `{"a":"\\\u0000"}`,
		"deep": `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"long": `{"a":"` + strings.Repeat("x", store.DefaultBody) + `"}`,
	} {
		if _, err := c.Insert(ctx, "a", json.RawMessage(body)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	insert(t, c, "slashes", `{"a":"\\u0000"}`)
	insert(t, c, "deep", `{"a":`+strings.Repeat("[", 39)+strings.Repeat("]", 39)+`}`)
	big := `{"a":"` + strings.Repeat("x", 12<<20) + `"}`
	insert(t, s.In(ws, "big"), "a", big)
	got, err := s.In(ws, "big").Get(ctx, "a")
	must(t, err)
	if string(got.Body) != big {
		t.Errorf("a body of 12 MiB came back as %d bytes", len(got.Body))
	}
	for name, id := range map[string]string{
		"empty": "", "long": strings.Repeat("王", 201), "UTF-8": "\xff", "NUL": "a\x00b",
	} {
		if _, err := c.Insert(ctx, id, json.RawMessage(`{}`)); !fault.Is(err, fault.Invalid) {
			t.Errorf("id %s: got %v, want invalid", name, err)
		}
		if _, err := c.Get(ctx, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("id %s: got %v, want not found", name, err)
		}
	}
	insert(t, c, strings.Repeat("王", 200), `{}`)
	for _, bad := range []string{"", "UPPER", "a/b", "..", strings.Repeat("a", 41), "ä"} {
		wantFault(t, s.Ensure(ctx, bad, store.Spec{Name: "x"}), fault.Invalid, "")
	}
	for _, bad := range []store.Spec{
		{Name: ""},
		{Name: `a"b`},
		{Name: "x", Search: []string{"a.."}},
		{Name: "x", MaxBody: 16 << 20},
		{Name: "x", Indexes: []store.Index{{}}},
		{Name: "x", Indexes: []store.Index{{Fields: []store.IndexField{{Path: `a"`, Kind: store.Text}}}}},
		{Name: "x", Indexes: []store.Index{{Fields: []store.IndexField{{Path: "a", Kind: "date"}}}}},
	} {
		wantFault(t, s.Ensure(ctx, ws, bad), fault.Invalid, "")
	}
}
