package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/store"
)

// Archived finds the items and payments that a command needs and the account
// document no longer holds.
func (s *Service) Archived(ctx context.Context, ws, customer string, c ledger.Command) (ledger.Archive, error) {
	a := ledger.Archive{Items: map[string]*ledger.Item{}, Payments: map[string]*ledger.Payment{}}
	switch x := c.(type) {
	case ledger.ReversePayment:
		p, err := s.archivedPayment(ctx, ws, customer, x.Payment, a)
		if err != nil || p == nil {
			return a, err
		}
		for _, al := range p.Allocs {
			if err := s.archivedItem(ctx, ws, customer, al.Invoice, a); err != nil {
				return a, err
			}
		}
	case ledger.CancelInvoice:
		if err := s.archivedItem(ctx, ws, customer, x.Invoice, a); err != nil {
			return a, err
		}
		return a, s.archivedPaymentsOn(ctx, ws, customer, x.Invoice, a)
	case ledger.ApplyPayment:
		for _, id := range x.Invoices {
			if err := s.archivedItem(ctx, ws, customer, id, a); err != nil {
				return a, err
			}
		}
	case ledger.CorrectInvoice:
		return a, s.archivedItem(ctx, ws, customer, x.Invoice, a)
	}
	return a, nil
}

func (s *Service) archivedItem(ctx context.Context, ws, customer, id string, a ledger.Archive) error {
	d, err := s.store.In(ws, Prefix+"invoice").Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := decode(d)
	if err != nil || b["_item"] == nil || b.text("customer") != customer {
		return err
	}
	var i ledger.Item
	if err := json.Unmarshal(b["_item"], &i); err != nil {
		return err
	}
	a.Items[id] = &i
	return nil
}

func (s *Service) archivedPayment(ctx context.Context, ws, customer, id string, a ledger.Archive) (*ledger.Payment, error) {
	d, err := s.store.In(ws, Prefix+"payment").Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := decode(d)
	if err != nil || b["_payment"] == nil || b.text("customer") != customer {
		return nil, err
	}
	var p ledger.Payment
	if err := json.Unmarshal(b["_payment"], &p); err != nil {
		return nil, err
	}
	a.Payments[id] = &p
	return &p, nil
}

func (s *Service) archivedPaymentsOn(ctx context.Context, ws, customer, invoice string, a ledger.Archive) error {
	d, err := s.store.In(ws, Prefix+"invoice").Get(ctx, invoice)
	if err != nil {
		return nil //nolint:nilerr // without a record there is nothing to revive
	}
	b, err := decode(d)
	if err != nil || b.text("customer") != customer {
		return err
	}
	return s.store.In(ws, Prefix+"payment").Each(ctx, store.Query{Filter: filter.Eq("customer", customer)}, func(d store.Doc) error {
		pb, err := decode(d)
		if err != nil || pb["_payment"] == nil {
			return err
		}
		var p ledger.Payment
		if err := json.Unmarshal(pb["_payment"], &p); err != nil {
			return err
		}
		for _, al := range p.Allocs {
			if al.Invoice == invoice {
				a.Payments[d.ID] = &p
			}
		}
		return nil
	})
}
