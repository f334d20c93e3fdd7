package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/text"
)

// exportFigures are what the product adds to a form's own fields, as people
// want to see it in a table; those that end in * are money.
var exportFigures = map[string][]string{
	"customer": {"openInvoices", "oldestDue"},
	"invoice":  {"customerName", "open*", "disputed*", "promised*", "status", "dpd"},
	"payment":  {"customerName", "unapplied*"},
}

func (s *Server) exportRoutes() {
	s.app.Get("/api/v1/exports/:form", s.exportRecords)
	query := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: "string"}}
	}
	s.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "exportRecords", Method: http.MethodGet, Path: "/exports/{form}",
		Summary: "Records of a form as a table for people: CSV with names of fields, amounts in whole units",
		Parameters: []*huma.Param{
			{Name: "form", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
			query("filter", "condition in the filter language, as JSON"), query("search", ""), query("sort", "fields, comma separated, - for descending"),
			query("language", "of the head line; else that of the request"),
		},
		Responses: map[string]*huma.Response{"200": {Description: "CSV, UTF-8 with a mark that spreadsheets understand", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	})
}

// exportRecords streams what the reader may see, page by page.
func (s *Server) exportRecords(c *fiber.Ctx) error {
	ctx := c.UserContext()
	a, ok := actorOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	key := strings.Clone(c.Params("form"))
	f, err := s.Forms.Get(ctx, a.Workspace, key)
	if err != nil {
		return s.send(c, err)
	}
	q, err := listQuery(&listIn{Filter: strings.Clone(c.Query("filter")), Search: strings.Clone(c.Query("search")), Sort: strings.Clone(c.Query("sort"))})
	if err == nil {
		_, err = s.Records.List(ctx, a, key, records.ListQuery{Filter: q.Filter, Search: q.Search, Sort: q.Sort, Limit: 1})
	}
	if err != nil { // refused before anything is written
		return s.send(c, err)
	}
	lang := tableLang(c)
	return s.sendTable(c, key, func(ctx context.Context, w *bufio.Writer) error {
		return s.writeTable(ctx, a, w, f.Fields, key, q, lang)
	})
}

// tableLang is the language of a table's head line.
func tableLang(c *fiber.Ctx) string {
	if wanted := c.Query("language"); wanted != "" { // a link cannot say it in a header
		return text.Pick(wanted)
	}
	return langOf(c.UserContext())
}

// sendTable streams a CSV file, with a mark that tells spreadsheets its encoding.
func (s *Server) sendTable(c *fiber.Ctx, name string, write func(context.Context, *bufio.Writer) error) error {
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`.csv"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx := context.WithoutCancel(c.UserContext())
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, maxImportTime)
		defer cancel()
		_, err := w.WriteString("\ufeff")
		if err == nil {
			err = write(ctx, w)
		}
		if err != nil {
			s.Log.Warn("an export ended early", "table", name, "error", err)
		}
		_ = w.Flush()
	})
	return nil
}

func (s *Server) writeTable(ctx context.Context, a policies.Actor, w *bufio.Writer, fields []form.Field, key string, q records.ListQuery, lang string) error {
	var shown []form.Field
	var head []string
	for _, fd := range fields {
		if fd.Type != "object" && fd.Type != "rows" && fd.Type != "file" {
			shown = append(shown, fd)
			head = append(head, flow.Text(fd.Label).In(lang))
		}
	}
	for _, name := range exportFigures[key] {
		head = append(head, text.Say(lang, "export."+strings.TrimSuffix(name, "*"), nil))
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	n := 0
	return s.Records.Each(ctx, a, key, q, func(r records.Record) error {
		currency := value.Currency(r.Text("currency"))
		row := make([]string, 0, len(head))
		for _, fd := range shown {
			row = append(row, cellOf(r.Data[fd.Key], fd.Type == "money", currency))
		}
		for _, name := range exportFigures[key] {
			bare := strings.TrimSuffix(name, "*")
			row = append(row, cellOf(r.System[bare], bare != name, currency))
		}
		if err := out.Write(row); err != nil {
			return err
		}
		if n++; n%500 == 0 {
			out.Flush()
			if err := out.Error(); err != nil {
				return err
			}
			return w.Flush() // a reader that has gone away ends it
		}
		out.Flush()
		return out.Error()
	})
}

// plainText marks what begins like a formula as text, so that opening the file
// never runs what a customer typed.
func plainText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// cellOf is a value as a spreadsheet shows it.
func cellOf(raw json.RawMessage, money bool, c value.Currency) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil || v == nil {
		return ""
	}
	switch x := v.(type) {
	case string:
		return plainText(x)
	case float64:
		if money {
			return value.FormatAmount(int64(x), c)
		}
	case []any:
		parts := make([]string, 0, len(x))
		for _, one := range x {
			if t, ok := one.(string); ok {
				parts = append(parts, t)
			}
		}
		return strings.Join(parts, "; ")
	}
	return string(raw)
}
