package pace

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// machine drives many messages through one lane on a clock of its own: who is
// sent away comes back after the wait and a lag.
type machine struct {
	p    *Pace
	now  time.Time
	lag  func() time.Duration
	sent []time.Time
	held int // messages at the gate at once, at most
	away int
}

type wake struct {
	at  time.Time
	key string
}

func (m *machine) run(rate float64, arrivals []wake) {
	m.p = New()
	m.p.Now = func() time.Time { return m.now }
	gap := time.Duration(float64(time.Second) / rate)
	var gate []time.Time
	for len(arrivals) > 0 {
		sort.SliceStable(arrivals, func(a, b int) bool { return arrivals[a].at.Before(arrivals[b].at) })
		w := arrivals[0]
		arrivals = arrivals[1:]
		m.now = w.at
		wait, pass := m.p.take(lane{"ws", "sms"}, gap, w.key)
		if !pass {
			m.away++
			arrivals = append(arrivals, wake{m.now.Add(wait).Add(m.lag()), w.key})
			continue
		}
		at := m.now.Add(wait)
		m.sent = append(m.sent, at)
		gate = append(gate, at)
		n := 0
		for _, g := range gate {
			if g.After(m.now) {
				gate[n] = g
				n++
			}
		}
		gate = gate[:n]
		m.held = max(m.held, n)
	}
	sort.Slice(m.sent, func(a, b int) bool { return m.sent[a].Before(m.sent[b]) })
}

// most is the largest number of messages in any span.
func (m *machine) most(span time.Duration) int {
	most, from := 0, 0
	for k, t := range m.sent {
		for t.Sub(m.sent[from]) >= span {
			from++
		}
		most = max(most, k-from+1)
	}
	return most
}

// TestRateHolds: whatever the lag of those who come back, no second holds more
// than the rate, all messages pass, and few wait at the gate.
func TestRateHolds(t *testing.T) {
	for name, lag := range map[string]func() time.Duration{
		"prompt": func() time.Duration { return time.Millisecond },
		"jitter": func() time.Duration { return rand.N(300 * time.Millisecond) },
		"herd":   func() time.Duration { return 3 * time.Second },
		"ragged": func() time.Duration { return rand.N(15 * time.Second) },
	} {
		const n, rate = 3000, 100.0
		arrivals := make([]wake, n)
		for k := range arrivals {
			arrivals[k] = wake{noon, fmt.Sprint(k)}
		}
		m := &machine{lag: lag}
		m.run(rate, arrivals)
		if len(m.sent) != n {
			t.Errorf("%s: %d messages of %d", name, len(m.sent), n)
		}
		if got := m.most(time.Second); got > rate {
			t.Errorf("%s: %d messages in one second", name, got)
		}
		took := m.sent[n-1].Sub(m.sent[0])
		if limit := 45 * time.Second; took > limit {
			t.Errorf("%s: took %v for what takes 30 s", name, took)
		}
		if m.held > 2*rate+1 {
			t.Errorf("%s: %d messages held workers", name, m.held)
		}
		t.Logf("%s: %v, %d sent away, %d at the gate", name, took, m.away, m.held)
	}
}

// TestNewcomersWaitBehind: who was sent away is not overtaken.
func TestNewcomersWaitBehind(t *testing.T) {
	p := New()
	now := noon
	p.Now = func() time.Time { return now }
	l := lane{"ws", "sms"}
	for k := range 50 { // 10 a second: 20 pass, 30 are sent away
		p.take(l, 100*time.Millisecond, fmt.Sprint(k))
	}
	now = noon.Add(2100 * time.Millisecond)
	wait, pass := p.take(l, 100*time.Millisecond, "new")
	if pass || wait < 2800*time.Millisecond {
		t.Errorf("a newcomer passes: %v after %v", pass, wait)
	}
	wait, pass = p.take(l, 100*time.Millisecond, "21")
	if !pass || wait > 100*time.Millisecond {
		t.Errorf("the first of the queue: %v after %v", pass, wait)
	}
	if wait, pass := p.take(l, 100*time.Millisecond, "49"); pass || wait < 2*time.Second {
		t.Errorf("one that was woken early passes: %v after %v", pass, wait)
	}
	if _, pass := p.take(lane{"other", "sms"}, 100*time.Millisecond, "x"); !pass {
		t.Error("another workspace waits for this one")
	}
}

func TestTurn(t *testing.T) {
	p := New()
	var slept time.Duration
	p.Now = func() time.Time { return noon }
	p.sleep = func(_ context.Context, d time.Duration) error { slept += d; return nil }
	p.Share = func() float64 { return 0.5 }
	for k := range 2 {
		if away, err := p.Turn(t.Context(), "ws", "sms", 2, fmt.Sprint(k)); away != 0 || err != nil {
			t.Fatal(away, err)
		}
	}
	if s := slept.Seconds() * shy; s < 0.99 || s > 1.01 { // 0 + 1 at half of 2 a second
		t.Errorf("slept %v", slept)
	}
	if away, err := p.Turn(t.Context(), "ws", "sms", 2, "2"); away < 2*time.Second || away > 2100*time.Millisecond || err != nil {
		t.Errorf("sent away for %v, %v", away, err)
	}
	if away, err := p.Turn(t.Context(), "ws", "sandbox", 0, "4"); away != 0 || err != nil {
		t.Errorf("no rate: %v, %v", away, err)
	}
}

// TestMemoryIsBounded: places of those who never come back are forgotten.
func TestMemoryIsBounded(t *testing.T) {
	p := New()
	now := noon
	p.Now = func() time.Time { return now }
	l := lane{"ws", "sms"}
	for k := range 1000 {
		p.take(l, time.Millisecond*10, fmt.Sprint(k))
	}
	if n := len(p.lanes[l].planned); n < 700 {
		t.Fatalf("%d places are kept", n)
	}
	now = now.Add(time.Hour)
	p.take(l, time.Millisecond*10, "later")
	if n := len(p.lanes[l].planned); n != 0 {
		t.Errorf("%d places are kept for ever", n)
	}
}

// TestGate: calls that come at once go out one by one, at the rate.
func TestGate(t *testing.T) {
	p := New()
	now := noon
	p.Now = func() time.Time { return now }
	var waits []time.Duration
	p.sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	for range 4 {
		if err := p.Gate(t.Context(), "ws", "sms", 100); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(waits) != "[10ms 20ms 30ms]" {
		t.Errorf("%v", waits)
	}
	now = now.Add(time.Second)
	if err := p.Gate(t.Context(), "ws", "sms", 100); err != nil || len(waits) != 3 {
		t.Errorf("a call that comes late waits: %v, %v", waits, err)
	}
}
