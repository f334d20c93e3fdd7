package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dueflow/dueflow/server/store"
)

const (
	gatherFor = 15 * time.Millisecond  // events of one process are written together
	pollEvery = 100 * time.Millisecond // how often others' events are looked for,
	pollTold  = time.Second            // and where the store tells of them, to be sure
	hearAgain = 5 * time.Second        // after the store stopped telling
	gapWait   = 2 * time.Second        // a number that nobody writes is passed over then
	trimEvery = time.Minute
	readLimit = 200
)

// shared joins a hub to the feed of several processes: what is published here
// goes into the log, and what any process wrote there comes out of it.
type shared struct {
	hub  *Hub
	log  *Log
	slog *slog.Logger

	mu      sync.Mutex
	waiting map[string]*bundle // by workspace: not yet written
	kick    chan struct{}
	running atomic.Bool

	told  atomic.Bool     // the store tells of what others write
	heard map[string]bool // workspaces it told of that are still to be read
	bell  chan struct{}
}

type bundle struct {
	events []Event
	done   []chan error
}

// Share makes the hub one of several on a common log. Run must be running.
func (h *Hub) Share(l *Log, log *slog.Logger) {
	h.shared = &shared{hub: h, log: l, slog: log, waiting: map[string]*bundle{}, kick: make(chan struct{}, 1), heard: map[string]bool{}, bell: make(chan struct{}, 1)}
}

// Run writes and reads the shared feed until ctx ends; without one it returns.
func (h *Hub) Run(ctx context.Context) {
	if h.shared == nil {
		return
	}
	h.shared.running.Store(true)
	var wg sync.WaitGroup
	wg.Add(3)
	go func() { defer wg.Done(); h.shared.hear(ctx) }()
	go func() { defer wg.Done(); h.shared.write(ctx) }()
	go func() { defer wg.Done(); h.shared.read(ctx) }()
	wg.Wait()
}

func (s *shared) put(ws string, e Event, done chan error) {
	s.mu.Lock()
	b := s.waiting[ws]
	if b == nil {
		b = &bundle{}
		s.waiting[ws] = b
	}
	b.events = append(b.events, e)
	if done != nil {
		b.done = append(b.done, done)
	}
	s.mu.Unlock()
	ring(s.kick)
}

// ring wakes whoever reads the channel, once.
func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (s *shared) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			s.flush(context.WithoutCancel(ctx)) // what was said is still told
			return
		case <-s.kick:
		}
		time.Sleep(gatherFor)
		s.flush(ctx)
	}
}

func (s *shared) flush(ctx context.Context) {
	s.mu.Lock()
	all := s.waiting
	s.waiting = map[string]*bundle{}
	s.mu.Unlock()
	for ws, b := range all {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		_, err := s.log.Append(ctx, ws, b.events)
		cancel()
		if err != nil {
			s.slog.Warn("events were not shared", "workspace", ws, "error", err)
		}
		for _, d := range b.done {
			d <- err
		}
	}
	if len(all) > 0 {
		s.poll(ctx, s.hub.watched())
	}
}

// hear lets the store tell what other processes write, where it can: their
// events are here sooner then, and nobody asks ten times a second.
func (s *shared) hear(ctx context.Context) {
	ready := func() {
		s.told.Store(true)
		s.slog.Info("the store tells of events")
	}
	added := func(ws string) {
		s.mu.Lock()
		s.heard[ws] = true
		s.mu.Unlock()
		ring(s.bell)
	}
	for ctx.Err() == nil {
		err := s.log.store.Follow(ctx, logCollection, ready, added)
		s.told.Store(false)
		if errors.Is(err, store.ErrNoFollow) {
			return
		}
		if ctx.Err() == nil {
			s.slog.Warn("the store does not tell of events any more", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(hearAgain):
		}
	}
}

func (s *shared) read(ctx context.Context) {
	poll, trim := time.NewTicker(pollEvery), time.NewTicker(trimEvery)
	defer poll.Stop()
	defer trim.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.bell:
			s.mu.Lock()
			heard := s.heard
			s.heard = map[string]bool{}
			s.mu.Unlock()
			s.poll(ctx, slices.DeleteFunc(s.hub.watched(), func(ws string) bool { return !heard[ws] }))
		case <-poll.C:
			if s.told.Load() && time.Since(last) < pollTold {
				continue
			}
			last = time.Now()
			s.poll(ctx, s.hub.watched())
		case <-trim.C:
			for _, ws := range s.hub.watched() {
				if err := s.log.Trim(ctx, ws); err != nil && ctx.Err() == nil {
					s.slog.Warn("the feed was not trimmed", "workspace", ws, "error", err)
				}
			}
		}
	}
}

// poll brings new batches of workspaces to the subscribers of this process.
func (s *shared) poll(ctx context.Context, spaces []string) {
	s.hub.polling.Lock()
	defer s.hub.polling.Unlock()
	for _, ws := range spaces {
		for {
			at := s.hub.seq(ws)
			batches, err := s.log.After(ctx, ws, at, readLimit)
			if err != nil {
				if ctx.Err() == nil {
					s.slog.Warn("the feed was not read", "workspace", ws, "error", err)
				}
				break
			}
			if !s.hub.take(ws, batches) || len(batches) < readLimit {
				break
			}
		}
	}
}
