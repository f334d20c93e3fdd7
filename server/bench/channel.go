package main

import (
	"context"
	"fmt"
	"time"
)

// rateLimit of the channel scenario, messages a second.
const rateLimit = 100

// channel: n messages, all due at once, go through a provider that takes 50 ms
// for each and allows 100 a second; then as many more that are imported into
// the live flow. Measured is whether the limit holds at the provider's side,
// whether all arrive once, and memory on the way: it is flat when the second
// wave needs no more than the first.
func (b *bench) channel(ctx context.Context, n int) error {
	p, err := b.fresh(ctx, "channel")
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.limit(ctx, b.sink.url, rateLimit); err != nil {
		return err
	}
	due := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	if err := p.load(ctx, n, 1, due); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	before := memoryOf(p.cmd.Process.Pid)
	first, err := b.wave(ctx, p, n, func() error { return p.publish(ctx, "bench", flowAt("bench", "00:00", "")) })
	if err != nil {
		return err
	}
	b.note(fmt.Sprintf("%d messages, all due, provider of 50 ms, limit %d/s: arrived, twice", n, rateLimit), fmt.Sprintf("%d, %d in %s", first.messages, first.doubled, first.took.Round(100*time.Millisecond)), "all, 0")
	b.note("rate at the provider: mean, most in any second", fmt.Sprintf("%.1f/s, %d", float64(n-1)/first.took.Seconds(), first.most), "≤ 105")
	b.note("CPU per message, start of the run included", fmt.Sprintf("%.2f ms", ms(first.cpu)/float64(n)), "")
	second, err := b.wave(ctx, p, n, func() error { return p.load(ctx, n, 1, due) })
	if err != nil {
		return err
	}
	b.note("as many more: arrived, twice, most in any second", fmt.Sprintf("%d, %d, %d", second.messages, second.doubled, second.most), "all, 0, ≤ 105")
	b.note("its own memory: before, most in the first wave, most in the second", fmt.Sprintf("%d MB, %d MB, %d MB", before.own, first.memory.own, second.memory.own), "flat")
	b.note("mapped pages of the binary and the store beside it", fmt.Sprintf("%d MB, %d MB, %d MB", before.mapped, first.memory.mapped, second.memory.mapped), "")
	var v struct{ Violations, Sent, Unknown int64 }
	if err := p.client.Do(ctx, "GET", "/verify", nil, &v); err != nil {
		return err
	}
	b.note("verify after it", fmt.Sprintf("%d violations, %d sent, %d unknown", v.Violations, v.Sent, v.Unknown), "0 violations")
	if v.Violations > 0 {
		return fmt.Errorf("%d violations", v.Violations)
	}
	return nil
}

// waved is how a wave of messages went.
type waved struct {
	messages, doubled, most int
	took, cpu               time.Duration
	memory                  memory // the most of each
}

// wave waits for n messages that begin brings about. All must arrive, once.
func (b *bench) wave(ctx context.Context, p *process, n int, begin func() error) (waved, error) {
	b.sink.reset()
	b.sink.mu.Lock()
	b.sink.delay, b.sink.timed, b.sink.times = 50*time.Millisecond, true, nil
	b.sink.mu.Unlock()
	watch, stop := context.WithCancel(ctx)
	held := make(chan memory, 1)
	go watchMemory(watch, p.cmd.Process.Pid, held)
	cpu0 := p.cpu()
	err := begin()
	ok := err == nil && b.sink.await(n, time.Duration(n/rateLimit)*time.Second*2+time.Minute)
	settle(p.cmd.Process.Pid)
	stop()
	w := waved{memory: <-held, cpu: p.cpu() - cpu0}
	w.messages, w.doubled = b.sink.counts()
	b.sink.mu.Lock()
	times := b.sink.times
	b.sink.delay, b.sink.timed, b.sink.times = 0, false, nil
	b.sink.mu.Unlock()
	if err != nil {
		return w, err
	}
	if !ok || w.doubled > 0 || len(times) < 2 {
		return w, fmt.Errorf("%d of %d messages, %d twice", w.messages, n, w.doubled)
	}
	w.took, w.most = times[len(times)-1].Sub(times[0]), most(times, time.Second)
	return w, nil
}

// limit sets the webhook channel's address and rate.
func (p *process) limit(ctx context.Context, url string, rate int) error {
	var w map[string]any
	if err := p.client.Do(ctx, "GET", "/workspace", nil, &w); err != nil {
		return err
	}
	w["channels"] = map[string]any{"webhook": map[string]any{"url": url, "secret": "bench", "rate": rate}}
	return p.client.Do(ctx, "PUT", "/workspace", w, nil, "If-Match", fmt.Sprintf(`"%v"`, w["version"]))
}

// watchMemory gives the most memory that a process had until ctx ends.
func watchMemory(ctx context.Context, pid int, out chan<- memory) {
	var m memory
	for ctx.Err() == nil {
		now := memoryOf(pid)
		m = memory{max(m.own, now.own), max(m.mapped, now.mapped)}
		time.Sleep(500 * time.Millisecond)
	}
	out <- m
}

// most is the largest number of arrivals in any span; times are in order.
func most(times []time.Time, span time.Duration) int {
	n, from := 0, 0
	for k, t := range times {
		for t.Sub(times[from]) >= span {
			from++
		}
		n = max(n, k-from+1)
	}
	return n
}
