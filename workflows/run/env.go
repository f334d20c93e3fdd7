package run

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Env is the world as one account's runs see it. The server gives the real
// one; rehearsal gives one on a virtual clock that touches nothing.
type Env interface {
	// Now is the account's time: real, or a demo clock's.
	Now() time.Time
	// Load reads the account fresh: its ledger, customer and the named invoices.
	Load(ctx context.Context, invoices []string) (*Facts, error)
	// Definition gives a published flow by content hash.
	Definition(ctx context.Context, hash string) (*Definition, error)
	// Reached are the ended runs about these invoices, or about the customer, that
	// may go on (LastReached).
	Reached(ctx context.Context, invoices []string) ([]*Run, error)
	// Send asks the ledger and, if granted, sends one message. It leaves the
	// ledger's new state in f.
	Send(ctx context.Context, f *Facts, m Message) (Sent, error)
	// Do performs any other action, once per key.
	Do(ctx context.Context, f *Facts, r *Run, a node.Action) (node.Result, error)
}

// Facts are what decisions are made from, read at one moment.
type Facts struct {
	Today    value.Date // in the workspace's zone
	State    *ledger.State
	Customer map[string]any            // the customer's record
	Invoices map[string]map[string]any // records of invoices, by id
	Loc      *time.Location            // the customer's zone
	WorkLoc  *time.Location            // the workspace's zone
	Calendar *value.Calendar
	Rules    ledger.Rules  // the workspace's rules of sending
	Grace    time.Duration // see In.Grace
	// Calendars are the workspace's own, by id.
	Calendars map[string]*value.Calendar

	// account sums the ledger up as it was at accountSeq: thousands of runs ask
	// for the same figures.
	account    map[string]any
	accountSeq int64
}

// Message is one wish to send: the lead step and those merged into it.
type Message struct {
	Key      string
	Keys     []string // of the merged steps
	Items    []string
	Currency value.Currency
	Channel  string
	Fallback []string
	Template string
	Flow     string
	Node     string
	Runs     []string
	Rules    ledger.Rules
	// Apart are those of Items that stand on another side of their due date than
	// the one the lead is about: a letter names them apart from what it speaks of.
	Apart []string
}

// Sent is how it went. Dropped says why single items were left out; By, in the
// result, names the flow that had reminded of a duplicate.
type Sent struct {
	node.Result
	Dropped map[string]string
}
