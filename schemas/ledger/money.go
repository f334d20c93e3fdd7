package ledger

import (
	"sort"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// allocsOn lists the parts of payments that lie on an invoice; they must add
// up to want, else some payment has left the document and must be revived.
func (s *State) allocsOn(invoice string, want int64) ([]Alloc, error) {
	var out []Alloc
	for _, id := range sortedKeys(s.Payments) {
		for _, a := range s.Payments[id].Allocs {
			if a.Invoice == invoice && a.Amount > 0 {
				out = append(out, Alloc{Invoice: id, Amount: a.Amount})
				want -= a.Amount
			}
		}
	}
	if want != 0 {
		return nil, fault.New(fault.NotFound, "ledger.archivedPayments", fault.Params{"invoice": invoice})
	}
	return out, nil
}

// The house rules for spreading a payment that names no invoice.
const (
	OldestFirst = "oldest" // oldest due first
	CNCivilCode = "cn"     // due before not due, earliest due first, pro rata on ties
)

// ApplyPayment books money received, value-dated, and spreads it: over the
// named invoices in their order, else by the house rule. What is left stays
// unapplied. The same payment id twice changes nothing.
type ApplyPayment struct {
	Payment  string
	Amount   int64
	Currency value.Currency
	Value    value.Date
	Invoices []string
	Rule     string
}

func (c ApplyPayment) decide(s *State, n Now) ([]Event, error) {
	if p := s.Payments[c.Payment]; p != nil {
		if p.Amount == c.Amount && p.Currency == c.Currency {
			return nil, nil
		}
		return nil, refuse("paymentBooked", fault.Params{"payment": c.Payment})
	}
	if err := firstErr(checkID("/payment", c.Payment), checkAmount("/amount", c.Amount)); err != nil {
		return nil, err
	}
	if _, err := value.ParseCurrency(string(c.Currency)); err != nil {
		return nil, fault.At("/currency", "currency", nil)
	}
	if c.Value == 0 {
		c.Value = n.Today
	}
	if c.Value > n.Today+1 { // a day of slack for zones ahead
		return nil, fault.At("/valueDate", "notInFuture", n.Today)
	}
	allocs, err := s.spread(c.Amount, c.Currency, c.Invoices, c.Rule, c.Value)
	if err != nil {
		return nil, err
	}
	return []Event{{
		Type: PaymentApplied, Payment: c.Payment, Amount: c.Amount, Currency: c.Currency,
		Value: c.Value, Allocs: allocs,
	}}, nil
}

// AllocatePayment spreads what is unapplied of a payment, as ApplyPayment does.
type AllocatePayment struct {
	Payment  string
	Invoices []string
	Rule     string
}

func (c AllocatePayment) decide(s *State, n Now) ([]Event, error) {
	p := s.Payments[c.Payment]
	if p == nil {
		return nil, fault.New(fault.NotFound, "ledger.noPayment", fault.Params{"payment": c.Payment})
	}
	allocs, err := s.spread(p.Unapplied(), p.Currency, c.Invoices, c.Rule, n.Today)
	if err != nil || len(allocs) == 0 {
		return nil, err
	}
	return []Event{{Type: PaymentAllocated, Payment: c.Payment, Currency: p.Currency, Allocs: allocs}}, nil
}

func (s *State) spread(amount int64, cur value.Currency, named []string, rule string, on value.Date) ([]Alloc, error) {
	if len(named) > 0 {
		return s.spreadNamed(amount, cur, named)
	}
	if rule == CNCivilCode {
		return s.spreadCN(amount, cur, on), nil
	}
	var out []Alloc
	for _, id := range s.OpenItems() {
		i := s.Items[id]
		if i.Currency != cur || amount == 0 {
			continue
		}
		take := min(amount, i.Open())
		out = append(out, Alloc{Invoice: id, Amount: take})
		amount -= take
	}
	return out, nil
}

func (s *State) spreadNamed(amount int64, cur value.Currency, named []string) ([]Alloc, error) {
	var out []Alloc
	seen := map[string]bool{}
	for _, id := range named {
		i, err := s.openItem(id)
		if err != nil {
			return nil, err
		}
		if i.Currency != cur {
			return nil, fault.At("/currency", "invoiceCurrency", i.Currency)
		}
		if take := min(amount, i.Open()); take > 0 && !seen[id] {
			out = append(out, Alloc{Invoice: id, Amount: take})
			amount -= take
		}
		seen[id] = true
	}
	return out, nil
}

// spreadCN follows Art. 560 of the Civil Code of the PRC for equal claims: due
// before not due, earliest due first, in proportion on the same day.
func (s *State) spreadCN(amount int64, cur value.Currency, on value.Date) []Alloc {
	type claim struct {
		id  string
		due value.Date
		n   int64
	}
	var claims []claim
	for id, i := range s.Items {
		if i.Currency != cur {
			continue
		}
		for _, p := range i.PartsOpen() {
			claims = append(claims, claim{id, p.Due, p.Amount})
		}
	}
	rank := func(c claim) value.Date {
		if c.due == 0 {
			return 1 << 30 // no due date: after everything that has one
		}
		return c.due
	}
	sort.Slice(claims, func(a, b int) bool {
		if rank(claims[a]) != rank(claims[b]) {
			return rank(claims[a]) < rank(claims[b])
		}
		return claims[a].id < claims[b].id
	})
	var out []Alloc
	for k := 0; k < len(claims) && amount > 0; {
		end, sum := k, int64(0)
		for end < len(claims) && claims[end].due == claims[k].due {
			sum += claims[end].n
			end++
		}
		pay := min(amount, sum)
		weights := make([]int64, 0, end-k)
		for _, c := range claims[k:end] {
			weights = append(weights, c.n)
		}
		for j, part := range value.Prorate(pay, weights) {
			if part > 0 {
				out = addAlloc(out, Alloc{Invoice: claims[k+j].id, Amount: part})
			}
		}
		amount -= pay
		k = end
	}
	return out
}

func addAlloc(list []Alloc, a Alloc) []Alloc {
	for k := range list {
		if list[k].Invoice == a.Invoice {
			list[k].Amount += a.Amount
			return list
		}
	}
	return append(list, a)
}

// ReversePayment takes a payment back (bounced, charged back): its invoices
// are open again.
type ReversePayment struct {
	Payment, Reason string
}

func (c ReversePayment) decide(s *State, _ Now) ([]Event, error) {
	p := s.Payments[c.Payment]
	if p == nil {
		return nil, fault.New(fault.NotFound, "ledger.noPayment", fault.Params{"payment": c.Payment})
	}
	if p.Reversed {
		return nil, nil
	}
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	for _, a := range p.Allocs {
		if s.Items[a.Invoice] == nil {
			return nil, fault.New(fault.NotFound, "ledger.archivedInvoice", fault.Params{"invoice": a.Invoice})
		}
	}
	return []Event{{
		Type: PaymentReversed, Payment: c.Payment, Amount: p.Amount, Currency: p.Currency,
		Allocs: append([]Alloc(nil), p.Allocs...), Reason: c.Reason,
	}}, nil
}

// Credit lowers an invoice without cash: a credit note, or a write-off when
// WriteOff is set. It cannot take more than is open.
type Credit struct {
	Invoice  string
	Amount   int64
	Date     value.Date
	Ref      string // number of the credit note
	Reason   string
	WriteOff bool
}

func (c Credit) decide(s *State, n Now) ([]Event, error) {
	i, err := s.openItem(c.Invoice)
	if err != nil {
		return nil, err
	}
	if err := firstErr(checkAmount("/amount", c.Amount), checkText("/reason", c.Reason), checkText("/reference", c.Ref)); err != nil {
		return nil, err
	}
	if c.Amount > i.Open() {
		return nil, fault.At("/amount", "aboveOpen", inWords(i.Open(), i.Currency))
	}
	if c.Date > n.Today+1 {
		return nil, fault.At("/date", "notInFuture", n.Today)
	}
	typ := CreditNoted
	if c.WriteOff {
		typ = WrittenOff
	}
	return []Event{{
		Type: typ, Invoice: c.Invoice, Number: i.Number, Amount: c.Amount, Currency: i.Currency,
		Value: c.Date, Ref: c.Ref, Reason: c.Reason,
	}}, nil
}
