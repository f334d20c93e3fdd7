package house

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/value"
)

// binPages bounds what one look at the bin removes; the rest goes with the next
// ones, every retryBin.
const (
	binPages = 10
	retryBin = time.Minute
)

// emptyBin removes, once a night, what was in the bin for too long, and tells
// whether there is more to remove soon.
func (s *Service) emptyBin(ctx context.Context, d day, last value.Date) (bool, error) {
	if last >= d.today || d.now.Before(d.at(d.today, scoresAt)) {
		return false, nil
	}
	for range binPages {
		gone, more, err := s.Records.PurgeBin(ctx, d.w.Key, d.now, page)
		if len(gone) > 0 {
			s.Audit(ctx, policies.SystemActor(d.w.Key, "house"), "purge", "bin", "", gone)
		}
		if err != nil {
			return false, err
		}
		if !more {
			return false, s.mark(ctx, d.w.Key, func(x *done) { x.Bin = d.today })
		}
	}
	return true, nil
}
