package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

func uniqueSpec() store.Spec {
	return store.Spec{
		Name:   "x",
		Search: []string{"name"},
		Indexes: []store.Index{
			{Fields: []store.IndexField{{Path: "no", Kind: store.Text}}, Unique: true, Sparse: true},
			{Fields: []store.IndexField{{Path: "org.id", Kind: store.Text}, {Path: "seq", Kind: store.Number}}, Unique: true},
			{Fields: []store.IndexField{{Path: "rare", Kind: store.Text}}, Sparse: true},
		},
	}
}

func testUnique(t *testing.T, s *store.Store) {
	ctx := context.Background()
	c := s.In(workspace(t, s, "uniq", uniqueSpec()), "x")
	insert(t, c, "a", `{"no":"1","org":{"id":"o"},"seq":1}`)
	insert(t, c, "b", `{"no":"2","org":{"id":"o"},"seq":2}`)
	for _, body := range []string{`{}`, `{}`, `{"no":null}`, `{"no":null}`, `{"no":5}`, `{"no":5}`, `{"org":{"id":"o"}}`, `{"org":{"id":"o"}}`, `{"seq":1}`, `{"seq":1}`} {
		if _, err := c.Insert(ctx, fmt.Sprint("m", time.Now().UnixNano()), json.RawMessage(body)); err != nil {
			t.Errorf("%s: missing values are in conflict: %v", body, err)
		}
	}
	insert(t, c, "rare1", `{"rare":"r"}`)
	insert(t, c, "rare2", `{"rare":"r"}`)
	p, err := c.Find(ctx, store.Query{Filter: filter.Eq("rare", "r")})
	must(t, err)
	if got := ids(p.Docs); !reflect.DeepEqual(got, []string{"rare1", "rare2"}) {
		t.Errorf("sparse index: found %v", got)
	}
	_, err = c.Insert(ctx, "z", json.RawMessage(`{"no":"1","name":"ghost"}`))
	wantFault(t, err, fault.Conflict, "store.unique")
	if got := params(err)["fields"]; !reflect.DeepEqual(got, []string{"no"}) {
		t.Errorf("fields of the violated index: got %v, want [no]", got)
	}
	_, err = c.Insert(ctx, "z", json.RawMessage(`{"org":{"id":"o"},"seq":2.0}`))
	wantFault(t, err, fault.Conflict, "store.unique")
	if got := params(err)["fields"]; !reflect.DeepEqual(got, []string{"org.id", "seq"}) {
		t.Errorf("fields of the violated index: got %v, want [org.id seq]", got)
	}
	for _, ifVer := range []int64{1, 0} {
		_, err = c.Replace(ctx, store.Doc{ID: "b", Body: json.RawMessage(`{"no":"1"}`)}, ifVer)
		wantFault(t, err, fault.Conflict, "store.unique")
	}
	p, err = c.Find(ctx, store.Query{Search: "ghost"})
	must(t, err)
	if len(p.Docs) != 0 {
		t.Errorf("a refused document is found: %v", ids(p.Docs))
	}
	_, err = c.Replace(ctx, store.Doc{ID: "a", Body: json.RawMessage(`{"no":"1","org":{"id":"o"},"seq":1,"same":true}`)}, 1)
	must(t, err)
	must(t, c.Delete(ctx, "a", 2))
	insert(t, c, "z", `{"no":"1","org":{"id":"o"},"seq":1}`)
}

func testApply(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "apply", uniqueSpec(), store.Spec{Name: "y"})
	insert(t, s.In(ws, "y"), "old", `{"n":1}`)
	in := func(c, id, body string) store.Write {
		return store.Write{Op: store.Insert, Collection: c, Doc: store.Doc{ID: id, Body: json.RawMessage(body)}}
	}
	writes := []store.Write{
		in("x", "a", `{"no":"1","name":"Alpha"}`),
		in("x", "b", `{"no":"1","name":"Beta"}`), // violates
		in("x", "c", `[]`),                       // invalid
		in("y", "k", `{}`),
		{Op: store.Replace, Collection: "x", Doc: store.Doc{ID: "a", Body: json.RawMessage(`{"no":"3","name":"Gamma"}`)}, IfVer: 1},
		{Op: store.Replace, Collection: "x", Doc: store.Doc{ID: "a", Body: json.RawMessage(`{}`)}, IfVer: 1}, // stale
		in("x", "d", `{"no":"1"}`), // free again
		in("x", "d", `{"no":"9"}`), // exists
		{Op: store.Delete, Collection: "y", Doc: store.Doc{ID: "old"}, IfVer: 1},
		{Op: store.Delete, Collection: "y", Doc: store.Doc{ID: "old"}},
		{Op: "merge", Collection: "y", Doc: store.Doc{ID: "old"}},
		in("nope", "a", `{}`),
	}
	want := []string{
		"", "store.unique", "invalid.fields", "", "", "store.version", "", "store.exists", "", "store.notFound",
		"invalid.fields", "store.unknown",
	}
	docs, errs := s.Apply(ctx, ws, writes)
	for i := range writes {
		if fault.KeyOf(errs[i]) != want[i] || (errs[i] == nil) != (want[i] == "") {
			t.Errorf("write %d: got %v, want %q", i, errs[i], want[i])
		}
	}
	if docs[0].Ver != 1 || docs[4].Ver != 2 {
		t.Errorf("versions: got %d and %d, want 1 and 2", docs[0].Ver, docs[4].Ver)
	}
	p, err := s.In(ws, "x").Find(ctx, store.Query{})
	must(t, err)
	if got := ids(p.Docs); !reflect.DeepEqual(got, []string{"a", "d"}) {
		t.Errorf("after apply: got %v, want [a d]", got)
	}
	for search, n := range map[string]int{"alpha": 0, "beta": 0, "gamma": 1} {
		p, err := s.In(ws, "x").Find(ctx, store.Query{Search: search})
		must(t, err)
		if len(p.Docs) != n {
			t.Errorf("search %s: found %v, want %d", search, ids(p.Docs), n)
		}
	}
	docs, errs = s.Apply(ctx, ws, nil)
	if len(docs) != 0 || len(errs) != 0 {
		t.Errorf("applying nothing: got %v %v", docs, errs)
	}
}

// testAll writes several documents as one, from many callers at once: the half of
// them that cannot succeed leave nothing behind, and take no other's writes along.
func testAll(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "all", uniqueSpec(), store.Spec{Name: "y"})
	if _, able, _ := s.All(ctx, ws, []store.Write{{Op: store.Insert, Collection: "y", Doc: store.Doc{ID: "try", Body: json.RawMessage(`{}`)}}}); !able {
		t.Skip("this driver cannot")
	}
	c := s.In(ws, "x")
	insert(t, c, "taken", `{"no":"taken","name":"Taken"}`)
	write := func(op store.WriteOp, collection, id, body string, ver int64) store.Write {
		return store.Write{Op: op, Collection: collection, Doc: store.Doc{ID: id, Body: json.RawMessage(body)}, IfVer: ver}
	}
	// What stops the odd ones: at the first write, in the middle, at the end.
	stops := []struct {
		key   string
		write store.Write
	}{
		{"store.exists", write(store.Insert, "x", "taken", `{"name":"Other"}`, 0)},
		{"store.unique", write(store.Insert, "x", "other", `{"no":"taken","name":"Other"}`, 0)},
		{"store.version", write(store.Replace, "x", "taken", `{"no":"taken","name":"Other"}`, 7)},
		{"store.notFound", write(store.Delete, "y", "gone", "", 0)},
	}
	const callers = 64
	var wg sync.WaitGroup
	for i := range callers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			id := fmt.Sprint("n", i)
			insert(t, s.In(ws, "y"), id, `{"n":1}`)
			writes := []store.Write{
				write(store.Insert, "x", id, fmt.Sprintf(`{"no":%q,"name":"Caller"}`, id), 0),
				write(store.Replace, "y", id, `{"n":2}`, 1),
				write(store.Replace, "x", id, fmt.Sprintf(`{"no":%q,"name":"Caller again"}`, id), 1),
			}
			stop := stops[i/2%len(stops)]
			if i%2 == 1 {
				writes = slices.Insert(writes, i/2%(len(writes)+1), stop.write)
			}
			ctx := ctx
			if i%3 == 0 {
				ctx = store.Patient(ctx)
			}
			vers, _, err := s.All(ctx, ws, writes)
			switch {
			case i%2 == 1 && fault.KeyOf(err) != stop.key:
				t.Errorf("%s: got %v, want %s", id, err, stop.key)
			case i%2 == 0 && (err != nil || !slices.Equal(vers, []int64{1, 2, 2})):
				t.Errorf("%s: got versions %v, %v", id, vers, err)
			}
		}()
	}
	wg.Wait()
	for i := range callers {
		id := fmt.Sprint("n", i)
		d, err := s.In(ws, "y").Get(ctx, id)
		must(t, err)
		_, there := c.Get(ctx, id)
		if done := i%2 == 0; (d.Ver == 2) != done || (there == nil) != done {
			t.Errorf("%s: version %d and %v, want all of it: %v", id, d.Ver, there, done)
		}
	}
	p, err := c.Find(ctx, store.Query{Search: "caller again", Limit: callers})
	must(t, err)
	if len(p.Docs) != callers/2 {
		t.Errorf("%d are found by their words, want %d", len(p.Docs), callers/2)
	}
	if p, err = c.Find(ctx, store.Query{Search: "other"}); err != nil || len(p.Docs) != 0 {
		t.Errorf("what was undone is found: %v, %v", ids(p.Docs), err)
	}
}

// testConcurrency has goroutines count up with compare-and-set, insert the
// same id and the same unique value: nothing may be lost or doubled.
func testConcurrency(t *testing.T, s *store.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := s.In(workspace(t, s, "conc", uniqueSpec()), "x")
	insert(t, c, "counter", `{"n":0}`)
	const workers, rounds = 8, 10
	var wg sync.WaitGroup
	var mu sync.Mutex
	wins := map[string]int{}
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for r := range rounds {
				if err := countUp(ctx, c); err != nil {
					t.Errorf("count up: %v", err)
					return
				}
				for kind, write := range map[string]func() error{
					"id": func() error {
						_, err := c.Insert(ctx, fmt.Sprint("id", r), json.RawMessage(`{}`))
						return err
					},
					"no": func() error {
						body := fmt.Sprintf(`{"no":"n%d"}`, r)
						_, err := c.Insert(ctx, fmt.Sprintf("no%d-%d", w, r), json.RawMessage(body))
						return err
					},
				} {
					err := write()
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Errorf("%s: %v", kind, err)
					}
					if err == nil {
						mu.Lock()
						wins[fmt.Sprint(kind, r)]++
						mu.Unlock()
					}
				}
			}
		}()
	}
	wg.Wait()
	d, err := c.Get(ctx, "counter")
	must(t, err)
	sameJSON(t, d.Body, json.RawMessage(fmt.Sprintf(`{"n":%d}`, workers*rounds)))
	if d.Ver != workers*rounds+1 {
		t.Errorf("counter's version: got %d, want %d", d.Ver, workers*rounds+1)
	}
	for k, n := range wins {
		if n != 1 {
			t.Errorf("%s was inserted %d times", k, n)
		}
	}
	if len(wins) != 2*rounds {
		t.Errorf("%d of %d inserts won", len(wins), 2*rounds)
	}
}

func countUp(ctx context.Context, c store.Collection) error {
	for {
		d, err := c.Get(ctx, "counter")
		if err != nil {
			return err
		}
		var v struct {
			N int `json:"n"`
		}
		if err := json.Unmarshal(d.Body, &v); err != nil {
			return err
		}
		v.N++
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = c.Replace(ctx, store.Doc{ID: d.ID, Body: body}, d.Ver)
		if e, ok := errors.AsType[*fault.Error](err); err == nil || !ok || e.Key != "store.version" {
			return err
		}
	}
}
