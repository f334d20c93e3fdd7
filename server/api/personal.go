package api

import (
	"bufio"
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/text"
)

func (s *Server) personalRoutes() {
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
	s.audit(ctx, a, "personal.export", "customer", id, nil)
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
