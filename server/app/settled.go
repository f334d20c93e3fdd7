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
// about money that has been paid. The account is read anew, because what was
// paid may have been taken back by now.
func (c *Core) settledTasks(ctx context.Context, d accounts.Delivery) error {
	touched := map[string]bool{}
	for _, e := range d.Events {
		if settling[e.Type] {
			touched[e.Invoice] = true
			for _, a := range e.Allocs {
				touched[a.Invoice] = true
			}
		}
	}
	if len(touched) == 0 {
		return nil
	}
	open, err := c.Tasks.OpenOf(ctx, d.Workspace, d.Customer, "")
	if err != nil || open == 0 {
		return err
	}
	st, err := c.Accounts.Load(ctx, d.Workspace, d.Customer)
	if err != nil {
		return err
	}
	return c.Tasks.Settle(ctx, d.Workspace, d.Customer, func(invoice string) bool { return touched[invoice] && st.Settled(invoice) })
}
