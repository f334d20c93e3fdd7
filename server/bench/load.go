package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// useSink points the workspace's webhook channel at the sink.
func (p *process) useSink(ctx context.Context, s *sink) error {
	var w map[string]any
	if err := p.client.Do(ctx, "GET", "/workspace", nil, &w); err != nil {
		return err
	}
	w["channels"] = map[string]any{"webhook": map[string]any{"url": s.url, "secret": "bench"}}
	return p.client.Do(ctx, "PUT", "/workspace", w, nil, "If-Match", fmt.Sprintf(`"%v"`, w["version"]))
}

type row struct {
	Line       int            `json:"line"`
	ExternalID string         `json:"externalId,omitempty"`
	Data       map[string]any `json:"data"`
}

// load creates customers and invoices by the import endpoint: each customer
// has per invoices, due on a date. A second load brings others.
func (p *process) load(ctx context.Context, customers, per int, due string) error {
	var cs, is []row
	first := p.loaded
	p.loaded += customers
	for c := first; c < p.loaded; c++ {
		id := fmt.Sprintf("C%06d", c)
		cs = append(cs, row{len(cs) + 1, id, map[string]any{"name": "Customer " + id, "number": id, "email": strings.ToLower(id) + "@example.com", "tier": "B", "region": "华东"}})
		for i := range per {
			num := fmt.Sprintf("I%06d-%d", c, i)
			is = append(is, row{len(is) + 1, num, map[string]any{
				"number": num, "customer": id, "issueDate": "2026-01-05", "dueDate": due, "amount": 10_000 + c, "currency": "CNY",
			}})
		}
	}
	if err := p.rows(ctx, "customer", cs); err != nil {
		return err
	}
	return p.rows(ctx, "invoice", is)
}

// rows brings records by the import endpoint, 500 at a time.
func (p *process) rows(ctx context.Context, form string, rows []row) error {
	for len(rows) > 0 {
		n := min(500, len(rows))
		var out struct {
			Items []struct {
				Status  string          `json:"status"`
				Problem json.RawMessage `json:"problem"`
			} `json:"items"`
		}
		if err := p.client.Do(ctx, "POST", "/imports/"+form, map[string]any{"rows": rows[:n]}, &out); err != nil {
			return err
		}
		for _, r := range out.Items {
			if r.Status == "failed" {
				return fmt.Errorf("%s: %s", form, r.Problem)
			}
		}
		rows = rows[n:]
	}
	return nil
}

// flowAt is a flow whose one message goes out on the due date at a time of day.
func flowAt(key, tod, more string) string {
	return fmt.Sprintf(`{"format":"dueflow.flow/1","key":%q,"name":{"en":"Bench"},"subject":{"form":"invoice"},%s
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":%q}},
  "send":{"type":"send","v":1,"cfg":{"channel":"webhook","template":"overdue-friendly"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"send"},{"from":"send","to":"end"}]}`, key, more, tod)
}

// publish puts a flow on the air and waits for the enrolment.
func (p *process) publish(ctx context.Context, key, doc string) error {
	if err := p.client.Do(ctx, "PUT", "/flows/"+key, map[string]any{"document": json.RawMessage(doc)}, nil); err != nil {
		return err
	}
	var out struct {
		Batch string `json:"batch"`
	}
	if err := p.client.Do(ctx, "POST", "/flows/"+key+"/publish", map[string]string{}, &out); err != nil {
		return err
	}
	for {
		var b struct {
			Status string `json:"status"`
		}
		if err := p.client.Do(ctx, "GET", "/batches/"+out.Batch, nil, &b); err != nil {
			return err
		}
		if b.Status != "running" {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// waiting counts the runs that wait at the trigger.
func (p *process) waiting(ctx context.Context, key string) (int64, error) {
	var all struct {
		Items []struct {
			Key    string `json:"key"`
			Counts struct {
				Active int64 `json:"active"`
				Done   int64 `json:"done"`
				Parked int64 `json:"parked"`
			} `json:"counts"`
		} `json:"items"`
	}
	if err := p.client.Do(ctx, "GET", "/flows", nil, &all); err != nil {
		return 0, err
	}
	for _, f := range all.Items {
		if f.Key == key {
			return f.Counts.Active, nil
		}
	}
	return 0, nil
}

// settle waits until a process is nearly idle.
func settle(pid int) {
	for range 60 {
		a := cpu(pid)
		time.Sleep(500 * time.Millisecond)
		if cpu(pid)-a < 40*time.Millisecond {
			return
		}
	}
}
