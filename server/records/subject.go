package records

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
)

// Reach is what an actor may ask of a form's records: the filter of the
// scope, and the fields a condition may name.
type Reach struct {
	Scope filter.Expr
	Today value.Date
	field func(string) (filter.Type, bool)
	words func(string) (string, filter.Expr)
}

// Reach tells how far an actor's view of a form goes. Denied if nowhere.
func (s *Service) Reach(ctx context.Context, a policies.Actor, formKey string) (Reach, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return Reach{}, err
	}
	today, err := s.today(ctx, a.Workspace)
	return Reach{
		Scope: scopeOf(f, v), Today: today,
		field: func(name string) (filter.Type, bool) { return fieldType(f.Compiled, v, name) },
		words: func(search string) (string, filter.Expr) { return searching(f.Compiled, v, search) },
	}, err
}

// Search gives what the store's index is to answer of a search, and the
// condition that goes with it, so that nothing hidden is found.
func (r Reach) Search(search string) (string, filter.Expr) { return r.words(search) }

// Field tells the type of a field, and whether the actor may ask for it.
func (r Reach) Field(name string) (filter.Type, bool) { return r.field(name) }

// Stored rewrites a condition over a form's fields so that the store can
// answer it: days past due follow from the due date and today.
func (r Reach) Stored(e filter.Expr) filter.Expr { return rewriteDPD(e, r.Today) }
