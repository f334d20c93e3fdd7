package ledger

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/dueflow/dueflow/schemas/value"
)

// AgedRow is what one account has in one currency.
type AgedRow struct {
	Customer string
	AgeingOf
}

// AgedGroup is one currency: the totals of all rows, the worst of the rows, and
// how many more there are.
type AgedGroup struct {
	AgeingOf
	Worst []AgedRow
	More  int64
}

// Overdue is the sum of all buckets but the current one.
func (x AgeingOf) Overdue() int64 {
	var n int64
	for _, b := range x.Buckets[1:] {
		n += b.Amount
	}
	return n
}

// Split adds one account's journal as AddAccount does, and gives the account's
// own rows by currency code; none for an account on which nothing is open.
func (a *Ageing) Split(customer string, events []Event) []AgedRow {
	one := NewAgeing(a.AsOf, a.bounds)
	one.AddAccount(events)
	var out []AgedRow
	for _, x := range one.Rows() {
		a.add(x)
		out = append(out, AgedRow{customer, x})
	}
	return out
}

func (a *Ageing) add(x AgeingOf) {
	to := a.of(x.Currency)
	for k, b := range x.Buckets {
		to.Buckets[k].Count += b.Count
		to.Buckets[k].Amount += b.Amount
	}
	to.Open += x.Open
	to.Unapplied += x.Unapplied
	to.Outstanding += x.Outstanding
}

// worse orders rows: most overdue first, then most open, then by customer.
func worse(a, b AgedRow) int {
	return cmp.Or(cmp.Compare(b.Overdue(), a.Overdue()), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Customer, b.Customer))
}

// mildest is a heap with the mildest row on top, which is the next to go.
type mildest []AgedRow

// Len, Less, Swap, Push and Pop are what container/heap asks for.
func (h mildest) Len() int           { return len(h) }
func (h mildest) Less(i, j int) bool { return worse(h[i], h[j]) > 0 }
func (h mildest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push adds at the end.
func (h *mildest) Push(x any) { *h = append(*h, x.(AgedRow)) }

// Pop takes the last away.
func (h *mildest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// Worst keeps the worst rows of each currency while accounts stream by: no more
// than limit of a currency are held at any time. Amounts of different
// currencies are not compared.
type Worst struct {
	limit int
	kept  map[value.Currency]*mildest
	more  map[value.Currency]int64
}

// NewWorst keeps up to limit rows of a currency; limit is at least 1.
func NewWorst(limit int) *Worst {
	return &Worst{limit: limit, kept: map[value.Currency]*mildest{}, more: map[value.Currency]int64{}}
}

// Add offers a row.
func (w *Worst) Add(r AgedRow) {
	h := w.kept[r.Currency]
	if h == nil {
		h = &mildest{}
		w.kept[r.Currency] = h
	}
	if h.Len() < w.limit {
		heap.Push(h, r)
		return
	}
	w.more[r.Currency]++
	if worse(r, (*h)[0]) < 0 {
		(*h)[0] = r
		heap.Fix(h, 0)
	}
}

// Groups puts the totals of all rows and the rows that were kept together, the
// worst first.
func (w *Worst) Groups(totals *Ageing) []AgedGroup {
	out := make([]AgedGroup, 0, len(w.kept))
	for _, x := range totals.Rows() {
		g := AgedGroup{AgeingOf: x, Worst: []AgedRow{}, More: w.more[x.Currency]}
		if h := w.kept[x.Currency]; h != nil {
			g.Worst = slices.SortedFunc(slices.Values(*h), worse)
		}
		out = append(out, g)
	}
	return out
}
