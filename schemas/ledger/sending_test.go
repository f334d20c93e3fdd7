package ledger

import (
	"testing"
)

func TestNoMessageWithoutCollectable(t *testing.T) {
	n := now("2026-11-20", "10:00")
	for _, tc := range []struct {
		name   string
		before []Command
		reason string
	}{
		{"paid", []Command{pay("p", 1000, "2026-11-20")}, "paid"},
		{"disputed", []Command{OpenDispute{Invoice: "i", Dispute: "d", Amount: 1000, Reason: "short"}}, "disputed"},
		{"promised", []Command{MakePromise{Promise: "pr", Amount: 1000, Currency: "CNY", Date: n.Today + 3}}, "promised"},
		{"written off", []Command{Credit{Invoice: "i", Amount: 1000, WriteOff: true, Date: n.Today}}, "writtenOff"},
		{"cancelled", []Command{CancelInvoice{Invoice: "i"}}, "cancelled"},
		{"invoice on hold", []Command{SetHold{Invoice: "i", Reason: "x"}}, "held"},
		{"account on hold", []Command{SetHold{Reason: "x"}}, "hold"},
		{"stop wish", []Command{WishStop{Reason: "letter"}}, "stopWish"},
		{"part paid: the rest is due", []Command{pay("p", 500, "2026-11-20")}, ""},
	} {
		s := NewState("c")
		must(t, s, book("i", 1000, "2026-11-01"), n)
		for _, c := range tc.before {
			_, _ = Execute(s, c, n)
		}
		d := intend(s, "k", n, "i")
		want := Refused
		if tc.reason == "" {
			want = Granted
		}
		if d.Verdict != want || d.Reason != tc.reason {
			t.Errorf("%s: %s %s, want %s %s", tc.name, d.Verdict, d.Reason, want, tc.reason)
		}
	}
}

func TestUnappliedMoneyPreventsMessage(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	must(t, s, ApplyPayment{Payment: "p", Amount: 1000, Currency: "CNY"}, n)
	must(t, s, book("i", 1000, "2026-11-01"), n)
	if d := intend(s, "k", n, "i"); d.Verdict != Refused || d.Reason != "credit" {
		t.Errorf("%+v", d)
	}
}

func TestPartDisputeLeavesTheRest(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	must(t, s, OpenDispute{Invoice: "i", Dispute: "d", Amount: 300}, n)
	d := intend(s, "k", n, "i")
	if d.Verdict != Granted || d.Amount != 700 {
		t.Errorf("%+v", d)
	}
}

func TestDeferral(t *testing.T) {
	for _, tc := range []struct {
		name, date, tod string
		prior           string // earlier message on this date
		reason, until   string
	}{
		{"before the window", "2026-11-20", "08:00", "", "window", "2026-11-20T09:00"},
		{"after the window on Friday", "2026-11-20", "18:00", "", "window", "2026-11-23T09:00"},
		{"on a Sunday", "2026-11-22", "10:00", "", "calendar", "2026-11-23T09:00"},
		{"a make-up workday is fine", "2026-01-04", "10:00", "", "", ""},
		{"budget: Thursday after Wednesday", "2026-11-19", "10:00", "2026-11-18", "budget", "2026-11-20T09:00"},
		{"budget over the weekend", "2026-11-21", "10:00", "2026-11-20", "calendar", "2026-11-24T09:00"},
		{"budget spent up", "2026-11-20", "10:00", "2026-11-18", "", ""},
	} {
		s := NewState("c")
		must(t, s, book("i", 1000, "2026-01-01"), now("2026-01-01", "08:00"))
		if tc.prior != "" {
			if d := intend(s, "first", now(tc.prior, "09:30"), "i"); d.Verdict != Granted {
				t.Fatalf("%s: prior %+v", tc.name, d)
			}
			must(t, s, EndMessage{Key: "first", Status: IntentSent}, now(tc.prior, "09:31"))
		}
		d := intend(s, "k", now(tc.date, tc.tod), "i")
		if d.Reason != tc.reason {
			t.Errorf("%s: %+v", tc.name, d)
			continue
		}
		if tc.reason != "" && (d.Verdict != Deferred || d.Until.In(sh).Format("2006-01-02T15:04") != tc.until) {
			t.Errorf("%s: until %s, want %s", tc.name, d.Until.In(sh), tc.until)
		}
	}
}

func TestCallsSpendBudgetFailedMessagesDoNot(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-18", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	intend(s, "a", n, "i")
	must(t, s, EndMessage{Key: "a", Status: IntentFailed, Reason: "refused"}, n)
	if d := s.Evaluate(Intend{Key: "b", Items: []string{"i"}, Currency: "CNY", Rules: rules()}, n); d.Verdict != Granted {
		t.Errorf("after a failed message: %+v", d)
	}
	must(t, s, LogCall{Key: "call", Result: "reached"}, n)
	if d := intend(s, "b", n, "i"); d.Reason != "budget" {
		t.Errorf("after a call: %+v", d)
	}
}

func TestIntentKeys(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-18", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	if d := intend(s, "a", n, "i"); d.Verdict != Granted || d.Seq != s.Seq {
		t.Fatalf("%+v at %d", d, s.Seq)
	}
	if d := intend(s, "a", n, "i"); d.Verdict != Unknown {
		t.Errorf("a granted key whose end is not known: %+v", d)
	}
	if s.Intents["a"].Status != IntentUnknown {
		t.Errorf("status %s", s.Intents["a"].Status)
	}
	must(t, s, EndMessage{Key: "a", Status: IntentSent}, n)
	if d := intend(s, "a", n, "i"); d.Verdict != Already {
		t.Errorf("a sent key: %+v", d)
	}
	if ev := must(t, s, EndMessage{Key: "a", Status: IntentFailed}, n); len(ev) != 0 {
		t.Error("sent is final")
	}
}

func TestCrossedMessage(t *testing.T) {
	s := NewState("c")
	must(t, s, book("i", 1000, "2026-11-01"), now("2026-11-02", "10:00"))
	n := now("2026-11-18", "10:00")
	intend(s, "a", n, "i")
	must(t, s, EndMessage{Key: "a", Status: IntentSent}, n)
	ev := must(t, s, pay("p", 1000, "2026-11-16"), now("2026-11-19", "10:00"))
	if len(ev) != 2 || ev[1].Type != MessageCrossed || !s.Intents["a"].Crossed {
		t.Errorf("events %+v", ev)
	}
}
