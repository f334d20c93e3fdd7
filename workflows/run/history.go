package run

import (
	"sort"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// happening is one event of an account's history at the instant at which it
// takes effect: money at the start of its value date, the rest when recorded.
type happening struct {
	at    time.Time
	event ledger.Event
}

// timeline orders a journal by when things took effect, so that a rehearsal
// over a history that was imported in one go meets every payment on its value
// date. What an event needs (its invoice, its payment, its promise) comes first.
// Of messages it has those that written keeps, as written gives them back; nil
// keeps none.
func timeline(events []ledger.Event, loc *time.Location, written func(ledger.Event) (ledger.Event, bool)) []happening {
	out := make([]happening, 0, len(events))
	ready := map[string]time.Time{}
	for _, e := range events {
		at, ok := effective(e, loc)
		if isMessage(e) && written != nil {
			at = e.At
			e, ok = written(e)
		}
		if !ok {
			continue
		}
		for _, id := range needs(e) {
			if t := ready[id]; t.After(at) {
				at = t
			}
		}
		for _, id := range gives(e) {
			ready[id] = at
		}
		out = append(out, happening{at, e})
	}
	sort.SliceStable(out, func(a, b int) bool {
		if !out[a].at.Equal(out[b].at) {
			return out[a].at.Before(out[b].at)
		}
		return out[a].event.Seq < out[b].event.Seq
	})
	return out
}

func isMessage(e ledger.Event) bool {
	switch e.Type {
	case ledger.MessageIntended, ledger.MessageSent, ledger.MessageFailed, ledger.MessageUnknown, ledger.MessageCrossed, ledger.MessageWaiting:
		return true
	}
	return false
}

// effective is when an event takes effect; false for those that a rehearsal
// makes itself (messages) or does not need.
func effective(e ledger.Event, loc *time.Location) (time.Time, bool) {
	switch e.Type {
	case ledger.InvoiceBooked, ledger.PaymentApplied, ledger.PaymentAllocated, ledger.CreditNoted, ledger.WrittenOff:
		return e.Value.At(0, loc), true
	case ledger.ItemRevived, ledger.PaymentRevived:
		return time.Time{}, false
	}
	return e.At, !isMessage(e)
}

func gives(e ledger.Event) []string {
	switch e.Type {
	case ledger.InvoiceBooked:
		return []string{"i" + e.Invoice}
	case ledger.PaymentApplied:
		return []string{"p" + e.Payment}
	case ledger.PromiseMade:
		return []string{"m" + e.Promise}
	case ledger.DisputeOpened:
		return []string{"d" + e.Dispute}
	case ledger.MessageIntended:
		return []string{"k" + e.Key}
	}
	return nil
}

func needs(e ledger.Event) []string {
	var out []string
	if e.Invoice != "" && e.Type != ledger.InvoiceBooked {
		out = append(out, "i"+e.Invoice)
	}
	if e.Payment != "" && e.Type != ledger.PaymentApplied {
		out = append(out, "p"+e.Payment)
	}
	if e.Promise != "" && e.Type != ledger.PromiseMade {
		out = append(out, "m"+e.Promise)
	}
	if e.Dispute != "" && e.Type != ledger.DisputeOpened {
		out = append(out, "d"+e.Dispute)
	}
	if e.Type != ledger.MessageIntended && isMessage(e) {
		out = append(out, "k"+e.Key)
	}
	for _, a := range e.Allocs {
		out = append(out, "i"+a.Invoice)
	}
	for _, id := range e.Items {
		out = append(out, "i"+id)
	}
	return out
}

// NodeEvents are the events of flows that a ledger event stands for, one for
// each invoice it touches; none for the flow's own messages.
func NodeEvents(e ledger.Event) []node.Event {
	if isMessage(e) || e.Type == ledger.ItemRevived || e.Type == ledger.PaymentRevived {
		return nil
	}
	var ids []string
	add := func(id string) {
		if id != "" && !has(ids, id) {
			ids = append(ids, id)
		}
	}
	add(e.Invoice)
	for _, a := range e.Allocs {
		add(a.Invoice)
	}
	for _, id := range e.Items {
		add(id)
	}
	if len(ids) == 0 {
		return []node.Event{{Type: e.Type, Seq: e.Seq}}
	}
	out := make([]node.Event, 0, len(ids))
	for _, id := range ids {
		out = append(out, node.Event{Type: e.Type, Seq: e.Seq, Invoice: id, Result: e.Status})
	}
	return out
}

// dayOf is a date in a zone.
func dayOf(t time.Time, loc *time.Location) value.Date { return value.DateOf(t.In(loc)) }
