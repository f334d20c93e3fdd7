package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/personal"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) personalRoutes() {
	route(s, http.MethodPost, "/customers/{id}/erase", "erasePersonal", need{"customer", "delete"}, "Erase the personal data of a customer, or say what that would take away", s.erasePersonal)
	s.app.Get("/api/v1/customers/:id/personal", s.exportPersonal)
	s.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "exportPersonal", Method: http.MethodGet, Path: "/customers/{id}/personal",
		Summary: "All that is kept of a customer, to be given out: a ZIP of JSON lists, files and an index",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
			{Name: "language", In: "query", Description: "of the index; else that of the request", Schema: &huma.Schema{Type: "string"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "ZIP; one that ended early is no whole ZIP", Content: map[string]*huma.MediaType{"application/zip": {}}}},
	})
}

// exportPersonal streams what is kept of a customer, page by page.
func (s *Server) exportPersonal(c *fiber.Ctx) error {
	ctx := c.UserContext()
	a, ok := actorOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	id := strings.Clone(c.Params("id"))
	if _, err := s.Personal.Open(ctx, a, id); err != nil { // refused before anything is written
		return s.send(c, err)
	}
	lang := langOf(ctx)
	if wanted := c.Query("language"); wanted != "" { // a link cannot say it in a header
		lang = text.Pick(wanted)
	}
	s.audit(ctx, a, "personal.export", "personal", id, nil)
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="personal-data.zip"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx = context.WithoutCancel(ctx)
	say := func(key string, p fault.Params) string { return text.Say(lang, key, p) }
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, maxImportTime)
		defer cancel()
		if err := s.Personal.Export(ctx, a, id, say, w); err != nil {
			s.Log.Warn("personal data were given out in part only", "customer", id, "error", err)
		}
		_ = w.Flush()
	})
	return nil
}

type eraseIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		DryRun  bool   `json:"dryRun,omitempty" doc:"only count; neither reason nor confirm is asked for"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"kept in the log of changes; without anything personal"`
		Confirm string `json:"confirm,omitempty" maxLength:"300" doc:"the customer's number or name"`
	}
}

type eraseOut struct {
	personal.Erased
	Hinder *hindrance `json:"hinder,omitempty" doc:"why nothing can be erased yet; only when it is a dry run"`
}

type hindrance struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

func (s *Server) erasePersonal(ctx context.Context, a policies.Actor, in *eraseIn) (*reply[eraseOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	mark := text.Say(w.Language, "personal.mark", fault.Params{"id": digest(in.ID)[:6]})
	got, err := s.Personal.Erase(ctx, a, personal.Erasure{
		Customer: in.ID, Reason: in.Body.Reason, Confirm: in.Body.Confirm, Mark: mark, Stop: text.Say(w.Language, "personal.stop", nil), Dry: in.Body.DryRun,
	})
	if err != nil {
		return nil, err
	}
	out := eraseOut{Erased: got}
	if h := got.Hinder; h != nil {
		out.Hinder = &hindrance{h.Key, text.Fault(langOf(ctx), h)}
	}
	return &reply[eraseOut]{out}, nil
}

// Forget empties remembered answers that hold one of the words: a repeated
// request still finds that it was answered.
func Forget(ctx context.Context, s *store.Store, words []string) error {
	col := s.In(workspace.System, Idem)
	return col.Each(ctx, store.Query{Limit: 50}, func(d store.Doc) error {
		var r remembered
		if err := json.Unmarshal(d.Body, &r); err != nil || len(r.Body) == 0 || !personal.Holds(r.Body, words) {
			return err
		}
		r.Body = nil
		body, err := json.Marshal(r)
		if err == nil {
			_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: body}, d.Ver)
		}
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
			return nil
		}
		return err
	})
}
