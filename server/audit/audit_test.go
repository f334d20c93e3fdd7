package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
)

const ws = "acme"

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func open(t *testing.T) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, ws, Specs...)
}

func service(s *store.Store) *Service { return New(s, func() time.Time { return noon }) }

func add(t *testing.T, s *Service, n int) {
	t.Helper()
	for i := range n {
		e := Entry{Actor: "ann", Action: "update", Object: "flow", ID: fmt.Sprint(i), After: JSON(map[string]int{"n": i})}
		if _, err := s.Append(t.Context(), ws, e); err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t *testing.T, s *Service) Report {
	t.Helper()
	r, err := s.Verify(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAppendAndList(t *testing.T) {
	s := service(open(t))
	if r := verify(t, s); !r.OK || r.Entries != 0 {
		t.Fatalf("empty log: %+v", r)
	}
	add(t, s, 5)
	if _, err := s.Append(t.Context(), ws, Entry{Actor: "bob\x00\xff", Action: "login", Object: "session"}); err != nil {
		t.Fatal(err)
	}
	p, err := s.List(t.Context(), ws, Query{Limit: 2, Filter: filter.Eq("object", "flow")})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Entries) != 2 || p.Entries[0].Seq != 5 || p.Entries[1].Seq != 4 || p.Next == "" {
		t.Fatalf("page = %+v", p)
	}
	if got := string(p.Entries[0].After); got != `{"n":4}` || !p.Entries[0].At.Equal(noon) {
		t.Errorf("entry = %+v", p.Entries[0])
	}
	if p, err = s.List(t.Context(), ws, Query{Limit: 5, Filter: filter.Eq("object", "flow"), After: p.Next}); err != nil || len(p.Entries) != 3 || p.Next != "" {
		t.Errorf("second page = %+v, %v", p, err)
	}
	if _, err := s.List(t.Context(), ws, Query{Filter: filter.Eq("after", "x")}); !fault.Is(err, fault.Invalid) {
		t.Errorf("filter by summary: %v", err)
	}
	if r := verify(t, s); !r.OK || r.Entries != 6 {
		t.Errorf("Verify = %+v", r)
	}
}

func TestDays(t *testing.T) {
	day := noon
	s := New(open(t), func() time.Time { return day })
	for range 6 { // two entries a day
		add(t, s, 2)
		day = day.AddDate(0, 0, 1)
	}
	for _, c := range []struct {
		from, to    time.Time
		first, last int64 // the newest and the oldest, 0 for none
	}{
		{time.Time{}, time.Time{}, 12, 1},
		{noon.AddDate(0, 0, 2), time.Time{}, 12, 5},
		{time.Time{}, noon.AddDate(0, 0, 2), 4, 1},
		{noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 3), 6, 3},
		{noon.AddDate(0, 0, -9), noon.AddDate(0, 0, 99), 12, 1},
		{noon.AddDate(0, 0, 9), time.Time{}, 0, 0},
		{time.Time{}, noon, 0, 0},
	} {
		p, err := s.List(t.Context(), ws, Query{From: c.from, To: c.to})
		if err != nil {
			t.Fatal(err)
		}
		var first, last int64
		if n := len(p.Entries); n > 0 {
			first, last = p.Entries[0].Seq, p.Entries[n-1].Seq
		}
		if first != c.first || last != c.last {
			t.Errorf("from %s to %s: %d … %d, want %d … %d", c.from, c.to, first, last, c.first, c.last)
		}
	}
	p, err := s.List(t.Context(), ws, Query{Filter: filter.Eq("id", "1"), From: noon.AddDate(0, 0, 4)})
	if err != nil || len(p.Entries) != 2 || p.Entries[0].Seq != 12 {
		t.Errorf("with a filter: %+v, %v", p, err)
	}
	if p, err := New(open(t), time.Now).List(t.Context(), ws, Query{From: noon}); err != nil || len(p.Entries) != 0 {
		t.Errorf("an empty log: %+v, %v", p, err)
	}
}

func TestSummaries(t *testing.T) {
	s := service(open(t))
	if _, err := s.Append(t.Context(), ws, Entry{Before: json.RawMessage(`{`)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("bad JSON: %v", err)
	}
	e, err := s.Append(t.Context(), ws, Entry{After: JSON(strings.Repeat("x", maxSummary))})
	if err != nil || !strings.HasPrefix(string(e.After), `{"bytes":65538,"sha256":"`) {
		t.Errorf("large summary: %s, %v", e.After, err)
	}
}

// Several processes, each with several appenders, on one store.
func TestConcurrentAppenders(t *testing.T) {
	st := open(t)
	const processes, appenders, each = 3, 4, 15
	var wg sync.WaitGroup
	for range processes {
		s := service(st)
		for a := range appenders {
			wg.Go(func() {
				for i := range each {
					if _, err := s.Append(context.Background(), ws, Entry{Actor: fmt.Sprint(a), Action: "update", Object: "form", ID: fmt.Sprint(i)}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	r := verify(t, service(st))
	if want := int64(processes * appenders * each); !r.OK || r.Entries != want {
		t.Errorf("Verify = %+v, want %d entries", r, want)
	}
}

// A process that died after the entry and before the head breaks nothing, and
// neither does one whose idea of the end is old.
func TestTornWrite(t *testing.T) {
	st := open(t)
	s := service(st)
	add(t, s, 2)
	r, err := newRow(Entry{Actor: "ann", Action: "update", Object: "flow"}, noon, "torn")
	if err != nil {
		t.Fatal(err)
	}
	end, err := s.readTail(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	r.chain(end)
	if won, err := s.insert(t.Context(), ws, r); err != nil || !won {
		t.Fatal(won, err)
	}
	// The same write again, as a driver that lost the answer would do it.
	if won, err := s.insert(t.Context(), ws, r); err != nil || !won {
		t.Errorf("own entry again: %v, %v", won, err)
	}
	if rep := verify(t, service(st)); !rep.OK || rep.Entries != 3 {
		t.Errorf("after the crash: %+v", rep)
	}
	add(t, s, 1)
	add(t, service(st), 1)
	if rep := verify(t, s); !rep.OK || rep.Entries != 5 {
		t.Errorf("after more: %+v", rep)
	}
	if h, err := s.head(t.Context(), ws); err != nil || h.Seq != 5 {
		t.Errorf("head = %+v, %v", h, err)
	}
}

// change rewrites an entry behind the log's back.
func change(t *testing.T, st *store.Store, id string, f func(*row)) {
	t.Helper()
	c := st.In(ws, Collection)
	d, err := c.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode(d)
	if err != nil {
		t.Fatal(err)
	}
	f(&r)
	d.Body = JSON(r)
	if _, err := c.Replace(t.Context(), d, 0); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	for _, tt := range []struct {
		name, problem string
		at            int64
		f             func(t *testing.T, st *store.Store)
	}{
		{"changed", "audit.changed", 3, func(t *testing.T, st *store.Store) {
			change(t, st, rowID(3), func(r *row) { r.Actor = "eve" })
		}},
		{"changed with its hash", "audit.chain", 4, func(t *testing.T, st *store.Store) {
			change(t, st, rowID(3), func(r *row) { r.Actor = "eve"; r.Hash = r.hash() })
		}},
		{"last one changed with its hash", "audit.chain", 5, func(t *testing.T, st *store.Store) {
			change(t, st, rowID(5), func(r *row) { r.Actor = "eve"; r.Hash = r.hash() })
		}},
		{"removed", "audit.gap", 2, func(t *testing.T, st *store.Store) {
			if err := st.In(ws, Collection).Delete(t.Context(), rowID(2), 0); err != nil {
				t.Fatal(err)
			}
		}},
		{"cut off", "audit.cut", 5, func(t *testing.T, st *store.Store) {
			if err := st.In(ws, Collection).Delete(t.Context(), rowID(5), 0); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st := open(t)
			s := service(st)
			add(t, s, 5)
			tt.f(t, st)
			if r := verify(t, s); r.OK || r.Problem != tt.problem || r.At != tt.at {
				t.Errorf("Verify = %+v, want %s at %d", r, tt.problem, tt.at)
			}
		})
	}
}
