package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func (b *bench) fresh(ctx context.Context, name string, more ...string) (*process, error) {
	dir := filepath.Join(b.dir, name)
	token, err := newData(ctx, b.bin, dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	p, err := serve(ctx, b.bin, dir, token, more...)
	if err != nil {
		return nil, err
	}
	return p, p.useSink(ctx, b.sink)
}

// idle measures readiness on an existing directory, and memory and CPU at rest.
func (b *bench) idle(ctx context.Context) error {
	p, err := b.fresh(ctx, "idle")
	if err != nil {
		return err
	}
	if err := p.load(ctx, 200, 2, "2027-06-01"); err != nil {
		return err
	}
	p.stop()
	p, err = serve(ctx, b.bin, p.data, p.token)
	if err != nil {
		return err
	}
	defer p.stop()
	b.note("ready after start, existing data", p.ready.Round(10*time.Millisecond).String(), "≤ 3 s")
	time.Sleep(10 * time.Second)
	before := p.cpu()
	time.Sleep(20 * time.Second)
	b.note("idle CPU", fmt.Sprintf("%.2f %% of a core", float64(p.cpu()-before)/float64(20*time.Second)*100), "≤ 3 %")
	b.note("idle memory", fmt.Sprintf("%d MB", rss(p.cmd.Process.Pid)), "≤ 300 MB")
	return nil
}

// minute is the next whole minute that leaves some time to prepare.
func minute(prepare time.Duration) time.Time {
	return time.Now().UTC().Add(prepare + time.Minute).Truncate(time.Minute)
}

// turns is how often the reminders are measured: what else the machine does
// changes within minutes, and one turn alone says little.
const turns = 3

// reminders: n runs wait for the same second; measured is what it costs to
// wake, check, intend, render, post and record them, in turn with bare workflows
// of the same shape. Of all turns the median is given, and the span.
func (b *bench) reminders(ctx context.Context, n int) error {
	ours, bare := make([]float64, turns), make([]float64, turns+1)
	var err error
	if _, bare[0], err = b.bare(ctx, n, 1); err != nil {
		return err
	}
	ratios := make([]float64, turns)
	for k := range turns {
		if ours[k], err = b.burst(ctx, n, k+1); err != nil {
			return err
		}
		if _, bare[k+1], err = b.bare(ctx, n, 1); err != nil {
			return err
		}
		ratios[k] = ours[k] / ((bare[k] + bare[k+1]) / 2)
	}
	b.note("CPU per durable reminder", median(ours)+" ms", "≤ 5 ms, < 6 ms")
	b.note("the same as a bare Temporal workflow", median(bare)+" ms", "")
	b.note("ratio to the bare ones before and after", median(ratios), "≤ 1.5")
	return nil
}

// median of figures, with the least and the most.
func median(v []float64) string {
	s := slices.Sorted(slices.Values(v))
	mid := (s[(len(s)-1)/2] + s[len(s)/2]) / 2
	return fmt.Sprintf("%.2f (%.2f–%.2f)", mid, s[0], s[len(s)-1])
}

// burst sends n reminders at once, and gives the CPU milliseconds of each.
func (b *bench) burst(ctx context.Context, n, turn int) (float64, error) {
	p, err := b.fresh(ctx, fmt.Sprintf("reminders%d", turn))
	if err != nil {
		return 0, err
	}
	defer p.stop()
	at := minute(time.Duration(n) * 25 * time.Millisecond)
	start, cpu0 := time.Now(), p.cpu()
	if err := p.load(ctx, n, 1, at.Format(time.DateOnly)); err != nil {
		return 0, err
	}
	b.note("import of a customer and an invoice", fmt.Sprintf("%.2f CPU ms, %.0f/s", ms(p.cpu()-cpu0)/float64(n), float64(n)/time.Since(start).Seconds()), "")
	start, cpu0 = time.Now(), p.cpu()
	if err := p.publish(ctx, "bench", flowAt("bench", at.Format("15:04"), "")); err != nil {
		return 0, err
	}
	settle(p.cmd.Process.Pid)
	b.note("start of a run", fmt.Sprintf("%.2f CPU ms, %.0f/s", ms(p.cpu()-cpu0)/float64(n), float64(n)/time.Since(start).Seconds()), "")
	if wait := time.Until(at); wait < 0 {
		return 0, fmt.Errorf("preparing took %s too long; use fewer runs", -wait)
	} else if wait > 2*time.Second {
		time.Sleep(wait - 2*time.Second)
	}
	b.sink.reset()
	cpu0 = p.cpu()
	ok := b.sink.await(n, 3*time.Minute)
	messages, doubled := b.sink.counts()
	first, last := b.sink.first.Sub(at), b.sink.last.Sub(at)
	settle(p.cmd.Process.Pid)
	per := ms(p.cpu()-cpu0) / float64(n)
	if !ok || doubled > 0 {
		return 0, fmt.Errorf("%d of %d messages, %d doubled", messages, n, doubled)
	}
	b.note(fmt.Sprintf("%d runs due at the same second: first, last", n), fmt.Sprintf("%s, %s; %d sent, %d twice; %.2f CPU ms each", first.Round(10*time.Millisecond), last.Round(10*time.Millisecond), messages, doubled, per), "1 s, 30 s; none twice")
	var v struct {
		Violations, Sent, Unknown int64
	}
	if err := p.client.Do(ctx, "GET", "/verify", nil, &v); err != nil {
		return 0, err
	}
	b.note("verify after it", fmt.Sprintf("%d violations, %d sent, %d unknown", v.Violations, v.Sent, v.Unknown), "0 violations")
	return per, nil
}

// bare runs the bare workflows in a child process of the same binary as this.
func (b *bench) bare(ctx context.Context, n, rounds int) (start, message float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	b.sink.reset()
	cmd := exec.CommandContext(ctx, self, "-bare", fmt.Sprint(n), "-rounds", fmt.Sprint(rounds), "-sink", b.sink.url)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, fmt.Errorf("bare workflows: %w", err)
	}
	_, err = fmt.Sscanf(string(out), "%f %f", &start, &message)
	return start, message, err
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// openRuns: 10,000 runs wait; what they take in memory and on disk.
func (b *bench) openRuns(ctx context.Context) error {
	p, err := b.fresh(ctx, "open")
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.load(ctx, 2500, 4, "2027-06-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	disk, start := diskOf(p.data), time.Now()
	if err := p.publish(ctx, "bench", flowAt("bench", "09:00", "")); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	n, err := p.waiting(ctx, "bench")
	if err != nil {
		return err
	}
	b.note(fmt.Sprintf("%d open runs: started", n), fmt.Sprintf("%.0f/s", float64(n)/time.Since(start).Seconds()), "")
	b.note("memory with them", fmt.Sprintf("%d MB", rss(p.cmd.Process.Pid)), "")
	b.note("disk per open run, all parts", fmt.Sprintf("%.1f kB", float64(diskOf(p.data)-disk)/float64(n)/1000), "")
	return nil
}
