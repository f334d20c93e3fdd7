package ledger

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

type paidInvoice struct {
	amount int64
	late   int // days after the due date
}

// history books invoices due on one day and pays them early or late.
func scored(fail func(...any), was string, credit CreditLimit, today value.Date, list ...paidInvoice) Score {
	s := NewWholeState("c")
	var events []Event
	due := value.NewDate(2026, 3, 1)
	do := func(c Command, on value.Date) {
		out, err := Execute(s, c, Now{At: on.At(600, time.UTC), Today: on, By: "t", Calendar: cn})
		if err != nil {
			fail(err)
		}
		events = append(events, out...)
	}
	for k, i := range list {
		id := fmt.Sprintf("i%d", k)
		do(BookInvoice{Invoice: id, Number: id, Issue: due - 30, Due: due, Amount: i.amount, Currency: "CNY"}, due-30)
	}
	for k, i := range list {
		if on := due + value.Date(i.late); i.late > -1000 {
			do(ApplyPayment{Payment: fmt.Sprintf("p%d", k), Amount: i.amount, Currency: "CNY", Value: on, Invoices: []string{fmt.Sprintf("i%d", k)}}, on)
		}
	}
	return DefaultScoring.Score(Measure(events, s, credit, today), was)
}

const unpaid = -1000

// TestWeightedDelay is the vector of DOMAIN §2: (1000, −2), (5000, 20), and
// (2000, 45) open to today, give 23.5 days.
func TestWeightedDelay(t *testing.T) {
	s := scored(t.Fatal, "", CreditLimit{}, value.NewDate(2026, 3, 1)+45, paidInvoice{100000, -2}, paidInvoice{500000, 20}, paidInvoice{200000, unpaid})
	if len(s.Reasons) == 0 || s.Reasons[0].Key != "delay" || s.Reasons[0].Value != 23.5 || s.Reasons[0].Points != 23.5 {
		t.Fatalf("score %+v", s)
	}
}

func TestTiersAndHysteresis(t *testing.T) {
	punctual := []paidInvoice{{100, 0}, {100, 0}, {100, 0}}
	if s := scored(t.Fatal, "", CreditLimit{}, 20600, punctual...); s.Score != 100 || s.Tier != TierA || len(s.Reasons) != 0 {
		t.Errorf("punctual: %+v", s)
	}
	if s := scored(t.Fatal, "", CreditLimit{}, 20600, punctual[:2]...); s.Tier != TierB {
		t.Errorf("two invoices are too few for a tier: %+v", s)
	}
	if s := scored(t.Fatal, TierA, CreditLimit{}, 20600, punctual[:2]...); s.Tier != TierA {
		t.Errorf("what people know of a new customer is kept: %+v", s)
	}
	late := func(days int) []paidInvoice { return []paidInvoice{{100, days}, {100, days}, {100, days}} }
	for _, c := range []struct {
		days int
		was  string
		want string
	}{
		{20, "", "A"}, {21, "", "B"}, {24, "A", "A"}, {26, "A", "B"}, {18, "B", "B"}, {15, "B", "A"}, {20, "A", "A"},
	} {
		if s := scored(t.Fatal, c.was, CreditLimit{}, 20600, late(c.days)...); s.Tier != c.want {
			t.Errorf("%d days late, was %q: %+v, want %s", c.days, c.was, s, c.want)
		}
	}
	old := scored(t.Fatal, "B", CreditLimit{}, value.NewDate(2026, 3, 1)+90, paidInvoice{100, 0}, paidInvoice{100, 0}, paidInvoice{100, 0}, paidInvoice{1000, unpaid})
	if old.Tier != TierC {
		t.Errorf("a balance that is old: %+v", old)
	}
	full := scored(t.Fatal, "", CreditLimit{Limit: 1000, Currency: "CNY"}, value.NewDate(2026, 3, 1)-1, paidInvoice{100, -20}, paidInvoice{100, -20}, paidInvoice{100, -20}, paidInvoice{1000, unpaid})
	if len(full.Reasons) != 1 || full.Reasons[0].Key != "credit" || full.Reasons[0].Points != 10 {
		t.Errorf("a limit used up: %+v", full)
	}
}

// A score lies between 0 and 100, and paying later never betters it.
func TestScoreNeverRewardsDelay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		list, later := make([]paidInvoice, n), make([]paidInvoice, n)
		for k := range list {
			list[k] = paidInvoice{rapid.Int64Range(1, 1_000_000).Draw(t, "amount"), rapid.IntRange(0, 80).Draw(t, "late")}
			later[k] = paidInvoice{list[k].amount, list[k].late + rapid.IntRange(0, 20).Draw(t, "more")}
		}
		a, b := scored(t.Fatal, "", CreditLimit{}, 20700, list...), scored(t.Fatal, "", CreditLimit{}, 20700, later...)
		if a.Score < b.Score || a.Score > 100 || b.Score < 0 {
			t.Fatalf("%+v, later %+v", a, b)
		}
	})
}

// Settings of weights are refused at the place that is wrong.
func TestScoringChecks(t *testing.T) {
	if bad := DefaultScoring.Check(); len(bad) > 0 {
		t.Fatalf("the defaults are refused: %v", bad)
	}
	for want, change := range map[string]func(*Scoring){
		"/tierA tierRange":       func(c *Scoring) { c.TierA = c.TierB },
		"/tierB tierRange":       func(c *Scoring) { c.TierB, c.Hysteresis = 0, -0 },
		"/hysteresis tierMargin": func(c *Scoring) { c.Hysteresis = 30 },
		"/perDay points":         func(c *Scoring) { c.PerDay = -1 },
		"/maxOld points":         func(c *Scoring) { c.MaxOld = math.NaN() },
		"/minPaid range":         func(c *Scoring) { c.MinPaid = 101 },
		"/oldDays enum":          func(c *Scoring) { c.OldDays = 61 },
		"/creditFrom range":      func(c *Scoring) { c.CreditFrom = 1 },
	} {
		c := DefaultScoring
		change(&c)
		bad := c.Check()
		if !slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Pointer+" "+f.Rule == want }) {
			t.Errorf("%s: %v", want, bad)
		}
	}
}
