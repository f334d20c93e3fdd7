package records

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// Restore brings a record back from the bin under its id, with a new version
// and today's figures of its account. Nothing is booked: what lay in the bin
// was cancelled or reversed, and comes back as that. Faults: NotFound
// "record.none", also when somebody else restored it; Conflict
// "record.notUnique" when a value was taken meanwhile, "record.refersToGone"
// when what it belongs to is not there; Denied.
func (s *Service) Restore(ctx context.Context, a policies.Actor, formKey, id string) (Record, error) {
	f, v, err := s.openBin(ctx, a, formKey)
	if err != nil {
		return Record{}, err
	}
	entry, err := s.binned(ctx, a, f, v, id)
	if err != nil {
		return Record{}, err
	}
	b, err := decode(entry)
	if err != nil {
		return Record{}, err
	}
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return Record{}, err
	}
	now, today := s.spaces.Now(w)
	b = revived(f, b)
	b.set("_by", a.ID)
	b.set("_updated", value.Instant(now))
	if err := s.rejoin(ctx, a, f, b); err != nil {
		return Record{}, err
	}
	raw, err := encode(b)
	if err != nil {
		return Record{}, err
	}
	col := s.store.In(a.Workspace, Prefix+f.Key)
	if _, err := col.Insert(ctx, id, raw); fault.KeyOf(err) == "store.exists" {
		return Record{}, notFound(fault.New(fault.NotFound, "", nil), f.Key, id)
	} else if err != nil {
		return Record{}, uniqueFault(err)
	}
	// An entry that stays is not seen while the record lives.
	if err := s.store.In(a.Workspace, Bin).Delete(ctx, entry.ID, entry.Ver); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
		return Record{}, err
	}
	if err := s.refigure(ctx, a.Workspace, f.Key, id, b); err != nil {
		return Record{}, err
	}
	if err := s.changed(ctx, a.Workspace, f, id, b, nil); err != nil {
		return Record{}, err
	}
	d, err := col.Get(ctx, id)
	if err != nil {
		return Record{}, notFound(err, f.Key, id)
	}
	return show(f, d, v, today)
}

// revived is a body from the bin as a live one. It is brought over to the
// form's present revision as a migration would; one that does not fit comes
// back as it was, and whoever opens it sees what is wrong.
func revived(f forms.Published, b body) body {
	if int(b.number("_rev")) < f.Revision {
		if next, _, err := settled(f, b); err == nil {
			b = next
			b.set("_rev", f.Revision)
		}
	}
	b.set("_dv", b.version()+1)
	// Without "_av" the account's figures are taken anew.
	for _, k := range []string{binnedForm, binnedID, binnedAt, binnedBy, "_av"} {
		delete(b, k)
	}
	return b
}

// rejoin checks that what a record names is still there, and copies its
// customer's name and scope of today. Fault: Conflict "record.refersToGone".
func (s *Service) rejoin(ctx context.Context, a policies.Actor, f forms.Published, b body) error {
	if hasCustomer(f.Compiled) {
		if err := s.attach(ctx, a, b); fault.Is(err, fault.Invalid) {
			return refersToGone("customer", b.text("customer"), b.text("customerName"))
		} else if err != nil {
			return err
		}
	}
	for _, fd := range f.Fields {
		id := b.text(fd.Key)
		if fd.Type != "reference" || fd.System || id == "" || fd.Key == "customer" && fd.Ref == "customer" {
			continue
		}
		if _, err := s.forms.Get(ctx, a.Workspace, fd.Ref); fault.Is(err, fault.NotFound) {
			continue // the form has left; live records keep what they said
		} else if err != nil {
			return err
		}
		if there, err := s.lives(ctx, a.Workspace, fd.Ref, id); err != nil {
			return err
		} else if !there {
			return refersToGone(fd.Key, id, "")
		}
	}
	return nil
}

func refersToGone(field, id, name string) error {
	if name == "" {
		name = id
	}
	return &fault.Error{
		Kind: fault.Conflict, Key: "record.refersToGone", Params: fault.Params{"name": name},
		Fields: []fault.Field{{Pointer: "/data/" + field, Rule: "reference", Params: fault.Params{"value": id}}},
	}
}

// refigure brings a restored record's figures up to its account, and a
// customer's contacts onto its record.
func (s *Service) refigure(ctx context.Context, ws, formKey, id string, b body) error {
	switch formKey {
	case "invoice", "payment":
		st, err := s.accounts.Load(ctx, ws, b.text("customer"))
		if err != nil {
			return err
		}
		return s.projectOne(ctx, ws, formKey, id, st)
	case "customer":
		st, err := s.accounts.Load(ctx, ws, id)
		if err != nil {
			return err
		}
		w, err := s.spaces.Get(ctx, ws)
		if err != nil {
			return err
		}
		_, today := s.spaces.Now(w)
		if err := s.project(ctx, ws, formKey, id, st, func(b body) { customerFigures(b, st, w.Currency, today) }); err != nil {
			return err
		}
		return s.settleContacts(ctx, ws, id, "")
	}
	return nil
}

// RemoveBinned removes a record from the bin for good, with its files; what the
// ledger booked for it stays in the ledger. Faults: NotFound "record.none";
// Conflict "store.version" when the entry changed meanwhile; Denied.
func (s *Service) RemoveBinned(ctx context.Context, a policies.Actor, formKey, id string) error {
	f, v, err := s.openBin(ctx, a, formKey)
	if err != nil {
		return err
	}
	entry, err := s.binned(ctx, a, f, v, id)
	if err != nil {
		return err
	}
	return s.discard(ctx, a.Workspace, entry)
}

// discard removes an entry of the bin after the files of its record, unless
// that lives again.
func (s *Service) discard(ctx context.Context, ws string, entry store.Doc) error {
	b, err := decode(entry)
	if err != nil {
		return err
	}
	formKey, id := b.text(binnedForm), b.text(binnedID)
	live, err := s.lives(ctx, ws, formKey, id)
	if err != nil {
		return err
	}
	if !live {
		if err := s.dropFiles(ctx, ws, formKey, id); err != nil {
			return err
		}
	}
	return s.store.In(ws, Bin).Delete(ctx, entry.ID, entry.Ver)
}
