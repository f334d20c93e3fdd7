package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/text"
)

func (s *Server) ageingTable() {
	s.app.Get("/api/v1/insight/ageing/customers.csv", s.getAgeingTable)
	query := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: "string"}}
	}
	s.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getAgeingTable", Method: http.MethodGet, Path: "/insight/ageing/customers.csv",
		Summary: "Ageing of each customer as of any date as a table for people: a row per customer and currency, amounts in whole units",
		Parameters: []*huma.Param{
			query("asOf", "today if left out"), query("currency", "ISO 4217 code; all if left out"), query("language", "of the head line; else that of the request"),
		},
		Responses: map[string]*huma.Response{"200": {Description: "CSV, UTF-8 with a mark that spreadsheets understand", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	})
}

// getAgeingTable streams the rows of all customers, some accounts at a time.
func (s *Server) getAgeingTable(c *fiber.Ctx) error {
	ctx := c.UserContext()
	a, ok := actorOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	q, err := s.ageingQuery(ctx, a, strings.Clone(c.Query("asOf")), strings.Clone(c.Query("currency")))
	if err != nil { // refused before anything is written
		return s.send(c, err)
	}
	lang := tableLang(c)
	return s.sendTable(c, "ageing-"+q.AsOf.String(), func(ctx context.Context, w *bufio.Writer) error {
		return s.writeAgeing(ctx, a.Workspace, w, q, lang)
	})
}

func (s *Server) writeAgeing(ctx context.Context, ws string, w *bufio.Writer, q records.AgeingQuery, lang string) error {
	say := func(key string, p fault.Params) string { return text.Say(lang, key, p) }
	head := []string{say("export.customerName", nil), say("export.currency", nil), say("export.outstanding", nil), say("export.notDue", nil)}
	for _, k := range ledger.BucketKeys(nil)[1:] {
		head = append(head, say("export.bucket", fault.Params{"days": k}))
	}
	out := csv.NewWriter(w)
	if err := out.Write(append(head, say("export.overdue", nil), say("export.unapplied", nil))); err != nil {
		return err
	}
	n := 0
	err := s.Records.EachAgeing(ctx, ws, q, func(r records.AgeingRow) error {
		money := func(n int64) string { return value.FormatAmount(n, r.Currency) }
		name := plainText(r.Customer.Name)
		if name == "" {
			name = say("export.deletedCustomer", nil)
		}
		row := []string{name, string(r.Currency), money(r.Outstanding)}
		for _, b := range r.Buckets {
			row = append(row, money(b.Amount))
		}
		if err := out.Write(append(row, money(r.Overdue), money(r.Unapplied))); err != nil {
			return err
		}
		if n++; n%500 != 0 {
			return nil
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return err
		}
		return w.Flush() // a reader that has gone away ends it
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}
