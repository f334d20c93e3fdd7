package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
)

func (s *Server) letterRoutes() {
	review := need{"message", "review"}
	route(s, http.MethodGet, "/letters", "listLetters", review, "The print queue, newest first", s.listLetters)
	route(s, http.MethodGet, "/letters/pdf", "printLetters", review, "Letters as one PDF", s.printLetters)
	route(s, http.MethodPost, "/letters/posted", "postLetters", review, "Say that letters were posted, or will not be", s.postLetters)
}

func jsonOf(v any) (json.RawMessage, error) { return json.Marshal(v) }

type letterOut struct {
	messageOut
	Missing string `json:"missing,omitempty" doc:"characters that the font lacks; they print as boxes"`
}

type lettersIn struct {
	Status string `query:"status" enum:"waiting,sent,failed" default:"waiting"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

// letterPage is how many letters a page has: each is set once to see what the
// font lacks.
const letterPage = 50

// letterView is what an actor may see of letters: who may not see addresses or
// amounts cannot print.
func (s *Server) letterView(ctx context.Context, a policies.Actor) (policies.View, error) {
	v, err := s.Access.View(ctx, a, "message", "review")
	if err == nil && (v.Masked["personal"] || v.Masked["amounts"]) {
		err = fault.New(fault.Denied, "kind.denied", nil)
	}
	return v, err
}

func (s *Server) listLetters(ctx context.Context, a policies.Actor, in *lettersIn) (*reply[items[letterOut]], error) {
	v, err := s.letterView(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := s.Messages.List(ctx, a.Workspace, messages.Query{Channel: "letter", Status: in.Status, Limit: letterPage, Cursor: in.Cursor, Scope: records.Stamped(v.Scope)})
	if err != nil {
		return nil, err
	}
	missing := map[string]string{}
	if len(list) > 0 && in.Status == "waiting" {
		if _, missing, err = s.Outreach.Print(ctx, a.Workspace, list); err != nil {
			return nil, err
		}
	}
	names := s.flowNames(ctx, a.Workspace)
	out := items[letterOut]{Items: []letterOut{}, Next: next}
	for _, m := range list {
		out.Items = append(out.Items, letterOut{showMessage(m, names, v), missing[m.ID]})
	}
	return &reply[items[letterOut]]{out}, nil
}

type printIn struct {
	IDs string `query:"ids" maxLength:"8000" doc:"comma separated, at most 200"`
}

func (s *Server) printLetters(ctx context.Context, a policies.Actor, in *printIn) (*fileOut, error) {
	v, err := s.letterView(ctx, a)
	if err != nil {
		return nil, err
	}
	pdf, _, err := s.Outreach.Letters(ctx, a.Workspace, strings.FieldsFunc(in.IDs, func(r rune) bool { return r == ',' }), records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "print", "letter", "", map[string]int{"letters": strings.Count(in.IDs, ",") + 1})
	return &fileOut{
		ContentType: "application/pdf", Disposition: `attachment; filename="letters.pdf"`, NoSniff: "nosniff", Policy: "default-src 'none'; sandbox", Cache: "private, no-store", Body: pdf,
	}, nil
}

type postIn struct {
	Body struct {
		IDs []string `json:"ids" maxItems:"200" minItems:"1"`
		Why string   `json:"why,omitempty" maxLength:"300" doc:"why they will not be posted; without it they were"`
	}
}

func (s *Server) postLetters(ctx context.Context, a policies.Actor, in *postIn) (*reply[items[string]], error) {
	v, err := s.letterView(ctx, a)
	if err != nil {
		return nil, err
	}
	changed, err := s.Outreach.Posted(ctx, a.Workspace, in.Body.IDs, in.Body.Why, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "posted", "letter", "", map[string]any{"letters": changed, "why": in.Body.Why})
	return &reply[items[string]]{items[string]{Items: changed}}, nil
}
