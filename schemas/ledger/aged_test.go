package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/value"
)

// drawJournal draws what happened to an account in its first weeks.
func drawJournal(t *rapid.T, customer string) []Event {
	s, n := NewState(customer), now("2026-11-16", "10:00")
	var out []Event
	for k := range rapid.IntRange(0, 25).Draw(t, "steps") {
		n.At = n.At.Add(31 * time.Hour)
		n.Today = value.DateOf(n.At.In(sh))
		c, _ := drawCommand(t, k, n)
		if ev, err := Execute(s, c, n); err == nil {
			out = append(out, ev...)
		}
	}
	return out
}

// TestRowsAddUpToTotals: for random accounts and dates, the rows of the accounts
// add up to the totals, which are those of the accounts counted together; the
// rows that are kept are the first of all rows in order, and the others are
// counted.
func TestRowsAddUpToTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := value.MustDate("2026-11-01") + value.Date(rapid.IntRange(0, 150).Draw(t, "asOf"))
		limit := rapid.IntRange(1, 6).Draw(t, "limit")
		together, split, summed := NewAgeing(day, nil), NewAgeing(day, nil), NewAgeing(day, nil)
		worst := NewWorst(limit)
		all := map[value.Currency][]AgedRow{}
		for k := range rapid.IntRange(0, 8).Draw(t, "accounts") {
			id := fmt.Sprint("c", k)
			journal := drawJournal(t, id)
			together.AddAccount(journal)
			for _, r := range split.Split(id, journal) {
				if r.Customer != id || r.Outstanding != r.Open-r.Unapplied || r.Overdue()+r.Buckets[0].Amount != r.Open {
					t.Fatalf("a row: %+v", r)
				}
				summed.add(r.AgeingOf)
				worst.Add(r)
				all[r.Currency] = append(all[r.Currency], r)
			}
		}
		if diff := cmp.Diff(together.Rows(), split.Rows()); diff != "" {
			t.Fatalf("totals: %s", diff)
		}
		if diff := cmp.Diff(together.Rows(), summed.Rows()); diff != "" {
			t.Fatalf("the sum of the rows: %s", diff)
		}
		groups := worst.Groups(split)
		if len(groups) != len(all) {
			t.Fatalf("%d groups of %d", len(groups), len(all))
		}
		for _, g := range groups {
			rows := all[g.Currency]
			slices.SortFunc(rows, worse)
			if diff := cmp.Diff(rows[:min(limit, len(rows))], g.Worst); diff != "" {
				t.Fatalf("kept: %s", diff)
			}
			if int(g.More) != len(rows)-len(g.Worst) {
				t.Fatalf("%d more of %d", g.More, len(rows))
			}
		}
	})
}

func TestWorstFirst(t *testing.T) {
	row := func(id string, late, current int64) AgedRow {
		a := NewAgeing(value.MustDate("2026-11-20"), nil)
		a.AddOpen("CNY", a.AsOf-1, late)
		a.AddOpen("CNY", a.AsOf+1, current)
		return AgedRow{id, a.Rows()[0]}
	}
	w := NewWorst(3)
	totals := NewAgeing(value.MustDate("2026-11-20"), nil)
	for _, r := range []AgedRow{row("a", 0, 900), row("b", 10, 0), row("d", 10, 5), row("c", 10, 5), row("e", 11, 0)} {
		totals.add(r.AgeingOf)
		w.Add(r)
	}
	var got []string
	g := w.Groups(totals)[0]
	for _, r := range g.Worst {
		got = append(got, r.Customer)
	}
	if !slices.Equal(got, []string{"e", "c", "d"}) || g.More != 2 || g.Open != 951 {
		t.Errorf("kept %v, %d more, %d in all", got, g.More, g.Open)
	}
}
