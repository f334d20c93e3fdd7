package ledger

import (
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// OpenDispute holds back part of an invoice; the undisputed rest goes on. Owner
// is who settles it, by the deadline; both may be left open.
type OpenDispute struct {
	Invoice, Dispute, Reason string
	Amount                   int64
	Owner                    string
	Deadline                 value.Date
}

func checkDispute(owner string, deadline, today value.Date) error {
	if owner != "" {
		if err := checkID("/owner", owner); err != nil {
			return err
		}
	}
	if deadline != 0 && deadline < today {
		return fault.At("/deadline", "notInPast", today)
	}
	if deadline > today+366 {
		return fault.At("/deadline", "withinYear", today+366)
	}
	return nil
}

func (c OpenDispute) decide(s *State, n Now) ([]Event, error) {
	i, err := s.openItem(c.Invoice)
	if err != nil {
		return nil, err
	}
	for _, d := range i.Disputes {
		if d.ID == c.Dispute {
			return nil, nil
		}
	}
	if err := firstErr(checkID("/dispute", c.Dispute), checkAmount("/amount", c.Amount), checkText("/reason", c.Reason), checkDispute(c.Owner, c.Deadline, n.Today)); err != nil {
		return nil, err
	}
	if free := i.Open() - i.Disputed(); c.Amount > free {
		return nil, fault.At("/amount", "aboveOpen", inWords(free, i.Currency))
	}
	return []Event{{
		Type: DisputeOpened, Invoice: c.Invoice, Number: i.Number, Dispute: c.Dispute,
		Amount: c.Amount, Currency: i.Currency, Reason: c.Reason, Owner: c.Owner, Deadline: c.Deadline,
	}}, nil
}

// AssignDispute gives an open dispute another owner and deadline.
type AssignDispute struct {
	Invoice, Dispute, Owner string
	Deadline                value.Date
}

func (c AssignDispute) decide(s *State, n Now) ([]Event, error) {
	i, err := s.item(c.Invoice)
	if err != nil {
		return nil, err
	}
	for _, d := range i.Disputes {
		if d.ID != c.Dispute {
			continue
		}
		if err := checkDispute(c.Owner, c.Deadline, n.Today); err != nil {
			return nil, err
		}
		if d.Owner == c.Owner && d.Deadline == c.Deadline {
			return nil, nil
		}
		return []Event{{
			Type: DisputeAssigned, Invoice: c.Invoice, Number: i.Number, Dispute: d.ID, Amount: d.Amount, Currency: i.Currency,
			Owner: c.Owner, Deadline: c.Deadline,
		}}, nil
	}
	return nil, fault.New(fault.NotFound, "ledger.noDispute", fault.Params{"dispute": c.Dispute})
}

// CloseDispute ends a dispute. Outcome "upheld" or "rejected"; a credit note
// for an upheld one is a command of its own.
type CloseDispute struct {
	Invoice, Dispute, Outcome string
}

func (c CloseDispute) decide(s *State, _ Now) ([]Event, error) {
	i, err := s.item(c.Invoice)
	if err != nil {
		return nil, err
	}
	if c.Outcome != "upheld" && c.Outcome != "rejected" {
		return nil, fault.At("/outcome", "enum", []string{"upheld", "rejected"})
	}
	for _, d := range i.Disputes {
		if d.ID == c.Dispute {
			return []Event{{
				Type: DisputeClosed, Invoice: c.Invoice, Number: i.Number, Dispute: c.Dispute,
				Amount: d.Amount, Currency: i.Currency, Status: c.Outcome,
			}}, nil
		}
	}
	return nil, nil
}

// MakePromise records that the customer pays an amount by a date. Items empty
// means all open items of the currency. Replaces moves an earlier promise to
// the new date; moving one for the second time breaks it.
type MakePromise struct {
	Promise  string
	Amount   int64
	Currency value.Currency
	Date     value.Date
	Items    []string
	Replaces string
}

func (c MakePromise) decide(s *State, n Now) ([]Event, error) {
	if s.Promises[c.Promise] != nil {
		return nil, nil
	}
	if err := firstErr(checkID("/promise", c.Promise), checkAmount("/amount", c.Amount)); err != nil {
		return nil, err
	}
	if c.Date < n.Today {
		return nil, fault.At("/date", "notInPast", n.Today)
	}
	if c.Date > n.Today+366 {
		return nil, fault.At("/date", "withinYear", n.Today+366)
	}
	items, open, err := s.promiseItems(c)
	if err != nil {
		return nil, err
	}
	if c.Amount > open {
		return nil, fault.At("/amount", "aboveOpen", inWords(open, c.Currency))
	}
	var out []Event
	moves := 0
	if c.Replaces != "" {
		old := s.Promises[c.Replaces]
		if old == nil || old.Status != PromiseOpen {
			return nil, fault.New(fault.NotFound, "ledger.noPromise", fault.Params{"promise": c.Replaces})
		}
		moves = old.Moves + 1
		status := PromiseCancelled
		if moves >= 2 {
			status = PromiseBroken
		}
		out = append(out, Event{Type: PromiseClosed, Promise: c.Replaces, Status: status, Amount: old.Received, Currency: old.Currency, Reason: "moved"})
	}
	return append(out, Event{
		Type: PromiseMade, Promise: c.Promise, Amount: c.Amount, Currency: c.Currency, Value: c.Date,
		Deadline: n.Calendar.AddWorkdays(c.Date, 1), Items: items, Moves: moves,
	}), nil
}

func (s *State) promiseItems(c MakePromise) (items []string, open int64, err error) {
	items = c.Items
	if len(items) == 0 {
		for _, id := range s.OpenItems() {
			if s.Items[id].Currency == c.Currency {
				items = append(items, id)
			}
		}
	}
	for _, id := range items {
		i, err := s.openItem(id)
		if err != nil {
			return nil, 0, err
		}
		if i.Currency != c.Currency {
			return nil, 0, fault.At("/currency", "invoiceCurrency", i.Currency)
		}
		open += i.Open()
	}
	return items, open, nil
}

// CancelPromise withdraws a promise.
type CancelPromise struct{ Promise string }

func (c CancelPromise) decide(s *State, _ Now) ([]Event, error) {
	p := s.Promises[c.Promise]
	if p == nil {
		return nil, fault.New(fault.NotFound, "ledger.noPromise", fault.Params{"promise": c.Promise})
	}
	if p.Status != PromiseOpen {
		return nil, nil
	}
	return []Event{{Type: PromiseClosed, Promise: c.Promise, Status: PromiseCancelled, Amount: p.Received, Currency: p.Currency}}, nil
}

// SetHold stops reminders of the account, or of one invoice.
type SetHold struct {
	Invoice, Reason string
	Until           value.Date
}

func (c SetHold) decide(s *State, n Now) ([]Event, error) {
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	if c.Until != 0 && c.Until < n.Today {
		return nil, fault.At("/until", "notInPast", n.Today)
	}
	if c.Invoice != "" {
		if _, err := s.openItem(c.Invoice); err != nil {
			return nil, err
		}
	}
	return []Event{{Type: HoldSet, Invoice: c.Invoice, Until: c.Until, Reason: c.Reason}}, nil
}

// LiftHold ends a hold.
type LiftHold struct{ Invoice string }

func (c LiftHold) decide(s *State, _ Now) ([]Event, error) {
	h := s.Hold
	if c.Invoice != "" {
		i, err := s.item(c.Invoice)
		if err != nil {
			return nil, err
		}
		h = i.Hold
	}
	if h == nil {
		return nil, nil
	}
	return []Event{{Type: HoldLifted, Invoice: c.Invoice}}, nil
}

// WishStop is the customer's request to stop; LiftStop a person's review of it.
type WishStop struct{ Reason string }

func (c WishStop) decide(s *State, _ Now) ([]Event, error) {
	if s.StopWish != nil {
		return nil, nil
	}
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	return []Event{{Type: StopWished, Reason: c.Reason}}, nil
}

// LiftStop ends a stop wish after a person has reviewed it.
type LiftStop struct{ Reason string }

func (c LiftStop) decide(s *State, _ Now) ([]Event, error) {
	if s.StopWish == nil {
		return nil, nil
	}
	if c.Reason == "" {
		return nil, fault.At("/reason", "required", nil)
	}
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	return []Event{{Type: StopLifted, Reason: c.Reason}}, nil
}

// ConfirmStop is a person's review that upholds a stop wish.
type ConfirmStop struct{ Reason string }

func (c ConfirmStop) decide(s *State, _ Now) ([]Event, error) {
	if s.StopWish == nil || s.StopWish.Confirmed {
		return nil, nil
	}
	if err := checkText("/reason", c.Reason); err != nil {
		return nil, err
	}
	return []Event{{Type: StopConfirmed, Reason: c.Reason}}, nil
}
