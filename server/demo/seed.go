// Package demo is the product's sample company: customers, invoices, payments
// and what happens between them, three flows, and a life that goes on while
// the demo clock runs. Everything is made up, depends on the day only, and is
// written through the records and accounts rooms like anybody's data.
package demo

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

// Deps are the rooms that the demo writes through. Owner gives the user id of
// one of the People by e-mail; nil takes the e-mail for the id.
type Deps struct {
	Spaces   *workspace.Service
	Records  *records.Service
	Accounts *accounts.Service
	Owner    func(email string) string
}

func (d Deps) owner(email string) string {
	if d.Owner == nil {
		return email
	}
	return d.Owner(email)
}

// by is who does what the demo does.
const by = "demo"

// workers are how many customers are written at the same time: the store
// commits in groups.
const workers = 24

// Seed fills a workspace as of its present day. What is there already stays,
// so a seed that broke off can be repeated the same day.
func Seed(ctx context.Context, d Deps, ws string) error {
	w, err := d.Spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	_, today := d.Spaces.Now(w)
	return each(ctx, customers, func(ctx context.Context, n int) error {
		h := plan(n, today)
		if err := d.create(ctx, ws, "customer", h.id(), h.fields(d.owner)); err != nil {
			return err
		}
		if who := h.contact(); who != nil {
			if err := d.create(ctx, ws, "contact", h.id()+"-ap", who); err != nil {
				return err
			}
		}
		for _, s := range h.steps {
			if err := d.do(ctx, ws, h.id(), s); err != nil {
				return err
			}
		}
		return nil
	})
}

// each calls f for 0 to n−1, several at a time, and gives the first error.
func each(ctx context.Context, n int, f func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for k := range queue {
				if ctx.Err() != nil {
					continue
				}
				if err := f(ctx, k); err != nil {
					cancel(err)
				}
			}
		})
	}
	for k := range n {
		queue <- k
	}
	close(queue)
	wg.Wait()
	return context.Cause(ctx)
}

func (d Deps) do(ctx context.Context, ws, customer string, s step) error {
	if s.command == nil {
		return d.create(ctx, ws, s.form, s.id, s.data)
	}
	return d.execute(ctx, ws, customer, s.command)
}

func (d Deps) execute(ctx context.Context, ws, customer string, c ledger.Command) error {
	if _, hold := c.(ledger.SetHold); hold { // the only one that a repeat would book again
		st, err := d.Accounts.Load(ctx, ws, customer)
		if err != nil || st.Hold != nil {
			return err
		}
	}
	_, _, err := d.Accounts.Execute(ctx, ws, customer, by, c)
	return err
}

// create makes a record once.
func (d Deps) create(ctx context.Context, ws, form, id string, data map[string]any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = d.Records.Create(ctx, policies.SystemActor(ws, by), form, records.Input{ID: id, Data: raw})
	switch fault.KeyOf(err) {
	case "store.exists", "record.notUnique":
		return nil
	}
	return err
}

// today is a workspace's day.
func (d Deps) today(ctx context.Context, ws string) (value.Date, error) {
	w, err := d.Spaces.Get(ctx, ws)
	if err != nil {
		return 0, err
	}
	_, today := d.Spaces.Now(w)
	return today, nil
}

// fresh tells whether there is no such record yet.
func (d Deps) fresh(ctx context.Context, ws, form, id string) (bool, error) {
	_, err := d.Records.Get(ctx, policies.SystemActor(ws, by), form, id)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return false, err
}
