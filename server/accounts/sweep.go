package accounts

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/store"
)

// clear takes delivered events out of the document, unless a command already has.
func (r *Relay) clear(ctx context.Context, ws, customer string) error {
	a := r.accounts.Account(ws, customer)
	for n := range attempts {
		if err := a.read(ctx); err != nil {
			return err
		}
		left := r.undelivered(ws, customer, a.doc.Pending)
		if len(left) == len(a.doc.Pending) {
			if len(left) == 0 {
				r.mu.Lock()
				delete(r.done, accountKey(ws, customer))
				r.mu.Unlock()
			}
			return nil
		}
		a.doc.Pending = left
		if err := a.write(ctx); !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := pause(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Sweep looks for accounts with pending events, and for those on which time
// alone has changed something, in all workspaces; every ten seconds until ctx ends.
func (r *Relay) Sweep(ctx context.Context) {
	for {
		if err := r.SweepOnce(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery):
		}
	}
}

// SweepOnce is one round of Sweep.
func (r *Relay) SweepOnce(ctx context.Context) error {
	keys, err := r.accounts.spaces.Keys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range keys {
		if err := r.sweep(ctx, ws); err != nil {
			return err
		}
	}
	return nil
}

func (r *Relay) sweep(ctx context.Context, ws string) error {
	w, err := r.accounts.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	err = r.store.In(ws, Collection).Each(ctx, store.Query{Filter: filter.Gt("npend", 0), Limit: 500}, func(d store.Doc) error {
		r.Kick(ws, d.ID)
		return nil
	})
	if err != nil {
		return err
	}
	_, today := r.accounts.spaces.Now(w)
	due := filter.And(filter.Gt("tick", ""), filter.Lte("tick", today.String()))
	var ids []string
	err = r.store.In(ws, Collection).Each(ctx, store.Query{Filter: due, Limit: 500}, func(d store.Doc) error {
		ids = append(ids, d.ID)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, _, err := r.accounts.Execute(ctx, ws, id, "clock", ledger.Tick{}); err != nil {
			return err
		}
	}
	return nil
}
