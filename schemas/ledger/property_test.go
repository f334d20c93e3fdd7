package ledger

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/value"
)

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
