package api

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/workspace"
)

type reviewMailOut struct {
	On      bool     `json:"on"`
	Weekday int      `json:"weekday" minimum:"0" maximum:"6" doc:"0 is Sunday"`
	Minute  int      `json:"minute" minimum:"0" maximum:"1439" doc:"of the day, in the workspace's zone"`
	To      []string `json:"to" maxItems:"200" doc:"people who may see figures"`
	// May lists who can be named; Mail tells whether the workspace has e-mail.
	May  []string `json:"may,omitempty"`
	Mail bool     `json:"mail,omitempty"`
}

func (s *Server) getReviewMail(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[reviewMailOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return s.showReviewMail(ctx, w)
}

func (s *Server) showReviewMail(ctx context.Context, w *workspace.Workspace) (*tagged[reviewMailOut], error) {
	out := reviewMailOut{Weekday: 1, Minute: 9 * 60, To: []string{}, Mail: s.Letters.Ready(ctx, w.Key)}
	if r := w.ReviewMail; r != nil {
		out.On, out.Weekday, out.Minute, out.To = r.On, r.Weekday, r.Minute, append([]string{}, r.To...)
	}
	people, err := s.Identity.Members(ctx, w.Key)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	out.May, err = s.House.MaySeeReview(ctx, w.Key, ids)
	return &tagged[reviewMailOut]{etag(w.Version), out}, err
}

type reviewMailIn struct {
	IfMatch string `header:"If-Match"`
	Body    reviewMailOut
}

func (s *Server) saveReviewMail(ctx context.Context, a policies.Actor, in *reviewMailIn) (*tagged[reviewMailOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	b := in.Body
	may, err := s.House.MaySeeReview(ctx, a.Workspace, b.To)
	if err != nil {
		return nil, err
	}
	for _, u := range b.To {
		if !slices.Contains(may, u) {
			return nil, fault.At("/to", "reference", nil)
		}
	}
	var before *workspace.ReviewMail
	w, err := s.Spaces.Update(ctx, a.Workspace, v, func(w *workspace.Workspace) error {
		before = w.ReviewMail
		w.ReviewMail = &workspace.ReviewMail{On: b.On, Weekday: b.Weekday, Minute: b.Minute, To: b.To}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "reviewMail", a.Workspace, before, w.ReviewMail)
	if err := s.House.Start(ctx, a.Workspace); err != nil {
		return nil, err
	}
	return s.showReviewMail(ctx, w)
}
