package ledger

import (
	"math"

	"github.com/dueflow/dueflow/schemas/value"
)

// OldSteps are the days past due from which a balance may count as old.
var OldSteps = [...]int{30, 60, 90, 120}

// CreditLimit is a customer's limit; zero amounts mean none.
type CreditLimit struct {
	Limit    int64
	Currency value.Currency
}

// Measures are what a score weighs: facts of the journal as of a day, whatever
// the weights. They hold no amounts.
type Measures struct {
	Delay  float64                `json:"delay"`  // weighted average delay in days
	Broken int                    `json:"broken"` // promises
	Old    [len(OldSteps)]float64 `json:"old"`    // share of the balance older than each of OldSteps
	Credit float64                `json:"credit"` // share of the credit limit in use; 0 without one
	Paid   int                    `json:"paid"`   // invoices
}

// Measure reads an account's journal as of a day: money on its value date
// against the due date, and what is open and overdue counted to today. Delays
// are weighed by amount; amounts of several currencies weigh as they stand but
// are never added to a figure that is shown.
func Measure(events []Event, s *State, credit CreditLimit, today value.Date) Measures {
	l := lateness{claims: map[string]*claim{}, paidOn: map[string]value.Date{}}
	var m Measures
	for _, e := range events {
		if e.Type == PromiseClosed && e.Status == PromiseBroken {
			m.Broken++
		}
		l.add(e)
	}
	l.sum(&m, today)
	if credit.Limit > 0 {
		var open int64
		for _, id := range s.OpenItems() {
			if i := s.Items[id]; i.Currency == credit.Currency {
				open += i.Open()
			}
		}
		m.Credit = float64(open) / float64(credit.Limit)
	}
	return m
}

type claim struct {
	due      value.Date
	amount   int64
	currency value.Currency
	open     int64
	dead     bool
}

// lateness gathers the delays of a journal.
type lateness struct {
	claims      map[string]*claim
	paidOn      map[string]value.Date
	late, total float64
}

func (l *lateness) weigh(i *claim, amount int64, days value.Date) {
	if i.due != 0 && i.amount > 0 {
		share := float64(amount) / float64(i.amount) // of one invoice, whatever its currency
		l.late += share * float64(days) * weightOf(i)
		l.total += share * weightOf(i)
	}
}

func (l *lateness) settle(allocs []Alloc, sign int64, on value.Date) {
	for _, a := range allocs {
		if i := l.claims[a.Invoice]; i != nil {
			i.open -= sign * a.Amount
			l.weigh(i, sign*a.Amount, on-i.due)
		}
	}
}

func (l *lateness) add(e Event) {
	i := l.claims[e.Invoice]
	switch {
	case e.Type == InvoiceBooked:
		l.claims[e.Invoice] = &claim{due: e.Due, amount: e.Amount, currency: e.Currency, open: e.Amount}
	case e.Type == PaymentApplied || e.Type == PaymentAllocated:
		if _, known := l.paidOn[e.Payment]; !known {
			l.paidOn[e.Payment] = e.Value
		}
		l.settle(e.Allocs, 1, l.paidOn[e.Payment])
	case e.Type == PaymentReversed: // as if it had never come
		l.settle(e.Allocs, -1, l.paidOn[e.Payment])
	case i == nil:
	case e.Type == InvoiceCorrected:
		i.open += e.Amount - i.amount
		i.amount, i.due = e.Amount, e.Due
	case e.Type == InvoiceCancelled:
		i.dead = true
	case e.Type == CreditNoted || e.Type == WrittenOff:
		i.open -= e.Amount
	}
}

// sum adds what is open today and fills in the figures.
func (l *lateness) sum(m *Measures, today value.Date) {
	open, old := map[value.Currency]float64{}, map[value.Currency][len(OldSteps)]float64{}
	for _, i := range l.claims {
		switch {
		case i.dead:
		case i.open <= 0:
			m.Paid++
		default:
			open[i.currency] += float64(i.open)
			if i.due == 0 || today <= i.due || i.amount <= 0 {
				continue
			}
			l.weigh(i, i.open, today-i.due)
			steps := old[i.currency]
			for k, days := range OldSteps {
				if int(today-i.due) > days {
					steps[k] += float64(i.open)
				}
			}
			old[i.currency] = steps
		}
	}
	if l.total > 0 {
		m.Delay = l.late / l.total
	}
	for c, n := range open {
		for k := range OldSteps {
			m.Old[k] = max(m.Old[k], old[c][k]/n)
		}
	}
}

// weightOf weighs an invoice by its amount in major units of its currency.
func weightOf(i *claim) float64 {
	return float64(i.amount) / math.Pow10(i.currency.Digits())
}
