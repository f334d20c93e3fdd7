package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// rehearse: 2,500 invoices with five steps over ten months, alone; then the same
// with three flows live, over these months, which are past, and from today on
// over as many invoices that are due in a month, where 7,500 runs wait.
func (b *bench) rehearse(ctx context.Context) error {
	p, err := b.fresh(ctx, "rehearse")
	if err != nil {
		return err
	}
	defer func() { p.stop() }()
	if err := p.load(ctx, 625, 4, "2026-06-01"); err != nil {
		return err
	}
	const from, to = "2026-04-01", "2027-01-31"
	if err := b.streamed(ctx, p, "the same at the designer: first messages, all", from, to, true); err != nil {
		return err
	}
	p.stop()
	file := filepath.Join(b.dir, "five.json")
	if err := os.WriteFile(file, []byte(fiveSteps), 0o600); err != nil {
		return err
	}
	start := time.Now()
	out, err := exec.CommandContext(ctx, b.bin, "rehearse", "--data", p.data, "--flow", file, "--from", from, "--to", to, "--alone").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	b.note("rehearsal of 2,500 invoices with five messages, alone", time.Since(start).Round(10*time.Millisecond).String(), "< 60 s")
	if p, err = serve(ctx, b.bin, p.data, p.token); err != nil {
		return err
	}
	if err := p.company(ctx); err != nil {
		return err
	}
	if err := b.streamed(ctx, p, "with three flows live, over months that are past: first messages, all", from, "2026-11-20", false); err != nil {
		return err
	}
	return b.waitingCompany(ctx)
}

func (b *bench) waitingCompany(ctx context.Context) error {
	p, err := b.fresh(ctx, "company")
	if err != nil {
		return err
	}
	defer p.stop()
	today := time.Now().UTC()
	if err := p.load(ctx, 625, 4, today.AddDate(0, 1, 0).Format(time.DateOnly)); err != nil {
		return err
	}
	if err := p.company(ctx); err != nil {
		return err
	}
	return b.streamed(ctx, p, "with three flows live whose 7,500 runs wait, from today on: first messages, all", today.Format(time.DateOnly), today.AddDate(0, 10, 0).Format(time.DateOnly), false)
}

// company publishes three flows of five messages, of different priorities.
func (p *process) company(ctx context.Context) error {
	for k, priority := range []string{"low", "normal", "high"} {
		key := fmt.Sprintf("live-%d", k)
		doc := strings.NewReplacer(`"key":"five"`, `"key":"`+key+`"`, `"subject":{"form":"invoice"},`, `"subject":{"form":"invoice"},"settings":{"priority":"`+priority+`"},`).Replace(fiveSteps)
		if err := p.publish(ctx, key, doc); err != nil {
			return err
		}
	}
	settle(p.cmd.Process.Pid)
	return nil
}

// streamed measures what a person at the designer waits for: the first
// messages, and the end.
func (b *bench) streamed(ctx context.Context, p *process, what, from, to string, alone bool) error {
	body, err := json.Marshal(map[string]any{"document": json.RawMessage(fiveSteps), "from": from, "to": to, "alone": alone})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/rehearsals/stream", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	start := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was read to its end
	var first time.Duration
	messages, others := 0, 0
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l struct {
			Messages []json.RawMessage `json:"messages"`
			Others   []json.RawMessage `json:"others"`
			Problem  json.RawMessage   `json:"problem"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return err
		}
		if l.Problem != nil {
			return fmt.Errorf("rehearsal: %s", l.Problem)
		}
		others += len(l.Others)
		if messages += len(l.Messages); messages+others > 0 && first == 0 {
			first = time.Since(start)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if messages+others == 0 {
		return fmt.Errorf("rehearsal: no messages, status %d", res.StatusCode)
	}
	b.note(what, fmt.Sprintf("%s, %s", first.Round(time.Millisecond), time.Since(start).Round(10*time.Millisecond)), "≤ 2 s, ≤ 60 s")
	return nil
}

// fiveSteps is a flow with five messages.
const fiveSteps = `{"format":"dueflow.flow/1","key":"five","name":{"en":"Five"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","offset":{"value":-3,"unit":"day"}}},
  "m1":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"due-soon-friendly"}},"w1":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"09:30"}},
  "m2":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-friendly"}},"w2":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"09:30"}},
  "m3":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-clear"}},"w3":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"09:30"}},
  "m4":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-clear"}},"w4":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"09:30"}},
  "m5":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-firm"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"m1"},{"from":"m1","to":"w1"},{"from":"w1","to":"m2"},{"from":"m2","to":"w2"},{"from":"w2","to":"m3"},{"from":"m3","to":"w3"},{"from":"w3","to":"m4"},{"from":"m4","to":"w4"},{"from":"w4","to":"m5"},{"from":"m5","to":"end"}]}`
