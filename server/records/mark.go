package records

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// ErasedField says since when a customer's personal data are gone: nobody is
// let in by an old address any more.
const ErasedField = "_erased"

// Mark sets a system field of a customer that does not come from the ledger,
// such as whether the account is escalated.
func (s *Service) Mark(ctx context.Context, ws, customer, field string, v any) error {
	return s.change(ctx, ws, customer, func(b body) { b.set(field, v) })
}

// MarkOf reads a system field of a customer, as Mark and ChangeMark set it.
func (s *Service) MarkOf(ctx context.Context, ws, customer, field string) (json.RawMessage, error) {
	d, err := s.store.In(ws, Prefix+"customer").Get(ctx, customer)
	if err != nil {
		return nil, notFound(err, "customer", customer)
	}
	b, err := decode(d)
	return b[field], err
}

// AddMark adds a text to a system field that is a list of them, the newest 20.
func (s *Service) AddMark(ctx context.Context, ws, customer, field, text string) error {
	return s.ChangeMark(ctx, ws, customer, field, func(was json.RawMessage) (any, error) {
		var list []string
		_ = json.Unmarshal(was, &list)
		if slices.Contains(list, text) {
			return list, nil
		}
		list = append(list, text)
		return list[max(0, len(list)-20):], nil
	})
}

// ChangeMark changes a system field of a customer by f.
func (s *Service) ChangeMark(ctx context.Context, ws, customer, field string, f func(was json.RawMessage) (any, error)) error {
	var bad error
	err := s.change(ctx, ws, customer, func(b body) {
		next, err := f(b[field])
		if err != nil {
			bad = err
			return
		}
		b.set(field, next)
	})
	if bad != nil {
		return bad
	}
	return err
}

func (s *Service) change(ctx context.Context, ws, customer string, f func(body)) error {
	col := s.store.In(ws, Prefix+"customer")
	for range 20 {
		d, err := col.Get(ctx, customer)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := decode(d)
		if err != nil {
			return err
		}
		f(b)
		raw, err := encode(b)
		if err != nil {
			return err
		}
		_, err = col.Replace(ctx, store.Doc{ID: customer, Body: raw}, d.Ver)
		if fault.KeyOf(err) != "store.version" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

// restage gives customers from before there were stages theirs, some at a time.
func (s *Service) restage(ctx context.Context, ws string) error {
	if _, done := s.restaged.Load(ws); done {
		return nil
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	_, today := s.spaces.Now(w)
	page, err := s.store.In(ws, Prefix+"customer").Find(ctx, store.Query{Filter: filter.And(filter.Missing("stage"), filter.Exists("_av")), Limit: 500})
	if err != nil {
		return err
	}
	if len(page.Docs) == 0 {
		s.restaged.Store(ws, true) // whatever comes now gets its stage at once
		return nil
	}
	ids := make([]string, len(page.Docs))
	for k, d := range page.Docs {
		ids[k] = d.ID
	}
	states, err := s.accounts.LoadMany(ctx, ws, ids)
	if err != nil {
		return err
	}
	for id, st := range states {
		if err := s.change(ctx, ws, id, func(b body) { customerFigures(b, st, w.Currency, today) }); err != nil {
			return err
		}
	}
	return nil
}

// Owners gives the owners of those customers that are inside a scope; "" for
// accounts of nobody.
func (s *Service) Owners(ctx context.Context, ws string, ids []string, scope filter.Expr) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for len(ids) > 0 {
		n := min(500, len(ids))
		docs, err := s.store.In(ws, Prefix+"customer").GetMany(ctx, ids[:n])
		if err != nil {
			return nil, err
		}
		for id, d := range docs {
			doc, err := plain(d)
			if err != nil {
				return nil, err
			}
			if filter.Match(scope, doc) {
				out[id], _ = doc["owner"].(string)
			}
		}
		ids = ids[n:]
	}
	return out, nil
}
