package ledger

import (
	"github.com/dueflow/dueflow/schemas/value"
)

// Apply changes the state by one event. It trusts the event: the rules were
// checked when it was decided.
func (s *State) Apply(e Event) {
	s.Seq, s.Head = e.Seq, e.Hash
	switch e.Type {
	case InvoiceBooked, InvoiceCorrected, InvoiceCancelled, CreditNoted, WrittenOff,
		PaymentApplied, PaymentAllocated, PaymentReversed, ItemRevived, PaymentRevived:
		s.applyMoney(e)
	case DisputeOpened, DisputeClosed, DisputeAssigned, DisputeOverdue, PromiseMade, PromiseClosed, HoldSet, HoldLifted,
		StopWished, StopLifted, StopConfirmed, ContactLogged:
		s.applyRelation(e)
	default:
		s.applyMessage(e)
	}
	s.compact()
}

func (s *State) applyMoney(e Event) {
	switch e.Type {
	case InvoiceBooked:
		put(&s.Items, e.Invoice, &Item{
			Number: e.Number, Currency: e.Currency, Amount: e.Amount,
			Issue: e.Issue, Due: e.Due, Parts: e.Parts,
		})
	case InvoiceCorrected:
		i := s.Items[e.Invoice]
		i.Number, i.Amount, i.Issue, i.Due, i.Parts = e.Number, e.Amount, e.Issue, e.Due, e.Parts
	case InvoiceCancelled:
		s.release(e)
		s.Items[e.Invoice].Cancelled = true
	case CreditNoted:
		s.Items[e.Invoice].Credited += e.Amount
	case WrittenOff:
		s.Items[e.Invoice].WrittenOff += e.Amount
	case PaymentApplied:
		put(&s.Payments, e.Payment, &Payment{Amount: e.Amount, Currency: e.Currency, Value: e.Value, Seq: e.Seq})
		if s.Received == nil {
			s.Received = map[value.Currency]int64{}
		}
		s.Received[e.Currency] += e.Amount
		s.allocate(e)
	case PaymentAllocated:
		s.allocate(e)
	case PaymentReversed:
		p := s.Payments[e.Payment]
		for _, a := range p.Allocs {
			s.Items[a.Invoice].Paid -= a.Amount
			s.countPromises(a.Invoice, -a.Amount)
			s.mark(a.Invoice, e.Seq)
		}
		s.Received[p.Currency] -= p.Amount
		p.Reversed, p.Allocs = true, nil
	case ItemRevived:
		i := e.RevivedItem.clone()
		i.ClosedSeq = 0 // counts as just closed, so that compaction leaves it for now
		put(&s.Items, e.Invoice, i)
		s.Archived[e.RevivedItem.Currency] -= e.RevivedItem.Paid
	case PaymentRevived:
		p := e.RevivedPayment.clone()
		p.Seq = e.Seq
		put(&s.Payments, e.Payment, p)
	}
	if e.Invoice != "" {
		s.mark(e.Invoice, e.Seq)
	}
}

// mark notes since when an item is closed, or that it is open.
func (s *State) mark(invoice string, seq int64) {
	i := s.Items[invoice]
	switch {
	case i.Open() > 0:
		i.ClosedSeq = 0
	case i.ClosedSeq == 0:
		i.ClosedSeq = seq
	}
}

func (s *State) allocate(e Event) {
	p := s.Payments[e.Payment]
	for _, a := range e.Allocs {
		s.Items[a.Invoice].Paid += a.Amount
		p.add(a)
		s.countPromises(a.Invoice, a.Amount)
		s.mark(a.Invoice, e.Seq)
	}
}

func (p *Payment) add(a Alloc) {
	for i := range p.Allocs {
		if p.Allocs[i].Invoice == a.Invoice {
			p.Allocs[i].Amount += a.Amount
			return
		}
	}
	p.Allocs = append(p.Allocs, a)
}

// release takes the released parts of payments off the event's invoice.
func (s *State) release(e Event) {
	for _, r := range e.Released {
		p := s.Payments[r.Invoice]
		kept := p.Allocs[:0]
		for _, a := range p.Allocs {
			if a.Invoice == e.Invoice {
				a.Amount -= r.Amount
			}
			if a.Amount > 0 {
				kept = append(kept, a)
			}
		}
		p.Allocs = kept
		s.Items[e.Invoice].Paid -= r.Amount
		s.countPromises(e.Invoice, -r.Amount)
	}
}

// countPromises credits money on an invoice to the open promises that name it,
// the earliest promise first, each up to its amount.
func (s *State) countPromises(invoice string, n int64) {
	for _, id := range sortedKeys(s.Promises) {
		p := s.Promises[id]
		if p.Status != PromiseOpen || !contains(p.Items, invoice) || n == 0 {
			continue
		}
		take := max(n, -p.Received)
		if n > 0 {
			take = min(n, p.Amount-p.Received)
		}
		p.Received += take
		n -= take
	}
}

// movesDispute applies what happens to a dispute while it is open.
func (s *State) movesDispute(e Event) {
	i := s.Items[e.Invoice]
	for k := range i.Disputes {
		d := &i.Disputes[k]
		if d.ID != e.Dispute {
			continue
		}
		if e.Type == DisputeAssigned {
			d.Owner, d.Deadline, d.Next, d.Stage = e.Owner, e.Deadline, e.Deadline, 0
			return
		}
		d.Stage, d.Next = e.Stage, e.Until
	}
}

func (s *State) applyRelation(e Event) {
	switch e.Type {
	case DisputeOpened:
		i := s.Items[e.Invoice]
		i.Disputes = append(i.Disputes, Dispute{
			ID: e.Dispute, Amount: e.Amount, Reason: e.Reason, At: e.At, Owner: e.Owner, Deadline: e.Deadline, Next: e.Deadline,
		})
	case DisputeAssigned, DisputeOverdue:
		s.movesDispute(e)
	case DisputeClosed:
		i := s.Items[e.Invoice]
		for k, d := range i.Disputes {
			if d.ID == e.Dispute {
				i.Disputes = append(i.Disputes[:k:k], i.Disputes[k+1:]...)
				break
			}
		}
	case PromiseMade:
		put(&s.Promises, e.Promise, &Promise{
			Amount: e.Amount, Currency: e.Currency, Date: e.Value, Deadline: e.Deadline,
			Items: e.Items, Status: PromiseOpen, Moves: e.Moves, Seq: e.Seq,
		})
	case PromiseClosed:
		s.Promises[e.Promise].Status = e.Status
	case HoldSet, HoldLifted:
		var h *Hold
		if e.Type == HoldSet {
			h = &Hold{Until: e.Until, Reason: e.Reason, By: e.By, At: e.At}
		}
		if e.Invoice != "" {
			s.Items[e.Invoice].Hold = h
		} else {
			s.Hold = h
		}
	case StopWished:
		s.StopWish = &StopWish{Reason: e.Reason, At: e.At}
	case StopConfirmed:
		s.StopWish.Confirmed = true
	case StopLifted:
		s.StopWish = nil
	case ContactLogged:
		s.uncount(e.Ref) // the call was the one that a message asked for
		s.contact(Contact{At: e.At, Kind: "call", Key: e.Key, Talk: Talked(e.Status)})
	}
}

func (s *State) applyMessage(e Event) {
	switch e.Type {
	case MessageIntended:
		put(&s.Intents, e.Key, &Intent{
			Items: e.Items, Keys: e.Keys, Currency: e.Currency, Amount: e.Amount, Channel: e.Channel,
			At: e.At, Day: e.Value, Status: IntentOpen, Seq: e.Seq,
		})
		s.contact(Contact{At: e.At, Kind: "message", Key: e.Key, Channel: e.Channel})
	case MessageSent:
		s.Intents[e.Key].Status = IntentSent
		if s.Intents[e.Key].Channel == "call" { // the contact is when the colleague called
			s.uncount(e.Key)
			s.contact(Contact{At: e.At, Kind: "message", Key: e.Key, Channel: "call", Talk: Talked(e.Status)})
		}
	case MessageWaiting:
		s.Intents[e.Key].Status = IntentWaiting
	case MessageUnknown:
		s.Intents[e.Key].Status = IntentUnknown
	case MessageFailed:
		s.Intents[e.Key].Status = IntentFailed
		s.uncount(e.Key) // a message that did not go out spends no budget
	case MessageCrossed:
		s.Intents[e.Key].Crossed = true
	}
}

// uncount takes a message's contact back; "" has none.
func (s *State) uncount(key string) {
	if key == "" {
		return
	}
	kept := s.Contacts[:0]
	for _, c := range s.Contacts {
		if c.Key != key || c.Kind != "message" {
			kept = append(kept, c)
		}
	}
	s.Contacts = kept
}

func (s *State) contact(c Contact) {
	s.Contacts = append(s.Contacts, c)
	if n := len(s.Contacts); n > keepContacts {
		s.Contacts = append(s.Contacts[:0], s.Contacts[n-keepContacts:]...)
	}
}

func put[V any](m *map[string]V, k string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[k] = v
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
