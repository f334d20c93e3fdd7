package api

import (
	"context"
	"net/http"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/server/templates"
)

func (s *Server) templateRoutes() {
	read, write := need{"template", "read"}, need{"template", "update"}
	route(s, http.MethodGet, "/templates", "listTemplates", read, "Message templates", s.listTemplates)
	route(s, http.MethodGet, "/templates/{key}", "getTemplate", read, "One message template, and the flows that use it", s.getTemplate)
	route(s, http.MethodPut, "/templates/{key}", "saveTemplate", write, "Save a message template", s.saveTemplate)
	route(s, http.MethodDelete, "/templates/{key}", "deleteTemplate", write, "Delete a template; one that ships comes back as it shipped", s.deleteTemplate)
	route(s, http.MethodGet, "/templates/{key}/history", "listTemplateHistory", read, "A template as it was saved, newest first", s.templateHistory)
	route(s, http.MethodGet, "/template-variables", "listTemplateVariables", read, "What a message may name", s.listVariables)
	look(s, "/template-preview", "previewTemplate", read, "A template as a customer would get it, and what lint says", s.previewTemplate)
	route(s, http.MethodPost, "/template-tests", "testTemplate", write, "Send a preview to oneself", s.testTemplate)
	route(s, http.MethodGet, "/template-tests", "listTemplateTests", write, "One's own last tests", s.listTests)
	route(s, http.MethodGet, "/wording", "getWording", read, "What messages must not say", s.getWording)
	route(s, http.MethodPut, "/wording", "saveWording", write, "Change what messages must not say", s.saveWording)
	route(s, http.MethodGet, "/answers", "listAnswers", read, "Prepared answers", s.listAnswers)
	route(s, http.MethodPut, "/answers/{key}", "saveAnswer", write, "Save a prepared answer", s.saveAnswer)
	route(s, http.MethodDelete, "/answers/{key}", "restoreAnswer", write, "Forget a change of an answer; one's own is deleted", s.restoreAnswer)
}

func (s *Server) listTemplates(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[templates.Template]], error) {
	list, err := s.Templates.List(ctx, a.Workspace)
	sort.Slice(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	return &reply[items[templates.Template]]{items[templates.Template]{Items: list}}, err
}

// TemplatePath names a template or an answer.
type TemplatePath struct {
	Key     string `path:"key" maxLength:"60"`
	IfMatch string `header:"If-Match"`
}

type flowUse struct {
	Key  string            `json:"key"`
	Name map[string]string `json:"name,omitempty"`
	Live bool              `json:"live"`
}

type templateOut struct {
	templates.Template
	UsedBy []flowUse `json:"usedBy"`
}

func (s *Server) getTemplate(ctx context.Context, a policies.Actor, in *TemplatePath) (*tagged[templateOut], error) {
	t, err := s.Templates.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	used, err := s.templateUses(ctx, a.Workspace, in.Key)
	return &tagged[templateOut]{etag(t.Version), templateOut{t, used}}, err
}

// templateUses lists the flows whose steps name a template.
func (s *Server) templateUses(ctx context.Context, ws, key string) ([]flowUse, error) {
	all, err := s.Flows.List(ctx, ws)
	out := []flowUse{}
	named := `"` + key + `"`
	for _, f := range all {
		doc := string(f.Draft)
		live := f.Status == "live"
		if live && f.Hash != "" {
			if d, err := s.Flows.Definition(ctx, ws, f.Hash); err == nil {
				for _, n := range d.Flow.Nodes {
					doc += string(n.Cfg)
				}
			}
		}
		if strings.Contains(doc, `"template":`+named) || strings.Contains(doc, `"template": `+named) {
			out = append(out, flowUse{Key: f.Key, Name: f.Name, Live: live})
		}
	}
	return out, err
}

type templateIn struct {
	Key     string `path:"key" maxLength:"60"`
	IfMatch string `header:"If-Match"`
	Body    templateBody
}

type templateBody struct {
	Name    map[string]string       `json:"name"`
	Tone    int                     `json:"tone"`
	Kind    string                  `json:"kind,omitempty"`
	Variant map[string]message.Body `json:"variant"`
}

func (b templateBody) document(key string) message.Document {
	return message.Document{Key: key, Name: b.Name, Tone: b.Tone, Kind: b.Kind, Variant: b.Variant}
}

func (s *Server) saveTemplate(ctx context.Context, a policies.Actor, in *templateIn) (*tagged[templates.Template], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := s.Templates.Save(ctx, a.Workspace, in.Body.document(in.Key), v)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "template", in.Key, t.Document)
	return &tagged[templates.Template]{etag(t.Version), t}, nil
}

func (s *Server) deleteTemplate(ctx context.Context, a policies.Actor, in *TemplatePath) (*nothing, error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := s.Templates.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	if !t.Shipped {
		used, err := s.templateUses(ctx, a.Workspace, in.Key)
		if err != nil {
			return nil, err
		}
		if len(used) > 0 {
			return nil, fault.New(fault.Conflict, "template.used", fault.Params{"flow": used[0].Key})
		}
	}
	if err := s.Templates.Delete(ctx, a.Workspace, in.Key, v); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "template", in.Key, nil)
	return nil, nil
}

type wordingIn struct {
	IfMatch string `header:"If-Match"`
	Body    struct {
		Words message.Wording `json:"words"`
	}
}

type wordingOut struct {
	templates.Wordings
	Shipped message.Wording `json:"shipped"`
}

func (s *Server) getWording(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[wordingOut], error) {
	w, err := s.Templates.Wording(ctx, a.Workspace)
	return &tagged[wordingOut]{etag(w.Version), wordingOut{w, templates.ShippedWording()}}, err
}

func (s *Server) saveWording(ctx context.Context, a policies.Actor, in *wordingIn) (*tagged[wordingOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	before, err := s.Templates.Wording(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	w, err := s.Templates.SaveWording(ctx, a.Workspace, in.Body.Words, v)
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "wording", "list", before.Words, w.Words)
	return &tagged[wordingOut]{etag(w.Version), wordingOut{w, templates.ShippedWording()}}, nil
}

func (s *Server) listAnswers(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[templates.Answer]], error) {
	list, err := s.Templates.Answers(ctx, a.Workspace)
	return &reply[items[templates.Answer]]{items[templates.Answer]{Items: list}}, err
}

type answerIn struct {
	TemplatePath
	Body struct {
		Topic    string            `json:"topic"`
		Tone     int               `json:"tone" minimum:"1" maximum:"4"`
		Question map[string]string `json:"question"`
		Answer   map[string]string `json:"answer"`
		Deleted  bool              `json:"deleted,omitempty"`
	}
}

func (s *Server) saveAnswer(ctx context.Context, a policies.Actor, in *answerIn) (*tagged[templates.Answer], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	b := in.Body
	x, err := s.Templates.SaveAnswer(ctx, a.Workspace, templates.Answer{Key: in.Key, Topic: b.Topic, Tone: b.Tone, Question: b.Question, Answer: b.Answer, Deleted: b.Deleted}, v)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "answer", in.Key, nil)
	return &tagged[templates.Answer]{etag(x.Version), x}, nil
}

func (s *Server) restoreAnswer(ctx context.Context, a policies.Actor, in *TemplatePath) (*nothing, error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := s.Templates.RestoreAnswer(ctx, a.Workspace, in.Key, v); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "answer", in.Key, nil)
	return nil, nil
}
