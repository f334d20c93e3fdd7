package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

// testLoad puts documents in as another store had them: they have their versions,
// are found, sorted and searched, hold their unique values, and go on from there.
func testLoad(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "load", uniqueSpec(), store.Spec{Name: "y"})
	load := func(c, id string, ver int64, body string) store.Write {
		return store.Write{Op: store.Load, Collection: c, Doc: store.Doc{ID: id, Ver: ver, Body: json.RawMessage(body)}}
	}
	writes := []store.Write{
		load("x", "a", 7, `{"no":"1","name":"Alpha 王芳"}`),
		load("x", "b", 1<<40, `{"no":"2","name":"Beta"}`),
		{Op: store.Insert, Collection: "x", Doc: store.Doc{ID: "c", Ver: 9, Body: json.RawMessage(`{"no":"3"}`)}},
		load("x", "a", 8, `{"no":"4"}`),  // exists
		load("x", "d", 2, `{"no":"1"}`),  // violates
		load("x", "e", 0, `{"no":"5"}`),  // no version
		load("x", "f", -3, `{"no":"6"}`), // no version
		load("x", "g", 2, `[]`),          // invalid
		load("y", "k", 3, `{"n":12345678901234567890.5,"m":1.50}`),
	}
	want := []string{"", "", "", "store.exists", "store.unique", "invalid.fields", "invalid.fields", "invalid.fields", ""}
	docs, errs := s.Apply(ctx, ws, writes)
	for i := range writes {
		if fault.KeyOf(errs[i]) != want[i] || (errs[i] == nil) != (want[i] == "") {
			t.Errorf("write %d: got %v, want %q", i, errs[i], want[i])
		}
	}
	if got := []int64{docs[0].Ver, docs[1].Ver, docs[2].Ver, docs[8].Ver}; !reflect.DeepEqual(got, []int64{7, 1 << 40, 1, 3}) {
		t.Errorf("versions: got %v", got)
	}
	c := s.In(ws, "x")
	p, err := c.Find(ctx, store.Query{})
	must(t, err)
	got := map[string]int64{}
	for _, d := range p.Docs {
		got[d.ID] = d.Ver
	}
	if !reflect.DeepEqual(got, map[string]int64{"a": 7, "b": 1 << 40, "c": 1}) {
		t.Errorf("after loading: got %v", got)
	}
	if p, err = c.Find(ctx, store.Query{Search: "王芳"}); err != nil || len(p.Docs) != 1 || p.Docs[0].Ver != 7 {
		t.Errorf("search: %v %v", p.Docs, err)
	}
	_, err = c.Replace(ctx, store.Doc{ID: "a", Body: json.RawMessage(`{"no":"1"}`)}, 1)
	wantFault(t, err, fault.Conflict, "store.version")
	d, err := c.Replace(ctx, store.Doc{ID: "a", Body: json.RawMessage(`{"no":"1"}`)}, 7)
	if err != nil || d.Ver != 8 {
		t.Errorf("a replace goes on from version %d: %v", d.Ver, err)
	}
	must(t, c.Delete(ctx, "b", 1<<40))
	k, err := s.In(ws, "y").Get(ctx, "k")
	must(t, err)
	sameJSON(t, k.Body, json.RawMessage(`{"n":12345678901234567890.5,"m":1.50}`))
}

// testSpecs asks for what was ensured, also after it has changed.
func testSpecs(t *testing.T, s *store.Store) {
	ctx := context.Background()
	if got, err := s.Specs(ctx, "nobody"); err != nil || len(got) != 0 {
		t.Errorf("of no workspace: %v %v", got, err)
	}
	y := store.Spec{Name: "Y-2", MaxBody: 2 << 20}
	ws := workspace(t, s, "specs", uniqueSpec(), y, Invoices())
	y.Search = []string{"a.b"}
	must(t, s.Ensure(ctx, ws, y))
	got, err := s.Specs(ctx, ws)
	must(t, err)
	if want := []store.Spec{y, Invoices(), uniqueSpec()}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("specs:\n got %v\nwant %v", got, want)
	}
}
