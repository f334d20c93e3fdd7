package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) rehearsalRoutes() {
	route(s, http.MethodPost, "/rehearsals", "rehearse", need{"flow", "read"}, "Rehearse a flow over real records on a virtual clock", s.rehearse)
}

type rehearseIn struct {
	Body struct {
		Flow     string          `json:"flow,omitempty" maxLength:"60" doc:"key of a flow, its draft is rehearsed"`
		Document json.RawMessage `json:"document,omitempty" doc:"or a flow document"`
		From     string          `json:"from" maxLength:"10"`
		To       string          `json:"to" maxLength:"10"`
	}
}

// maxRehearsal bounds the virtual time of a rehearsal, in days.
const maxRehearsal = 800

func (s *Server) rehearse(ctx context.Context, a policies.Actor, in *rehearseIn) (*reply[run.Report], error) {
	from, err := value.ParseDate(in.Body.From)
	if err != nil {
		return nil, fault.At("/from", "date", nil)
	}
	to, err := value.ParseDate(in.Body.To)
	if err != nil || to < from || to-from > maxRehearsal {
		return nil, fault.At("/to", "date", nil)
	}
	raw := in.Body.Document
	if len(raw) == 0 {
		f, err := s.Flows.Get(ctx, a.Workspace, in.Body.Flow)
		if err != nil {
			return nil, err
		}
		raw = f.Draft
	}
	d, err := s.Flows.CompileDraft(ctx, a.Workspace, raw)
	if err != nil {
		return nil, at("/document", err)
	}
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	r, err := s.Rehearse(ctx, a.Workspace, d, from, to, v.Scope)
	if err != nil {
		return nil, err
	}
	return &reply[run.Report]{*r}, nil
}
