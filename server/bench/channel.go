package main

import (
	"context"
	"fmt"
	"time"
)

// rateLimit of the channel scenario, messages a second.
const rateLimit = 100

// channel: n messages, all due at once, go through a provider that takes 50 ms
// for each and allows 100 a second. Measured is whether the limit holds at the
// provider's side, whether all arrive once, and memory on the way.
func (b *bench) channel(ctx context.Context, n int) error {
	p, err := b.fresh(ctx, "channel")
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.limit(ctx, b.sink.url, rateLimit); err != nil {
		return err
	}
	if err := p.load(ctx, n, 1, time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	b.sink.reset()
	b.sink.mu.Lock()
	b.sink.delay, b.sink.timed, b.sink.times = 50*time.Millisecond, true, nil
	b.sink.mu.Unlock()
	before, cpu0 := rss(p.cmd.Process.Pid), p.cpu()
	watch, stop := context.WithCancel(ctx)
	memory := make(chan [2]int64, 1)
	go b.watch(watch, p.cmd.Process.Pid, n, memory)
	if err := p.publish(ctx, "bench", flowAt("bench", "00:00", "")); err != nil {
		stop()
		return err
	}
	ok := b.sink.await(n, time.Duration(n/rateLimit)*time.Second*2+time.Minute)
	settle(p.cmd.Process.Pid)
	stop()
	half := <-memory
	used := ms(p.cpu()-cpu0) / float64(n)
	messages, doubled := b.sink.counts()
	b.sink.mu.Lock()
	times := b.sink.times
	b.sink.delay, b.sink.timed, b.sink.times = 0, false, nil
	b.sink.mu.Unlock()
	if len(times) < 2 {
		return fmt.Errorf("%d messages", messages)
	}
	took := times[len(times)-1].Sub(times[0])
	b.note(fmt.Sprintf("%d messages, all due, provider of 50 ms, limit %d/s: arrived, twice", n, rateLimit), fmt.Sprintf("%d, %d in %s", messages, doubled, took.Round(100*time.Millisecond)), "all, 0")
	b.note("rate at the provider: mean, most in any second", fmt.Sprintf("%.1f/s, %d", float64(len(times)-1)/took.Seconds(), most(times, time.Second)), "≤ 105")
	b.note("memory: before, at half, at most after half", fmt.Sprintf("%d MB, %d MB, %d MB", before, half[0], half[1]), "flat")
	b.note("CPU per message, start of the run included", fmt.Sprintf("%.2f ms", used), "")
	var v struct{ Violations, Sent, Unknown int64 }
	if err := p.client.Do(ctx, "GET", "/verify", nil, &v); err != nil {
		return err
	}
	b.note("verify after it", fmt.Sprintf("%d violations, %d sent, %d unknown", v.Violations, v.Sent, v.Unknown), "0 violations")
	if !ok || doubled > 0 || v.Violations > 0 {
		return fmt.Errorf("%d of %d messages, %d twice", messages, n, doubled)
	}
	return nil
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

// watch notes memory when half of the messages have arrived, and the most after.
func (b *bench) watch(ctx context.Context, pid, n int, out chan<- [2]int64) {
	var m [2]int64
	for {
		select {
		case <-ctx.Done():
			out <- m
			return
		case <-time.After(500 * time.Millisecond):
		}
		if got, _ := b.sink.counts(); got >= n/2 {
			now := rss(pid)
			if m[0] == 0 {
				m[0] = now
			}
			m[1] = max(m[1], now)
		}
	}
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
