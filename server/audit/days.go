package audit

import (
	"context"
	"sort"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// between is the filter for the entries from one moment on and before another;
// a zero moment is no bound, nil is everything. The log is in order of time and
// numbered without gaps, so that a moment is found in a few looks by number and
// needs no index. Where the clocks of several processes differ, entries that
// close to a bound may fall on its other side.
func (s *Service) between(ctx context.Context, ws string, from, to time.Time) (filter.Expr, error) {
	if from.IsZero() && to.IsZero() {
		return nil, nil
	}
	last, err := s.readTail(ctx, ws)
	if err != nil {
		return nil, err
	}
	var where []filter.Expr
	if !from.IsZero() {
		seq, err := s.firstAt(ctx, ws, last.Seq, from)
		if err != nil {
			return nil, err
		}
		where = append(where, filter.Gte("seq", seq))
	}
	if !to.IsZero() {
		seq, err := s.firstAt(ctx, ws, last.Seq, to)
		if err != nil {
			return nil, err
		}
		where = append(where, filter.Lt("seq", seq))
	}
	return filter.And(where...), nil
}

// firstAt is the number of the first entry at or after a moment, last+1 for
// none.
func (s *Service) firstAt(ctx context.Context, ws string, last int64, moment time.Time) (int64, error) {
	c := s.store.In(ws, Collection)
	var failed error
	n := sort.Search(int(last), func(i int) bool {
		if failed != nil {
			return true
		}
		d, err := c.Get(ctx, rowID(int64(i)+1))
		if fault.Is(err, fault.NotFound) {
			return false // a gap is for Verify to tell of
		}
		var e Entry
		if err == nil {
			var r row
			if r, err = decode(d); err == nil {
				e, err = r.entry()
			}
		}
		failed = err
		return !e.At.Before(moment)
	})
	return int64(n) + 1, failed
}
