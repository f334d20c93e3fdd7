package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/channel"
)

// maxContacts bounds how many contacts of a customer are looked at for addresses.
const maxContacts = 200

// contactChanged follows a contact's change: it alone is primary if it says so,
// and the customer's record gets the addresses. What fails here is made good by
// the next change of a contact of the customer.
func (s *Service) contactChanged(ctx context.Context, ws, id, customer string, b body) {
	if string(b["primary"]) == "true" {
		_ = s.onlyPrimary(ctx, ws, customer, id)
	}
	_ = s.settleContacts(ctx, ws, customer)
}

// settleContacts carries the addresses of a customer's contacts to its record,
// so that a step finds them without looking for them. The record is read before
// the contacts: whoever writes it meanwhile makes this look again.
func (s *Service) settleContacts(ctx context.Context, ws, customer string) error {
	if customer == "" {
		return nil
	}
	var bad error
	err := s.change(ctx, ws, customer, func(b body) {
		people, err := s.people(ctx, ws, customer)
		if err != nil {
			bad = err
			return
		}
		if people == nil {
			delete(b, channel.ContactsField)
			return
		}
		b.set(channel.ContactsField, people)
	})
	if bad != nil {
		return bad
	}
	return err
}

// people gives what channel.ContactsField holds: the primary contact, and for
// each address the first other contact that has it; nil without contacts.
func (s *Service) people(ctx context.Context, ws, customer string) (map[string]map[string]string, error) {
	page, err := s.store.In(ws, Prefix+"contact").Find(ctx, store.Query{Filter: filter.Eq("customer", customer), Limit: maxContacts})
	if err != nil || len(page.Docs) == 0 {
		return nil, err
	}
	primary, other := map[string]string{}, map[string]string{}
	for _, d := range page.Docs {
		b, err := decode(d)
		if err != nil {
			return nil, err
		}
		to := other
		if string(b["primary"]) == "true" {
			to = primary
		}
		for _, f := range append([]string{"name"}, channel.ContactFields...) {
			if v := b.text(f); v != "" && to[f] == "" {
				to[f] = v
			}
		}
	}
	return map[string]map[string]string{"primary": primary, "other": other}, nil
}

// onlyPrimary takes the mark from a customer's other contacts when one becomes
// the primary contact.
func (s *Service) onlyPrimary(ctx context.Context, ws, customer, id string) error {
	col := s.store.In(ws, Prefix+"contact")
	page, err := col.Find(ctx, store.Query{Filter: filter.Eq("customer", customer), Limit: maxContacts})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		b, err := decode(d)
		if err != nil {
			return err
		}
		if d.ID == id || string(b["primary"]) != "true" {
			continue
		}
		b["primary"] = json.RawMessage("false")
		b.set("_dv", b.version()+1)
		raw, err := encode(b)
		if err != nil {
			return err
		}
		if _, err := col.Replace(ctx, store.Doc{ID: d.ID, Body: raw}, d.Ver); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
