package house

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/tiers"
)

// scoresAt is when the night's computation of all scores begins, in the
// workspace's zone.
const scoresAt = value.TimeOfDay(2 * 60)

// ScoreAll has all customers of a workspace scored anew, in pages by a workflow
// of its own.
func (s *Service) ScoreAll(ctx context.Context, ws, cause, by string) (tiers.Round, error) {
	r, err := s.Tiers.Begin(ctx, ws, cause, by)
	if err != nil {
		return r, err
	}
	return r, s.engine.Launch(ctx, "scores/"+ws+"/"+r.ID, ScoresWorkflowName, ScoresState{ws, r.ID})
}

// ScoresPage scores one page and tells whether there is more.
func (s *Service) ScoresPage(ctx context.Context, st ScoresState) (bool, error) {
	return s.Tiers.Page(ctx, st.Workspace, st.ID)
}

// scores begins the night's computation when it is due and gives the next time.
func (s *Service) scores(ctx context.Context, d day, last value.Date) (time.Time, error) {
	if at := d.at(d.today, scoresAt); d.now.Before(at) {
		return at, nil
	}
	if last < d.today {
		if _, err := s.ScoreAll(ctx, d.w.Key, tiers.CauseNight, ""); err != nil {
			return time.Time{}, err
		}
		if err := s.mark(ctx, d.w.Key, func(x *done) { x.Scores = d.today }); err != nil {
			return time.Time{}, err
		}
	}
	return d.at(d.today+1, scoresAt), nil
}
