package records

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// show turns a stored record into what the actor may see of it.
func show(f forms.Published, d store.Doc, v policies.View, today value.Date) (Record, error) {
	b, err := decode(d)
	if err != nil {
		return Record{}, err
	}
	r := Record{
		ID: d.ID, Form: f.Key, Version: b.version(), Revision: int(b.number("_rev")), Data: make(map[string]json.RawMessage, len(b)),
		System: map[string]json.RawMessage{}, CreatedAt: b.text("_created"), UpdatedAt: b.text("_updated"), By: b.text("_by"),
	}
	f.Upgrade(b, r.Revision)
	sys := systemFields[f.Key]
	for k, raw := range b {
		if strings.HasPrefix(k, "_") {
			continue
		}
		if fd, ok := f.Field(k); ok {
			if masked(fd, v) {
				r.Masked = append(r.Masked, k)
				continue
			}
			r.Data[k] = raw
			continue
		}
		sf, ok := sys[k]
		switch {
		case k == "push" || k == "unreachable" && v.Masked["personal"]: // browsers' keys are nobody's to see, dead addresses are personal
		case ok && v.Masked[sf.access]:
			r.Masked = append(r.Masked, k)
		case ok || form.Reserved(k):
			r.System[k] = raw
		} // anything else was a field once and is nobody's to see
	}
	if f.Key == "invoice" {
		r.System["dpd"] = dpd(b, today)
	}
	slices.Sort(r.Masked)
	return r, nil
}

func masked(f form.Field, v policies.View) bool {
	return f.Access != "" && v.Masked[f.Access] || f.Personal && v.Masked["personal"]
}

// scopeOf is the view's scope over account fields as a filter over a form's records.
func scopeOf(f forms.Published, v policies.View) filter.Expr {
	if v.Scope == nil || f.Key != "customer" && !hasCustomer(f.Compiled) {
		return v.Scope
	}
	if f.Key == "customer" {
		return v.Scope
	}
	return Stamped(v.Scope)
}

// Stamped rewrites a scope over account fields for documents that carry the
// account's copy in "_acct".
func Stamped(scope filter.Expr) filter.Expr {
	if scope == nil {
		return nil
	}
	return filter.Rename(scope, func(field string) string {
		if field == "id" {
			return "customer"
		}
		return "_acct." + field
	})
}

func (s *Service) view(ctx context.Context, a policies.Actor, formKey, action string) (policies.View, error) {
	if a.System {
		return policies.View{}, nil
	}
	return s.policy.View(ctx, a, formKey, action)
}

// visible reads a record; one outside the scope is not found.
func (s *Service) visible(ctx context.Context, a policies.Actor, f forms.Published, v policies.View, id string) (store.Doc, error) {
	d, err := s.store.In(a.Workspace, Prefix+f.Key).Get(ctx, id)
	if err != nil {
		return d, notFound(err, f.Key, id)
	}
	if scope := scopeOf(f, v); scope != nil {
		doc, err := plain(d)
		if err != nil {
			return d, err
		}
		if !filter.Match(scope, doc) {
			return store.Doc{}, notFound(fault.New(fault.NotFound, "", nil), f.Key, id)
		}
	}
	return d, nil
}

func notFound(err error, formKey, id string) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "record.none", fault.Params{"form": formKey, "id": id})
	}
	return err
}

// plain decodes a document for the filter language, with its id.
func plain(d store.Doc) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(d.Body))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return nil, err
	}
	m["id"] = d.ID
	return m, nil
}

// Visible tells by a fault whether a customer is outside a view.
func (s *Service) Visible(ctx context.Context, ws, customer string, v policies.View) error {
	f, err := s.forms.Get(ctx, ws, "customer")
	if err != nil {
		return err
	}
	_, err = s.visible(ctx, policies.Actor{Workspace: ws}, f, v, customer)
	return err
}
