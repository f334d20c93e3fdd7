package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// scores: 2,500 customers with 40 open invoices each are scored as
// every night; then when a reminder of one of them would go out, and why, and how
// many customers would have another tier by other weights.
func (b *bench) scores(ctx context.Context) error {
	p, err := b.fresh(ctx, "tiers")
	if err != nil {
		return err
	}
	defer p.stop()
	const customers, each = 2500, 40
	if err := p.load(ctx, customers, each, "2026-06-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	cpu0, start := p.cpu(), time.Now()
	if err := p.client.Do(ctx, "POST", "/tiers/run", map[string]any{}, nil); err != nil {
		return err
	}
	var last struct {
		Last struct {
			Seen       int64  `json:"seen"`
			Failed     int64  `json:"failed"`
			FinishedAt string `json:"finishedAt"`
		} `json:"last"`
		Scoring map[string]any `json:"scoring"`
	}
	for last.Last.FinishedAt == "" {
		if time.Since(start) > 30*time.Minute {
			return fmt.Errorf("the scores were not done after %s", time.Since(start))
		}
		time.Sleep(200 * time.Millisecond)
		last.Last.FinishedAt = ""
		if err := p.client.Do(ctx, "GET", "/tiers/settings", nil, &last); err != nil {
			return err
		}
	}
	if last.Last.Seen != customers || last.Last.Failed > 0 {
		return fmt.Errorf("%d of %d customers were scored, %d not", last.Last.Seen, customers, last.Last.Failed)
	}
	took, used := time.Since(start), p.cpu()-cpu0
	b.note(fmt.Sprintf("scores of %d customers with %d invoices: time, CPU, memory", customers, customers*each), fmt.Sprintf("%s, %s, %d MB", took.Round(time.Second), used.Round(100*time.Millisecond), rss(p.cmd.Process.Pid)), "")
	ids, err := p.someCustomers(ctx, 200)
	if err != nil {
		return err
	}
	if err := p.publish(ctx, "bench", flowAt("bench", "09:00", "")); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	var times []time.Duration
	for _, id := range ids {
		start := time.Now()
		if err := p.client.Do(ctx, "POST", "/contact-rules/preview", map[string]any{"customer": id, "flow": "bench"}, nil); err != nil {
			return err
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.note("when a reminder would go out, and why, of one of them: median, p99", fmt.Sprintf("%s, %s", times[len(times)/2].Round(100*time.Microsecond), times[len(times)*99/100].Round(100*time.Microsecond)), "")
	start = time.Now()
	if err := p.client.Do(ctx, "POST", "/tiers/preview", map[string]any{"scoring": last.Scoring}, nil); err != nil {
		return err
	}
	b.note("how many customers other weights would move", time.Since(start).Round(time.Millisecond).String(), "")
	return nil
}
