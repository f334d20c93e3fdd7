package records

import (
	"context"
	"fmt"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// ListQuery asks for a page of records. Fields are named as the form names
// them, beside the system's figures and "dpd" for invoices.
type ListQuery struct {
	Filter filter.Expr
	Search string
	Sort   []store.SortKey
	Limit  int
	Cursor string
}

// List is a page of records.
type List struct {
	Items []Record `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// List gives a page in the actor's view.
func (s *Service) List(ctx context.Context, a policies.Actor, formKey string, q ListQuery) (List, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return List{}, err
	}
	today, err := s.today(ctx, a.Workspace)
	if err != nil {
		return List{}, err
	}
	where, err := s.where(f, v, q.Filter, today)
	if err != nil {
		return List{}, err
	}
	sorts, err := sortKeys(f, v, q.Sort)
	if err != nil {
		return List{}, err
	}
	search, words := searching(f.Compiled, v, q.Search)
	page, err := s.store.In(a.Workspace, Prefix+f.Key).Find(ctx, store.Query{Filter: filter.And(where, words), Search: search, Sort: sorts, Limit: q.Limit, After: q.Cursor})
	if err != nil {
		return List{}, err
	}
	out := List{Items: make([]Record, 0, len(page.Docs)), Next: page.Next}
	for _, d := range page.Docs {
		r, err := show(f, d, v, today)
		if err != nil {
			return List{}, err
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

// Count counts records in the actor's view, up to limit.
func (s *Service) Count(ctx context.Context, a policies.Actor, formKey string, e filter.Expr, limit int) (int64, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return 0, err
	}
	today, err := s.today(ctx, a.Workspace)
	if err != nil {
		return 0, err
	}
	where, err := s.where(f, v, e, today)
	if err != nil {
		return 0, err
	}
	return s.store.In(a.Workspace, Prefix+f.Key).Count(ctx, where, limit)
}

// Each visits all records in the actor's view, in the order of a query.
func (s *Service) Each(ctx context.Context, a policies.Actor, formKey string, q ListQuery, visit func(Record) error) error {
	q.Limit = 500
	for {
		l, err := s.List(ctx, a, formKey, q)
		if err != nil {
			return err
		}
		for _, r := range l.Items {
			if err := visit(r); err != nil {
				return err
			}
		}
		if l.Next == "" {
			return nil
		}
		q.Cursor = l.Next
	}
}

// where checks a filter against the form and the view, and puts the scope on it.
func (s *Service) where(f forms.Published, v policies.View, e filter.Expr, today value.Date) (filter.Expr, error) {
	if e != nil {
		if err := filter.Check(e, func(field string) (filter.Type, bool) { return fieldType(f.Compiled, v, field) }); err != nil {
			return nil, under("/filter", err)
		}
		if f.Key == "invoice" {
			e = rewriteDPD(e, today)
		}
	}
	return filter.And(scopeOf(f, v), e), nil
}

// fieldType is what a filter may name: masked fields do not exist.
func fieldType(f *form.Compiled, v policies.View, field string) (filter.Type, bool) {
	switch {
	case field == "id" || field == "_created" || field == "_updated" || field == "_by":
		return filter.Text, true
	case field == "dpd" && f.Key == "invoice":
		return filter.Number, true
	}
	if fd, ok := f.Field(field); ok {
		return fd.FilterType(), !masked(fd, v)
	}
	sf, ok := systemFields[f.Key][field]
	return sf.typ, ok && !v.Masked[sf.access]
}

func sortKeys(f forms.Published, v policies.View, keys []store.SortKey) ([]store.SortKey, error) {
	if len(keys) > 3 {
		return nil, fault.At("/sort", "maxItems", 3)
	}
	out := make([]store.SortKey, 0, len(keys))
	for i, k := range keys {
		fd, isData := f.Field(k.Field)
		sf, isSystem := systemFields[f.Key][k.Field]
		switch {
		case k.Field == "dpd" && f.Key == "invoice":
			k = store.SortKey{Field: "nextDue", Desc: !k.Desc}
		case k.Field == "_created" || k.Field == "_updated" || k.Field == "id":
		case isData && fd.Sortable && !masked(fd, v):
		case isSystem && sf.index && !v.Masked[sf.access]:
		default:
			return nil, fault.InvalidFields([]fault.Field{{Pointer: fmt.Sprintf("/sort/%d", i), Rule: "sortable", Params: fault.Params{"value": k.Field}}})
		}
		if k.Field == "id" {
			continue // every order ends in the id
		}
		out = append(out, k)
	}
	return out, nil
}

// rewriteDPD turns comparisons of days past due into comparisons of the due
// date, which is stored and indexed: dpd > 30 is due before today − 30.
func rewriteDPD(e filter.Expr, today value.Date) filter.Expr {
	switch x := e.(type) {
	case filter.All:
		out := make([]filter.Expr, len(x))
		for i := range x {
			out[i] = rewriteDPD(x[i], today)
		}
		return filter.And(out...)
	case filter.Any:
		out := make([]filter.Expr, len(x))
		for i := range x {
			out[i] = rewriteDPD(x[i], today)
		}
		return filter.Or(out...)
	case filter.Not:
		return filter.Negate(rewriteDPD(x.Of, today))
	case filter.Cmp:
		if x.Field == "dpd" {
			return dpdAsDue(x, today)
		}
	}
	return e
}

func dpdAsDue(c filter.Cmp, today value.Date) filter.Expr {
	n, ok := asInt(c.Value)
	if !ok || n > 100_000 || n < -100_000 {
		return filter.None()
	}
	due := (today - value.Date(n)).String()
	open := filter.Gt("open", 0)
	var e filter.Expr
	switch c.Op {
	case filter.OpGt:
		e = filter.Lt("nextDue", due)
	case filter.OpGte:
		e = filter.Lte("nextDue", due)
	case filter.OpLt:
		e = filter.Gt("nextDue", due)
	case filter.OpLte:
		e = filter.Gte("nextDue", due)
	case filter.OpEq:
		e = filter.Eq("nextDue", due)
	case filter.OpNe:
		e = filter.Ne("nextDue", due)
	default:
		return filter.None()
	}
	// What is paid counts as 0 days past due.
	if zeroFits(c.Op, n) {
		return filter.Or(filter.And(open, e), filter.Lte("open", 0))
	}
	return filter.And(open, e)
}

func zeroFits(op filter.Op, n int64) bool {
	return filter.Match(filter.Cmp{Field: "x", Op: op, Value: n}, map[string]any{"x": int64(0)})
}

func asInt(v any) (int64, bool) {
	switch x := v.(type) {
	case int:
		return int64(x), true
	case int64:
		return x, true
	case float64:
		return int64(x), x == float64(int64(x))
	case interface{ Int64() (int64, error) }:
		n, err := x.Int64()
		return n, err == nil
	}
	return 0, false
}
