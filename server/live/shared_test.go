package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
)

// process is one of several on a common store.
func process(t *testing.T, s *store.Store) (*live.Hub, context.CancelFunc) {
	t.Helper()
	h := live.New()
	h.Share(live.NewLog(s), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); h.Run(ctx) }()
	t.Cleanup(func() { cancel(); wg.Wait() })
	return h, cancel
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, "w", live.Specs...)
}

// collect takes events until it has n, or time is up.
func collect(sub *live.Sub, n int, within time.Duration) (ids []string, last int64, reset bool) {
	end := time.After(within)
	for len(ids) < n {
		select {
		case <-sub.Wake():
			b := sub.Take()
			last = b.Seq
			if b.Reset {
				return ids, last, true
			}
			for _, e := range b.Events {
				ids = append(ids, e.ID)
			}
		case <-end:
			return ids, last, false
		}
	}
	return ids, last, false
}

// Events of two processes reach the subscribers of both, all of them, in one
// order.
func TestTwoProcesses(t *testing.T) {
	s := openStore(t)
	a, _ := process(t, s)
	b, _ := process(t, s)
	subA, subB := a.Subscribe("w", 0), b.Subscribe("w", 0)
	const each = 150
	var wg sync.WaitGroup
	for name, h := range map[string]*live.Hub{"a": a, "b": b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range each {
				h.Publish("w", live.Event{Type: "task", ID: fmt.Sprintf("%s%d", name, k)})
				if k%20 == 0 {
					time.Sleep(10 * time.Millisecond)
				}
			}
		}()
	}
	wg.Wait()
	seenA, last, _ := collect(subA, 2*each, 15*time.Second)
	seenB, _, _ := collect(subB, 2*each, 15*time.Second)
	if len(seenA) != 2*each || fmt.Sprint(seenA) != fmt.Sprint(seenB) {
		t.Fatalf("one saw %d, the other %d of %d events, or in another order", len(seenA), len(seenB), 2*each)
	}
	// A third process starts, and serves somebody who was with the first.
	c, _ := process(t, s)
	away := c.Subscribe("w", last-50)
	if missed, _, reset := collect(away, 50, 10*time.Second); reset || fmt.Sprint(missed) != fmt.Sprint(seenA[2*each-50:]) {
		t.Errorf("after a change of process %d of 50 events (reset %v)", len(missed), reset)
	}
	further := c.Subscribe("w", last-120)
	if missed, _, reset := collect(further, 120, 10*time.Second); reset || fmt.Sprint(missed) != fmt.Sprint(seenA[2*each-120:]) {
		t.Errorf("from further back %d of 120 events (reset %v)", len(missed), reset)
	}
	if _, _, reset := collect(c.Subscribe("w", 5), 1, 5*time.Second); !reset {
		t.Error("a forged sequence was taken")
	}
}

// What PublishSure has returned from is told even if its process dies then.
func TestNothingIsLostWithAProcess(t *testing.T) {
	s := openStore(t)
	a, kill := process(t, s)
	b, _ := process(t, s)
	sub := b.Subscribe("w", 0)
	for k := range 20 {
		if err := a.PublishSure(t.Context(), "w", live.Event{Type: "account", ID: fmt.Sprint(k)}); err != nil {
			t.Fatal(err)
		}
	}
	kill()
	if got, _, _ := collect(sub, 20, 10*time.Second); len(got) != 20 {
		t.Fatalf("%d of 20 events", len(got))
	}
}

// A process that dies after taking its numbers does not stop the others.
func TestGap(t *testing.T) {
	s := openStore(t)
	a, _ := process(t, s)
	sub := a.Subscribe("w", 0)
	if err := a.PublishSure(t.Context(), "w", live.Event{Type: "task", ID: "1"}); err != nil {
		t.Fatal(err)
	}
	col := s.In("w", "feed")
	d, err := col.Get(t.Context(), "head")
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	if _, err := fmt.Sscanf(string(d.Body), `{"seq":%d}`, &seq); err != nil {
		t.Fatal(err)
	}
	d.Body = fmt.Appendf(nil, `{"seq":%d}`, seq+3)
	if _, err := col.Replace(t.Context(), d, d.Ver); err != nil {
		t.Fatal(err)
	}
	if err := a.PublishSure(t.Context(), "w", live.Event{Type: "task", ID: "2"}); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := collect(sub, 2, 10*time.Second); len(got) != 2 || got[1] != "2" {
		t.Fatalf("after the gap: %v", got)
	}
}
