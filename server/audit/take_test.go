package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/store"
)

// oldRow puts an entry in as it was written before texts could be taken away.
func oldRow(t *testing.T, s *Service, after string) {
	t.Helper()
	end, err := s.readTail(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRow(Entry{Actor: "ann", Action: "update", Object: "customer", ID: "c1", After: json.RawMessage(after)}, noon, "k"+after)
	if err != nil {
		t.Fatal(err)
	}
	r.Format, r.Salt, r.BeforeSum, r.AfterSum = 0, "", "", ""
	r.chain(end)
	if won, err := s.insert(t.Context(), ws, r); err != nil || !won {
		t.Fatal(won, err)
	}
	s.advance(t.Context(), ws, tail{r.Seq, r.Hash})
	s.logs = map[string]*log{}
}

func stored(t *testing.T, st *store.Store) string {
	t.Helper()
	var all strings.Builder
	if err := st.In(ws, Collection).Each(t.Context(), store.Query{}, func(d store.Doc) error { all.Write(d.Body); return nil }); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// The hash of a row from before must not change with the format.
func TestOldRowsStillVerify(t *testing.T) {
	r := row{Seq: 1, At: "2026-03-02T04:00:00Z", Actor: "ann", Action: "update", Object: "flow", ID: "0", After: `{"n":0}`, Key: "k"}
	if got, want := r.hash(), "4e16332fb233e660"; !strings.HasPrefix(got, want) {
		t.Errorf("hash = %s, want %s…", got, want)
	}
	st := open(t)
	s := service(st)
	oldRow(t, s, `{"name":"Old"}`)
	add(t, s, 2)
	oldRow(t, s, `{"name":"Older"}`)
	if rep := verify(t, s); !rep.OK || rep.Entries != 4 || rep.Taken != 0 {
		t.Fatalf("Verify = %+v", rep)
	}
	taken, kept, err := s.Take(t.Context(), ws, Entry{Actor: "ann"}, Taking{Object: "customer", IDs: []string{"c1"}, Why: "asked"})
	if err != nil || taken != 0 || kept != 2 {
		t.Errorf("Take = %d, %d, %v", taken, kept, err)
	}
	for _, c := range []struct {
		name string
		f    func(r *row)
	}{
		{"a text", func(r *row) { r.After = `{"name":"New"}` }},
		{"a text taken", func(r *row) { r.After, r.Taken = "", true }},
		{"the format", func(r *row) { r.Format = withSums; r.AfterSum = r.sum(r.After) }},
	} {
		st := open(t)
		s := service(st)
		oldRow(t, s, `{"name":"Old"}`)
		change(t, st, rowID(1), c.f)
		if rep := verify(t, s); rep.OK || rep.Problem != "audit.changed" {
			t.Errorf("%s: Verify = %+v", c.name, rep)
		}
	}
}

func TestTake(t *testing.T) {
	st := open(t)
	s := service(st)
	for i := range 4 {
		e := Entry{Actor: "ann", Action: "update", Object: "customer", ID: fmt.Sprint("c", i%2), Before: JSON("before-secret"), After: JSON("after-secret")}
		if _, err := s.Append(t.Context(), ws, e); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 2 {
		taken, kept, err := s.Take(t.Context(), ws, Entry{Actor: "bob"}, Taking{Object: "customer", IDs: []string{"c0", "c1"}, Why: "asked"})
		if want := 4 * (1 - round); err != nil || taken != want || kept != 0 {
			t.Fatalf("Take = %d, %d, %v", taken, kept, err)
		}
	}
	if rep := verify(t, s); !rep.OK || rep.Entries != 5 || rep.Taken != 4 {
		t.Errorf("Verify = %+v", rep)
	}
	if all := stored(t, st); strings.Contains(all, "secret") || strings.Contains(all, `"salt":""`) {
		t.Errorf("left: %s", all)
	}
	p, err := s.List(t.Context(), ws, Query{})
	if err != nil || len(p.Entries) != 5 || p.Entries[0].Action != "take" || !p.Entries[4].Taken || p.Entries[4].After != nil {
		t.Errorf("List = %+v, %v", p, err)
	}
	add(t, s, 1)
	if rep := verify(t, service(st)); !rep.OK || rep.Entries != 6 {
		t.Errorf("after more: %+v", rep)
	}
}

// A process that died between the entry and the texts leaves a sound log, and
// whoever does it again ends it.
func TestTakeTorn(t *testing.T) {
	st := open(t)
	s := service(st)
	add(t, s, 1)
	if _, err := s.Append(t.Context(), ws, Entry{Actor: "bob", Action: takeAction, Object: takeObject, After: JSON(taking{Entries: []int64{1}, Why: "asked"})}); err != nil {
		t.Fatal(err)
	}
	if rep := verify(t, s); !rep.OK || rep.Taken != 0 {
		t.Errorf("torn: %+v", rep)
	}
	if n, _, err := s.Take(t.Context(), ws, Entry{Actor: "bob"}, Taking{Object: "flow", IDs: []string{"0"}, Why: "asked"}); err != nil || n != 1 {
		t.Errorf("Take = %d, %v", n, err)
	}
	if rep := verify(t, s); !rep.OK || rep.Taken != 1 {
		t.Errorf("whole: %+v", rep)
	}
}

func TestVerifyFindsFalseTakings(t *testing.T) {
	for _, tt := range []struct {
		name, problem string
		f             func(r *row)
	}{
		{"nobody says so", "audit.taken", func(r *row) { r.Before, r.After, r.Salt, r.Taken = "", "", "", true }},
		{"another text", "audit.changed", func(r *row) { r.After = `{"n":9}` }},
		{"another text with its digest", "audit.changed", func(r *row) { r.After = `{"n":9}`; r.AfterSum = r.sum(r.After) }},
		{"the text gone, not said to be taken", "audit.changed", func(r *row) { r.After = "" }},
		{"said to be taken, still there", "audit.changed", func(r *row) { r.Taken = true }},
		{"the format of before", "audit.changed", func(r *row) { r.Format = 0 }},
	} {
		st := open(t)
		s := service(st)
		add(t, s, 3)
		change(t, st, rowID(2), tt.f)
		if rep := verify(t, s); rep.OK || rep.Problem != tt.problem {
			t.Errorf("%s: Verify = %+v, want %s", tt.name, rep, tt.problem)
		}
	}
	// An entry of before does not speak for what goes after it.
	st := open(t)
	s := service(st)
	if _, err := s.Append(t.Context(), ws, Entry{Actor: "eve", Action: takeAction, Object: takeObject, After: JSON(taking{Entries: []int64{2}})}); err != nil {
		t.Fatal(err)
	}
	add(t, s, 1)
	change(t, st, rowID(2), func(r *row) { r.After, r.Salt, r.Taken = "", "", true })
	if rep := verify(t, s); rep.OK || rep.Problem != "audit.taken" || rep.At != 2 {
		t.Errorf("foretold: Verify = %+v", rep)
	}
}
