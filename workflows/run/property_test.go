package run_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

// TestRehearsalProperties: over random histories of invoices, payments,
// promises, disputes and holds, no message goes out for what is paid by value
// date, none outside window and working days, none over the contact budget,
// and every run ends or waits.
func TestRehearsalProperties(t *testing.T) {
	def := compile(t, friendly)
	rapid.Check(t, func(t *rapid.T) {
		h := &history{st: ledger.NewState("c")}
		now := at("2026-01-05 10:00")
		for k := range rapid.IntRange(1, 30).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "hours")) * time.Hour)
			today := value.DateOf(now)
			id := fmt.Sprint("i", rapid.IntRange(0, 6).Draw(t, "id"))
			var c ledger.Command
			switch rapid.IntRange(0, 7).Draw(t, "kind") {
			case 0, 1, 2:
				due := today + value.Date(rapid.IntRange(-20, 30).Draw(t, "due"))
				c = ledger.BookInvoice{Invoice: id, Number: id, Currency: "CNY", Amount: rapid.Int64Range(1, 50).Draw(t, "amount"), Issue: min(today, due), Due: due}
			case 3, 4:
				c = ledger.ApplyPayment{Payment: fmt.Sprint("p", k), Amount: rapid.Int64Range(1, 80).Draw(t, "paid"), Currency: "CNY", Value: today}
			case 5:
				c = ledger.MakePromise{Promise: fmt.Sprint("m", k), Amount: 1, Currency: "CNY", Date: today + 3}
			case 6:
				c = ledger.OpenDispute{Invoice: id, Dispute: fmt.Sprint("d", k), Amount: 1}
			default:
				c = rapid.SampledFrom([]ledger.Command{ledger.SetHold{Reason: "x", Until: today + 4}, ledger.LiftHold{}, ledger.Tick{}, ledger.ReversePayment{Payment: fmt.Sprint("p", k-2)}}).Draw(t, "c")
			}
			ev, err := ledger.Execute(h.st, c, ledger.Now{At: now, Today: today, Calendar: cn})
			if err == nil {
				h.events = append(h.events, ev...)
			}
		}
		r := &run.Rehearsal{Def: def, From: at("2026-01-05 00:00"), To: at("2026-12-31 00:00"), Facts: facts, Report: run.NewReport()}
		if err := r.Play(context.Background(), run.Account{Customer: "c", Record: map[string]any{"name": "x"}, Events: h.events}); err != nil {
			t.Fatal(err)
		}
		checkMessages(t, r.Report)
	})
}

func checkMessages(t *rapid.T, r *run.Report) {
	if r.Totals.AfterPayment != 0 {
		t.Fatalf("%d messages after payment", r.Totals.AfterPayment)
	}
	last := value.Date(0)
	for _, m := range r.Messages {
		local := m.At.In(sh)
		day, tod := value.DateOf(local), value.TimeOfDayOf(local)
		if tod < 540 || tod >= 1080 || !cn.IsWorkday(day) {
			t.Fatalf("sent at %s", local)
		}
		if last != 0 && cn.AddWorkdays(last, 2) > day {
			t.Fatalf("sent on %s after %s: %+v", day, last, r.Messages)
		}
		if m.Amount <= 0 {
			t.Fatalf("asks for %d", m.Amount)
		}
		last = day
	}
}
