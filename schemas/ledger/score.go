package ledger

import (
	"math"

	"github.com/dueflow/dueflow/schemas/value"
)

// The tiers of customers, best first.
const (
	TierA = "A"
	TierB = "B"
	TierC = "C"
)

// Scoring are the weights of the score. A score is 100 minus penalties, each
// growing with its measure up to a maximum.
type Scoring struct {
	Hysteresis int     `json:"hysteresis"`
	TierA      int     `json:"tierA"`      // at least this is tier A
	TierB      int     `json:"tierB"`      // at least this is tier B
	PerDay     float64 `json:"perDay"`     // points a day of weighted average delay
	MaxDelay   float64 `json:"maxDelay"`   // at most this for delay
	PerBroken  float64 `json:"perBroken"`  // points a broken promise
	MaxBroken  float64 `json:"maxBroken"`  // at most
	MaxOld     float64 `json:"maxOld"`     // points if all of the balance is over 60 days past due
	MaxCredit  float64 `json:"maxCredit"`  // points at a fully used credit limit, from 80 % on
	New        float64 `json:"new"`        // points for fewer than MinPaid paid invoices
	MinPaid    int     `json:"minPaid"`    // below this the tier is B
	OldDays    int     `json:"oldDays"`    // what counts as old, days past due
	CreditFrom float64 `json:"creditFrom"` // share of the limit from which use costs points
}

// DefaultScoring needs no setting: A ≥ 80, B 50–79, C < 50, hysteresis 5.
var DefaultScoring = Scoring{
	Hysteresis: 5, TierA: 80, TierB: 50, PerDay: 1, MaxDelay: 40, PerBroken: 10, MaxBroken: 30, MaxOld: 30, MaxCredit: 10, New: 5, MinPaid: 3, OldDays: 60, CreditFrom: 0.8,
}

// Check refuses weights that make no sense.
func (c Scoring) Check() bool {
	for _, x := range []float64{c.PerDay, c.MaxDelay, c.PerBroken, c.MaxBroken, c.MaxOld, c.MaxCredit, c.New} {
		if x < 0 || x > 100 || math.IsNaN(x) {
			return false
		}
	}
	return c.TierA > c.TierB && c.TierB > 0 && c.TierA <= 100 && c.Hysteresis >= 0 && c.Hysteresis < c.TierB &&
		c.MinPaid >= 0 && c.MinPaid <= 100 && c.OldDays >= 0 && c.CreditFrom >= 0 && c.CreditFrom < 1
}

// Points is one reason of a score: a measure and what it cost.
type Points struct {
	Key    string  `json:"key"` // delay, broken, old, credit, new
	Value  float64 `json:"value"`
	Points float64 `json:"points"`
}

// Score is a customer's score with its reasons: an automated judgement must be
// explainable.
type Score struct {
	Score   int      `json:"score"`
	Tier    string   `json:"tier"`
	Reasons []Points `json:"reasons"`
	Paid    int      `json:"paidInvoices"`
}

// CreditLimit is a customer's limit; zero amounts mean none.
type CreditLimit struct {
	Limit    int64
	Currency value.Currency
}

// ScoreOf computes the score of an account from its journal as of a day. was is
// the present tier, "" without one: it is left only when the score is past the
// boundary by the hysteresis. Delays are weighed by amount; amounts of several
// currencies weigh as they stand but are never added to a figure that is shown.
func ScoreOf(events []Event, s *State, was string, credit CreditLimit, c Scoring, today value.Date) Score {
	m := measure(events, today, c.OldDays)
	out := Score{Reasons: []Points{}, Paid: m.paid}
	rest := 100.0
	cost := func(key string, v, points, limit float64) {
		points = min(max(points, 0), limit)
		if points > 0 {
			points = math.Round(points*10) / 10
			out.Reasons = append(out.Reasons, Points{key, math.Round(v*10) / 10, points})
			rest -= points
		}
	}
	cost("delay", m.delay, m.delay*c.PerDay, c.MaxDelay)
	broken := 0.0
	for _, e := range events {
		if e.Type == PromiseClosed && e.Status == PromiseBroken {
			broken++
		}
	}
	cost("broken", broken, broken*c.PerBroken, c.MaxBroken)
	cost("old", m.old*100, m.old*c.MaxOld, c.MaxOld)
	if credit.Limit > 0 {
		var open int64
		for _, id := range s.OpenItems() {
			if i := s.Items[id]; i.Currency == credit.Currency {
				open += i.Open()
			}
		}
		use := float64(open) / float64(credit.Limit)
		cost("credit", use*100, (use-c.CreditFrom)/(1-c.CreditFrom)*c.MaxCredit, c.MaxCredit)
	}
	if m.paid < c.MinPaid {
		cost("new", float64(m.paid), c.New, c.New)
	}
	out.Score = int(math.Round(max(rest, 0)))
	out.Tier = c.tier(out.Score, was)
	if m.paid < c.MinPaid {
		out.Tier = TierB // too little is known for praise or blame
	}
	return out
}

// tier is the tier of a score, with hysteresis against the present one.
func (c Scoring) tier(score int, was string) string {
	a, b := c.TierA, c.TierB
	switch was {
	case TierA:
		a -= c.Hysteresis
	case TierB:
		a, b = a+c.Hysteresis, b-c.Hysteresis
	case TierC:
		b += c.Hysteresis
	}
	switch {
	case score >= a:
		return TierA
	case score >= b:
		return TierB
	}
	return TierC
}

type measures struct {
	delay float64 // weighted average delay in days
	old   float64 // share of the balance that is old
	paid  int
}

type claim struct {
	due      value.Date
	amount   int64
	currency value.Currency
	open     int64
	dead     bool
}

// measure reads the journal: money on its value date against the due date, and
// what is open and overdue counted to today.
func measure(events []Event, today value.Date, oldDays int) measures {
	claims, paidOn := map[string]*claim{}, map[string]value.Date{}
	var sum, weight float64
	settle := func(id string, amount int64, on value.Date) {
		i := claims[id]
		if i == nil {
			return
		}
		i.open -= amount
		if i.due != 0 && i.amount > 0 {
			share := float64(amount) / float64(i.amount) // of one invoice, whatever its currency
			sum += share * float64(on-i.due) * weightOf(i)
			weight += share * weightOf(i)
		}
	}
	for _, e := range events {
		switch e.Type {
		case InvoiceBooked:
			claims[e.Invoice] = &claim{due: e.Due, amount: e.Amount, currency: e.Currency, open: e.Amount}
		case InvoiceCorrected:
			if i := claims[e.Invoice]; i != nil {
				i.open += e.Amount - i.amount
				i.amount, i.due = e.Amount, e.Due
			}
		case InvoiceCancelled:
			if i := claims[e.Invoice]; i != nil {
				i.dead = true
			}
		case PaymentApplied, PaymentAllocated:
			if _, known := paidOn[e.Payment]; !known {
				paidOn[e.Payment] = e.Value
			}
			for _, a := range e.Allocs {
				settle(a.Invoice, a.Amount, paidOn[e.Payment])
			}
		case PaymentReversed:
			for _, a := range e.Allocs { // as if it had never come
				settle(a.Invoice, -a.Amount, paidOn[e.Payment])
			}
		case CreditNoted, WrittenOff:
			if i := claims[e.Invoice]; i != nil {
				i.open -= e.Amount
			}
		}
	}
	var m measures
	open, old := map[value.Currency]float64{}, map[value.Currency]float64{}
	for _, i := range claims {
		switch {
		case i.dead:
		case i.open <= 0:
			m.paid++
		default:
			open[i.currency] += float64(i.open)
			if i.due != 0 && today > i.due && i.amount > 0 {
				share := float64(i.open) / float64(i.amount)
				sum += share * float64(today-i.due) * weightOf(i)
				weight += share * weightOf(i)
				if int(today-i.due) > oldDays {
					old[i.currency] += float64(i.open)
				}
			}
		}
	}
	if weight > 0 {
		m.delay = sum / weight
	}
	for c, n := range open {
		m.old = max(m.old, old[c]/n)
	}
	return m
}

// weightOf weighs an invoice by its amount in major units of its currency.
func weightOf(i *claim) float64 {
	return float64(i.amount) / math.Pow10(i.currency.Digits())
}
