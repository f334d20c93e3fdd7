// Package ledger is the account aggregate: everything that decides money or
// contact for one customer, as pure functions. A command and a state give
// events or a fault; events give the next state; replaying the journal gives
// the state again. No I/O and no clock: the present moment is an argument.
//
// The rules come from the product's domain: open = original − paid − credited
// − written off; collectable = open − disputed − promised and not yet due;
// a message is granted only while collectable > 0 (see sending.go).
package ledger

import (
	"sort"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// Limits of one account document.
const (
	MaxOpenItems    = 20_000 // open invoices of one customer
	keepClosedItems = 100    // closed invoices kept for reversals; older ones are revived from their record
	keepPayments    = 200
	keepIntents     = 60  // decided message intents kept for idempotency and crossing
	keepContacts    = 100 // as many as a budget may count
	keepPromises    = 40
	MaxParts        = 60 // instalments of one invoice
	maxText         = 500
)

// State is the account aggregate. ID is the customer's record id.
type State struct {
	ID       string                   `json:"id"`
	Seq      int64                    `json:"seq"`  // events so far; the ledger version that messages record
	Head     string                   `json:"head"` // hash of the last event
	Items    map[string]*Item         `json:"items,omitempty"`
	Payments map[string]*Payment      `json:"payments,omitempty"`
	Received map[value.Currency]int64 `json:"received,omitempty"` // all money received, less reversals
	// Archived is money on invoices that have left this document (closed long ago).
	Archived map[value.Currency]int64 `json:"archived,omitempty"`
	Promises map[string]*Promise      `json:"promises,omitempty"`
	Hold     *Hold                    `json:"hold,omitempty"`
	StopWish *StopWish                `json:"stopWish,omitempty"`
	Contacts []Contact                `json:"contacts,omitempty"` // newest last
	Intents  map[string]*Intent       `json:"intents,omitempty"`

	whole bool // never compacts
}

// Dispute holds back part of an invoice. Its owner has to settle it by the
// deadline, its last day; Next is the day after which somebody is told again, 0
// for never, and Stage who was told: 1 its owner, 2 a manager.
type Dispute struct {
	ID       string     `json:"id"`
	Amount   int64      `json:"amount"`
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	Owner    string     `json:"owner,omitempty"`
	Deadline value.Date `json:"deadline,omitempty"`
	Next     value.Date `json:"next,omitempty"`
	Stage    int        `json:"stage,omitempty"`
}

// Alloc is money of a payment on an invoice.
type Alloc struct {
	Invoice string `json:"invoice"`
	Amount  int64  `json:"amount"`
}

// Payment is money received. Unapplied = Amount − Σ Allocs.
type Payment struct {
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Value    value.Date     `json:"value"`
	Allocs   []Alloc        `json:"allocs,omitempty"`
	Reversed bool           `json:"reversed,omitempty"`
	Seq      int64          `json:"seq"`
}

// Unapplied is what of the payment is on no invoice.
func (p *Payment) Unapplied() int64 {
	if p.Reversed {
		return 0
	}
	n := p.Amount
	for _, a := range p.Allocs {
		n -= a.Amount
	}
	return n
}

// The states of a promise.
const (
	PromiseOpen      = "open"
	PromiseKept      = "kept"
	PromisePartKept  = "partKept"
	PromiseBroken    = "broken"
	PromiseCancelled = "cancelled"
)

// Promise says: this amount by that date.
type Promise struct {
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Date     value.Date     `json:"date"`
	Deadline value.Date     `json:"deadline"` // date + one working day
	Items    []string       `json:"items"`
	Received int64          `json:"received"` // allocated to its items since it was made
	Status   string         `json:"status"`
	Moves    int            `json:"moves,omitempty"`
	Seq      int64          `json:"seq"`
}

// Tolerance of a promise: one per cent or one unit of the currency, whichever is more.
func (p *Promise) Tolerance() int64 {
	unit := int64(1)
	for range p.Currency.Digits() {
		unit *= 10
	}
	return max(p.Amount/100, unit)
}

// Hold stops all reminders of an account or invoice, until a date or until lifted.
type Hold struct {
	Until  value.Date `json:"until,omitempty"` // last day of the hold; none = until lifted
	Reason string     `json:"reason"`
	By     string     `json:"by,omitempty"`
	At     time.Time  `json:"at"`
}

// Active tells whether the hold holds on a day; a nil hold never does.
func (h *Hold) Active(today value.Date) bool {
	return h != nil && (h.Until == 0 || today <= h.Until)
}

// StopWish is the customer's request not to be contacted, until a person reviews it.
// Confirmed is that review, where it upholds the wish.
type StopWish struct {
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
	Confirmed bool      `json:"confirmed,omitempty"`
}

// Contact is one contact with the customer that counts against the budget.
type Contact struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // "message" or "call"
	Key     string    `json:"key,omitempty"`
	Channel string    `json:"channel,omitempty"` // of a message
	Talk    bool      `json:"talk,omitempty"`    // somebody was spoken to
}

// The states of a message intent.
const (
	IntentOpen    = "intended"
	IntentSent    = "sent"
	IntentFailed  = "failed"
	IntentUnknown = "unknown"
	IntentWaiting = "waiting" // for a person: a call to make, a letter to post
)

// Intent is the ledger's side of one message: what it saw when it was granted.
type Intent struct {
	Items    []string       `json:"items"`
	Keys     []string       `json:"keys,omitempty"` // further step keys that it answers
	Currency value.Currency `json:"currency"`
	Amount   int64          `json:"amount"` // collectable of its items when granted
	Channel  string         `json:"channel"`
	At       time.Time      `json:"at"`
	Day      value.Date     `json:"day"`
	Status   string         `json:"status"`
	Seq      int64          `json:"seq"`
	Crossed  bool           `json:"crossed,omitempty"`
}

// NewState is the account of a customer before anything happened.
func NewState(id string) *State { return &State{ID: id} }

// NextTick is the first day on which time alone changes something: the day
// after a promise's or dispute's deadline, or after a hold's last day. 0 =
// never.
func (s *State) NextTick() value.Date {
	var next value.Date
	note := func(d value.Date) {
		if d != 0 && (next == 0 || d < next) {
			next = d
		}
	}
	for _, p := range s.Promises {
		if p.Status == PromiseOpen {
			note(p.Deadline + 1)
		}
	}
	if s.Hold != nil && s.Hold.Until != 0 {
		note(s.Hold.Until + 1)
	}
	for _, i := range s.Items {
		if i.Hold != nil && i.Hold.Until != 0 {
			note(i.Hold.Until + 1)
		}
		for _, d := range i.Disputes {
			if d.Next != 0 {
				note(d.Next + 1)
			}
		}
	}
	return next
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(a, b int) bool { return keys[a] < keys[b] })
	return keys
}
