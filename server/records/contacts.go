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
// and the customer's record gets the addresses.
func (s *Service) contactChanged(ctx context.Context, ws, id, customer string, b body) error {
	if string(b["primary"]) != "true" {
		id = ""
	}
	return s.settleContacts(ctx, ws, customer, id)
}

// settleContacts carries the addresses of a customer's contacts to its record,
// so that a step finds them without looking for them; with primary, the others
// lose that mark. The record is read before the contacts: whoever writes it
// meanwhile makes this look again.
func (s *Service) settleContacts(ctx context.Context, ws, customer, primary string) error {
	if customer == "" {
		return nil
	}
	var bad error
	err := s.change(ctx, ws, customer, func(b body) {
		var people map[string]map[string]string
		if people, bad = s.people(ctx, ws, customer, primary); bad != nil {
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
func (s *Service) people(ctx context.Context, ws, customer, only string) (map[string]map[string]string, error) {
	col := s.store.In(ws, Prefix+"contact")
	page, err := col.Find(ctx, store.Query{Filter: filter.Eq("customer", customer), Limit: maxContacts})
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
		switch {
		case string(b["primary"]) != "true":
		case only == "" || d.ID == only:
			to = primary
		default:
			if err := demote(ctx, col, d, b); err != nil {
				return nil, err
			}
		}
		for _, f := range append([]string{"name"}, channel.ContactFields...) {
			if v := b.text(f); v != "" && to[f] == "" {
				to[f] = v
			}
		}
	}
	return map[string]map[string]string{"primary": primary, "other": other}, nil
}

// demote takes the mark of the primary contact away; one that changes or goes
// meanwhile is settled by whoever does that.
func demote(ctx context.Context, col store.Collection, d store.Doc, b body) error {
	b["primary"] = json.RawMessage("false")
	b.set("_dv", b.version()+1)
	raw, err := encode(b)
	if err != nil {
		return err
	}
	_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: raw}, d.Ver)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
