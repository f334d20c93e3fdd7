package app

import (
	"context"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
)

// settling are the events that may leave nothing open of an invoice.
var settling = map[string]bool{
	ledger.PaymentApplied: true, ledger.PaymentAllocated: true, ledger.CreditNoted: true,
	ledger.WrittenOff: true, ledger.InvoiceCancelled: true, ledger.InvoiceCorrected: true,
}

// settledTasks takes tasks back whose invoices are settled: nobody is called
// about money that has been paid.
func (c *Core) settledTasks(ctx context.Context, d accounts.Delivery) error {
	for _, e := range d.Events {
		if settling[e.Type] {
			return c.Tasks.Settle(ctx, d.Workspace, d.Customer, d.State.Settled)
		}
	}
	return nil
}
