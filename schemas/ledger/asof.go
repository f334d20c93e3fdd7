package ledger

import (
	"fmt"

	"github.com/dueflow/dueflow/schemas/value"
)

// Bucket is one ageing bucket: number of instalments (or invoices) and their
// open amount.
type Bucket struct {
	Key    string `json:"key"`
	Count  int64  `json:"count"`
	Amount int64  `json:"amount"`
}

// DefaultBounds are the upper bounds of the overdue buckets, in days.
var DefaultBounds = []int{30, 60, 90}

// Ageing collects figures of one date over accounts. Its zero value is not
// ready: use NewAgeing.
type Ageing struct {
	AsOf   value.Date
	bounds []int
	m      map[value.Currency]*AgeingOf
}

// AgeingOf is one currency: Σ buckets = Open; Outstanding = Open − Unapplied.
type AgeingOf struct {
	Currency    value.Currency `json:"currency"`
	Buckets     []Bucket       `json:"buckets"`
	Open        int64          `json:"total"`
	Unapplied   int64          `json:"unapplied"`
	Outstanding int64          `json:"outstanding"`
}

// NewAgeing starts a report for a date with overdue bounds such as 30, 60, 90.
func NewAgeing(asOf value.Date, bounds []int) *Ageing {
	if len(bounds) == 0 {
		bounds = DefaultBounds
	}
	return &Ageing{AsOf: asOf, bounds: bounds, m: map[value.Currency]*AgeingOf{}}
}

// BucketKeys names the buckets in order: current, 1-30, 31-60, 61-90, 90+; of
// the default bounds if there are none.
func BucketKeys(bounds []int) []string {
	if len(bounds) == 0 {
		bounds = DefaultBounds
	}
	keys := []string{"current"}
	from := 1
	for _, b := range bounds {
		keys = append(keys, fmt.Sprintf("%d-%d", from, b))
		from = b + 1
	}
	return append(keys, fmt.Sprintf("%d+", from-1))
}

func (a *Ageing) of(c value.Currency) *AgeingOf {
	if a.m[c] == nil {
		x := &AgeingOf{Currency: c}
		for _, k := range BucketKeys(a.bounds) {
			x.Buckets = append(x.Buckets, Bucket{Key: k})
		}
		a.m[c] = x
	}
	return a.m[c]
}

// AddOpen counts an open part with a due date (0 = none, current).
func (a *Ageing) AddOpen(c value.Currency, due value.Date, amount int64) {
	a.AddGroup(c, due, 1, amount)
}

// AddUnapplied counts money that is on no invoice.
func (a *Ageing) AddUnapplied(c value.Currency, amount int64) {
	if amount == 0 {
		return
	}
	x := a.of(c)
	x.Unapplied += amount
	x.Outstanding -= amount
}

// Rows gives the report by currency code.
func (a *Ageing) Rows() []AgeingOf {
	out := make([]AgeingOf, 0, len(a.m))
	for _, c := range sortedKeys(a.m) {
		out = append(out, *a.m[c])
	}
	return out
}

// AddAccount adds one account's journal, in sequence, as it stood by value
// dates on the report's date: only events with a value date on or before it
// count, whenever they were recorded. Money on an invoice that had not been
// issued yet counts as unapplied.
func (a *Ageing) AddAccount(events []Event) {
	items := map[string]*Item{}
	cash := map[value.Currency]int64{}
	for _, e := range events {
		if e.Value > a.AsOf && e.Type != InvoiceCorrected {
			continue
		}
		switch e.Type {
		case InvoiceBooked:
			items[e.Invoice] = &Item{Currency: e.Currency, Amount: e.Amount, Issue: e.Issue, Due: e.Due, Parts: e.Parts}
		case InvoiceCorrected:
			// A correction says what the claim always should have been.
			if i := items[e.Invoice]; i != nil {
				i.Amount, i.Issue, i.Due, i.Parts = e.Amount, e.Issue, e.Due, e.Parts
			}
		case InvoiceCancelled:
			if i := items[e.Invoice]; i != nil {
				i.Cancelled = true
				cash[i.Currency] += i.Paid
			}
		case CreditNoted, WrittenOff:
			if i := items[e.Invoice]; i != nil {
				i.Credited += e.Amount
			}
		case PaymentApplied:
			cash[e.Currency] += e.Amount
			spreadAsOf(items, cash, e, 1)
		case PaymentAllocated:
			spreadAsOf(items, cash, e, 1)
		case PaymentReversed:
			cash[e.Currency] -= e.Amount
			spreadAsOf(items, cash, e, -1)
		}
	}
	for _, i := range items {
		if i.Open() > 0 {
			for _, p := range i.PartsOpen() {
				a.AddOpen(i.Currency, p.Due, p.Amount)
			}
		}
	}
	for c, n := range cash {
		a.AddUnapplied(c, n)
	}
}

func spreadAsOf(items map[string]*Item, cash map[value.Currency]int64, e Event, sign int64) {
	for _, al := range e.Allocs {
		if i := items[al.Invoice]; i != nil && !i.Cancelled {
			i.Paid += sign * al.Amount
			cash[e.Currency] -= sign * al.Amount
		}
	}
}

// AddGroup counts several invoices of one due date at once.
func (a *Ageing) AddGroup(c value.Currency, due value.Date, count, amount int64) {
	x := a.of(c)
	k := a.bucket(due)
	x.Buckets[k].Count += count
	x.Buckets[k].Amount += amount
	x.Open += amount
	x.Outstanding += amount
}

// NotYetDue takes what is not due yet out of invoices that were counted whole, at
// once: further instalments of as many invoices of one late due date.
func (a *Ageing) NotYetDue(c value.Currency, due value.Date, count, amount int64) {
	x := a.of(c)
	x.Buckets[a.bucket(due)].Amount -= amount
	x.Buckets[0].Amount += amount
	x.Buckets[0].Count += count
}

// SplitGroup takes the further instalments of an invoice, earliest first, out of
// the bucket of the first, in which it was counted whole. It counts in each
// bucket once.
func (a *Ageing) SplitGroup(c value.Currency, parts []Part) {
	x := a.of(c)
	first := a.bucket(parts[0].Due)
	last := first
	for _, p := range parts[1:] {
		k := a.bucket(p.Due)
		if k == first {
			continue
		}
		x.Buckets[first].Amount -= p.Amount
		x.Buckets[k].Amount += p.Amount
		if k != last {
			x.Buckets[k].Count++
			last = k
		}
	}
}

// bucket is the place of a due date among the buckets; none is current.
func (a *Ageing) bucket(due value.Date) int {
	if due == 0 || due >= a.AsOf {
		return 0
	}
	dpd, k := int(a.AsOf-due), 1
	for k <= len(a.bounds) && dpd > a.bounds[k-1] {
		k++
	}
	return k
}
