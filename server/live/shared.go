package live

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	gatherFor = 15 * time.Millisecond  // events of one process are written together
	pollEvery = 100 * time.Millisecond // how often others' events are looked for
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
}

type bundle struct {
	events []Event
	done   []chan error
}

// Share makes the hub one of several on a common log. Run must be running.
func (h *Hub) Share(l *Log, log *slog.Logger) {
	h.shared = &shared{hub: h, log: l, slog: log, waiting: map[string]*bundle{}, kick: make(chan struct{}, 1)}
}

// Run writes and reads the shared feed until ctx ends; without one it returns.
func (h *Hub) Run(ctx context.Context) {
	if h.shared == nil {
		return
	}
	h.shared.running.Store(true)
	var wg sync.WaitGroup
	wg.Add(2)
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
	select {
	case s.kick <- struct{}{}:
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
		s.poll(ctx)
	}
}

func (s *shared) read(ctx context.Context) {
	poll, trim := time.NewTicker(pollEvery), time.NewTicker(trimEvery)
	defer poll.Stop()
	defer trim.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			s.poll(ctx)
		case <-trim.C:
			for _, ws := range s.hub.watched() {
				if err := s.log.Trim(ctx, ws); err != nil && ctx.Err() == nil {
					s.slog.Warn("the feed was not trimmed", "workspace", ws, "error", err)
				}
			}
		}
	}
}

// poll brings new batches to the subscribers of this process. Workspaces that
// nobody here listens to are not read.
func (s *shared) poll(ctx context.Context) {
	s.hub.polling.Lock()
	defer s.hub.polling.Unlock()
	for _, ws := range s.hub.watched() {
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
