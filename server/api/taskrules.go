package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/tasks"
)

func (s *Server) taskRoutes() {
	route(s, http.MethodGet, "/tasks/settings", "getTaskSettings", need{"task", "read"}, "Who gets which task, and when others are told", s.getTaskSettings)
	route(s, http.MethodPut, "/tasks/settings", "saveTaskSettings", need{"workspace", "update"}, "Change who gets which task", s.saveTaskSettings)
	route(s, http.MethodGet, "/absences", "listAbsences", signedIn, "Who is away, and who stands in", s.listAbsences)
	route(s, http.MethodPut, "/absences/{id}", "setAbsence", signedIn, "Say that oneself or, as administrator, somebody is away", s.setAbsence)
	route(s, http.MethodDelete, "/absences/{id}", "endAbsence", signedIn, "Say that somebody is there", s.endAbsence)
	route(s, http.MethodGet, "/notices/settings", "getNoticeSettings", signedIn, "How notices reach oneself", s.getNoticeSettings)
	route(s, http.MethodPut, "/notices/settings", "saveNoticeSettings", signedIn, "Change how notices reach oneself", s.saveNoticeSettings)
	route(s, http.MethodGet, "/users/{id}/handover", "previewHandover", need{"user", "update"}, "What a handover of all accounts and tasks would move", s.previewHandover)
	route(s, http.MethodPost, "/users/{id}/handover", "handOver", need{"user", "update"}, "Hand all accounts and open tasks of a person over", s.handOver)
	route(s, http.MethodGet, "/handovers/{id}", "getHandover", need{"user", "update"}, "How far a handover has come", s.getHandover)
	route(s, http.MethodGet, "/review/mail", "getReviewMail", need{"insight", "read"}, "When the weekly review goes out by e-mail", s.getReviewMail)
	route(s, http.MethodPut, "/review/mail", "saveReviewMail", need{"workspace", "update"}, "Change when it goes out, and to whom", s.saveReviewMail)
}

// active tells of people whether they can log in here; they are read once.
func (s *Server) active(ctx context.Context, ws string) (func(string) bool, error) {
	people, err := s.Identity.Members(ctx, ws)
	return func(id string) bool {
		return slices.ContainsFunc(people, func(a policies.Actor) bool { return a.ID == id })
	}, err
}

// mayHave refuses somebody who cannot log in as an assignee.
func (s *Server) mayHave(ctx context.Context, ws, user string) error {
	active, err := s.active(ctx, ws)
	if err == nil && !active(user) {
		err = fault.At("/assignee", "reference", nil)
	}
	return err
}

func (s *Server) getTaskSettings(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[tasks.TaskSettings], error) {
	t, err := s.Tasks.GetSettings(ctx, a.Workspace)
	return &tagged[tasks.TaskSettings]{etag(t.Version), t}, err
}

type taskSettingsIn struct {
	IfMatch string `header:"If-Match"`
	Body    tasks.TaskSettings
}

func (s *Server) saveTaskSettings(ctx context.Context, a policies.Actor, in *taskSettingsIn) (*tagged[tasks.TaskSettings], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	active, err := s.active(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	reach, err := s.Records.Reach(ctx, a, "customer")
	if err != nil {
		return nil, err
	}
	before, err := s.Tasks.GetSettings(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	t, err := s.Tasks.SaveSettings(ctx, a.Workspace, in.Body, v, reach.Field, active)
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "taskSettings", a.Workspace, before, t)
	return &tagged[tasks.TaskSettings]{etag(t.Version), t}, s.House.Start(ctx, a.Workspace)
}

type absenceOut struct {
	User   ref    `json:"user"`
	From   string `json:"from"`
	To     string `json:"to"`
	Deputy *ref   `json:"deputy,omitempty"`
	Now    bool   `json:"now"`
}

func (s *Server) listAbsences(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[absenceOut]], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	list, err := s.Tasks.Absences(ctx, a.Workspace, today)
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[absenceOut]{Items: []absenceOut{}}
	for id, x := range list {
		o := absenceOut{User: person(names, id), From: x.From.String(), To: x.To.String(), Now: x.Away(today)}
		if x.Deputy != "" {
			d := person(names, x.Deputy)
			o.Deputy = &d
		}
		out.Items = append(out.Items, o)
	}
	slices.SortFunc(out.Items, func(x, y absenceOut) int { return compare(x.From+x.User.ID, y.From+y.User.ID) })
	return &reply[items[absenceOut]]{out}, nil
}

func compare(x, y string) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

type absenceIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		From   string `json:"from" maxLength:"10"`
		To     string `json:"to" maxLength:"10"`
		Deputy string `json:"deputy,omitempty" maxLength:"60"`
	}
}

// about refuses what one may say of oneself only, unless one changes people.
func (s *Server) about(ctx context.Context, a policies.Actor, user string) error {
	if user != a.ID {
		return s.Access.Must(ctx, a, "user", "update")
	}
	return nil
}

func (s *Server) setAbsence(ctx context.Context, a policies.Actor, in *absenceIn) (*nothing, error) {
	if err := s.about(ctx, a, in.ID); err != nil {
		return nil, err
	}
	active, err := s.active(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	if !active(in.ID) {
		return nil, fault.New(fault.NotFound, "user.none", nil)
	}
	x := tasks.Absence{User: in.ID, Deputy: in.Body.Deputy}
	for _, d := range []struct {
		at, text string
		to       *value.Date
	}{{"/from", in.Body.From, &x.From}, {"/to", in.Body.To, &x.To}} {
		if *d.to, err = optionalDate(d.at, d.text); err != nil {
			return nil, err
		}
	}
	if err := s.Tasks.SetAbsence(ctx, a.Workspace, x, active); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "absence", in.ID, x)
	return nil, nil
}

func (s *Server) endAbsence(ctx context.Context, a policies.Actor, in *idPath) (*nothing, error) {
	if err := s.about(ctx, a, in.ID); err != nil {
		return nil, err
	}
	return nil, s.Tasks.EndAbsence(ctx, a.Workspace, in.ID)
}

type noticeSettingsOut struct {
	Kinds map[string]desk.How `json:"kinds"`
	Order []string            `json:"order"`
	Mail  bool                `json:"mail" doc:"the workspace has e-mail set up"`
}

func (s *Server) getNoticeSettings(ctx context.Context, a policies.Actor, _ *nothing) (*reply[noticeSettingsOut], error) {
	set, err := s.Desk.NoticeSettings(ctx, a.Workspace, a.ID)
	if err != nil {
		return nil, err
	}
	out := noticeSettingsOut{Kinds: map[string]desk.How{}, Order: desk.Kinds, Mail: s.Letters.Ready(ctx, a.Workspace)}
	for _, k := range desk.Kinds {
		out.Kinds[k] = set.Of(k)
	}
	return &reply[noticeSettingsOut]{out}, nil
}

type noticeSettingsIn struct {
	Body struct {
		Kinds map[string]desk.How `json:"kinds"`
	}
}

func (s *Server) saveNoticeSettings(ctx context.Context, a policies.Actor, in *noticeSettingsIn) (*reply[noticeSettingsOut], error) {
	if err := s.Desk.SaveNoticeSettings(ctx, a.Workspace, a.ID, in.Body.Kinds); err != nil {
		return nil, at("/kinds", err)
	}
	return s.getNoticeSettings(ctx, a, nil)
}
