// Package accounts runs ledger commands: it reads an account, decides, and
// writes the result with one compare-and-set. The events of a command are in
// the same document until the relay has delivered them, so that a crash
// between writing and delivering loses nothing.
package accounts

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// Collection names.
const (
	Collection = "account"
	Journal    = "journal"
)

// Specs are the collections of this room.
var Specs = []store.Spec{
	{Name: Collection, MaxBody: 15 << 20, Indexes: []store.Index{
		{Fields: []store.IndexField{{Path: "npend", Kind: store.Number}}, Sparse: true},
		{Fields: []store.IndexField{{Path: "tick", Kind: store.Text}}, Sparse: true},
		{Fields: []store.IndexField{{Path: "inflight", Kind: store.Text}}, Sparse: true},
	}},
	{Name: Journal, Indexes: []store.Index{
		{Fields: []store.IndexField{{Path: "c", Kind: store.Text}, {Path: "seq", Kind: store.Number}}},
		store.OnText("t"),
	}},
}

// document is an account as stored.
type document struct {
	State   *ledger.State  `json:"s"`
	Pending []ledger.Event `json:"pending,omitempty"`
	NPend   int            `json:"npend,omitempty"`
	Tick    string         `json:"tick,omitempty"` // the day on which time alone changes something
	// Inflight is when the oldest message was granted that has not ended.
	Inflight string `json:"inflight,omitempty"`
}

// encode writes the document with the fields that the store's indexes read.
func (d *document) encode() (json.RawMessage, error) {
	d.NPend = len(d.Pending)
	d.Tick = d.State.NextTick().String()
	d.Inflight = ""
	for _, i := range d.State.Intents {
		if at := value.Instant(i.At); i.Status == ledger.IntentOpen && (d.Inflight == "" || at < d.Inflight) {
			d.Inflight = at
		}
	}
	return json.Marshal(d)
}

// Archivist finds invoices and payments that have left a customer's account
// document; those of other customers are not there for it.
type Archivist interface {
	Archived(ctx context.Context, ws, customer string, c ledger.Command) (ledger.Archive, error)
}

// Service runs commands. Archivist may be nil.
type Service struct {
	store     *store.Store
	spaces    *workspace.Service
	archivist Archivist
	relay     *Relay
	locks     [256]sync.Mutex
	seed      maphash.Seed
	// OnEvents is told of each account's new events once they are stored, by the
	// process that stored them; it must not wait for anything.
	OnEvents func([]ledger.Event)
}

// New makes the service; events go to the relay.
func New(s *store.Store, w *workspace.Service, r *Relay) *Service {
	svc := &Service{store: s, spaces: w, relay: r, seed: maphash.MakeSeed()}
	r.accounts = svc
	return svc
}

// UseArchivist sets who finds archived invoices and payments.
func (s *Service) UseArchivist(a Archivist) { s.archivist = a }

// attempts bounds the retries of a command that others keep overtaking.
const attempts = 40

// Execute runs one command for a customer, on behalf of by (a user id, or a
// name such as "flow"). It gives the events and the state after them. A
// conflict with another command is retried on the new state.
func (s *Service) Execute(ctx context.Context, ws, customer, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error) {
	return s.Account(ws, customer).Execute(ctx, by, c)
}

// ExecuteAll runs commands of one customer in order and writes them as one. A
// command that the ledger refuses changes nothing and has its reason in errs,
// which is as long as commands; what has been archived is not looked for.
func (s *Service) ExecuteAll(ctx context.Context, ws, customer, by string, commands []ledger.Command) (errs []error, st *ledger.State, err error) {
	_, st, err = s.Account(ws, customer).change(ctx, by, func(st *ledger.State, now ledger.Now) ([]ledger.Event, error) {
		var all []ledger.Event
		errs = make([]error, len(commands))
		for k, c := range commands {
			var events []ledger.Event
			events, errs[k] = ledger.ExecuteWith(st, c, now, ledger.Archive{})
			all = append(all, events...)
		}
		return all, nil
	})
	return errs, st, err
}

func (s *Service) lock(ws, customer string) *sync.Mutex {
	return &s.locks[maphash.String(s.seed, ws+"/"+customer)%uint64(len(s.locks))]
}

func (s *Service) archived(ctx context.Context, ws, customer string, c ledger.Command, was error) (ledger.Archive, error) {
	a, err := s.archivist.Archived(ctx, ws, customer, c)
	if err != nil {
		return a, err
	}
	if len(a.Items) == 0 && len(a.Payments) == 0 {
		return a, was
	}
	if a.Items == nil {
		a.Items = map[string]*ledger.Item{}
	}
	return a, nil
}

// pause waits a little longer after each conflict.
func pause(ctx context.Context, n int) error {
	d := time.Duration(rand.Int64N(int64(time.Millisecond) << min(n, 6)))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
