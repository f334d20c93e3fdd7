package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Delivery is a batch of events of one account with the state after them.
type Delivery struct {
	Workspace string
	Customer  string
	State     *ledger.State
	Events    []ledger.Event
}

// Sink takes events, at least once and in order per account; it must be
// idempotent. An error keeps the events pending and they come again.
type Sink func(context.Context, Delivery) error

// Relay delivers pending events: journal first, then the sinks in order. It
// runs at once after a command and sweeps up what a crash left behind.
type Relay struct {
	accounts *Service
	store    *store.Store
	log      *slog.Logger
	sinks    []Sink
	queue    chan string
	mu       sync.Mutex
	busy     map[string]bool  // accounts being delivered: true = look again
	done     map[string]int64 // delivered up to this sequence, not yet cleared
	later    map[string]bool  // accounts whose events hope for the next command
	wg       sync.WaitGroup
}

// NewRelay makes a relay; Run starts it.
func NewRelay(s *store.Store, log *slog.Logger) *Relay {
	return &Relay{store: s, log: log, queue: make(chan string, 4096), busy: map[string]bool{}, done: map[string]int64{}, later: map[string]bool{}}
}

// Add appends a sink. All sinks must be there before Run.
func (r *Relay) Add(s Sink) { r.sinks = append(r.sinks, s) }

const (
	workers    = 8
	sweepEvery = 10 * time.Second
	kickLater  = 2 * time.Second
	// clearAfter is how long delivered events stay in the document in the hope
	// that the next command takes them out in its own write.
	clearAfter = 400 * time.Millisecond
)

// Run delivers until ctx ends, then waits for what is under way.
func (r *Relay) Run(ctx context.Context) {
	for range workers {
		r.wg.Add(1)
		go func() {
			defer r.wg.Done()
			for {
				select {
				case <-ctx.Done():
					return
				case key := <-r.queue:
					r.serve(ctx, key)
				}
			}
		}()
	}
	r.wg.Wait()
}

func accountKey(ws, customer string) string { return ws + "/" + customer }

func splitKey(key string) (ws, customer string) {
	for i := range len(key) {
		if key[i] == '/' {
			return key[:i], key[i+1:]
		}
	}
	return key, ""
}

// Kick asks for the delivery of an account soon. It never blocks: when the
// queue is full the sweep will find it.
func (r *Relay) Kick(ws, customer string) {
	key := accountKey(ws, customer)
	r.mu.Lock()
	_, running := r.busy[key]
	r.busy[key] = running
	r.mu.Unlock()
	if running {
		return
	}
	select {
	case r.queue <- key:
	default:
		r.mu.Lock()
		delete(r.busy, key)
		r.mu.Unlock()
	}
}

// KickLater is Kick after a while, for events that the next command will
// probably take along: then it says Taken, and nobody looks.
func (r *Relay) KickLater(ws, customer string) {
	key := accountKey(ws, customer)
	r.mu.Lock()
	r.later[key] = true
	r.mu.Unlock()
	time.AfterFunc(kickLater, func() {
		r.mu.Lock()
		waits := r.later[key]
		delete(r.later, key)
		r.mu.Unlock()
		if waits {
			r.Kick(ws, customer)
		}
	})
}

// Taken says that an account has no events left to deliver.
func (r *Relay) Taken(ws, customer string) {
	r.mu.Lock()
	delete(r.later, accountKey(ws, customer))
	r.mu.Unlock()
}

func (r *Relay) serve(ctx context.Context, key string) {
	ws, customer := splitKey(key)
	for {
		r.mu.Lock()
		r.busy[key] = false
		r.mu.Unlock()
		err := r.deliver(ctx, ws, customer)
		if err != nil && !errors.Is(err, errDelivered) && ctx.Err() == nil {
			r.log.Warn("events stay pending", "workspace", ws, "error", err)
		}
		r.mu.Lock()
		again := r.busy[key] && (err == nil || errors.Is(err, errDelivered))
		if !again {
			delete(r.busy, key)
		}
		r.mu.Unlock()
		if !again {
			break
		}
	}
	time.AfterFunc(clearAfter, func() {
		if ctx.Err() == nil {
			if err := r.clear(ctx, ws, customer); err != nil && ctx.Err() == nil {
				r.log.Warn("delivered events not cleared", "workspace", ws, "error", err)
			}
		}
	})
}

// entry is a journal row: the event, its account, and when it was recorded in
// the fixed width that sorts as text.
type entry struct {
	C string `json:"c"`
	T string `json:"t"`
	ledger.Event
}

func journalOf(customer string) store.Query {
	return store.Query{Filter: filter.Eq("c", customer), Sort: []store.SortKey{{Field: "seq"}}, Limit: 500}
}

func (r *Relay) deliver(ctx context.Context, ws, customer string) error {
	doc, _, err := r.accounts.read(ctx, ws, customer)
	if err != nil {
		return err
	}
	pending := r.undelivered(ws, customer, doc.Pending)
	if len(pending) == 0 {
		return errDelivered
	}
	if err := r.journal(ctx, ws, customer, pending); err != nil {
		return err
	}
	d := Delivery{Workspace: ws, Customer: customer, State: doc.State, Events: pending}
	for _, s := range r.sinks {
		if err := s(ctx, d); err != nil {
			return err
		}
	}
	r.mu.Lock()
	r.done[accountKey(ws, customer)] = pending[len(pending)-1].Seq
	r.mu.Unlock()
	return nil
}

// journal writes events; one that is there already is the same one.
func (r *Relay) journal(ctx context.Context, ws, customer string, events []ledger.Event) error {
	writes, err := journalRows(customer, events)
	if err != nil {
		return err
	}
	_, errs := r.store.Apply(ctx, ws, writes)
	for _, err := range errs {
		if err != nil && fault.KeyOf(err) != "store.exists" {
			return err
		}
	}
	return nil
}

func journalRows(customer string, events []ledger.Event) ([]store.Write, error) {
	writes := make([]store.Write, 0, len(events))
	for _, e := range events {
		body, err := json.Marshal(entry{customer, value.Instant(e.At), e})
		if err != nil {
			return nil, err
		}
		writes = append(writes, store.Write{Op: store.Insert, Collection: Journal, Doc: store.Doc{ID: fmt.Sprintf("%s/%012d", customer, e.Seq), Body: body}})
	}
	return writes, nil
}

// undelivered leaves out the pending events that have been delivered.
func (r *Relay) undelivered(ws, customer string, pending []ledger.Event) []ledger.Event {
	r.mu.Lock()
	done := r.done[accountKey(ws, customer)]
	r.mu.Unlock()
	k := 0
	for k < len(pending) && pending[k].Seq <= done {
		k++
	}
	return pending[k:]
}
