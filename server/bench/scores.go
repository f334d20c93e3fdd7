package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
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
	last, err := p.scored(ctx, start, func(r round) bool { return true })
	if err != nil {
		return err
	}
	if last.Seen != customers || last.Failed > 0 {
		return fmt.Errorf("%d of %d customers were scored, %d not", last.Seen, customers, last.Failed)
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
	if err := p.client.Do(ctx, "POST", "/tiers/preview", map[string]any{"scoring": last.scoring}, nil); err != nil {
		return err
	}
	b.note("how many customers other weights would move", time.Since(start).Round(time.Millisecond).String(), "")
	return nil
}

// round is a computation of all scores as the API tells of it.
type round struct {
	Cause, StartedAt, FinishedAt string
	Seen, Fell, Failed           int64
	scoring                      map[string]any // the weights it went by
}

// scored waits for the end of a computation.
func (p *process) scored(ctx context.Context, since time.Time, which func(round) bool) (round, error) {
	for time.Since(since) < 30*time.Minute {
		var out struct {
			Last    round
			Scoring map[string]any
		}
		if err := p.client.Do(ctx, "GET", "/tiers/settings", nil, &out); err != nil {
			return round{}, err
		}
		if out.Last.FinishedAt != "" && which(out.Last) {
			out.Last.scoring = out.Scoring
			return out.Last, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return round{}, fmt.Errorf("the scores were not done after %s", time.Since(since))
}

// falls: 2,500 customers who always paid leave a large invoice unpaid; a hundred
// days later a night's computation finds that all of them have a worse tier, and
// writes a record, a notice and a task for each.
func (b *bench) falls(ctx context.Context) error {
	const customers = 2500
	dir := filepath.Join(b.dir, "falls")
	token, err := newData(ctx, b.bin, dir)
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, b.bin, "user", "create", "--data", dir, "--workspace", "bench", "--email", "owner@example.com", "--name", "Owner", "--role", "sales", "--json").Output()
	if err != nil {
		return err
	}
	var made struct{ User struct{ ID string } }
	if err := json.Unmarshal(out, &made); err != nil {
		return err
	}
	p, err := serve(ctx, b.bin, dir, token)
	if err != nil {
		return err
	}
	defer func() { p.stop() }()
	if err := p.payers(ctx, customers, made.User.ID); err != nil {
		return err
	}
	if err := p.client.Do(ctx, "POST", "/tiers/run", map[string]any{}, nil); err != nil {
		return err
	}
	if _, err := p.scored(ctx, time.Now(), func(r round) bool { return r.Seen == customers }); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	p.stop()
	now := time.Now().UTC()
	offset := now.Truncate(24 * time.Hour).Add(100*24*time.Hour + 12*time.Hour).Sub(now).Round(time.Second)
	start := time.Now()
	if p, err = serve(ctx, b.bin, dir, token, "--clock-offset", offset.String()); err != nil {
		return err
	}
	later := now.AddDate(0, 0, 90).Format(time.DateOnly)
	night, err := p.scored(ctx, start, func(r round) bool { return r.Cause == "night" && r.StartedAt > later })
	if err != nil {
		return err
	}
	from, err := time.Parse(time.RFC3339, night.StartedAt)
	if err != nil {
		return err
	}
	to, err := time.Parse(time.RFC3339, night.FinishedAt)
	if err != nil {
		return err
	}
	if night.Fell != customers || night.Failed > 0 {
		return fmt.Errorf("%d of %d customers fell, %d failed", night.Fell, customers, night.Failed)
	}
	settle(p.cmd.Process.Pid)
	b.note(fmt.Sprintf("a night on which all %d customers fall: time, CPU since the start of the process, memory", customers), fmt.Sprintf("%s, %s, %d MB", to.Sub(from).Round(100*time.Millisecond), p.cpu().Round(100*time.Millisecond), rss(p.cmd.Process.Pid)), "")
	return nil
}

// payers brings customers who paid three invoices in time and have a large one open.
func (p *process) payers(ctx context.Context, n int, owner string) error {
	day := func(off int) string { return time.Now().UTC().AddDate(0, 0, off).Format(time.DateOnly) }
	var customers, invoices, payments []row
	for c := range n {
		id := fmt.Sprintf("F%06d", c)
		customers = append(customers, row{c + 1, id, map[string]any{"name": "Customer " + id, "number": id, "owner": owner}})
		for k := range 3 {
			number := fmt.Sprintf("%s-%d", id, k)
			invoices = append(invoices, row{len(invoices) + 1, number, map[string]any{"number": number, "customer": id, "issueDate": day(-60), "dueDate": day(-30), "amount": 100_00, "currency": "CNY"}})
			payments = append(payments, row{len(payments) + 1, "P" + number, map[string]any{"reference": "P" + number, "customer": id, "amount": 100_00, "currency": "CNY", "valueDate": day(-30), "invoices": []string{number}}})
		}
		number := id + "-late"
		invoices = append(invoices, row{len(invoices) + 1, number, map[string]any{"number": number, "customer": id, "issueDate": day(0), "dueDate": day(10), "amount": 5000_00, "currency": "CNY"}})
	}
	if err := p.rows(ctx, "customer", customers); err != nil {
		return err
	}
	if err := p.rows(ctx, "invoice", invoices); err != nil {
		return err
	}
	return p.rows(ctx, "payment", payments)
}
