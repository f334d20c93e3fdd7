package ledger

import (
	"math"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
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
	MinPaid    int     `json:"minPaid"`    // below this the tier stays what it is, B without one
	OldDays    int     `json:"oldDays"`    // what counts as old, days past due: one of OldSteps
	CreditFrom float64 `json:"creditFrom"` // share of the limit from which use costs points
}

// DefaultScoring needs no setting: A ≥ 80, B 50–79, C < 50, hysteresis 5.
var DefaultScoring = Scoring{
	Hysteresis: 5, TierA: 80, TierB: 50, PerDay: 1, MaxDelay: 40, PerBroken: 10, MaxBroken: 30, MaxOld: 30, MaxCredit: 10, New: 5, MinPaid: 3, OldDays: 60, CreditFrom: 0.8,
}

// Check finds what makes no sense, by the place in the settings.
func (c Scoring) Check() []fault.Field {
	var bad []fault.Field
	at := func(place, rule string, ok bool) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: "/" + place, Rule: rule})
		}
	}
	for place, x := range map[string]float64{"perDay": c.PerDay, "maxDelay": c.MaxDelay, "perBroken": c.PerBroken, "maxBroken": c.MaxBroken, "maxOld": c.MaxOld, "maxCredit": c.MaxCredit, "new": c.New} {
		at(place, "points", x >= 0 && x <= 100)
	}
	at("tierA", "tierRange", c.TierA > c.TierB && c.TierA <= 100)
	at("tierB", "tierRange", c.TierB > 0 && c.TierB < 100)
	at("hysteresis", "tierMargin", c.Hysteresis >= 0 && c.Hysteresis < c.TierB && c.TierA+c.Hysteresis <= 100)
	at("minPaid", "range", c.MinPaid >= 0 && c.MinPaid <= 100)
	at("oldDays", "enum", slices.Contains(OldSteps[:], c.OldDays))
	at("creditFrom", "range", c.CreditFrom >= 0 && c.CreditFrom < 1)
	slices.SortFunc(bad, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return bad
}

// Points is one reason of a score: a measure and what it cost.
type Points struct {
	Key    string  `json:"key"` // delay, broken, old, credit, new
	Value  float64 `json:"value"`
	Points float64 `json:"points"`
	Days   int     `json:"days,omitempty"` // of old: from how many days past due
}

// Score is a customer's score with its reasons: an automated judgement must be
// explainable.
type Score struct {
	Score   int      `json:"score"`
	Tier    string   `json:"tier"`
	Reasons []Points `json:"reasons"`
	Paid    int      `json:"paidInvoices"`
}

// Score weighs what was measured. was is the present tier, "" without one: it is
// left only when the score is past the boundary by the hysteresis, and stays
// while too little is known for praise or blame.
func (c Scoring) Score(m Measures, was string) Score {
	out := Score{Reasons: []Points{}, Paid: m.Paid}
	rest := 100.0
	cost := func(key string, v, points, limit float64) {
		points = min(max(points, 0), limit)
		if points > 0 {
			points = math.Round(points*10) / 10
			out.Reasons = append(out.Reasons, Points{Key: key, Value: math.Round(v*10) / 10, Points: points})
			rest -= points
		}
	}
	cost("delay", m.Delay, m.Delay*c.PerDay, c.MaxDelay)
	cost("broken", float64(m.Broken), float64(m.Broken)*c.PerBroken, c.MaxBroken)
	old := m.Old[max(slices.Index(OldSteps[:], c.OldDays), 0)]
	cost("old", old*100, old*c.MaxOld, c.MaxOld)
	if n := len(out.Reasons); n > 0 && out.Reasons[n-1].Key == "old" {
		out.Reasons[n-1].Days = c.OldDays
	}
	cost("credit", m.Credit*100, (m.Credit-c.CreditFrom)/(1-c.CreditFrom)*c.MaxCredit, c.MaxCredit)
	if m.Paid < c.MinPaid {
		cost("new", float64(m.Paid), c.New, c.New)
	}
	out.Score = int(math.Round(max(rest, 0)))
	out.Tier = c.tier(out.Score, was)
	if m.Paid < c.MinPaid {
		if out.Tier = was; was == "" {
			out.Tier = TierB
		}
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
