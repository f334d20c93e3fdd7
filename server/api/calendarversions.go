package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
)

type restoreCalendarIn struct {
	ID      string `path:"id" maxLength:"60"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		Version int `json:"version" minimum:"1" doc:"the older version that is to count again"`
	}
}

// restoreCalendar saves an older version once more: what counted until now is
// kept as an older one, so that this can be undone the same way.
func (s *Server) restoreCalendar(ctx context.Context, a policies.Actor, in *restoreCalendarIn) (*tagged[calendarOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	n, err := s.Spaces.OlderCalendar(ctx, w, in.ID, in.Body.Version)
	if err != nil {
		return nil, err
	}
	n.By = a.ID
	_, w, err = s.Spaces.SaveCalendar(ctx, a.Workspace, in.ID, int(v), n)
	if err != nil {
		return nil, err
	}
	out := showCalendar(in.ID, w.Calendars[in.ID], s.userNames(ctx, a.Workspace))
	s.audit(ctx, a, "restore", "calendar", in.ID, map[string]any{"version": in.Body.Version, "as": out.Version})
	return &tagged[calendarOut]{etag(int64(out.Version)), out}, nil
}
