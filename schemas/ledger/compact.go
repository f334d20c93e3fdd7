package ledger

import (
	"sort"

	"github.com/dueflow/dueflow/schemas/value"
)

// compact keeps the document small: invoices closed long ago, payments whose
// money lies on such invoices, decided intents and closed promises leave it.
// Their records and the journal keep them; a command that needs one again
// revives it first (Revive). It is a pure function of the state, so that
// replaying the journal compacts alike.
func (s *State) compact() {
	if s.whole {
		return
	}
	if len(s.Items) > keepClosedItems {
		s.compactItems()
	}
	if len(s.Payments) > keepPayments {
		s.compactPayments()
	}
	dropOldest(s.Intents, keepIntents, func(i *Intent) (int64, bool) {
		return i.Seq, i.Status == IntentSent || i.Status == IntentFailed
	})
	dropOldest(s.Promises, keepPromises, func(p *Promise) (int64, bool) {
		return p.Seq, p.Status != PromiseOpen
	})
}

// NewWholeState is an account that never compacts, for rehearsing a history
// whose order is that of value dates.
func NewWholeState(id string) *State { return &State{ID: id, whole: true} }

func (s *State) compactItems() {
	promised := map[string]bool{}
	for _, p := range s.Promises {
		if p.Status == PromiseOpen {
			for _, id := range p.Items {
				promised[id] = true
			}
		}
	}
	var closed []string
	for id, i := range s.Items {
		if i.ClosedSeq != 0 && !promised[id] {
			closed = append(closed, id)
		}
	}
	if len(closed) <= keepClosedItems {
		return
	}
	sort.Slice(closed, func(a, b int) bool {
		x, y := s.Items[closed[a]], s.Items[closed[b]]
		if x.ClosedSeq != y.ClosedSeq {
			return x.ClosedSeq < y.ClosedSeq
		}
		return closed[a] < closed[b]
	})
	for _, id := range closed[:len(closed)-keepClosedItems] {
		if s.Archived == nil {
			s.Archived = map[value.Currency]int64{}
		}
		s.Archived[s.Items[id].Currency] += s.Items[id].Paid
		delete(s.Items, id)
	}
}

func (s *State) compactPayments() {
	dropOldest(s.Payments, keepPayments, func(p *Payment) (int64, bool) {
		return p.Seq, p.Reversed || p.Unapplied() == 0
	})
}

// dropOldest removes the oldest entries that may go, until keep are left.
func dropOldest[V any](m map[string]V, keep int, age func(V) (seq int64, mayGo bool)) {
	if len(m) <= keep {
		return
	}
	type entry struct {
		id  string
		seq int64
	}
	var old []entry
	for id, v := range m {
		if seq, ok := age(v); ok {
			old = append(old, entry{id, seq})
		}
	}
	sort.Slice(old, func(a, b int) bool {
		if old[a].seq != old[b].seq {
			return old[a].seq < old[b].seq
		}
		return old[a].id < old[b].id
	})
	for i := 0; i < len(old) && len(m) > keep; i++ {
		delete(m, old[i].id)
	}
}

// Archive is what has left the document and a command may need again, as the
// invoice's and payment's records keep it.
type Archive struct {
	Items    map[string]*Item
	Payments map[string]*Payment
}

// Revive puts archived invoices and payments back into the document, as events.
func (s *State) revive(a Archive) []Event {
	var out []Event
	for _, id := range sortedKeys(a.Items) {
		if s.Items[id] == nil {
			out = append(out, Event{Type: ItemRevived, Invoice: id, Currency: a.Items[id].Currency, RevivedItem: a.Items[id]})
		}
	}
	for _, id := range sortedKeys(a.Payments) {
		if s.Payments[id] == nil {
			out = append(out, Event{Type: PaymentRevived, Payment: id, Currency: a.Payments[id].Currency, RevivedPayment: a.Payments[id]})
		}
	}
	return out
}

func (i *Item) clone() *Item {
	c := *i
	c.Parts = append([]Part(nil), i.Parts...)
	c.Disputes = append([]Dispute(nil), i.Disputes...)
	return &c
}

func (p *Payment) clone() *Payment {
	c := *p
	c.Allocs = append([]Alloc(nil), p.Allocs...)
	return &c
}
