package live

// Sub is one subscriber.
type Sub struct {
	hub   *Hub
	ws    string
	after int64
	wake  chan struct{}
}

// Subscribe follows a workspace from a sequence on; 0 starts now.
func (h *Hub) Subscribe(ws string, after int64) *Sub {
	h.join(ws, after)
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
			if e != (Event{}) && !seen[e] {
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

// Connections is how many subscribers there are.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, f := range h.spaces {
		n += len(f.subs)
	}
	return n
}
