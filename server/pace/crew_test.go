package pace

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/store/sqlitetest"
)

// TestCrew: processes on one store take equal parts of a rate, and what one
// that left or died had falls to the others.
func TestCrew(t *testing.T) {
	s := sqlitetest.Open(t, "sys", Specs...)
	now := noon
	clock := func() time.Time { return now }
	one, two, three := NewCrew(s, "sys", true, slog.Default(), clock), NewCrew(s, "sys", true, slog.Default(), clock), NewCrew(s, "sys", true, slog.Default(), clock)
	if one.Share() != 1 {
		t.Errorf("alone: %v", one.Share())
	}
	beat := func(crews ...*Crew) {
		t.Helper()
		for range 2 { // the first has to hear of the last
			for _, c := range crews {
				if err := c.Beat(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	beat(one, two)
	if one.Share() != 0.5 || two.Share() != 0.5 {
		t.Errorf("two: %v, %v", one.Share(), two.Share())
	}
	page := NewCrew(s, "sys", false, slog.Default(), clock)
	beat(page, one)
	if n, err := Alive(t.Context(), s, "sys", now); one.Share() != 0.5 || n != 3 || err != nil {
		t.Errorf("beside one that only serves people: %v, %d alive, %v", one.Share(), n, err)
	}
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { three.Run(ctx); close(done) }()
	for end := time.Now().Add(10 * time.Second); one.Share() > 0.4 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		beat(one)
	}
	leave()
	<-done
	beat(one, two)
	if one.Share() != 0.5 {
		t.Errorf("after one left: %v", one.Share())
	}
	now = now.Add(aliveFor + time.Second)
	beat(one)
	if one.Share() != 1 {
		t.Errorf("after one died: %v", one.Share())
	}
	now = now.Add(2 * time.Hour)
	beat(one)
	if n, err := s.In("sys", collection).Count(t.Context(), nil, 10); err != nil || n != 1 {
		t.Errorf("%d of them are remembered, %v", n, err)
	}
}
