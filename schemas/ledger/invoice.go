package ledger

import (
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// BookInvoice puts a claim on the account. Booking the same id twice with the
// same values changes nothing; with other values it is refused (correct it).
type BookInvoice struct {
	Invoice    string
	Number     string
	Currency   value.Currency
	Amount     int64
	Issue, Due value.Date
	Parts      []Part
}

func (c BookInvoice) decide(s *State, n Now) ([]Event, error) {
	if i := s.Items[c.Invoice]; i != nil {
		if i.Currency == c.Currency && i.Amount == c.Amount && i.Due == c.Due && !i.Cancelled {
			return nil, nil
		}
		return nil, refuse("booked", fault.Params{"number": i.Number})
	}
	if err := firstErr(checkID("/invoice", c.Invoice), c.check()); err != nil {
		return nil, err
	}
	if len(s.Items) >= MaxOpenItems {
		return nil, refuse("tooManyItems", fault.Params{"limit": MaxOpenItems})
	}
	return []Event{{
		Type: InvoiceBooked, Invoice: c.Invoice, Number: c.Number, Currency: c.Currency,
		Amount: c.Amount, Issue: c.Issue, Due: c.Due, Parts: c.Parts, Value: c.Issue,
	}}, nil
}

func (c BookInvoice) check() error {
	if _, err := value.ParseCurrency(string(c.Currency)); err != nil {
		return fault.At("/currency", "currency", nil)
	}
	if err := firstErr(checkAmount("/amount", c.Amount), checkText("/number", c.Number)); err != nil {
		return err
	}
	if c.Issue == 0 {
		return fault.At("/issueDate", "required", nil)
	}
	if c.Due != 0 && c.Due < c.Issue {
		return fault.At("/dueDate", "afterIssue", c.Issue)
	}
	return checkParts(c.Parts, c.Amount, c.Currency)
}

func checkParts(parts []Part, amount int64, cur value.Currency) error {
	if len(parts) == 0 {
		return nil
	}
	if len(parts) > MaxParts {
		return fault.At("/instalments", "maxItems", MaxParts)
	}
	var sum int64
	for k, p := range parts {
		if p.Amount <= 0 || p.Due == 0 || k > 0 && p.Due < parts[k-1].Due {
			return fault.At("/instalments", "instalmentOrder", nil)
		}
		sum += p.Amount
	}
	if sum != amount {
		return fault.At("/instalments", "instalmentSum", inWords(amount, cur))
	}
	return nil
}

// CorrectInvoice changes number, amount, dates or instalments of a booked
// invoice. The amount cannot fall below what is already settled.
type CorrectInvoice struct {
	Invoice    string
	Number     string
	Amount     int64
	Issue, Due value.Date
	Parts      []Part
}

func (c CorrectInvoice) decide(s *State, _ Now) ([]Event, error) {
	i, err := s.openItem(c.Invoice)
	if err != nil {
		return nil, err
	}
	book := BookInvoice{Currency: i.Currency, Number: c.Number, Amount: c.Amount, Issue: c.Issue, Due: c.Due, Parts: c.Parts}
	if err := book.check(); err != nil {
		return nil, err
	}
	if settled := i.Amount - i.Open(); c.Amount < settled {
		return nil, fault.At("/amount", "belowSettled", inWords(settled, i.Currency))
	}
	if i.Number == c.Number && i.Amount == c.Amount && i.Issue == c.Issue && i.Due == c.Due && sameParts(i.Parts, c.Parts) {
		return nil, nil
	}
	return []Event{{
		Type: InvoiceCorrected, Invoice: c.Invoice, Number: c.Number, Amount: c.Amount,
		Currency: i.Currency, Issue: c.Issue, Due: c.Due, Parts: c.Parts,
	}}, nil
}

func sameParts(a, b []Part) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

// CancelInvoice takes a claim back; money on it becomes unapplied again.
type CancelInvoice struct {
	Invoice, Reason string
}

func (c CancelInvoice) decide(s *State, _ Now) ([]Event, error) {
	i, err := s.item(c.Invoice)
	if err != nil {
		return nil, err
	}
	if i.Cancelled {
		return nil, nil
	}
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	released, err := s.allocsOn(c.Invoice, i.Paid)
	if err != nil {
		return nil, err
	}
	return []Event{{
		Type: InvoiceCancelled, Invoice: c.Invoice, Number: i.Number, Amount: i.Open(),
		Currency: i.Currency, Reason: c.Reason, Released: released,
	}}, nil
}
