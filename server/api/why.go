package api

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/value"
)

type whyIn struct {
	CustomerPath
	Date string `query:"date" maxLength:"10"`
}

type whyEntry struct {
	At       string            `json:"at"`
	Run      string            `json:"run,omitempty"`
	Node     string            `json:"node,omitempty"`
	Decision string            `json:"decision"`
	Reason   *reason           `json:"reason,omitempty"`
	Sentence map[string]string `json:"sentence,omitempty"`
}

type whyOut struct {
	Date    string     `json:"date"`
	Entries []whyEntry `json:"entries"`
}

// getWhy answers, from stored facts, what was decided about a customer on a
// day; for a day without any, what stood in the way or what is awaited.
func (s *Server) getWhy(ctx context.Context, a policies.Actor, in *whyIn) (*reply[whyOut], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	day, err := optionalDate("/date", in.Date)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		day = today
	}
	from, to := dayBounds(w, day)
	facts, err := s.Flows.FactsBetween(ctx, a.Workspace, in.ID, from, to)
	if err != nil {
		return nil, err
	}
	out := whyOut{Date: day.String(), Entries: []whyEntry{}}
	names := s.flowNames(ctx, a.Workspace)
	for _, f := range facts {
		if f.What == "left" && f.Reason == "" {
			continue
		}
		hash := s.Flows.HashOf(ctx, a.Workspace, f.Flow)
		out.Entries = append(out.Entries, whyEntry{
			At: value.Instant(f.At), Run: f.Run, Node: f.Node, Decision: f.What, Reason: reasonIn(f, names),
			Sentence: s.Flows.Sentence(ctx, a.Workspace, hash, f.Node),
		})
	}
	if len(out.Entries) == 0 {
		if err := s.whyQuiet(ctx, a, in.ID, day, &out); err != nil {
			return nil, err
		}
	}
	return &reply[whyOut]{out}, nil
}

// whyQuiet explains a day on which nothing happened: what each open run waits for.
func (s *Server) whyQuiet(ctx context.Context, a policies.Actor, customer string, day value.Date, out *whyOut) error {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	from, _ := dayBounds(w, day)
	if why := w.Rules().Window.Check(from.Add(12*time.Hour), w.Cal()); why == "calendar" {
		out.Entries = append(out.Entries, whyEntry{At: value.Instant(from), Decision: "refused", Reason: reasonOf("calendar", "")})
	}
	runs, _, err := s.Flows.ListRuns(ctx, a.Workspace, runsOf(customer))
	if err != nil {
		return err
	}
	for _, r := range runs {
		out.Entries = append(out.Entries, whyEntry{
			At: r.Updated, Run: r.ID, Node: r.Node, Decision: "waiting", Reason: reasonOf(r.Reason, r.Wake),
			Sentence: s.Flows.Sentence(ctx, a.Workspace, r.Hash, r.Node),
		})
	}
	return nil
}
