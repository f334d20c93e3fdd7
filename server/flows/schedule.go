package flows

import (
	"context"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
)

// ScheduleState is what a flow's scheduler carries on.
type ScheduleState struct {
	Workspace string    `json:"ws"`
	Flow      string    `json:"flow"`
	Hash      string    `json:"hash"`
	Last      time.Time `json:"last,omitzero"` // the last time of the rule, in the workspace's time
}

// ScheduleNext is the next time of a schedule: in real time, and as the entry
// of the runs that start then. Live is false once the version is off the air.
type ScheduleNext struct {
	Live  bool      `json:"live"`
	At    time.Time `json:"at"`
	Wake  time.Time `json:"wake"`
	Start bool      `json:"start"`
}

// ScheduleWorkflow starts runs at each time of a calendar rule. A time missed
// while nothing ran is made up for once, at the next look.
func ScheduleWorkflow(ctx workflow.Context, st ScheduleState) error {
	ctx = workflow.WithLocalActivityOptions(ctx, tries)
	for range pagesPerHistory {
		var next ScheduleNext
		if err := workflow.ExecuteLocalActivity(ctx, ScheduleActivityName, st).Get(ctx, &next); err != nil {
			return err
		}
		if !next.Live {
			return nil
		}
		if next.Start {
			st.Last = next.At
		}
		if d := next.Wake.Sub(workflow.Now(ctx)); d > 0 {
			if err := workflow.Sleep(ctx, d); err != nil {
				return err
			}
		}
	}
	return workflow.NewContinueAsNewError(ctx, ScheduleWorkflowName, st)
}

// schedule starts the scheduler of a version.
func (s *Service) schedule(ctx context.Context, ws, key, hash string) error {
	return s.engine.Launch(ctx, "schedule/"+ws+"/"+hash, ScheduleWorkflowName, ScheduleState{Workspace: ws, Flow: key, Hash: hash})
}

// Schedule looks at a flow's calendar rule: it starts what is due and says when
// to look again.
func (s *Service) Schedule(ctx context.Context, st ScheduleState) (ScheduleNext, error) {
	f, err := s.Get(ctx, st.Workspace, st.Flow)
	if err != nil {
		return ScheduleNext{}, err
	}
	if f.Status != Live || f.Hash != st.Hash {
		return ScheduleNext{}, nil
	}
	d, err := s.Definition(ctx, st.Workspace, st.Hash)
	if err != nil {
		return ScheduleNext{}, err
	}
	w, err := s.spaces.Get(ctx, st.Workspace)
	if err != nil {
		return ScheduleNext{}, err
	}
	rule, ok := d.Trigger().(*triggerschedule.Trigger)
	if !ok {
		return ScheduleNext{}, nil
	}
	now, _ := s.spaces.Now(w)
	since := st.Last
	if since.IsZero() {
		since = now
	}
	at := rule.After(since, w.Location(), w.Cal())
	out := ScheduleNext{Live: true, At: since}
	if !at.IsZero() && !at.After(now) {
		// Several missed times are one start: the newest.
		for n := rule.After(at, w.Location(), w.Cal()); !n.IsZero() && !n.After(now); n = rule.After(at, w.Location(), w.Cal()) {
			at = n
		}
		entry := value.DateOf(at.In(w.Location())).String()
		if _, err := s.batch(ctx, st.Workspace, Batch{Kind: enrolling, Flow: st.Flow, Hash: st.Hash, Entry: entry, By: "schedule"}); err != nil {
			return out, err
		}
		out.At, out.Start = at, true
		at = rule.After(at, w.Location(), w.Cal())
	} else {
		out.Start = true // remember where the rule was looked at first
	}
	out.Wake = w.Demo.Real(at)
	return out, nil
}
