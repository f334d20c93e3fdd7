// Package live tells connected people what changed, as small events without
// contents: who is told asks again, through the same permissions as ever. Each
// workspace has a sequence; who comes back after a break goes on from there.
package live

import (
	"context"
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

// Hub spreads events to the subscribers of this process; with a shared log
// (Share) also those of other processes, in one sequence.
type Hub struct {
	mu      sync.Mutex
	polling sync.Mutex // one reader of the shared log at a time
	spaces  map[string]*feed
	shared  *shared
}

type feed struct {
	seq    int64 // of the last event
	events []Event
	subs   map[*Sub]bool
	gap    time.Time // since when a number is missing
	ready  bool      // its place in the shared log is known
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

// Publish adds an event; it waits for nobody.
func (h *Hub) Publish(ws string, e Event) {
	if h.shared != nil {
		h.shared.put(ws, e, nil)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feed(ws)
	f.add(e)
	f.tell()
}

// PublishSure is Publish that returns once the event cannot be lost any more.
func (h *Hub) PublishSure(ctx context.Context, ws string, e Event) error {
	if h.shared == nil {
		h.Publish(ws, e)
		return nil
	}
	if !h.shared.running.Load() { // a command line tool: nobody gathers
		_, err := h.shared.log.Append(ctx, ws, []Event{e})
		return err
	}
	done := make(chan error, 1)
	h.shared.put(ws, e, done)
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take brings batches of the shared log in. A gap is waited for, for a while:
// its writer may be slow, or dead. It tells whether all were taken.
func (h *Hub) take(ws string, batches []entry) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feed(ws)
	took := false
	defer func() {
		if took {
			f.tell()
		}
	}()
	for _, b := range batches {
		b = b.from(f.seq)
		switch {
		case len(b.Events) == 0:
			continue
		case b.First > f.seq+1 && f.gap.IsZero():
			f.gap = time.Now()
			return false
		case b.First > f.seq+1 && time.Since(f.gap) < gapWait:
			return false
		}
		if b.First-f.seq > kept { // too much to fill up: subscribers start anew
			f.events, f.seq = nil, b.First-1
		}
		for f.seq < b.First-1 { // numbers that were never written
			f.add(Event{})
		}
		f.gap = time.Time{}
		for _, e := range b.Events {
			f.add(e)
		}
		took = true
	}
	return true
}

// watched are the workspaces with subscribers here.
func (h *Hub) watched() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for ws, f := range h.spaces {
		if len(f.subs) > 0 && f.ready {
			out = append(out, ws)
		}
	}
	return out
}

func (h *Hub) seq(ws string) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.feed(ws).seq
}

// join finds the place of a workspace in the shared log when its first
// subscriber comes, or comes again.
func (h *Hub) join(ws string, after int64) {
	if h.shared == nil {
		return
	}
	h.mu.Lock()
	f := h.feed(ws)
	ready := f.ready && len(f.subs) > 0
	short := after > 0 && f.seq-after > int64(len(f.events)) && f.seq-after <= kept
	h.mu.Unlock()
	if ready && !short {
		return
	}
	h.polling.Lock()
	defer h.polling.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if ready {
		h.fill(ctx, ws, after)
		return
	}
	last, err := h.shared.log.Head(ctx, ws)
	if err != nil {
		h.shared.slog.Warn("the feed was not read", "workspace", ws, "error", err)
		return // subscribers start anew
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.ready && len(f.subs) > 0 {
		return
	}
	f.events, f.gap, f.ready = nil, time.Time{}, true
	f.seq = last
	if after > 0 && after < last && last-after <= kept {
		f.seq = after // whoever comes back gets what was written meanwhile
	}
}

// fill reads again what this process does not hold any more, or never did: its
// reader was served by another process before.
func (h *Hub) fill(ctx context.Context, ws string, after int64) {
	var events []Event
	for at := after; ; {
		batches, err := h.shared.log.After(ctx, ws, at, readLimit)
		if err != nil {
			return // the subscriber starts anew
		}
		for _, b := range batches {
			for after+int64(len(events)) < b.First-1 && len(events) < 2*kept {
				events = append(events, Event{})
			}
			events = append(events, b.Events...)
			at = b.First + int64(len(b.Events)) - 1
		}
		if len(batches) < readLimit || len(events) > 2*kept {
			break
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feed(ws)
	// What came in while this was read is in f already, and comes from there.
	if n := f.seq - after; n <= int64(len(events)) && n > int64(len(f.events)) {
		f.events = events[:n]
	}
}

func (f *feed) add(e Event) {
	f.seq++
	f.events = append(f.events, e)
	if len(f.events) > 2*kept {
		f.events = append([]Event(nil), f.events[len(f.events)-kept:]...)
	}
}

func (f *feed) tell() {
	for s := range f.subs {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Every is how often Take is worth calling at most.
func Every() time.Duration { return every }
