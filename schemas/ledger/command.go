package ledger

import (
	"time"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// Now is the moment of a command: the instant, the date in the workspace's
// zone, who gives it, and the working days.
type Now struct {
	At       time.Time
	Today    value.Date
	By       string
	Calendar *value.Calendar
}

// Command is one wish to change an account. decide checks it against the state
// and gives the events, none when it changes nothing (a repeat), or a fault.
type Command interface {
	decide(s *State, n Now) ([]Event, error)
}

// Execute runs a command: on success the state has moved and the sealed events
// are returned; on a fault the state is as before.
func Execute(s *State, c Command, n Now) ([]Event, error) {
	return ExecuteWith(s, c, n, Archive{})
}

// ExecuteWith is Execute with archived invoices and payments at hand. After a
// fault the state may hold revived ones and must be dropped, not written.
func ExecuteWith(s *State, c Command, n Now, a Archive) ([]Event, error) {
	var out []Event
	commit := func(events []Event) {
		for _, e := range events {
			if e.At.IsZero() {
				e.At = n.At.UTC().Truncate(time.Millisecond)
			}
			if e.Value == 0 {
				e.Value = n.Today
			}
			if e.By == "" {
				e.By = n.By
			}
			e.seal(s.Seq+1, s.Head)
			s.Apply(e)
			out = append(out, e)
		}
	}
	if revived := s.revive(a); len(revived) > 0 {
		commit(revived)
	}
	events, err := c.decide(s, n)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, nil
	}
	commit(events)
	commit(s.consequences(n, events))
	return out, nil
}

// consequences are events that follow from others: promises that money has
// kept, and messages that a payment with an earlier value date has crossed.
func (s *State) consequences(n Now, events []Event) []Event {
	var out []Event
	for _, e := range events {
		if e.Type == PaymentApplied || e.Type == PaymentAllocated {
			out = append(out, s.crossed(e)...)
		}
	}
	for _, id := range sortedKeys(s.Promises) {
		p := s.Promises[id]
		if p.Status == PromiseOpen && p.Received >= p.Amount-p.Tolerance() {
			out = append(out, Event{Type: PromiseClosed, Promise: id, Status: PromiseKept, Amount: p.Received, Currency: p.Currency})
		}
	}
	return out
}

func (s *State) crossed(e Event) []Event {
	var out []Event
	for _, key := range sortedKeys(s.Intents) {
		i := s.Intents[key]
		if i.Crossed || i.Status == IntentFailed || e.Value > i.Day {
			continue
		}
		for _, a := range e.Allocs {
			if contains(i.Items, a.Invoice) {
				out = append(out, Event{Type: MessageCrossed, Key: key, Payment: e.Payment, Invoice: a.Invoice})
				break
			}
		}
	}
	return out
}

// disputePatience is how many working days a dispute's owner has after its
// deadline before a manager is told.
const disputePatience = 2

// Tick is time passing: promises past their deadline are settled, holds past
// their last day are lifted, disputes past their deadline are brought up.
type Tick struct{}

func (Tick) decide(s *State, n Now) ([]Event, error) {
	var out []Event
	for _, id := range sortedKeys(s.Promises) {
		p := s.Promises[id]
		if p.Status != PromiseOpen || n.Today <= p.Deadline {
			continue
		}
		status := PromiseBroken
		if p.Received > 0 {
			status = PromisePartKept
		}
		out = append(out, Event{Type: PromiseClosed, Promise: id, Status: status, Amount: p.Received, Currency: p.Currency})
	}
	if s.Hold != nil && !s.Hold.Active(n.Today) {
		out = append(out, Event{Type: HoldLifted, Reason: "expired"})
	}
	for _, id := range sortedKeys(s.Items) {
		if h := s.Items[id].Hold; h != nil && !h.Active(n.Today) {
			out = append(out, Event{Type: HoldLifted, Invoice: id, Reason: "expired"})
		}
		for _, d := range s.Items[id].Disputes {
			if d.Next == 0 || n.Today <= d.Next {
				continue
			}
			e := Event{
				Type: DisputeOverdue, Invoice: id, Number: s.Items[id].Number, Dispute: d.ID, Amount: d.Amount, Currency: s.Items[id].Currency,
				Owner: d.Owner, Reason: d.Reason, Deadline: d.Deadline, Stage: d.Stage + 1,
			}
			if e.Stage == 1 {
				e.Until = n.Calendar.AddWorkdays(n.Today, disputePatience)
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func refuse(key string, p fault.Params) error { return fault.New(fault.Conflict, "ledger."+key, p) }

func (s *State) item(id string) (*Item, error) {
	if i := s.Items[id]; i != nil {
		return i, nil
	}
	return nil, fault.New(fault.NotFound, "ledger.noInvoice", fault.Params{"invoice": id})
}

// openItem is item, refusing cancelled ones.
func (s *State) openItem(id string) (*Item, error) {
	i, err := s.item(id)
	if err != nil {
		return nil, err
	}
	if i.Cancelled {
		return nil, refuse("cancelled", fault.Params{"number": i.Number})
	}
	return i, nil
}

func checkID(pointer, id string) error {
	if id == "" || len(id) > 200 || !utf8.ValidString(id) {
		return fault.At(pointer, "id", 200)
	}
	return nil
}

func checkText(pointer, s string) error {
	if utf8.RuneCountInString(s) > maxText {
		return fault.At(pointer, "maxLength", maxText)
	}
	return nil
}

// inWords is an amount as a person is told it.
func inWords(n int64, c value.Currency) string { return value.Money{Amount: n, Currency: c}.String() }

func checkAmount(pointer string, n int64) error {
	switch {
	case n <= 0:
		return fault.At(pointer, "exclusiveMinimum", 0)
	case n > value.MaxAmount:
		return fault.At(pointer, "maximum", value.MaxAmount)
	}
	return nil
}

func firstErr(errs ...error) error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}
