package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// The event types. They are names in the journal and never change meaning.
const (
	InvoiceBooked    = "invoice.booked"
	InvoiceCorrected = "invoice.corrected"
	InvoiceCancelled = "invoice.cancelled"
	PaymentApplied   = "payment.applied"
	PaymentAllocated = "payment.allocated"
	PaymentReversed  = "payment.reversed"
	CreditNoted      = "credit.noted"
	WrittenOff       = "writeOff.booked"
	DisputeOpened    = "dispute.opened"
	DisputeClosed    = "dispute.closed"
	DisputeAssigned  = "dispute.assigned"
	DisputeOverdue   = "dispute.overdue" // Stage says who has to look: 1 its owner, 2 a manager
	PromiseMade      = "promise.made"
	PromiseClosed    = "promise.closed" // Status says how: kept, partKept, broken, cancelled
	HoldSet          = "hold.set"
	HoldLifted       = "hold.lifted"
	StopWished       = "stop.wished"
	StopLifted       = "stop.lifted"
	ContactLogged    = "contact.logged"
	MessageIntended  = "message.intended"
	MessageSent      = "message.sent"
	MessageFailed    = "message.failed"
	MessageUnknown   = "message.unknown"
	MessageCrossed   = "message.crossed"
	MessageWaiting   = "message.waiting" // for a person who has to act before it is out
	StopConfirmed    = "stop.confirmed"
	ItemRevived      = "item.revived"
	PaymentRevived   = "payment.revived"
)

// Event is one fact of an account, as the journal keeps it for ever. Which
// fields are set depends on Type. Seq counts per account from 1; At is when it
// was recorded, Value the date it takes effect. Hash = SHA-256 over Prev and
// the event without Hash, so that the journal is a chain.
type Event struct {
	Seq   int64      `json:"seq"`
	Type  string     `json:"type"`
	At    time.Time  `json:"at"`
	Value value.Date `json:"value"`
	By    string     `json:"by,omitempty"`

	Invoice  string         `json:"invoice,omitempty"`
	Payment  string         `json:"payment,omitempty"`
	Promise  string         `json:"promise,omitempty"`
	Dispute  string         `json:"dispute,omitempty"`
	Owner    string         `json:"owner,omitempty"` // of a dispute
	Stage    int            `json:"stage,omitempty"`
	Key      string         `json:"key,omitempty"`
	Amount   int64          `json:"amount,omitempty"`
	Currency value.Currency `json:"currency,omitempty"`
	Number   string         `json:"number,omitempty"`
	Issue    value.Date     `json:"issue,omitempty"`
	Due      value.Date     `json:"due,omitempty"`
	Deadline value.Date     `json:"deadline,omitempty"`
	Parts    []Part         `json:"parts,omitempty"`
	Allocs   []Alloc        `json:"allocs,omitempty"`
	// Released are parts of payments that an event took off an invoice:
	// Invoice holds the payment's id here.
	Released []Alloc    `json:"released,omitempty"`
	Items    []string   `json:"items,omitempty"`
	Keys     []string   `json:"keys,omitempty"` // further step keys that one merged message answers
	Status   string     `json:"status,omitempty"`
	Channel  string     `json:"channel,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Note     string     `json:"note,omitempty"`
	Until    value.Date `json:"until,omitempty"`
	Moves    int        `json:"moves,omitempty"`
	Ref      string     `json:"ref,omitempty"`
	Checks   []Check    `json:"checks,omitempty"`

	RevivedItem    *Item    `json:"revivedItem,omitempty"`
	RevivedPayment *Payment `json:"revivedPayment,omitempty"`

	Prev string `json:"prev"`
	Hash string `json:"hash,omitempty"`
}

// Unbooked is the field of a record that is stored and may not have been booked yet.
const Unbooked = "_unbooked"

// Settling tells whether an event may leave less, or nothing, open of invoices.
func (e Event) Settling() bool {
	switch e.Type {
	case PaymentApplied, PaymentAllocated, CreditNoted, WrittenOff, InvoiceCancelled, InvoiceCorrected:
		return true
	}
	return false
}

// Reopening tells whether an event of a type may leave more open of invoices.
func Reopening(eventType string) bool {
	return eventType == PaymentReversed || eventType == InvoiceCorrected
}

// seal numbers an event, chains it to prev and sets its hash.
func (e *Event) seal(seq int64, prev string) {
	e.Seq, e.Prev = seq, prev
	e.Hash = e.sum()
}

func (e Event) sum() string {
	e.Hash = ""
	b, err := json.Marshal(e)
	if err != nil {
		panic("ledger: event does not marshal: " + err.Error()) // plain data only
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}
