// Package live tells connected people what changed, as small events without
// contents: who is told asks again, through the same permissions as ever. Each
// workspace has a sequence; who comes back after a break goes on from there.
package live

import (
	"sync"
	"time"
)

// Event says what changed. Customer is the account it belongs to, for scopes.
type Event struct {
	Type     string `json:"type"` // account, run, message, task, record, batch, flow
	ID       string `json:"id,omitempty"`
	Customer string `json:"customer,omitempty"`
	Form     string `json:"form,omitempty"`
}

// Batch is what a subscriber gets: the events up to Seq, or Reset when it has
// missed some and must read anew.
type Batch struct {
	Seq    int64
	Events []Event
	Reset  bool
}

const (
	kept  = 4096                   // events kept per workspace for those who come back
	every = 100 * time.Millisecond // batches are sent at most this often
)

// Hub spreads events within this process.
type Hub struct {
	mu     sync.Mutex
	spaces map[string]*feed
}

type feed struct {
	seq    int64 // of the last event
	events []Event
	subs   map[*Sub]bool
}

// New makes a hub. Sequences start at the time, so that one from before a
// restart is recognised as too old.
func New() *Hub { return &Hub{spaces: map[string]*feed{}} }

func (h *Hub) feed(ws string) *feed {
	f := h.spaces[ws]
	if f == nil {
		f = &feed{seq: time.Now().UnixMilli() << 10, subs: map[*Sub]bool{}}
		h.spaces[ws] = f
	}
	return f
}

// Publish adds an event; it never waits for a subscriber.
func (h *Hub) Publish(ws string, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feed(ws)
	f.seq++
	f.events = append(f.events, e)
	if len(f.events) > 2*kept {
		f.events = append([]Event(nil), f.events[len(f.events)-kept:]...)
	}
	for s := range f.subs {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Sub is one subscriber.
type Sub struct {
	hub   *Hub
	ws    string
	after int64
	wake  chan struct{}
}

// Subscribe follows a workspace from a sequence on; 0 starts now.
func (h *Hub) Subscribe(ws string, after int64) *Sub {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feed(ws)
	if after == 0 {
		after = f.seq
	}
	s := &Sub{hub: h, ws: ws, after: after, wake: make(chan struct{}, 1)}
	f.subs[s] = true
	if after != f.seq {
		s.wake <- struct{}{}
	}
	return s
}

// Wake is readable when there is something to take.
func (s *Sub) Wake() <-chan struct{} { return s.wake }

// Every is how often Take is worth calling at most.
func Every() time.Duration { return every }

// Seq is how far the subscriber is.
func (s *Sub) Seq() int64 { return s.after }

// Take gives what has come since the last call, repeats within it left out.
func (s *Sub) Take() Batch {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	f := s.hub.feed(s.ws)
	missed := f.seq - s.after
	b := Batch{Seq: f.seq}
	switch {
	case missed == 0:
	case missed < 0 || missed > int64(len(f.events)):
		b.Reset = true
	default:
		seen := map[Event]bool{}
		for _, e := range f.events[int64(len(f.events))-missed:] {
			if !seen[e] {
				seen[e] = true
				b.Events = append(b.Events, e)
			}
		}
	}
	s.after = f.seq
	return b
}

// Close ends the subscription.
func (s *Sub) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.feed(s.ws).subs, s)
}
