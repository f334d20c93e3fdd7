package sqlitestore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
	"github.com/dueflow/dueflow/server/store/storetest"
)

func open(t testing.TB, dir string) *sqlitestore.Driver {
	t.Helper()
	d, err := sqlitestore.Open(dir, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDriver(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Driver { return open(t, t.TempDir()) })
}

// TestReopen evicts workspaces all the time, and opens the directory anew.
func TestReopen(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	for round := range 2 {
		d, err := sqlitestore.Open(dir, sqlitestore.Options{MaxOpen: 2})
		if err != nil {
			t.Fatal(err)
		}
		s := store.New(d)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				ws := fmt.Sprint("ws", i%8)
				if err := s.Ensure(ctx, ws, store.Spec{Name: "x", Search: []string{"a"}}); err != nil {
					t.Error(err)
					return
				}
				c := s.In(ws, "x")
				id := fmt.Sprintf("%d-%d", round, i)
				if _, err := c.Insert(ctx, id, json.RawMessage(`{"a":"words"}`)); err != nil {
					t.Error(err)
				}
				if _, err := c.Get(ctx, id); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		p, err := s.In("ws0", "x").Find(ctx, store.Query{Search: "word"})
		if err != nil || len(p.Docs) != 5*(round+1) {
			t.Errorf("found %d with %v, want %d", len(p.Docs), err, 5*(round+1))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := s.In("ws0", "x").Get(ctx, "0-0"); err == nil {
			t.Error("a closed store answers")
		}
	}
}

// TestRunaway stops a query at its deadline, long before its own end.
func TestRunaway(t *testing.T) {
	_, c := invoices(t, 3000)
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	var slow filter.Any
	for i := range 700 {
		slow = append(slow, filter.Contains("notes", fmt.Sprint("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", i)))
	}
	start := time.Now()
	_, err := c.Count(ctx, slow, 0)
	if fault.KeyOf(err) != "store.timeout" {
		t.Errorf("got %v, want a timeout", err)
	}
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("stopped after %s", took)
	}
}
