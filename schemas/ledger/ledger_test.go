package ledger

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

var (
	cn, _ = value.CalendarByID("cn")
	sh, _ = value.Location("Asia/Shanghai")
)

func now(date string, tod string) Now {
	t, err := value.ParseTimeOfDay(tod)
	if err != nil {
		panic(err)
	}
	d := value.MustDate(date)
	return Now{At: d.At(t, sh), Today: d, By: "u1", Calendar: cn}
}

func rules() Rules {
	return Rules{
		Window: value.Window{From: 540, To: 1080}, Calendar: cn, Location: sh,
		Budgets: []Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}},
	}
}

func must(t *testing.T, s *State, c Command, n Now) []Event {
	t.Helper()
	ev, err := Execute(s, c, n)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return ev
}

func book(id string, amount int64, due string) BookInvoice {
	d := value.MustDate(due)
	return BookInvoice{Invoice: id, Number: id, Currency: "CNY", Amount: amount, Issue: d - 30, Due: d}
}

func pay(id string, amount int64, on string, invoices ...string) ApplyPayment {
	return ApplyPayment{Payment: id, Amount: amount, Currency: "CNY", Value: value.MustDate(on), Invoices: invoices}
}

func intend(s *State, key string, n Now, items ...string) Decision {
	var d Decision
	_, err := Execute(s, Intend{Key: key, Items: items, Currency: "CNY", Channel: "sandbox", Rules: rules(), Out: &d}, n)
	if err != nil {
		panic(err)
	}
	return d
}

func TestAllocation(t *testing.T) {
	setup := func() *State {
		s := NewState("c")
		n := now("2026-11-20", "10:00")
		must(t, s, book("late", 1000, "2026-11-01"), n)
		must(t, s, book("soon", 2000, "2026-12-01"), n)
		must(t, s, book("later", 4000, "2026-12-01"), n)
		return s
	}
	for _, tc := range []struct {
		name string
		pay  ApplyPayment
		want []Alloc
		rest int64
	}{
		{"oldest first", pay("p", 1500, "2026-11-20"), []Alloc{{"late", 1000}, {"later", 500}}, 0},
		{"named, in order, rest unapplied", pay("p", 2500, "2026-11-20", "soon"), []Alloc{{"soon", 2000}}, 500},
		{"civil code: pro rata on ties", ApplyPayment{Payment: "p", Amount: 4000, Currency: "CNY", Rule: CNCivilCode}, []Alloc{{"late", 1000}, {"later", 2000}, {"soon", 1000}}, 0},
		{"over-payment stays unapplied", pay("p", 9000, "2026-11-20"), []Alloc{{"late", 1000}, {"later", 4000}, {"soon", 2000}}, 2000},
		{"other currency touches nothing", ApplyPayment{Payment: "p", Amount: 10, Currency: "USD"}, nil, 10},
	} {
		s := setup()
		ev := must(t, s, tc.pay, now("2026-11-20", "10:00"))
		if diff := cmp.Diff(tc.want, ev[0].Allocs); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
		if got := s.Payments["p"].Unapplied(); got != tc.rest {
			t.Errorf("%s: unapplied %d, want %d", tc.name, got, tc.rest)
		}
		if ev := must(t, s, tc.pay, now("2026-11-21", "10:00")); len(ev) != 0 {
			t.Errorf("%s: the same payment twice gave %d events", tc.name, len(ev))
		}
	}
}

func TestReversalReopens(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	must(t, s, pay("p", 1000, "2026-11-20"), n)
	if s.Items["i"].Open() != 0 || s.Items["i"].ClosedSeq == 0 {
		t.Fatal("not closed by payment")
	}
	must(t, s, ReversePayment{Payment: "p", Reason: "bounced"}, n)
	if s.Items["i"].Open() != 1000 || s.Received["CNY"] != 0 || s.Items["i"].ClosedSeq != 0 {
		t.Errorf("after reversal: %+v received %v", s.Items["i"], s.Received)
	}
}

func TestCancelReleasesMoney(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	must(t, s, pay("p", 600, "2026-11-20"), n)
	must(t, s, CancelInvoice{Invoice: "i", Reason: "wrong customer"}, n)
	if got := s.Unapplied()["CNY"]; got != 600 {
		t.Errorf("unapplied %d, want 600", got)
	}
}

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

func TestPromises(t *testing.T) {
	made := now("2026-11-18", "10:00") // Wednesday
	setup := func() *State {
		s := NewState("c")
		must(t, s, book("i", 10000, "2026-11-01"), made)
		must(t, s, MakePromise{Promise: "p", Amount: 10000, Currency: "CNY", Date: value.MustDate("2026-11-20")}, made)
		return s
	}
	s := setup()
	must(t, s, pay("m", 9950, "2026-11-20"), now("2026-11-20", "12:00"))
	if s.Promises["p"].Status != PromiseKept {
		t.Errorf("within tolerance of one unit: %s", s.Promises["p"].Status)
	}
	s = setup()
	if ev := must(t, s, Tick{}, now("2026-11-23", "12:00")); len(ev) != 0 {
		t.Errorf("one working day of grace: %+v", ev)
	}
	must(t, s, Tick{}, now("2026-11-24", "00:30"))
	if s.Promises["p"].Status != PromiseBroken {
		t.Errorf("unpaid: %s", s.Promises["p"].Status)
	}
	s = setup()
	must(t, s, pay("m", 4000, "2026-11-20"), now("2026-11-20", "12:00"))
	must(t, s, Tick{}, now("2026-11-24", "00:30"))
	if s.Promises["p"].Status != PromisePartKept {
		t.Errorf("part paid: %s", s.Promises["p"].Status)
	}
	s = setup()
	must(t, s, MakePromise{Promise: "p2", Amount: 10000, Currency: "CNY", Date: made.Today + 5, Replaces: "p"}, made)
	must(t, s, MakePromise{Promise: "p3", Amount: 10000, Currency: "CNY", Date: made.Today + 9, Replaces: "p2"}, made)
	if s.Promises["p"].Status != PromiseCancelled || s.Promises["p2"].Status != PromiseBroken {
		t.Errorf("moved twice: %s, %s", s.Promises["p"].Status, s.Promises["p2"].Status)
	}
}

func TestInstalmentsAgeEach(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	c := book("i", 3000, "2026-12-20")
	c.Parts = []Part{{value.MustDate("2026-10-20"), 1000}, {value.MustDate("2026-11-20"), 1000}, {value.MustDate("2026-12-20"), 1000}}
	c.Issue = value.MustDate("2026-10-01")
	ev := must(t, s, c, n)
	if s.Items["i"].DPD(n.Today) != 31 || s.Balances(n.Today)[0].Overdue != 1000 {
		t.Errorf("dpd %d, %+v", s.Items["i"].DPD(n.Today), s.Balances(n.Today))
	}
	ev = append(ev, must(t, s, pay("p", 1500, "2026-11-20"), n)...)
	a := NewAgeing(n.Today, nil)
	a.AddAccount(ev)
	want := []AgeingOf{{Currency: "CNY", Open: 1500, Outstanding: 1500, Buckets: []Bucket{{"current", 2, 1500}, {"1-30", 0, 0}, {"31-60", 0, 0}, {"61-90", 0, 0}, {"90+", 0, 0}}}}
	if diff := cmp.Diff(want, a.Rows()); diff != "" {
		t.Error(diff)
	}
	a = NewAgeing(n.Today-1, nil) // before the payment's value date
	a.AddAccount(ev)
	if r := a.Rows()[0]; r.Buckets[1].Amount != 1000 || r.Open != 3000 {
		t.Errorf("as of the day before: %+v", r)
	}
}

func TestBadInputNamesThePlace(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	must(t, s, book("i", 1000, "2026-11-01"), n)
	for _, tc := range []struct {
		c    Command
		at   string
		kind fault.Kind
	}{
		{BookInvoice{Invoice: "x", Currency: "CNY", Amount: -1, Issue: n.Today}, "/amount", fault.Invalid},
		{BookInvoice{Invoice: "x", Currency: "XXX", Amount: 1, Issue: n.Today}, "/currency", fault.Invalid},
		{BookInvoice{Invoice: "x", Currency: "CNY", Amount: 1}, "/issueDate", fault.Invalid},
		{BookInvoice{Invoice: "x", Currency: "CNY", Amount: 1, Issue: n.Today, Due: n.Today - 1}, "/dueDate", fault.Invalid},
		{book("i", 999, "2026-11-01"), "", fault.Conflict},
		{CorrectInvoice{Invoice: "none"}, "", fault.NotFound},
		{ApplyPayment{Payment: "p", Amount: 0, Currency: "CNY"}, "/amount", fault.Invalid},
		{ApplyPayment{Payment: "p", Amount: 1, Currency: "CNY", Value: n.Today + 9}, "/valueDate", fault.Invalid},
		{ApplyPayment{Payment: "p", Amount: 1, Currency: "USD", Invoices: []string{"i"}}, "/currency", fault.Invalid},
		{Credit{Invoice: "i", Amount: 1001, Date: n.Today}, "/amount", fault.Invalid},
		{OpenDispute{Invoice: "i", Dispute: "d", Amount: 1001}, "/amount", fault.Invalid},
		{MakePromise{Promise: "p", Amount: 1001, Currency: "CNY", Date: n.Today}, "/amount", fault.Invalid},
		{MakePromise{Promise: "p", Amount: 1, Currency: "CNY", Date: n.Today - 1}, "/date", fault.Invalid},
		{LogCall{Key: "k", Result: "bored"}, "/result", fault.Invalid},
		{EndMessage{Key: "none", Status: IntentSent}, "", fault.NotFound},
		{LiftStop{}, "", ""},
	} {
		before, _ := json.Marshal(s)
		_, err := Execute(s, tc.c, n)
		var at string
		if f, ok := err.(*fault.Error); ok && len(f.Fields) > 0 {
			at = f.Fields[0].Pointer
		}
		if fault.KindOf(err) != tc.kind || at != tc.at {
			t.Errorf("%T: %v", tc.c, err)
		}
		if after, _ := json.Marshal(s); string(after) != string(before) {
			t.Errorf("%T: a fault changed the state", tc.c)
		}
	}
}

// drawCommand draws a command that is often sensible and often not.
func drawCommand(t *rapid.T, k int, n Now) (Command, *Decision) {
	id := rapid.SampledFrom([]string{"i1", "i2", "i3", "i4"}).Draw(t, "invoice")
	pid := rapid.SampledFrom([]string{"p1", "p2", "p3", "p4", "p5"}).Draw(t, "payment")
	cur := rapid.SampledFrom([]value.Currency{"CNY", "CNY", "CNY", "USD"}).Draw(t, "cur")
	amount := rapid.Int64Range(1, 300).Draw(t, "amount")
	day := n.Today + value.Date(rapid.IntRange(-20, 20).Draw(t, "day"))
	switch rapid.IntRange(0, 15).Draw(t, "kind") {
	case 0, 1:
		return BookInvoice{Invoice: id, Number: id, Currency: cur, Amount: amount, Issue: n.Today - 20, Due: day}, nil
	case 2:
		return CorrectInvoice{Invoice: id, Number: id, Amount: amount, Issue: n.Today - 20, Due: day}, nil
	case 3:
		return CancelInvoice{Invoice: id}, nil
	case 4, 5:
		rule := rapid.SampledFrom([]string{OldestFirst, CNCivilCode}).Draw(t, "rule")
		c := ApplyPayment{Payment: pid, Amount: amount, Currency: cur, Value: min(day, n.Today), Rule: rule}
		if rapid.Bool().Draw(t, "named") {
			c.Invoices = []string{id}
		}
		return c, nil
	case 6:
		return AllocatePayment{Payment: pid}, nil
	case 7:
		return ReversePayment{Payment: pid}, nil
	case 8:
		return Credit{Invoice: id, Amount: amount, Date: n.Today, WriteOff: rapid.Bool().Draw(t, "wo")}, nil
	case 9:
		return OpenDispute{Invoice: id, Dispute: fmt.Sprint("d", k), Amount: amount}, nil
	case 10:
		return MakePromise{Promise: fmt.Sprint("pr", k), Amount: amount, Currency: cur, Date: day}, nil
	case 11:
		return Tick{}, nil
	case 12:
		return rapid.SampledFrom([]Command{SetHold{Reason: "x", Until: n.Today + 1}, LiftHold{}, SetHold{Invoice: id}, LiftHold{Invoice: id}, WishStop{}, LiftStop{Reason: "ok"}}).Draw(t, "hold"), nil
	case 13:
		key := fmt.Sprint("m", rapid.IntRange(0, 8).Draw(t, "key"))
		return EndMessage{Key: key, Status: rapid.SampledFrom([]string{IntentSent, IntentFailed, IntentUnknown}).Draw(t, "end")}, nil
	default:
		d := new(Decision)
		r := rules()
		r.Budgets = nil
		return Intend{Key: fmt.Sprint("m", rapid.IntRange(0, 8).Draw(t, "key")), Items: []string{"i1", "i2", "i3", "i4"}, Currency: cur, Rules: r, Out: d}, d
	}
}

// TestInvariants: over random commands, the invariants of the account hold, a
// fault changes nothing, a repeat changes nothing, the journal replays to the
// state, and verification finds nothing to object to.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewState("c")
		var journal []Event
		n := now("2026-11-16", "10:00")
		for k := range rapid.IntRange(1, 40).Draw(t, "steps") {
			n.At, n.Today = n.At.Add(7*time.Hour), value.DateOf(n.At.Add(7*time.Hour).In(sh))
			c, d := drawCommand(t, k, n)
			collectable := collectableSum(s, n.Today)
			before, _ := json.Marshal(s)
			ev, err := Execute(s, c, n)
			if err != nil {
				if after, _ := json.Marshal(s); string(after) != string(before) {
					t.Fatalf("%T %+v: fault %v changed the state", c, c, err)
				}
				continue
			}
			if d != nil && d.Verdict == Granted && (d.Amount <= 0 || collectable[c.(Intend).Currency] <= 0) {
				t.Fatalf("granted with nothing collectable: %+v", d)
			}
			journal = append(journal, ev...)
			checkInvariants(t, s, n.Today)
			checkRepeat(t, s, c, n)
		}
		replayed := NewState("c")
		for _, e := range journal {
			replayed.Apply(e)
		}
		if diff := cmp.Diff(mustJSON(s), mustJSON(replayed)); diff != "" {
			t.Fatalf("replay differs: %s", diff)
		}
		if f := Verify("c", journal, s); len(f.Violations) > 0 {
			t.Fatalf("verify: %+v", f.Violations)
		}
	})
}

func collectableSum(s *State, today value.Date) map[value.Currency]int64 {
	m := map[value.Currency]int64{}
	for id, i := range s.Items {
		m[i.Currency] += s.Collectable(id, today)
	}
	return m
}

func checkInvariants(t *rapid.T, s *State, today value.Date) {
	promised := s.Promised(today)
	paid := map[value.Currency]int64{}
	for id, i := range s.Items {
		if i.Open() < 0 || i.Disputed() < 0 || i.Disputed() > i.Open() {
			t.Fatalf("%s: open %d disputed %d", id, i.Open(), i.Disputed())
		}
		if promised[id] < 0 || i.Disputed()+promised[id] > i.Open() {
			t.Fatalf("%s: open %d disputed %d promised %d", id, i.Open(), i.Disputed(), promised[id])
		}
		var parts int64
		for _, p := range i.PartsOpen() {
			parts += p.Amount
		}
		if !i.Cancelled && parts != i.Open() {
			t.Fatalf("%s: parts %d open %d", id, parts, i.Open())
		}
		paid[i.Currency] += i.Paid
	}
	unapplied := map[value.Currency]int64{}
	for _, p := range s.Payments {
		if p.Unapplied() < 0 {
			t.Fatalf("negative unapplied: %+v", p)
		}
		unapplied[p.Currency] += p.Unapplied()
		for _, a := range p.Allocs {
			if s.Items[a.Invoice].Currency != p.Currency {
				t.Fatalf("currencies mixed: %+v", p)
			}
		}
	}
	for c, n := range s.Received {
		if paid[c]+unapplied[c] != n || s.Unapplied()[c] != unapplied[c] {
			t.Fatalf("%s: allocated %d + unapplied %d ≠ received %d", c, paid[c], unapplied[c], n)
		}
	}
}

func checkRepeat(t *rapid.T, s *State, c Command, n Now) {
	switch c.(type) {
	case BookInvoice, ApplyPayment, ReversePayment, CancelInvoice, EndMessage, OpenDispute, MakePromise, Tick:
	default:
		return
	}
	if ev, err := Execute(s, c, n); err == nil && len(ev) != 0 {
		if p, ok := c.(ReversePayment); ok {
			t.Fatalf("%+v twice", p)
		}
		if _, ok := c.(ApplyPayment); ok {
			t.Fatalf("payment twice: %+v", ev)
		}
		t.Fatalf("%T twice gave %+v", c, ev)
	}
}

func mustJSON(v any) map[string]any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err)
	}
	return m
}

// TestCompaction: an account with many closed invoices stays small, its money
// still adds up, and an old payment can be reversed once it is revived.
func TestCompaction(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-20", "10:00")
	var journal []Event
	first := Archive{}
	for k := range 400 {
		id := fmt.Sprintf("i%03d", k)
		journal = append(journal, must(t, s, book(id, 100, "2026-11-01"), n)...)
		journal = append(journal, must(t, s, pay("p"+id, 100, "2026-11-20", id), n)...)
		if k == 0 {
			first = Archive{Items: map[string]*Item{id: s.Items[id].clone()}, Payments: map[string]*Payment{"p" + id: s.Payments["p"+id].clone()}}
		}
	}
	if len(s.Items) > keepClosedItems+1 || len(s.Payments) > keepPayments+1 || len(s.Unapplied()) != 0 {
		t.Errorf("%d items, %d payments, unapplied %v", len(s.Items), len(s.Payments), s.Unapplied())
	}
	c := ReversePayment{Payment: "pi000", Reason: "bounced"}
	if _, err := Execute(s, c, n); !fault.Is(err, fault.NotFound) {
		t.Fatalf("an archived payment: %v", err)
	}
	ev, err := ExecuteWith(s, c, n, first)
	if err != nil {
		t.Fatal(err)
	}
	journal = append(journal, ev...)
	if s.Items["i000"].Open() != 100 || len(s.Unapplied()) != 0 {
		t.Errorf("open %d, unapplied %v", s.Items["i000"].Open(), s.Unapplied())
	}
	if f := Verify("c", journal, s); len(f.Violations) > 0 {
		t.Errorf("%+v", f.Violations)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	s := NewState("c")
	n := now("2026-11-18", "10:00")
	journal := must(t, s, book("i", 1000, "2026-11-01"), n)
	var d Decision
	journal = append(journal, must(t, s, Intend{Key: "a", Items: []string{"i"}, Currency: "CNY", Rules: rules(), Out: &d}, n)...)
	if f := Verify("c", journal, s); len(f.Violations) != 0 {
		t.Fatalf("%+v", f.Violations)
	}
	changed := append([]Event(nil), journal...)
	changed[0].Amount = 1
	if f := Verify("c", changed, s); len(f.Violations) == 0 {
		t.Error("a changed amount was not noticed")
	}
	// A message sealed into a journal after a full payment is a violation.
	s2 := NewState("c")
	j2 := must(t, s2, book("i", 1000, "2026-11-01"), n)
	j2 = append(j2, must(t, s2, pay("p", 1000, "2026-11-18"), n)...)
	e := Event{Type: MessageIntended, Key: "k", Items: []string{"i"}, Currency: "CNY", Amount: 1000, At: n.At, Value: n.Today}
	e.seal(s2.Seq+1, s2.Head)
	if f := Verify("c", append(j2, e), nil); len(f.Violations) == 0 {
		t.Error("a message after payment was not noticed")
	}
}
