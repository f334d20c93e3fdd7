package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

func testGroups(t *testing.T, s *store.Store) {
	ctx := context.Background()
	spec := store.Spec{Name: "x", Indexes: []store.Index{{Fields: []store.IndexField{
		{Path: "s", Kind: store.Text}, {Path: "due", Kind: store.Text}, {Path: "open", Kind: store.Number}, {Path: "ok", Kind: store.Bool},
	}}}}
	c := s.In(workspace(t, s, "groups", spec), "x")
	for i, body := range []string{
		`{"s":"a","due":"2025-01-01","open":9007199254740993,"ok":true,"f":{"n":1,"b":true}}`,
		`{"s":"a","due":"2025-01-01","open":2,"ok":false,"f":{"n":1.0,"b":false}}`,
		`{"s":"a","due":"2025-01-02","open":5,"ok":true,"f":{"n":10}}`,
		`{"s":"b","due":"2025-01-01","open":"7","f":{"n":9,"b":"x"}}`,
		`{"s":null,"open":-3}`, `{"open":null,"f":{"b":{"x":1}}}`, `{"s":"王"}`,
	} {
		insert(t, c, fmt.Sprint("d", i), body)
	}
	type rows = []store.GroupRow
	for name, tc := range map[string]struct {
		q    store.GroupQuery
		want rows
	}{
		"text":   {store.GroupQuery{By: []string{"s"}, Sum: "open"}, rows{groupRow(2, -3, nil), groupRow(3, 9007199254741000, "a"), groupRow(1, 0, "b"), groupRow(1, 0, "王")}},
		"bool":   {store.GroupQuery{By: []string{"ok"}}, rows{groupRow(4, 0, nil), groupRow(1, 0, false), groupRow(2, 0, true)}},
		"free":   {store.GroupQuery{By: []string{"f.n"}}, rows{groupRow(3, 0, nil), groupRow(2, 0, int64(1)), groupRow(1, 0, int64(9)), groupRow(1, 0, int64(10))}},
		"types":  {store.GroupQuery{By: []string{"f.b"}}, rows{groupRow(4, 0, nil), groupRow(1, 0, "x"), groupRow(1, 0, false), groupRow(1, 0, true)}},
		"none":   {store.GroupQuery{Sum: "open"}, rows{groupRow(7, 9007199254740997)}},
		"empty":  {store.GroupQuery{Filter: filter.None(), Sum: "open"}, rows{groupRow(0, 0)}},
		"nobody": {store.GroupQuery{Filter: filter.None(), By: []string{"s"}}, nil},
		"limit":  {store.GroupQuery{By: []string{"s"}, Limit: 2}, rows{groupRow(2, 0, nil), groupRow(3, 0, "a")}},
		"two": {
			store.GroupQuery{Filter: filter.Exists("s"), By: []string{"s", "due"}, Sum: "open"},
			rows{groupRow(2, 9007199254740995, "a", "2025-01-01"), groupRow(1, 5, "a", "2025-01-02"), groupRow(1, 0, "b", "2025-01-01"), groupRow(1, 0, "王", nil)},
		},
		"no search": {store.GroupQuery{Search: "x", By: []string{"s"}}, nil},
	} {
		got, err := c.Group(ctx, tc.q)
		must(t, err)
		if len(got) == 0 && len(tc.want) == 0 {
			continue
		}
		if !sameRows(got, tc.want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, tc.want)
		}
	}
}

func groupRow(count, sum int64, keys ...any) store.GroupRow {
	if keys == nil {
		keys = []any{}
	}
	return store.GroupRow{Keys: keys, Count: count, Sum: sum}
}

// sameRows compares; a group's number may come as 1 or 1.0.
func sameRows(got, want []store.GroupRow) bool {
	for _, r := range got {
		for i, k := range r.Keys {
			if f, ok := k.(float64); ok && f == float64(int64(f)) {
				r.Keys[i] = int64(f)
			}
		}
	}
	return reflect.DeepEqual(got, want)
}

func testCounts(t *testing.T, s *store.Store) {
	ctx := context.Background()
	c := s.In(workspace(t, s, "counts", Invoices()), "invoice")
	writes := make([]store.Write, 120)
	for i := range writes {
		writes[i] = store.Write{Op: store.Insert, Collection: "invoice", Doc: store.Doc{ID: fmt.Sprintf("i%04d", i), Body: Invoice(i)}}
	}
	_, errs := s.Apply(ctx, "counts", writes)
	for _, err := range errs {
		must(t, err)
	}
	for _, tc := range []struct {
		f     filter.Expr
		limit int
		want  int64
	}{
		{nil, 0, 120},
		{nil, 50, 50},
		{nil, 500, 120},
		{filter.Eq("status", "paid"), 0, 24},
		{filter.Eq("status", "paid"), 10, 10},
		{filter.None(), 0, 0},
		{filter.Eq("customer.tier", "A"), -1, 120},
	} {
		got, err := c.Count(ctx, tc.f, tc.limit)
		must(t, err)
		if got != tc.want {
			t.Errorf("count %s up to %d: got %d, want %d", filter.Marshal(tc.f), tc.limit, got, tc.want)
		}
	}
	n := 0
	stop := fault.New(fault.Conflict, "enough", nil)
	err := c.Each(ctx, store.Query{Limit: 7}, func(store.Doc) error {
		if n++; n == 20 {
			return stop
		}
		return nil
	})
	if err != error(stop) || n != 20 {
		t.Errorf("each stopped after %d with %v", n, err)
	}
}

// testEnsure adds and drops indexes over documents that are there.
func testEnsure(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "ensure", store.Spec{Name: "x"})
	c := s.In(ws, "x")
	insert(t, c, "a", `{"Key":"1","key":"2","区域":"华东","n":1}`)
	insert(t, c, "b", `{"Key":"1","key":"3","区域":"华北","n":2}`)
	field := func(p string, k store.FieldKind) store.Index {
		return store.Index{Fields: []store.IndexField{{Path: p, Kind: k}}}
	}
	spec := store.Spec{Name: "x", Indexes: []store.Index{field("Key", store.Text), field("key", store.Text), field("区域", store.Text)}}
	must(t, s.Ensure(ctx, ws, spec))
	must(t, s.Ensure(ctx, ws, spec))
	for _, e := range []filter.Expr{filter.Eq("key", "2"), filter.Eq("区域", "华东"), filter.And(filter.Eq("Key", "1"), filter.Lt("n", 2))} {
		p, err := c.Find(ctx, store.Query{Filter: e, Sort: []store.SortKey{{Field: "区域"}}})
		must(t, err)
		if got := ids(p.Docs); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%s: got %v", filter.Marshal(e), got)
		}
	}
	spec.Indexes = []store.Index{field("n", store.Number), {Fields: field("Key", store.Text).Fields, Unique: true}}
	wantFault(t, s.Ensure(ctx, ws, spec), fault.Conflict, "store.unique")
	must(t, c.Delete(ctx, "b", 0))
	must(t, s.Ensure(ctx, ws, spec))
	_, err := c.Insert(ctx, "b", json.RawMessage(`{"Key":"1"}`))
	wantFault(t, err, fault.Conflict, "store.unique")
	must(t, s.Ensure(ctx, ws, store.Spec{Name: "x"}))
	insert(t, c, "b", `{"Key":"1"}`)

	errs := make(chan error, 8)
	for i := range 8 {
		go func() {
			errs <- s.Ensure(ctx, ws, store.Spec{Name: "y", Search: []string{"a"}, Indexes: spec.Indexes}, spec2(i))
		}()
	}
	for range 8 {
		must(t, <-errs)
	}
	insert(t, s.In(ws, "y"), "a", `{"n":1}`)
}

func spec2(i int) store.Spec { return store.Spec{Name: fmt.Sprint("z", i%2)} }

func testWorkspaces(t *testing.T, s *store.Store) {
	ctx := context.Background()
	workspace(t, s, "one", store.Spec{Name: "x"})
	workspace(t, s, "two-2_b", store.Spec{Name: "x"})
	insert(t, s.In("one", "x"), "a", `{"ws":"one"}`)
	_, err := s.In("two-2_b", "x").Get(ctx, "a")
	wantFault(t, err, fault.NotFound, "")
	got, err := s.Workspaces(ctx)
	must(t, err)
	if !slices.Contains(got, "one") || !slices.Contains(got, "two-2_b") || !slices.IsSorted(got) {
		t.Errorf("workspaces: got %v", got)
	}
	must(t, s.Drop(ctx, "one"))
	got, err = s.Workspaces(ctx)
	must(t, err)
	if slices.Contains(got, "one") {
		t.Errorf("a dropped workspace is listed: %v", got)
	}
	_, err = s.In("one", "x").Get(ctx, "a")
	wantFault(t, err, fault.Internal, "store.unknown")
	must(t, s.Ensure(ctx, "one", store.Spec{Name: "x"}))
	_, err = s.In("one", "x").Get(ctx, "a")
	wantFault(t, err, fault.NotFound, "store.notFound")
}

func testBackup(t *testing.T, s *store.Store) {
	ctx := context.Background()
	workspace(t, s, "backup", store.Spec{Name: "x"})
	insert(t, s.In("backup", "x"), "a", `{}`)
	path := filepath.Join(t.TempDir(), "copy.db")
	err := s.Backup(ctx, "backup", path)
	if fault.KeyOf(err) == "store.noBackup" {
		t.Skip("the driver cannot do backups")
	}
	must(t, err)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("backup: %v", err)
	}
}

func testDeadline(t *testing.T, s *store.Store) {
	c := s.In(workspace(t, s, "deadline", store.Spec{Name: "x"}), "x")
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := c.Get(ctx, "a")
	wantFault(t, err, fault.Unavailable, "store.timeout")
	_, err = c.Insert(ctx, "a", json.RawMessage(`{}`))
	wantFault(t, err, fault.Unavailable, "store.timeout")
	_, err = c.Find(ctx, store.Query{})
	wantFault(t, err, fault.Unavailable, "store.timeout")
}
