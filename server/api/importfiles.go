package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/text"
)

func (s *Server) importRoutes() {
	route(s, http.MethodPost, "/imports/{form}", "importRows", signedIn, "Create or update records by external id", s.importRows)
	look(s, "/imports/{form}/preview", "previewImport", signedIn, "What a file looks like, and a proposal of which column is which field", s.previewImport)
	s.app.Post("/api/v1/imports/:form/stream", s.streamImport)
	s.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "streamImport", Method: http.MethodPost, Path: "/imports/{form}/stream",
		Summary:     "Import a file, with progress line by line while it is read",
		Parameters:  []*huma.Param{{Name: "form", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}},
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: huma.SchemaFromType(s.huma.OpenAPI().Components.Schemas, reflect.TypeFor[importFile]())}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "JSON objects, one a line: progress, and at last summary or problem",
			Content:     map[string]*huma.MediaType{"application/x-ndjson": {}},
		}},
	})
}

// Limits of a file over the API; larger ones go by the command line, which
// reads them piece by piece.
const (
	maxImportFile   = 5 << 20
	maxFailedRows   = 1 << 20 // bytes of failed rows that come back
	maxImportTime   = 30 * time.Minute
	importPreviewed = 64 << 10
)

// importFile is a file of rows, and how to read it.
type importFile struct {
	Data   []byte       `json:"data" doc:"the file, base64; CSV in any encoding, or an Excel workbook"`
	Map    *imports.Map `json:"map,omitempty" doc:"which column is which field; none guesses"`
	DryRun bool         `json:"dryRun,omitempty" doc:"judge everything, write nothing"`
}

type previewImportIn struct {
	Form string `path:"form" maxLength:"40"`
	Body struct {
		Data []byte `json:"data" doc:"the file, or of CSV its beginning, base64"`
	}
}

type importField struct {
	Key      string            `json:"key"`
	Label    map[string]string `json:"label"`
	Type     string            `json:"type"`
	Required bool              `json:"required,omitempty"`
}

type importPreview struct {
	imports.Preview
	Fields []importField `json:"fields" doc:"what a column may be"`
}

func (s *Server) previewImport(ctx context.Context, a policies.Actor, in *previewImportIn) (*reply[importPreview], error) {
	f, err := s.Forms.Get(ctx, a.Workspace, in.Form)
	if err != nil {
		return nil, err
	}
	if _, err := s.Access.View(ctx, a, in.Form, "create"); err != nil {
		return nil, err
	}
	data := in.Body.Data
	if len(data) > importPreviewed && !imports.IsWorkbook(data) {
		data = data[:bytes.LastIndexByte(data[:importPreviewed], '\n')+1]
	}
	p, err := s.Imports.Preview(ctx, a.Workspace, in.Form, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out := importPreview{Preview: p, Fields: []importField{}}
	must := requiredFields(f.Schema)
	for _, fd := range f.Fields {
		if imports.Importable(fd) {
			out.Fields = append(out.Fields, importField{fd.Key, fd.Label, fd.Type, must[fd.Key]})
		}
	}
	return &reply[importPreview]{out}, nil
}

type importSummary struct {
	imports.Summary
	Problems []*Problem `json:"problems" doc:"the first hundred"`
	Failed   string     `json:"failedRows,omitempty" doc:"the rows that failed, with a column of reasons, as CSV"`
	Cut      bool       `json:"cut,omitempty" doc:"not all failed rows came back"`
}

// streamImport reads a file into records, and tells how far it is. A client
// that goes away ends it between two batches; each row is whole or not there.
func (s *Server) streamImport(c *fiber.Ctx) error {
	ctx := c.UserContext()
	a, ok := actorOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	var b importFile
	if err := json.Unmarshal(c.Body(), &b); err != nil {
		return s.send(c, fault.At("", "json", nil))
	}
	if len(b.Data) > maxImportFile {
		return s.send(c, fault.New(fault.Invalid, "import.tooLarge", fault.Params{"limit": maxImportFile}))
	}
	lang, form := langOf(ctx), strings.Clone(c.Params("form"))
	c.Set(fiber.HeaderContentType, "application/x-ndjson")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	// The lines are written after this handler has returned, past its deadline.
	ctx = context.WithoutCancel(ctx)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, maxImportTime)
		defer cancel()
		line := func(v any) {
			raw, err := json.Marshal(v)
			if err == nil {
				_, _ = w.Write(append(raw, '\n'))
				err = w.Flush()
			}
			if err != nil {
				cancel() // nobody reads it any more
			}
		}
		failed := &bounded{limit: maxFailedRows}
		sum, err := s.Imports.File(ctx, a, imports.Job{
			Form: form, Map: b.Map, DryRun: b.DryRun, Failed: failed,
			Say:      func(f *fault.Error) string { return sayFault(lang, f) },
			Progress: func(sum imports.Summary) { line(map[string]any{"progress": sum}) },
		}, bytes.NewReader(b.Data))
		if err != nil {
			p, _ := s.problem(ctx, err).(*Problem)
			line(map[string]any{"problem": p})
			return
		}
		out := importSummary{Summary: sum, Problems: []*Problem{}, Failed: failed.String(), Cut: failed.cut}
		for _, p := range sum.Problems {
			out.Problems = append(out.Problems, faultProblem(lang, p))
		}
		if !b.DryRun {
			s.audit(ctx, a, "import", form, "", map[string]int{"rows": sum.Rows, "created": sum.Created, "updated": sum.Updated, "failed": sum.Failed})
		}
		line(map[string]any{"summary": out})
	})
	return nil
}

func sayFault(lang string, f *fault.Error) string {
	if len(f.Fields) == 0 {
		return text.Fault(lang, f)
	}
	parts := make([]string, 0, len(f.Fields))
	for _, x := range f.Fields {
		parts = append(parts, text.Field(lang, x))
	}
	return strings.Join(parts, "; ")
}

// bounded keeps what is written up to a limit and drops the rest.
type bounded struct {
	bytes.Buffer
	limit int
	cut   bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		b.cut = true
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
