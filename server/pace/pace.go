// Package pace keeps the rates of channels: so many messages a second for each
// workspace and channel. It is an activity.Pacer.
//
// Two things are kept for a channel. The gate: the earliest instant of the next
// message; messages pass it one by one, never closer than the rate allows, so
// that the rate holds whatever happens. And the plan: the end of the queue of
// those who were told to come back. Who is told so gets a slot of the plan and,
// coming back, goes to the gate before newcomers, who start behind the plan.
//
// The state is this process's. Several processes share a rate by halves,
// thirds and so on: Share says how much of it is this one's (see Crew). What a
// process that dies had planned comes back elsewhere as a newcomer.
package pace

import (
	"context"
	"sync"
	"time"
)

// soon is how long a message waits at the gate at most; who would wait longer
// comes back later and holds no worker meanwhile.
const soon = 2 * time.Second

// shy is how far below a rate messages are spaced: between the gate and the
// provider lie a write and a network, so that some come closer than they left.
const shy = 0.97

// keep is how long a planned slot is remembered after its time: who comes back
// later is a newcomer.
const keep = 10 * time.Minute

// Pace keeps rates.
type Pace struct {
	mu    sync.Mutex
	lanes map[lane]*queue
	// Share is this process's part of every rate, above 0 and up to 1; nil is 1.
	Share func() float64
	// Now and sleep are the system's, but for tests.
	Now   func() time.Time
	sleep func(context.Context, time.Duration) error
}

type lane struct{ workspace, channel string }

type queue struct {
	gate    time.Time // the next message may pass
	call    time.Time // the provider may be called next
	plan    time.Time // the next free slot behind those who were sent away
	late    time.Time // the next free slot for those who came back and could not pass
	planned map[string]time.Time
	swept   time.Time
}

// New makes a pace keeper.
func New() *Pace { return &Pace{lanes: map[lane]*queue{}, Now: time.Now, sleep: sleep} }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Turn waits until it is the key's turn when that is within two seconds, and
// gives 0; else it gives how long to stay away, and keeps the place.
func (p *Pace) Turn(ctx context.Context, workspace, channel string, perSecond float64, key string) (time.Duration, error) {
	if p.Share != nil {
		perSecond *= p.Share()
	}
	if perSecond <= 0 {
		return 0, nil
	}
	wait, pass := p.take(lane{workspace, channel}, time.Duration(float64(time.Second)/(perSecond*shy)), key)
	if !pass {
		return wait, nil
	}
	if wait <= 0 {
		return 0, nil
	}
	return 0, p.sleep(ctx, wait)
}

// Gate spaces the calls themselves, just before each: a machine that stood
// still for a moment would else make up for it all at once. Turn has spread
// them, so that this takes a moment at most.
func (p *Pace) Gate(ctx context.Context, workspace, channel string, perSecond float64) error {
	if p.Share != nil {
		perSecond *= p.Share()
	}
	if perSecond <= 0 {
		return nil
	}
	p.mu.Lock()
	q := p.queue(lane{workspace, channel})
	now := p.Now()
	at := latest(now, q.call)
	q.call = at.Add(time.Duration(float64(time.Second) / perSecond))
	p.mu.Unlock()
	if at.After(now) {
		return p.sleep(ctx, at.Sub(now))
	}
	return nil
}

func (p *Pace) queue(l lane) *queue {
	q := p.lanes[l]
	if q == nil {
		q = &queue{planned: map[string]time.Time{}}
		p.lanes[l] = q
	}
	return q
}

// take finds the key's place: pass after wait, or come back after wait.
func (p *Pace) take(l lane, gap time.Duration, key string) (wait time.Duration, pass bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	q := p.queue(l)
	q.sweep(now)
	slot, back := q.planned[key]
	switch {
	case back && slot.Sub(now) > soon: // woken early, by an event
		return slot.Sub(now), false
	case back:
		at := latest(now, q.gate, slot)
		if at.Sub(now) <= soon {
			delete(q.planned, key)
			q.gate = at.Add(gap)
			return at.Sub(now), true
		}
		at = latest(at, q.late)
		q.late = at.Add(gap)
		q.planned[key] = at
		return at.Sub(now), false
	}
	at := latest(now, q.gate, q.plan)
	if at.Sub(now) <= soon {
		q.gate = at.Add(gap)
		q.plan = latest(q.plan, q.gate)
		return at.Sub(now), true
	}
	q.plan = at.Add(gap)
	q.planned[key] = at
	return at.Sub(now), false
}

// sweep forgets, once a minute, who never came back.
func (q *queue) sweep(now time.Time) {
	if now.Sub(q.swept) < time.Minute {
		return
	}
	q.swept = now
	for key, at := range q.planned {
		if now.Sub(at) > keep {
			delete(q.planned, key)
		}
	}
}

func latest(times ...time.Time) time.Time {
	out := times[0]
	for _, t := range times[1:] {
		if t.After(out) {
			out = t
		}
	}
	return out
}
