package live_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/mongotest"
)

// Where the database has change streams, processes hear of each other's events
// from it, hardly ask, and lose nothing when it stops telling.
func TestTold(t *testing.T) {
	server := mongotest.StartStreaming(t)
	d, err := mongostore.Open(t.Context(), mongostore.Options{URI: server.URI, Prefix: "dueflowtest_l_"})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(d)
	t.Cleanup(func() {
		_ = s.Drop(context.Background(), "w")
		_ = s.Close()
	})
	if err := s.Ensure(t.Context(), "w", live.Specs...); err != nil {
		t.Fatal(err)
	}
	a, _ := process(t, s)
	b, _ := process(t, s)
	subA, subB := a.Subscribe("w", 0), b.Subscribe("w", 0)
	await := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	await("nobody listens", func() bool { return server.Opened() == 2 })
	time.Sleep(300 * time.Millisecond) // both know that they are told

	const idle = 3 * time.Second
	before := server.Finds("c_feed")
	time.Sleep(idle)
	// One look a second each, to be sure; without streams it would be ten.
	if asked := server.Finds("c_feed") - before; asked > 10 {
		t.Errorf("asked %d times in %s with nothing to tell", asked, idle)
	}

	const n = 100
	say := func(from *live.Hub, word string) {
		for k := range n {
			from.Publish("w", live.Event{Type: "task", ID: fmt.Sprintf("%s%d", word, k)})
			if k%10 == 0 {
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
	same := func(when string) {
		t.Helper()
		seenA, _, _ := collect(subA, 2*n, 15*time.Second)
		seenB, _, _ := collect(subB, 2*n, 15*time.Second)
		if len(seenA) != 2*n || fmt.Sprint(seenA) != fmt.Sprint(seenB) {
			t.Fatalf("%s one saw %d, the other %d of %d events, or in another order", when, len(seenA), len(seenB), 2*n)
		}
	}
	say(a, "a")
	say(b, "b")
	same("told:")
	server.Break()
	say(b, "c")
	say(a, "d")
	same("not told:")
	await("nobody listens again", func() bool { return server.Opened() == 4 })
	say(a, "e")
	say(b, "f")
	same("told again:")
}
