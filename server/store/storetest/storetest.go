// Package storetest is the contract of store drivers as tests: one suite that
// every driver runs, from a test of ten lines.
package storetest

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
	"github.com/dueflow/dueflow/server/store"
)

// Run holds a driver against the contract. open makes an empty driver and may
// register its clean-up; Run closes it.
func Run(t *testing.T, open func(t *testing.T) store.Driver) {
	t.Helper()
	d := open(t)
	s := store.New(d)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if _, ok := d.(store.Backuper); !ok {
		t.Logf("%T cannot do backups: that part is not tested", d)
	}
	if _, ok := d.(store.Atomic); !ok {
		t.Logf("%T cannot write several documents as one: that part is not tested", d)
	}
	for _, part := range []struct {
		name string
		run  func(*testing.T, *store.Store)
	}{
		{"Documents", testDocuments},
		{"Bodies", testBodies},
		{"Limits", testLimits},
		{"Unique", testUnique},
		{"Versions", testVersions},
		{"Apply", testApply},
		{"All", testAll},
		{"Load", testLoad},
		{"Specs", testSpecs},
		{"Concurrency", testConcurrency},
		{"Filters", testFilters},
		{"RandomFilters", testRandomFilters},
		{"Paging", testPaging},
		{"RandomPaging", testRandomPaging},
		{"Cursors", testCursors},
		{"Search", testSearch},
		{"SearchLater", testSearchLater},
		{"Groups", testGroups},
		{"Counts", testCounts},
		{"Ensure", testEnsure},
		{"Workspaces", testWorkspaces},
		{"Backup", testBackup},
		{"Deadline", testDeadline},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, s) })
	}
}

// Invoices is a collection as the product has them, for tests and benchmarks.
func Invoices() store.Spec {
	return store.Spec{
		Name: "invoice",
		Indexes: []store.Index{
			{Fields: []store.IndexField{{Path: "status", Kind: store.Text}, {Path: "due", Kind: store.Text}}},
			{Fields: []store.IndexField{{Path: "customer.id", Kind: store.Text}, {Path: "due", Kind: store.Text}}},
			{Fields: []store.IndexField{{Path: "due", Kind: store.Text}}},
			{Fields: []store.IndexField{{Path: "amount", Kind: store.Number}}},
			{Fields: []store.IndexField{{Path: "status", Kind: store.Text}, {Path: "due", Kind: store.Text}, {Path: "open", Kind: store.Number}}},
		},
	}
}

// Invoice is a body of about 590 bytes for Invoices.
func Invoice(i int) json.RawMessage {
	status := []string{"open", "open", "paid", "overdue", "disputed"}[i%5]
	due := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*7%365).Format(time.DateOnly)
	return json.RawMessage(fmt.Sprintf(`{"no":"INV-%07d","status":%q,"due":%q,"issued":"2024-12-01",`+
		`"customer":{"id":"c%05d","name":"杭州某某科技有限公司 %d","region":"华东","tier":"A"},`+
		`"amount":%d,"open":%d,"currency":"CNY","terms":"net30","owner":"u%03d","tags":["key","q%d"],`+
		`"lines":[{"sku":"A-100","qty":3,"price":12900,"text":"Annual licence"},{"sku":"B-20","qty":1,"price":99000,"text":"On-site training, one day"}],`+
		`"notes":"%s","disputed":false,"reminders":2,"lastReminder":"2025-03-01T08:00:00.000Z"}`,
		i, status, due, i%2000, i%2000, 10000+i*37%900000, i*31%900000, i%50, i%4, strings.Repeat("n", 60)))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// workspace makes a workspace with collections, and drops it after the test.
func workspace(t testing.TB, s *store.Store, name string, specs ...store.Spec) string {
	t.Helper()
	ctx := context.Background()
	must(t, s.Drop(ctx, name))
	must(t, s.Ensure(ctx, name, specs...))
	t.Cleanup(func() {
		if err := s.Drop(ctx, name); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return name
}

func insert(t testing.TB, c store.Collection, id, body string) store.Doc {
	t.Helper()
	d, err := c.Insert(context.Background(), id, json.RawMessage(body))
	must(t, err)
	return d
}

// wantFault holds an error against a kind and a key ("" takes any key).
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	if !fault.Is(err, kind) || key != "" && fault.KeyOf(err) != key {
		t.Errorf("error: got %v, want %s %s", err, kind, key)
	}
}

func params(err error) fault.Params {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Params
	}
	return nil
}

// sameJSON compares two texts as JSON, numbers by value.
func sameJSON(t testing.TB, got, want json.RawMessage) {
	t.Helper()
	if a, b := decode(t, got), decode(t, want); !reflect.DeepEqual(a, b) {
		t.Errorf("body:\n got %s\nwant %s", got, want)
	}
}

func ids(docs []store.Doc) []string {
	out := make([]string, len(docs))
	for i, d := range docs {
		out[i] = d.ID
	}
	return out
}
