package mongostore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/mongotest"
	"github.com/dueflow/dueflow/server/store/storetest"
)

func TestDriver(t *testing.T) {
	mongotest.Each(t, func(t *testing.T, uri string) {
		storetest.Run(t, func(t *testing.T) store.Driver { return open(t, uri) })
	})
}

// open makes a driver with databases of its own.
func open(t *testing.T, uri string) *mongostore.Driver {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	prefix := fmt.Sprintf("dueflowtest%d_", time.Now().UnixNano()%1e7)
	d, err := mongostore.Open(ctx, mongostore.Options{URI: uri, Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTwoProcesses has two drivers on the same databases, as two servers have:
// compare-and-set holds between them, and each sees what the other ensured.
func TestTwoProcesses(t *testing.T) {
	mongotest.Each(t, func(t *testing.T, uri string) {
		ctx := context.Background()
		prefix := fmt.Sprintf("dueflowtest%d_", time.Now().UnixNano()%1e7)
		var stores []*store.Store
		for range 2 {
			d, err := mongostore.Open(ctx, mongostore.Options{URI: uri, Prefix: prefix})
			if err != nil {
				t.Fatal(err)
			}
			s := store.New(d)
			t.Cleanup(func() { _ = s.Close() })
			stores = append(stores, s)
		}
		t.Cleanup(func() { _ = stores[0].Drop(ctx, "w") })
		spec := store.Spec{Name: "x", Search: []string{"name"}}
		errs := make(chan error, 2)
		for _, s := range stores {
			go func() { errs <- s.Ensure(ctx, "w", spec) }()
		}
		for range stores {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		if _, err := stores[0].In("w", "x").Insert(ctx, "n", json.RawMessage(`{"name":"王芳"}`)); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, s := range stores {
			for range 3 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for won := 0; won < 5; {
						d, err := s.In("w", "x").Get(ctx, "n")
						if err == nil {
							_, err = s.In("w", "x").Replace(ctx, d, d.Ver)
						}
						switch {
						case err == nil:
							won++
						case fault.KeyOf(err) != "store.version":
							t.Error(err)
							return
						}
					}
				}()
			}
		}
		wg.Wait()
		p, err := stores[1].In("w", "x").Find(ctx, store.Query{Search: "王芳"})
		if err != nil || len(p.Docs) != 1 || p.Docs[0].Ver != 31 {
			t.Errorf("after 30 replaces: got %v %v, want version 31", p.Docs, err)
		}
	})
}
