package main

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// invoices of the records scenario; the page must cost the same with all of
// them as with a tenth.
const invoices = 100_000

// records measures the records API on many invoices: CPU of the server per
// request, at 1, 8 and 32 connections.
func (b *bench) records(ctx context.Context) error {
	p, err := b.fresh(ctx, "records")
	if err != nil {
		return err
	}
	defer p.stop()
	start, cpu0 := time.Now(), p.cpu()
	if err := p.load(ctx, invoices/40/10, 40, "2026-06-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	small, err := b.page(ctx, p, 8)
	if err != nil {
		return err
	}
	if err := p.load(ctx, invoices/40, 40, "2026-06-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	b.note(fmt.Sprintf("import of %d invoices", invoices), fmt.Sprintf("%.2f CPU ms each, %.0f/s", ms(p.cpu()-cpu0)/invoices, invoices/time.Since(start).Seconds()), "")
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := p.client.Do(ctx, "GET", "/records/invoice?limit=500", nil, &page); err != nil {
		return err
	}
	var seq atomic.Int64
	for _, conns := range []int{1, 8, 32} {
		create, err := b.measure(ctx, p, conns, 400, func(ctx context.Context, _ int) error {
			n := seq.Add(1)
			return p.client.Do(ctx, "POST", "/records/invoice", map[string]any{"data": map[string]any{
				"number": fmt.Sprintf("N%d", n), "customer": b.customer(ctx, p, int(n)), "issueDate": "2026-01-05", "dueDate": "2026-06-01", "amount": 100, "currency": "CNY",
			}}, nil)
		})
		if err != nil {
			return err
		}
		get, err := b.measure(ctx, p, conns, 2000, func(ctx context.Context, i int) error {
			return p.client.Do(ctx, "GET", "/records/invoice/"+page.Items[i%len(page.Items)].ID, nil, nil)
		})
		if err != nil {
			return err
		}
		list, err := b.page(ctx, p, conns)
		if err != nil {
			return err
		}
		b.note(fmt.Sprintf("records API, %d connections: create, get, page of 50", conns), fmt.Sprintf("%.2f, %.2f, %.2f CPU ms", create, get, list), "page ≤ 2.5 ms")
		if conns == 8 {
			b.note("page of 50 with 10 × the records", fmt.Sprintf("%.2f × the CPU (%.2f to %.2f ms)", list/small, small, list), "1")
		}
	}
	return nil
}

var (
	customersOnce sync.Once
	customerIDs   []string
)

func (b *bench) customer(ctx context.Context, p *process, n int) string {
	customersOnce.Do(func() {
		var page struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if p.client.Do(ctx, "GET", "/records/customer?limit=500", nil, &page) == nil {
			for _, c := range page.Items {
				customerIDs = append(customerIDs, c.ID)
			}
		}
	})
	return customerIDs[n%len(customerIDs)]
}

// page asks for filtered and sorted pages of 50.
func (b *bench) page(ctx context.Context, p *process, conns int) (float64, error) {
	q := url.Values{"filter": {`{"field":"status","op":"eq","value":"open"}`}, "sort": {"dueDate"}, "limit": {"50"}}.Encode()
	return b.measure(ctx, p, conns, 600, func(ctx context.Context, _ int) error {
		return p.client.Do(ctx, "GET", "/records/invoice?"+q, nil, nil)
	})
}

// measure runs n requests over some connections and gives the server's CPU
// milliseconds for one.
func (b *bench) measure(ctx context.Context, p *process, conns, n int, f func(context.Context, int) error) (float64, error) {
	for i := range 20 { // warm up
		if err := f(ctx, i); err != nil {
			return 0, err
		}
	}
	var next atomic.Int64
	var failed atomic.Value
	before := p.cpu()
	var wg sync.WaitGroup
	for range conns {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				if err := f(ctx, i); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return ms(p.cpu()-before) / float64(n), nil
}
