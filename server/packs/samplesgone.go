package packs

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/records"
)

// maxPlanted is how many invoices or payments of a sample customer are taken
// out, more than a sample can bring.
const maxPlanted = 1000

// Uproot takes a pack's sample records out again, whoever owns them by now:
// payments are reversed, invoices cancelled, and the records go to the bin.
// What people have added to a sample customer goes with it.
func (s *Service) Uproot(ctx context.Context, a policies.Actor, id string) error {
	p, err := s.Samples(ctx, a.Workspace, id)
	if err != nil {
		return err
	}
	if p == nil {
		return fault.New(fault.NotFound, "pack.noSample", nil)
	}
	return s.uproot(ctx, a, id, p)
}

// uproot takes planted customers out, then the note that they are there.
func (s *Service) uproot(ctx context.Context, a policies.Actor, id string, p *Planted) error {
	for _, customer := range p.Customers {
		if err := s.clear(ctx, policies.SystemActor(a.Workspace, a.ID), customer.ID); err != nil {
			return err
		}
	}
	return s.Store.In(a.Workspace, planted).Delete(ctx, id, p.ver)
}

// clear takes one customer out with all that was booked for it.
func (s *Service) clear(ctx context.Context, a policies.Actor, customer string) error {
	const reason = "sample data"
	st, err := s.Accounts.Load(ctx, a.Workspace, customer)
	if err != nil {
		return err
	}
	var undo []ledger.Command
	for id, m := range st.Payments {
		if !m.Reversed {
			undo = append(undo, ledger.ReversePayment{Payment: id, Reason: reason})
		}
	}
	for id, i := range st.Items {
		if !i.Cancelled {
			undo = append(undo, ledger.CancelInvoice{Invoice: id, Reason: reason})
		}
	}
	for _, c := range undo {
		if _, _, err := s.Accounts.Execute(ctx, a.Workspace, customer, a.ID, c); err != nil {
			return err
		}
	}
	for _, form := range []string{"payment", "invoice", "contact"} {
		l, err := s.Records.List(ctx, a, form, records.ListQuery{Filter: filter.Eq("customer", customer), Limit: maxPlanted})
		if err != nil {
			return err
		}
		for _, r := range l.Items {
			if err := gone(s.Records.Delete(ctx, a, form, r.ID, 0)); err != nil {
				return err
			}
		}
	}
	return gone(s.Records.Delete(ctx, a, "customer", customer, 0))
}

// gone takes what is not there for done.
func gone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
