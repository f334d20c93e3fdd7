package ledger

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

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
