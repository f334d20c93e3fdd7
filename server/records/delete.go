package records

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
)

// Delete moves a record to the bin. Booked money cannot be deleted: an invoice
// is cancelled first, a payment reversed, a customer must owe nothing. It is
// tried again when a projection came in between.
func (s *Service) Delete(ctx context.Context, a policies.Actor, formKey, id string, ifVersion int64) error {
	f, v, err := s.open(ctx, a, formKey, "delete")
	if err != nil {
		return err
	}
	for range 20 {
		d, err := s.visible(ctx, a, f, v, id)
		if err != nil {
			return err
		}
		b, err := decode(d)
		if err != nil {
			return err
		}
		if err := sameVersion(b, ifVersion); err != nil {
			return err
		}
		if err := s.deletable(ctx, a.Workspace, formKey, id, b); err != nil {
			return err
		}
		if err := s.throw(ctx, a, formKey, id, b); err != nil {
			return err
		}
		err = s.store.In(a.Workspace, Prefix+f.Key).Delete(ctx, id, d.Ver)
		if err == nil {
			return s.changed(ctx, a.Workspace, f, id, b, nil)
		}
		if fault.KeyOf(err) != "store.version" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

func (s *Service) deletable(ctx context.Context, ws, formKey, id string, b body) error {
	customer := b.text("customer")
	if formKey == "customer" {
		customer = id
	}
	if formKey != "customer" && formKey != "invoice" && formKey != "payment" {
		return nil
	}
	st, err := s.accounts.Load(ctx, ws, customer)
	if err != nil {
		return err
	}
	switch formKey {
	case "customer":
		if len(st.OpenItems()) > 0 || len(st.Unapplied()) > 0 {
			return fault.New(fault.Conflict, "record.customerOwes", nil)
		}
	case "invoice":
		// One that the account no longer holds, or does not hold yet, says it itself.
		if i := st.Items[id]; i == nil && b.text("status") != "cancelled" || i != nil && !i.Cancelled {
			return fault.New(fault.Conflict, "record.cancelFirst", nil)
		}
	case "payment":
		if p := st.Payments[id]; p == nil || !p.Reversed {
			return fault.New(fault.Conflict, "record.reverseFirst", nil)
		}
	}
	return nil
}
