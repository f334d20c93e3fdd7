package main

import (
	"context"
	"fmt"
	"time"
)

const (
	killRuns   = 500
	killRounds = 5
)

// killDrill kills the server with -9 in the middle of 500 sends, five times,
// and once more with the clock a week ahead while it is down. At the sink
// nothing may be lost and nothing doubled; what nobody can know is listed as
// unknown.
func (b *bench) killDrill(ctx context.Context) error {
	lost, doubled, unknown, violations := 0, 0, int64(0), int64(0)
	for round := range killRounds {
		l, d, u, v, err := b.killOnce(ctx, fmt.Sprintf("kill%d", round), 20+round*killRuns/killRounds, "")
		if err != nil {
			return err
		}
		lost, doubled, unknown, violations = lost+l, doubled+d, unknown+u, violations+v
	}
	b.note(fmt.Sprintf("kill -9 during %d sends, %d times", killRuns, killRounds), fmt.Sprintf("%d lost, %d doubled, %d unknown and listed, %d violations", lost, doubled, unknown, violations), "0, 0, listed, 0")
	if lost > 0 || doubled > 0 || violations > 0 {
		return fmt.Errorf("kill drill failed")
	}
	l, d, u, v, err := b.killOnce(ctx, "killweek", killRuns/3, "168h")
	if err != nil {
		return err
	}
	b.note("the same, clock a week ahead while down, ifLate: ask", fmt.Sprintf("%d neither sent nor asked about, %d doubled, %d unknown, %d violations", l, d, u, v), "0, 0, listed, 0")
	if l > 0 || d > 0 || v > 0 {
		return fmt.Errorf("kill drill with a clock jump failed")
	}
	return nil
}

// killOnce: runs wait for a minute; the server is killed when killAt messages
// have come, started again (its clock perhaps moved), and left to
// finish. Each run must end as sent (once at the sink), unknown, or, when too
// late, parked with the question.
func (b *bench) killOnce(ctx context.Context, name string, killAt int, jump string) (lost, doubled int, unknown, violations int64, err error) {
	p, err := b.fresh(ctx, name)
	if err != nil {
		return
	}
	defer func() { p.kill() }()
	b.sink.reset()
	b.sink.delay = 2 * time.Millisecond
	defer func() { b.sink.delay = 0 }()
	at := minute(12 * time.Second)
	if err = p.load(ctx, killRuns, 1, at.Format(time.DateOnly)); err != nil {
		return
	}
	rule := `"settings":{"ifLate":{"then":"send","within":{"value":1,"unit":"day"},"else":"ask"}},`
	if err = p.publish(ctx, "bench", flowAt("bench", at.Format("15:04"), rule)); err != nil {
		return
	}
	if !b.sink.await(killAt, time.Until(at)+60*time.Second) {
		err = fmt.Errorf("the messages did not come")
		return
	}
	p.kill()
	before, _ := b.sink.counts()
	var more []string
	if jump != "" {
		more = []string{"--clock-offset", jump}
	}
	if p, err = serve(ctx, b.bin, p.data, p.token, more...); err != nil {
		return
	}
	parked, err := b.finished(ctx, p)
	if err != nil {
		return
	}
	messages, doubled := b.sink.counts()
	var v struct {
		Violations, Unknown, Open int64
	}
	if err = p.client.Do(ctx, "GET", "/verify", nil, &v); err != nil {
		return
	}
	unknown, violations = v.Unknown, v.Violations
	// An unknown message may or may not have reached the sink; every other run
	// must have.
	reached, err := b.unknownReached(ctx, p)
	if err != nil {
		return
	}
	asked := parked - int(unknown)
	lost = max(0, killRuns-asked-(messages-reached)-int(unknown))
	fmt.Printf("<!-- %s: killed after %d messages; %d at the sink, %d unknown (%d of them reached it), %d asked, open %d -->\n", name, before, messages, unknown, reached, asked, v.Open)
	return lost, doubled, unknown, violations, nil
}

// finished waits until every run has ended or is parked, and counts the parked.
func (b *bench) finished(ctx context.Context, p *process) (int, error) {
	for range 600 {
		var all struct {
			Items []struct {
				Counts struct {
					Active, Parked, Done int
				} `json:"counts"`
			} `json:"items"`
		}
		if err := p.client.Do(ctx, "GET", "/flows", nil, &all); err != nil {
			return 0, err
		}
		if len(all.Items) == 1 {
			if c := all.Items[0].Counts; c.Active == 0 && c.Done+c.Parked == killRuns {
				return c.Parked, nil
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	return 0, fmt.Errorf("the runs did not all come to rest")
}

// unknownReached counts unknown messages whose invoice the sink has seen.
func (b *bench) unknownReached(ctx context.Context, p *process) (int, error) {
	var page struct {
		Items []struct {
			Items []struct {
				Invoice string `json:"invoice"`
			} `json:"items"`
		} `json:"items"`
	}
	if err := p.client.Do(ctx, "GET", "/messages?status=unknown&limit=200", nil, &page); err != nil {
		return 0, err
	}
	n := 0
	b.sink.mu.Lock()
	defer b.sink.mu.Unlock()
	for _, m := range page.Items {
		for _, i := range m.Items {
			if b.sink.items[i.Invoice] > 0 {
				n++
			}
		}
	}
	return n, nil
}
