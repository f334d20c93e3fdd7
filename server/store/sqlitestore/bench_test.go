package sqlitestore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/storetest"
)

const benchDocs = 100_000

// invoices gives a collection of n invoices, a multiple of 1000.
func invoices(tb testing.TB, n int) (*store.Store, store.Collection) {
	tb.Helper()
	ctx := context.Background()
	s := store.New(open(tb, tb.TempDir()))
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Ensure(ctx, "bench", storetest.Invoices()); err != nil {
		tb.Fatal(err)
	}
	for from := 0; from < n; from += 1000 {
		writes := make([]store.Write, 1000)
		for i := range writes {
			id := fmt.Sprintf("i%07d", from+i)
			writes[i] = store.Write{Op: store.Insert, Collection: "invoice", Doc: store.Doc{ID: id, Body: storetest.Invoice(from + i)}}
		}
		_, errs := s.Apply(ctx, "bench", writes)
		for _, err := range errs {
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
	return s, s.In("bench", "invoice")
}

func BenchmarkStore(b *testing.B) {
	ctx := context.Background()
	s, c := invoices(b, benchDocs)
	fail := func(b *testing.B, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Get", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, err := c.Get(ctx, fmt.Sprintf("i%07d", i*7919%benchDocs))
			fail(b, err)
		}
	})
	b.Run("InsertAlone", func(b *testing.B) {
		var n atomic.Int64
		for b.Loop() {
			i := int(n.Add(1))
			_, err := c.Insert(ctx, fmt.Sprintf("alone%d-%d", b.N, i), storetest.Invoice(i))
			fail(b, err)
		}
	})
	b.Run("Insert64Callers", func(b *testing.B) {
		var n atomic.Int64
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := int(n.Add(1))
				if _, err := c.Insert(ctx, fmt.Sprintf("par%d-%d", b.N, i), storetest.Invoice(i)); err != nil {
					b.Error(err)
				}
			}
		})
	})
	replace := func(b *testing.B, body func(i int) json.RawMessage) {
		var n atomic.Int64
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := int(n.Add(1)) * 7919 % benchDocs
				if _, err := c.Replace(ctx, store.Doc{ID: fmt.Sprintf("i%07d", i), Body: body(i)}, 0); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.Run("Replace64CallersOneField", func(b *testing.B) {
		replace(b, func(i int) json.RawMessage {
			return bytes.Replace(storetest.Invoice(i), []byte(`"reminders":2`), []byte(`"reminders":3`), 1)
		})
	})
	b.Run("Replace64CallersAllIndexes", func(b *testing.B) {
		replace(b, func(i int) json.RawMessage { return storetest.Invoice(i + 1) })
	})
	b.Run("Apply100", func(b *testing.B) {
		for round := 0; b.Loop(); round++ {
			writes := make([]store.Write, 100)
			for i := range writes {
				id := fmt.Sprintf("apply%d-%d-%d", b.N, round, i)
				writes[i] = store.Write{Op: store.Insert, Collection: "invoice", Doc: store.Doc{ID: id, Body: storetest.Invoice(i)}}
			}
			_, errs := s.Apply(ctx, "bench", writes)
			fail(b, errs[0])
		}
	})
	b.Run("Page50", func(b *testing.B) {
		q := store.Query{Filter: filter.Eq("status", "open"), Sort: []store.SortKey{{Field: "due"}}}
		for i := 0; b.Loop(); i++ {
			p, err := c.Find(ctx, q)
			fail(b, err)
			if q.After = p.Next; i%200 == 199 {
				q.After = ""
			}
		}
	})
	b.Run("Count", func(b *testing.B) {
		for b.Loop() {
			_, err := c.Count(ctx, filter.Eq("status", "open"), 0)
			fail(b, err)
		}
	})
	b.Run("GroupAgeing", func(b *testing.B) {
		q := store.GroupQuery{By: []string{"status", "due"}, Sum: "open", Limit: 10000}
		for b.Loop() {
			_, err := c.Group(ctx, q)
			fail(b, err)
		}
	})
}
