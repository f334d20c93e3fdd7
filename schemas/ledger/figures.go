package ledger

import (
	"sort"

	"github.com/dueflow/dueflow/schemas/value"
)

// Unapplied is money received that is on no invoice, per currency.
func (s *State) Unapplied() map[value.Currency]int64 {
	out := map[value.Currency]int64{}
	for c, n := range s.Received {
		out[c] = n
	}
	for _, i := range s.Items {
		if i.Paid != 0 {
			out[i.Currency] -= i.Paid
		}
	}
	for c, n := range s.Archived {
		out[c] -= n
	}
	for c, n := range out {
		if n == 0 {
			delete(out, c)
		}
	}
	return out
}

// Promised is the promised part of each item on a day: open promises whose
// date has not passed, spread over their items by due date, within what is
// open and not disputed.
func (s *State) Promised(today value.Date) map[string]int64 {
	var out map[string]int64
	for _, id := range sortedKeys(s.Promises) {
		p := s.Promises[id]
		if p.Status != PromiseOpen || today > p.Date {
			continue
		}
		left := p.Amount - p.Received
		for _, it := range p.Items {
			i := s.Items[it]
			if i == nil || left <= 0 {
				continue
			}
			if out == nil {
				out = map[string]int64{}
			}
			take := min(left, i.Open()-i.Disputed()-out[it])
			if take > 0 {
				out[it] += take
				left -= take
			}
		}
	}
	return out
}

// Collectable is open − disputed − promised of one item on a day, never below 0.
func (s *State) Collectable(invoice string, today value.Date) int64 {
	i := s.Items[invoice]
	if i == nil {
		return 0
	}
	return max(0, i.Open()-i.Disputed()-s.Promised(today)[invoice])
}

// Asked is what a reminder asks for of one item on a day: like Collectable, but of
// instalments only those that are due by then, or the next one where none is. What is
// disputed or promised is taken to be about these first.
func (s *State) Asked(invoice string, today value.Date) int64 {
	i := s.Items[invoice]
	if i == nil {
		return 0
	}
	return i.asked(s.Promised(today)[invoice], today)
}

func (i *Item) asked(promised int64, today value.Date) int64 {
	return max(0, i.DueOpen(today)-i.Disputed()-promised)
}

// Balance is one currency of an account on a day.
type Balance struct {
	Currency  value.Currency `json:"currency"`
	Open      int64          `json:"open"`
	Overdue   int64          `json:"overdue"`
	Disputed  int64          `json:"disputed"`
	Promised  int64          `json:"promised"`
	Unapplied int64          `json:"unapplied"`
}

// Balances gives the account per currency on a day, by code.
func (s *State) Balances(today value.Date) []Balance {
	m := map[value.Currency]*Balance{}
	get := func(c value.Currency) *Balance {
		if m[c] == nil {
			m[c] = &Balance{Currency: c}
		}
		return m[c]
	}
	promised := s.Promised(today)
	for id, i := range s.Items {
		open := i.Open()
		if open == 0 {
			continue
		}
		b := get(i.Currency)
		b.Open += open
		b.Disputed += i.Disputed()
		b.Promised += promised[id]
		for _, p := range i.PartsOpen() {
			if p.Due != 0 && p.Due < today {
				b.Overdue += p.Amount
			}
		}
	}
	for c, n := range s.Unapplied() {
		get(c).Unapplied = n
	}
	out := make([]Balance, 0, len(m))
	for _, c := range sortedKeys(m) {
		out = append(out, *m[c])
	}
	return out
}

// OpenItems lists ids of items with something open, by due date, then id.
func (s *State) OpenItems() []string {
	var ids []string
	for id, i := range s.Items {
		if i.Open() > 0 {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(a, b int) bool {
		x, y := s.Items[ids[a]], s.Items[ids[b]]
		if x.NextDue() != y.NextDue() {
			return x.NextDue() < y.NextDue()
		}
		return ids[a] < ids[b]
	})
	return ids
}
