package records

import (
	"context"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// PurgeBin removes for good a page of what was in the bin before BinDays before
// now. It gives the keys of what went, as form/id, and whether there is more.
func (s *Service) PurgeBin(ctx context.Context, ws string, now time.Time, page int) (gone []string, more bool, err error) {
	undated, err := s.dateBin(ctx, ws, now, page)
	if err != nil {
		return nil, false, err
	}
	before := value.Instant(now.Add(-BinDays * 24 * time.Hour))
	old, err := s.store.In(ws, Bin).Find(ctx, store.Query{Filter: filter.And(filter.Exists(binnedAt), filter.Lt(binnedAt, before)), Limit: page})
	if err != nil {
		return nil, false, err
	}
	for _, d := range old.Docs {
		err := s.discard(ctx, ws, d)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
			continue // restored or removed meanwhile; or changed, and looked at again
		}
		if err != nil {
			return gone, false, err
		}
		gone = append(gone, d.ID)
	}
	return gone, undated || old.Next != "", nil
}

// dateBin gives entries from before the bin could be opened what they lack; as
// nobody knows when they were deleted, their days begin now.
func (s *Service) dateBin(ctx context.Context, ws string, now time.Time, page int) (more bool, err error) {
	old, err := s.store.In(ws, Bin).Find(ctx, store.Query{Filter: filter.Missing(binnedAt), Limit: page})
	if err != nil {
		return false, err
	}
	for _, d := range old.Docs {
		b, err := decode(d)
		if err != nil {
			return false, err
		}
		formKey, id, _ := strings.Cut(d.ID, "/")
		b.set(binnedForm, formKey)
		b.set(binnedID, id)
		b.set(binnedAt, value.Instant(now))
		raw, err := encode(b)
		if err != nil {
			return false, err
		}
		if _, err := s.store.In(ws, Bin).Replace(ctx, store.Doc{ID: d.ID, Body: raw}, d.Ver); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return false, err
		}
	}
	return old.Next != "", nil
}

// dropFiles removes the files of a record, a few at a go: each is read whole.
func (s *Service) dropFiles(ctx context.Context, ws, formKey, id string) error {
	for {
		page, err := s.store.In(ws, Files).Find(ctx, store.Query{Filter: filter.And(filter.Eq("record", id), filter.Eq("form", formKey)), Limit: 5})
		if err != nil || len(page.Docs) == 0 {
			return err
		}
		for _, d := range page.Docs {
			if err := s.store.In(ws, Files).Delete(ctx, d.ID, d.Ver); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
}
