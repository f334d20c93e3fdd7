package api

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
)

type createFlowIn struct {
	Body struct {
		Key      string            `json:"key,omitempty" maxLength:"60"`
		Name     map[string]string `json:"name,omitempty"`
		Form     string            `json:"form,omitempty" enum:"invoice,customer"`
		From     string            `json:"from,omitempty" maxLength:"60" doc:"key of a flow to copy"`
		Document json.RawMessage   `json:"document,omitempty" doc:"a flow document to import"`
	}
}

func (s *Server) createFlow(ctx context.Context, a policies.Actor, in *createFlowIn) (*tagged[flowOut], error) {
	b := in.Body
	raw := b.Document
	if b.From != "" {
		f, err := s.Flows.Get(ctx, a.Workspace, b.From)
		if err != nil {
			return nil, err
		}
		raw = f.Draft
	}
	switch {
	case len(raw) > 0 && (b.From != "" || b.Key != "" || len(b.Name) > 0):
		doc, err := flow.Parse(raw)
		if err != nil {
			return nil, at("/document", err)
		}
		key := b.Key
		if key == "" {
			key = s.freeKey(ctx, a.Workspace, doc.Key)
		}
		if raw, err = flow.Rekey(raw, key, b.Name); err != nil {
			return nil, at("/document", err)
		}
	case len(raw) > 0:
	case len(b.Name) == 0:
		return nil, fault.At("/name", "required", nil)
	default:
		form := b.Form
		if form == "" {
			form = "invoice"
		}
		key := b.Key
		if key == "" {
			key = s.freeKey(ctx, a.Workspace, slug(flow.Text(b.Name).In("en"), form+"-flow"))
		}
		raw = flow.Blank(key, b.Name, form)
	}
	f, err := s.Flows.Create(ctx, a.Workspace, a.ID, raw)
	if err != nil {
		return nil, at("/document", err)
	}
	s.audit(ctx, a, "create", "flow", f.Key, nil)
	out := s.showFlow(ctx, a.Workspace, f, nil)
	out.Document = f.Draft
	return &tagged[flowOut]{etag(f.DocVersion), out}, nil
}

// slug makes a key of a name: latin letters and digits, otherwise where none
// are left, as in a Chinese name.
func slug(name, otherwise string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	if s == "" {
		return otherwise
	}
	return s
}

// freeKey adds a number to a key that is taken; where very many are, the time.
func (s *Server) freeKey(ctx context.Context, ws, key string) string {
	free := key
	for n := 2; n < 1000; n++ {
		if _, err := s.Flows.Get(ctx, ws, free); fault.Is(err, fault.NotFound) {
			return free
		}
		free = key + "-" + strconv.Itoa(n)
	}
	return key + "-" + strconv.FormatInt(s.Spaces.RealNow().UnixMilli(), 36)
}
