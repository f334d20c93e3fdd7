package move

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
)

const docsEach = 1500

// filled is a store with a system workspace, one with documents of several versions,
// and a collection that stays behind.
func filled(t *testing.T) *store.Store {
	t.Helper()
	s := sqlitetest.Open(t, "_system", store.Spec{Name: "user"}, store.Spec{Name: "worker"})
	things := store.Spec{Name: "thing", Search: []string{"name"}, Indexes: []store.Index{store.OnText("no"), {Fields: store.OnText("no").Fields, Unique: true}}}
	must(t, s.Ensure(t.Context(), "acme", things, store.Spec{Name: "large", MaxBody: 15 << 20}))
	insert := func(ws, c, id, body string) {
		t.Helper()
		_, err := s.In(ws, c).Insert(t.Context(), id, json.RawMessage(body))
		must(t, err)
	}
	insert("_system", "user", "u", `{"name":"王芳"}`)
	insert("_system", "worker", "w", `{"at":"now"}`)
	writes := make([]store.Write, docsEach)
	for k := range writes {
		body := fmt.Sprintf(`{"no":"N-%d","name":"Thing %d","n":1.50,"big":12345678901234567890}`, k, k)
		writes[k] = store.Write{Op: store.Insert, Collection: "thing", Doc: store.Doc{ID: fmt.Sprintf("t%05d", k), Body: json.RawMessage(body)}}
	}
	_, errs := s.Apply(t.Context(), "acme", writes)
	must(t, errors.Join(errs...))
	for range 4 {
		_, err := s.In("acme", "thing").Replace(t.Context(), store.Doc{ID: "t00007", Body: json.RawMessage(`{"no":"N-7","name":"Seven"}`)}, 0)
		must(t, err)
	}
	for k := range 6 {
		insert("acme", "large", fmt.Sprint(k), `{"x":"`+strings.Repeat("x", 3<<20)+`"}`)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func job(from, to *store.Store) Job {
	return Job{
		From: Side{from, "from"}, To: Side{to, "to"}, System: "_system", Now: time.Now,
		Leave: func(c string) bool { return c == "worker" }, Check: func(context.Context) error { return nil },
		Progress: func(string, int64, int64) {},
	}
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	if fault.KeyOf(err) != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestMove(t *testing.T) {
	from, to := filled(t), sqlitetest.Open(t, "")
	j := job(from, to)
	seen := map[string][2]int64{}
	j.Progress = func(step string, done, total int64) { seen[step] = [2]int64{done, total} }
	out, err := j.Run(t.Context())
	must(t, err)
	const all = docsEach + 6 + 1
	if want := map[string][2]int64{Copied: {all, all}, Compared: {all, all}}; !reflect.DeepEqual(seen, want) {
		t.Errorf("progress: %v", seen)
	}
	if len(out) != 2 || out[0].Workspace != "_system" || out[0].Documents != 1 || out[1].Documents != docsEach+6 {
		t.Errorf("moved: %+v", out)
	}
	specs, err := to.Specs(t.Context(), "acme")
	must(t, err)
	for _, spec := range specs {
		must(t, to.Ensure(t.Context(), "acme", spec))
	}
	d, err := to.In("acme", "thing").Get(t.Context(), "t00007")
	if err != nil || d.Ver != 5 || string(d.Body) != `{"no":"N-7","name":"Seven"}` {
		t.Errorf("a document of version 5: %+v %v", d, err)
	}
	if p, err := to.In("acme", "thing").Find(t.Context(), store.Query{Search: "seven", Filter: filter.Eq("no", "N-7")}); err != nil || len(p.Docs) != 1 {
		t.Errorf("found %v %v", p.Docs, err)
	}
	must(t, to.Ensure(t.Context(), "_system", store.Spec{Name: "worker"}))
	if n, err := to.In("_system", "worker").Count(t.Context(), nil, 0); n != 0 || err != nil {
		t.Errorf("%d of what stays behind came along: %v", n, err)
	}
	must(t, Whole(t.Context(), to))
	must(t, Here(t.Context(), to))
	must(t, Whole(t.Context(), from))
	wantKey(t, Here(t.Context(), from), "move.gone")

	_, err = job(from, sqlitetest.Open(t, "")).Run(t.Context())
	wantKey(t, err, "move.gone")
	_, err = job(to, from).Run(t.Context())
	wantKey(t, err, "move.notEmpty")
}

// TestBrokenOff stops a move at many places; the copy is never taken for a whole
// store, and the same command brings it to its end, also when the source has changed.
func TestBrokenOff(t *testing.T) {
	from, to, another := filled(t), sqlitetest.Open(t, ""), filled(t)
	stop := func(at string, n int64) error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		j := job(from, to)
		j.Progress = func(step string, done, _ int64) {
			if step == at && done == n {
				cancel()
			}
		}
		_, err := j.Run(ctx)
		return err
	}
	for _, at := range []struct {
		step string
		done int64
	}{{Copied, 1}, {Copied, docsEach / 2}, {Copied, docsEach + 3}, {Compared, 1}, {Compared, docsEach / 2}} {
		if err := stop(at.step, at.done); !errors.Is(err, context.Canceled) {
			t.Fatalf("at %v: %v", at, err)
		}
		wantKey(t, Whole(t.Context(), to), "move.half")
		must(t, Here(t.Context(), from))
		_, err := job(to, sqlitetest.Open(t, "")).Run(t.Context())
		wantKey(t, err, "move.half")
		other := job(another, to)
		other.From.Name = "another"
		_, err = other.Run(t.Context())
		wantKey(t, err, "move.otherHalf")
	}
	_, err := from.In("acme", "thing").Replace(t.Context(), store.Doc{ID: "t00008", Body: json.RawMessage(`{"no":"later"}`)}, 0)
	must(t, err)
	must(t, to.Ensure(t.Context(), "dropped", store.Spec{Name: "x"}))
	out, err := job(from, to).Run(t.Context())
	must(t, err)
	if len(out) != 2 || out[1].Documents != docsEach+6 {
		t.Errorf("moved: %+v", out)
	}
	must(t, Whole(t.Context(), to))
	if all, err := to.Workspaces(t.Context()); err != nil || !reflect.DeepEqual(all, []string{"_system", "acme"}) {
		t.Errorf("there is %v %v", all, err)
	}
	// Killed between the two marks, it only has to be run again.
	must(t, set(t.Context(), to, Half, "from", time.Now()))
	_, err = job(from, to).Run(t.Context())
	must(t, err)
	must(t, Whole(t.Context(), to))
}

// TestChangedMeanwhile: what is written to the source after it was copied is noticed.
func TestChangedMeanwhile(t *testing.T) {
	from, to := filled(t), sqlitetest.Open(t, "")
	j := job(from, to)
	j.Progress = func(step string, done, total int64) {
		if step == Copied && done == total {
			_, err := from.In("acme", "thing").Replace(t.Context(), store.Doc{ID: "t00100", Body: json.RawMessage(`{"no":"N-100","name":"Thing 100","n":1.50,"big":12345678901234567890}`)}, 0)
			must(t, err) // the same, but for the version
		}
	}
	_, err := j.Run(t.Context())
	wantKey(t, err, "move.differs")
	wantKey(t, Whole(t.Context(), to), "move.half")
	must(t, Here(t.Context(), from))
}

func TestRefusals(t *testing.T) {
	_, err := job(sqlitetest.Open(t, ""), sqlitetest.Open(t, "")).Run(t.Context())
	wantKey(t, err, "move.empty")
	_, err = job(sqlitetest.Open(t, "_system", store.Spec{Name: "user"}), sqlitetest.Open(t, "")).Run(t.Context())
	wantKey(t, err, "move.empty")
	from, to := filled(t), sqlitetest.Open(t, "")
	j := job(from, to)
	j.Check = func(context.Context) error { return fault.New(fault.Conflict, "move.key", nil) }
	_, err = j.Run(t.Context())
	wantKey(t, err, "move.key")
	if all, err := to.Workspaces(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("a refused move has left %v %v", all, err)
	}
	must(t, to.Ensure(t.Context(), "theirs", store.Spec{Name: "x"}))
	_, err = job(from, to).Run(t.Context())
	wantKey(t, err, "move.notEmpty")
	if !strings.Contains(fmt.Sprint(err), "theirs") {
		t.Errorf("it does not name what is there: %v", err)
	}
}

func TestCanonical(t *testing.T) {
	same := [][2]string{
		{`{"a":1,"b":[1.0,"é",null,true]}`, ` { "b" : [ 1, "\u00e9", null, true ], "a" : 1e0 }`},
		{`{"n":-0.10}`, `{"n":-1e-1}`},
		{`{"n":-0.0}`, `{"n":0}`},
		{`{"n":12345678901234567890.50}`, `{"n":1234567890123456789050e-2}`},
		{`{"n":1500}`, `{"n":1.5E+3}`},
		{`{"n":1e99999999999999999999}`, `{"n":1e99999999999999999999}`},
	}
	for _, c := range same {
		a, errA := canonical(nil, []byte(c[0]))
		b, errB := canonical(nil, []byte(c[1]))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%s and %s: %s, %s", c[0], c[1], a, b)
		}
	}
	texts := map[string]string{}
	for _, c := range []string{`{}`, `{"a":[]}`, `{"a":{}}`, `{"a":null}`, `{"a":""}`, `{"a":"1"}`, `{"a":1}`, `{"a":-1}`, `{"a":10}`, `{"a":0.1}`, `{"a":[1,2]}`, `{"a":[[1],2]}`, `{"a":false}`, `{"a":12345678901234567890}`, `{"a":12345678901234567891}`} {
		got, err := canonical(nil, []byte(c))
		if before, ok := texts[string(got)]; ok || err != nil {
			t.Errorf("%s reads as %s: %s, %v", c, before, got, err)
		}
		texts[string(got)] = c
	}
}
