package app

import (
	"context"

	"github.com/dueflow/dueflow/server/accounts"
)

// settledTasks takes tasks back whose invoices are settled: nobody is called
// about money that has been paid.
func (c *Core) settledTasks(ctx context.Context, d accounts.Delivery) error {
	touched := map[string]bool{}
	for _, e := range d.Events {
		if e.Settling() {
			touched[e.Invoice] = true
			for _, a := range e.Allocs {
				touched[a.Invoice] = true
			}
		}
	}
	if len(touched) == 0 {
		return nil
	}
	return c.World.SettleTasks(ctx, d.Workspace, d.Customer, func(invoice string) bool { return touched[invoice] })
}
