package records

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// unbooked marks a record whose booking has not been seen yet, since when. A
// process that dies between storing and booking leaves it; Heal books it.
const unbooked = ledger.Unbooked

// healAfter is how long a booking may take before nobody can still be at it.
const healAfter = 2 * time.Minute

// Heal books the records that a dead process left unbooked; one that the ledger
// refuses is removed, as it would have been at once. Migrations go on, and
// files that no record wanted are dropped.
func (s *Service) Heal(ctx context.Context, ws string) error {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	if err := s.resumeMigrations(ctx, ws); err != nil {
		return err
	}
	if err := s.dropUnclaimed(ctx, ws); err != nil {
		return err
	}
	if err := s.restage(ctx, ws); err != nil {
		return err
	}
	before := value.Instant(s.spaces.RealNow().Add(-healAfter))
	for _, key := range []string{"invoice", "payment"} {
		f, err := s.forms.Get(ctx, ws, key)
		if err != nil {
			return err
		}
		page, err := s.store.In(ws, Prefix+key).Find(ctx, store.Query{Filter: filter.And(filter.Gt(unbooked, ""), filter.Lt(unbooked, before)), Limit: 200})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			b, err := decode(d)
			if err != nil {
				return err
			}
			err = s.book(ctx, policies.SystemActor(ws, b.text("_by")), f, d, b, booking(key, d.ID, b, w.AllocationRule))
			if k := fault.KindOf(err); err != nil && k != fault.Invalid && k != fault.Conflict && k != fault.NotFound {
				return err
			}
		}
	}
	return nil
}
