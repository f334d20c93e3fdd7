package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/text"
)

func (s *Server) formRoutes() {
	route(s, http.MethodGet, "/forms", "listForms", signedIn, "All forms", s.listForms)
	route(s, http.MethodGet, "/forms/{form}", "getForm", signedIn, "A form: schema, layout, draft", s.getForm)
	route(s, http.MethodPut, "/forms/{form}", "saveForm", need{"form", "update"}, "Save a form's draft", s.saveForm)
	route(s, http.MethodPost, "/forms/{form}/publish", "publishForm", need{"form", "publish"}, "Publish a form's draft; records are brought over where it asks for that", s.publishForm)
	route(s, http.MethodPost, "/forms/{form}/discard", "discardForm", need{"form", "update"}, "Forget a form's draft", s.discardForm)
	route(s, http.MethodGet, "/forms/{form}/revisions", "listFormRevisions", need{"form", "read"}, "Published revisions, newest first", s.listRevisions)
	look(s, "/forms/{form}/check", "checkForm", need{"form", "update"}, "What a draft would do to the records that are there, page by page", s.checkForm)
	look(s, "/forms/import", "importForm", need{"form", "update"}, "Turn a JSON Schema written elsewhere into a form", s.importForm)
	route(s, http.MethodGet, "/migrations/{id}", "getMigration", need{"form", "read"}, "Progress of bringing records over to a revision", s.getMigration)
	s.fileRoutes()
}

// FormPath names a form.
type FormPath struct {
	Form string `path:"form" maxLength:"40"`
}

type formOut struct {
	Key       string            `json:"key"`
	Revision  int               `json:"revision"`
	Name      map[string]string `json:"name"`
	Title     string            `json:"title,omitempty"`
	Schema    json.RawMessage   `json:"schema,omitempty"`
	Layout    json.RawMessage   `json:"layout,omitempty"`
	Builtin   bool              `json:"builtin"`
	Draft     *form.Form        `json:"draft,omitempty"`
	Version   int64             `json:"version"`
	Migration string            `json:"migration,omitempty" doc:"the migration that publishing started"`
}

func showForm(e forms.Entry) formOut {
	out := formOut{Key: e.Key, Revision: e.Revision, Builtin: e.Builtin, Draft: e.Draft, Version: e.Version}
	f := e.Published
	if f == nil {
		f = e.Draft
	}
	if f != nil {
		out.Name, out.Title, out.Schema, out.Layout = f.Name, f.Title, f.Schema, f.Layout
	}
	return out
}

func (s *Server) listForms(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[formOut]], error) {
	all, err := s.Forms.List(ctx, a.Workspace)
	out := items[formOut]{Items: []formOut{}}
	for _, e := range all {
		out.Items = append(out.Items, showForm(e))
	}
	return &reply[items[formOut]]{out}, err
}

func (s *Server) getForm(ctx context.Context, a policies.Actor, in *FormPath) (*tagged[formOut], error) {
	e, err := s.Forms.Entry(ctx, a.Workspace, in.Form)
	return &tagged[formOut]{etag(e.Version), showForm(e)}, err
}

type saveFormIn struct {
	FormPath
	IfMatch string `header:"If-Match"`
	Body    struct {
		Name   map[string]string `json:"name"`
		Title  string            `json:"title,omitempty"`
		Schema json.RawMessage   `json:"schema"`
		Layout json.RawMessage   `json:"layout,omitempty"`
		Steps  []form.Step       `json:"steps,omitempty"`
	}
}

func (s *Server) saveForm(ctx context.Context, a policies.Actor, in *saveFormIn) (*tagged[formOut], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	e, err := s.Forms.SaveDraft(ctx, a.Workspace, form.Form{
		Key: in.Form, Name: in.Body.Name, Title: in.Body.Title, Schema: in.Body.Schema, Layout: in.Body.Layout, Steps: in.Body.Steps,
	}, v)
	return &tagged[formOut]{etag(e.Version), showForm(e)}, err
}

type formActionIn struct {
	FormPath
	IfMatch string `header:"If-Match"`
}

func (s *Server) publishForm(ctx context.Context, a policies.Actor, in *formActionIn) (*tagged[formOut], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	e, migration, err := s.Records.PublishForm(ctx, a, in.Form, v)
	out := showForm(e)
	out.Migration = migration
	if err == nil {
		s.audit(ctx, a, "publish", "form", in.Form, nil)
	}
	return &tagged[formOut]{etag(e.Version), out}, err
}

func (s *Server) discardForm(ctx context.Context, a policies.Actor, in *formActionIn) (*tagged[formOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	e, err := s.Forms.Discard(ctx, a.Workspace, in.Form, v)
	if err == nil {
		s.audit(ctx, a, "discard", "form", in.Form, nil)
	}
	return &tagged[formOut]{etag(e.Version), showForm(e)}, err
}

type revisionOut struct {
	forms.Revision
	ByName string `json:"byName,omitempty"`
}

const maxRevisions = 50

func (s *Server) listRevisions(ctx context.Context, a policies.Actor, in *FormPath) (*reply[items[revisionOut]], error) {
	list, err := s.Forms.Revisions(ctx, a.Workspace, in.Form, maxRevisions)
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[revisionOut]{Items: []revisionOut{}}
	for _, r := range list {
		out.Items = append(out.Items, revisionOut{r, names[r.By]})
	}
	return &reply[items[revisionOut]]{out}, nil
}

type checkFormIn struct {
	FormPath
	Body struct {
		Cursor string `json:"cursor,omitempty" maxLength:"4000"`
		Limit  int    `json:"limit,omitempty" minimum:"0" maximum:"500"`
	}
}

type failingOut struct {
	ID     string         `json:"id"`
	Title  string         `json:"title,omitempty"`
	Errors []ProblemField `json:"errors"`
}

type checkOut struct {
	Checked int          `json:"checked"`
	Failed  int          `json:"failed"`
	Changed int          `json:"changed"`
	Cleared int          `json:"cleared"`
	Total   int64        `json:"total"`
	Failing []failingOut `json:"failing"`
	Next    string       `json:"next,omitempty"`
}

func (s *Server) checkForm(ctx context.Context, a policies.Actor, in *checkFormIn) (*reply[checkOut], error) {
	limit := in.Body.Limit
	if limit == 0 {
		limit = 200
	}
	c, err := s.Records.CheckDraft(ctx, a, in.Form, in.Body.Cursor, limit)
	if err != nil {
		return nil, err
	}
	return &reply[checkOut]{checkOut{c.Checked, c.Failed, c.Changed, c.Cleared, c.Total, showFailing(ctx, c.Failing), c.Next}}, nil
}

func showFailing(ctx context.Context, list []records.Failing) []failingOut {
	out := []failingOut{}
	for _, x := range list {
		o := failingOut{ID: x.ID, Title: x.Title, Errors: []ProblemField{}}
		for _, f := range x.Errors {
			o.Errors = append(o.Errors, problemField(ctx, f))
		}
		out = append(out, o)
	}
	return out
}

func problemField(ctx context.Context, f fault.Field) ProblemField {
	return ProblemField{Pointer: f.Pointer, Rule: f.Rule, Limit: f.Limit, Message: text.Field(langOf(ctx), f)}
}

type migrationIn struct {
	ID string `path:"id" maxLength:"80"`
}

type migrationOut struct {
	records.Migration
	Failures []failingOut `json:"failures"`
}

func (s *Server) getMigration(ctx context.Context, a policies.Actor, in *migrationIn) (*reply[migrationOut], error) {
	m, err := s.Records.Migration(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	failing := showFailing(ctx, m.Failures)
	m.Failures, m.Cursor = nil, ""
	return &reply[migrationOut]{migrationOut{m, failing}}, nil
}

type importFormIn struct {
	Body struct {
		Key    string          `json:"key" maxLength:"40"`
		Schema json.RawMessage `json:"schema"`
	}
}

type importFormOut struct {
	Form  form.Form      `json:"form"`
	Notes []ProblemField `json:"notes" doc:"what could not be taken over, and where it stood"`
}

func (s *Server) importForm(ctx context.Context, _ policies.Actor, in *importFormIn) (*reply[importFormOut], error) {
	f, notes, err := form.Adopt(in.Body.Key, in.Body.Schema)
	if err != nil {
		return nil, at("/schema", err)
	}
	out := importFormOut{Form: f, Notes: []ProblemField{}}
	for _, n := range notes {
		out.Notes = append(out.Notes, problemField(ctx, n))
	}
	return &reply[importFormOut]{out}, nil
}
