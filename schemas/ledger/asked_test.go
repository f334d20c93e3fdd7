package ledger_test

import (
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// TestAsked: of an invoice in instalments a reminder asks for those that are due, or
// for the next one; what is disputed or promised of them is not asked for.
func TestAsked(t *testing.T) {
	day := value.MustDate
	st := ledger.NewState("c")
	do := func(on string, c ledger.Command) {
		t.Helper()
		if _, err := ledger.Execute(st, c, ledger.Now{At: day(on).At(600, time.UTC), Today: day(on), By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	asked := func(on string, want int64) {
		t.Helper()
		if got := st.Asked("i", day(on)); got != want {
			t.Errorf("on %s %d is asked for, want %d", on, got, want)
		}
	}
	do("2026-01-05", ledger.BookInvoice{Invoice: "i", Number: "I", Currency: "CNY", Amount: 900, Issue: day("2026-01-05"), Due: day("2026-04-30"), Parts: []ledger.Part{
		{Due: day("2026-02-28"), Amount: 300}, {Due: day("2026-03-31"), Amount: 300}, {Due: day("2026-04-30"), Amount: 300},
	}})
	asked("2026-02-01", 300) // the next one
	asked("2026-02-28", 300)
	asked("2026-03-31", 600)
	asked("2026-05-10", 900)
	do("2026-03-02", ledger.ApplyPayment{Payment: "p", Amount: 350, Currency: "CNY", Value: day("2026-03-02")})
	asked("2026-03-10", 250)
	do("2026-04-01", ledger.OpenDispute{Invoice: "i", Dispute: "d", Reason: "short", Amount: 100})
	asked("2026-04-02", 150)
	do("2026-04-02", ledger.MakePromise{Promise: "w", Amount: 150, Currency: "CNY", Date: day("2026-04-20"), Items: []string{"i"}})
	asked("2026-04-03", 0)
	if why := st.WhyNot(day("2026-04-03"))("i", "CNY"); why != "promised" {
		t.Errorf("why not: %q", why)
	}
	asked("2026-04-30", 450) // the promise is over, and the last one is due
	if got := st.Collectable("i", day("2026-04-30")); got != 450 {
		t.Errorf("collectable %d", got)
	}
}
