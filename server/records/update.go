package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// Update replaces a record's data. What the ledger has booked changes by
// commands: an invoice is corrected, a payment keeps its amount.
func (s *Service) Update(ctx context.Context, a policies.Actor, formKey, id string, data json.RawMessage, ifVersion int64) (Record, error) {
	f, v, err := s.open(ctx, a, formKey, "update")
	if err != nil {
		return Record{}, err
	}
	d, err := s.visible(ctx, a, f, v, id)
	if err != nil {
		return Record{}, err
	}
	old, err := decode(d)
	if err != nil {
		return Record{}, err
	}
	if err := sameVersion(old, ifVersion); err != nil {
		return Record{}, err
	}
	f.Upgrade(old, int(old.number("_rev")))
	next, err := s.judge(ctx, a, f, id, s.unmask(f, v, old, data), old)
	if err != nil {
		return Record{}, err
	}
	changed := changes(f, old, next)
	if len(changed) > 0 {
		if err := s.amend(ctx, a, f, v, id, old, next, changed); err != nil {
			return Record{}, err
		}
	}
	r, err := s.replace(ctx, a, f, id, next, changed, old.version())
	if was := old.text("customer"); err == nil && f.Key == "contact" && was != next.text("customer") {
		err = s.settleContacts(ctx, a.Workspace, was, "")
	}
	return r, err
}

// sameVersion refuses an edit of another version than the stored one; 0 takes any.
func sameVersion(b body, ifVersion int64) error {
	if v := b.version(); ifVersion != 0 && v != ifVersion {
		return fault.New(fault.Conflict, "store.version", fault.Params{"version": v})
	}
	return nil
}

// unmask puts back what the actor could not see and therefore could not send.
func (s *Service) unmask(f forms.Published, v policies.View, old body, data json.RawMessage) json.RawMessage {
	if len(v.Masked) == 0 {
		return data
	}
	var m body
	if json.Unmarshal(data, &m) != nil {
		return data
	}
	for _, fd := range f.Fields {
		if masked(fd, v) {
			delete(m, fd.Key)
			if raw := old[fd.Key]; raw != nil {
				m[fd.Key] = raw
			}
		}
	}
	raw, err := encode(m)
	if err != nil {
		return data
	}
	return raw
}

// changes lists the data fields that differ.
func changes(f forms.Published, old, next body) []string {
	var out []string
	for _, fd := range f.Fields {
		if !sameJSON(old[fd.Key], next[fd.Key]) {
			out = append(out, fd.Key)
		}
	}
	return out
}

func sameJSON(a, b json.RawMessage) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return string(a) == string(b)
	}
	p, err1 := json.Marshal(x)
	q, err2 := json.Marshal(y)
	return err1 == nil && err2 == nil && string(p) == string(q)
}

// amend does what a change means beyond the record.
func (s *Service) amend(ctx context.Context, a policies.Actor, f forms.Published, v policies.View, id string, old, next body, changed []string) error {
	for _, k := range changed {
		for _, no := range fixed[f.Key] {
			if k == no {
				return fault.InvalidFields([]fault.Field{{Pointer: "/data/" + k, Rule: "fixedOnceBooked"}})
			}
		}
	}
	switch f.Key {
	case "customer":
		if v.Scope != nil {
			return s.adopt(a, v, next)
		}
	case "invoice":
		_, _, err := s.accounts.Execute(ctx, a.Workspace, old.text("customer"), a.ID, ledger.CorrectInvoice{
			Invoice: id, Number: next.text("number"), Amount: next.number("amount"), Issue: next.date("issueDate"), Due: next.date("dueDate"), Parts: next.parts(),
		})
		return under("/data", err)
	}
	return nil
}

// replace writes the new data over the stored record, keeping projections, and
// retries when a projection came in between.
func (s *Service) replace(ctx context.Context, a policies.Actor, f forms.Published, id string, next body, changed []string, ifVersion int64) (Record, error) {
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return Record{}, err
	}
	now, today := s.spaces.Now(w)
	col := s.store.In(a.Workspace, Prefix+f.Key)
	for range 20 {
		d, err := col.Get(ctx, id)
		if err != nil {
			return Record{}, notFound(err, f.Key, id)
		}
		b, err := decode(d)
		if err != nil {
			return Record{}, err
		}
		if err := sameVersion(b, ifVersion); err != nil {
			return Record{}, err
		}
		f.Upgrade(b, int(b.number("_rev")))
		for _, fd := range f.Fields {
			delete(b, fd.Key)
		}
		for k, raw := range next {
			b[k] = raw
		}
		b.stamp(a, f.Revision, now)
		b.set("_dv", ifVersion+1)
		raw, err := encode(b)
		if err != nil {
			return Record{}, err
		}
		out, err := col.Replace(ctx, store.Doc{ID: id, Body: raw}, d.Ver)
		if err == nil {
			s.keepFiles(ctx, a.Workspace, f, id, b)
			if err := s.changed(ctx, a.Workspace, f, id, b, changed); err != nil {
				return Record{}, err
			}
			return show(f, out, policies.View{}, today)
		}
		if fault.KeyOf(err) != "store.version" {
			return Record{}, uniqueFault(err)
		}
	}
	return Record{}, fault.New(fault.Unavailable, "busy", nil)
}

// changed tells others of a record that changed outside the ledger, and carries
// a customer's name and scope, or a contact's addresses, to what depends on them.
func (s *Service) changed(ctx context.Context, ws string, f forms.Published, id string, b body, fields []string) error {
	customer := b.text("customer")
	if f.Key == "customer" {
		customer = id
		for _, k := range fields {
			if k == "name" || k == "owner" || k == "team" || k == "tier" || k == "region" {
				s.restamp(ctx, ws, id, b)
				break
			}
		}
	}
	if f.Key == "contact" {
		if err := s.contactChanged(ctx, ws, id, customer, b); err != nil {
			return err
		}
	}
	if s.OnChange != nil {
		s.OnChange(ctx, ws, f.Key, id, customer, fields)
	}
	return nil
}
