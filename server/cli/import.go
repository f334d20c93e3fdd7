package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/text"
)

type importCmd struct {
	serverFlags
	Form   string `required:"" help:"customer, contact, invoice, payment, or a form of your own."`
	File   string `arg:"" help:"CSV file; - for standard input."`
	Map    string `help:"JSON file: which column is which field, date formats, decimal mark." placeholder:"MAP.json"`
	DryRun bool   `help:"Judge everything, write nothing."`
	Failed string `help:"Where failed rows go (default: FILE.failed.csv)." placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run imports the file row by row through the server.
func (i *importCmd) Run(e *env) error {
	c, err := i.client()
	if err != nil {
		return err
	}
	to, err := i.target(e, c)
	if err != nil {
		return err
	}
	var in io.Reader = os.Stdin
	if i.File != "-" {
		f, err := os.Open(i.File)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	failedName := i.Failed
	if failedName == "" {
		failedName = strings.TrimSuffix(i.File, ".csv") + ".failed.csv"
	}
	failed := &lazyFile{name: failedName}
	p := newProgress(e.errs, "rows", 0)
	job := imports.Job{
		Form: i.Form, DryRun: i.DryRun, Failed: failed,
		Say:      func(f *fault.Error) string { return sayFault(c.Language, f) },
		Progress: func(s imports.Summary) { p.set(int64(s.Rows)) },
	}
	if i.Map != "" {
		if job.Map, err = readMap(i.Map); err != nil {
			return err
		}
	}
	sum, err := imports.Import(e.ctx, to, job, in)
	p.done()
	if f, ok := errors.AsType[*fault.Error](err); ok {
		err = errors.New(sayFault(c.Language, f))
	}
	if closeErr := failed.finish(sum.Failed > 0); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return i.print(e, c, sum, failedName)
}

func sayFault(lang string, f *fault.Error) string {
	if len(f.Fields) == 0 {
		return text.Fault(lang, f)
	}
	parts := make([]string, 0, len(f.Fields))
	for _, x := range f.Fields {
		parts = append(parts, x.Pointer+" "+text.Field(lang, x))
	}
	return strings.Join(parts, "; ")
}

func readMap(name string) (*imports.Map, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var m imports.Map
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &m, nil
}

func (i *importCmd) print(e *env, c *client.Client, sum imports.Summary, failedName string) error {
	if i.JSON {
		out := struct {
			imports.Summary
			FailedFile string   `json:"failedFile,omitempty"`
			Problems   []string `json:"problems"`
		}{Summary: sum, Problems: []string{}}
		if sum.Failed > 0 {
			out.FailedFile = failedName
		}
		for _, p := range sum.Problems {
			out.Problems = append(out.Problems, sayFault(c.Language, p))
		}
		return printJSON(e.out, out)
	}
	_, _ = fmt.Fprintf(e.out, "%d rows: %d created, %d updated, %d unchanged, %d failed\n", sum.Rows, sum.Created, sum.Updated, sum.Unchanged, sum.Failed)
	for k, p := range sum.Problems {
		if k == 10 {
			_, _ = fmt.Fprintln(e.out, "  …")
			break
		}
		_, _ = fmt.Fprintln(e.out, "  "+sayFault(c.Language, p))
	}
	if sum.Failed > 0 {
		_, _ = fmt.Fprintln(e.out, "failed rows with reasons:", failedName)
	}
	return nil
}

// target asks the server for the form and sends rows to it.
func (i *importCmd) target(e *env, c *client.Client) (imports.Target, error) {
	var f form.Form
	if err := c.Do(e.ctx, "GET", "/forms/"+url.PathEscape(i.Form), nil, &f); err != nil {
		return imports.Target{}, err
	}
	f.Layout = nil
	compiled, err := form.Compile(f)
	if err != nil {
		return imports.Target{}, err
	}
	var w struct {
		Currency value.Currency `json:"currency"`
		Timezone string         `json:"timezone"`
	}
	if err := c.Do(e.ctx, "GET", "/workspace", nil, &w); err != nil {
		return imports.Target{}, err
	}
	loc, err := value.Location(w.Timezone)
	if err != nil {
		return imports.Target{}, err
	}
	return imports.Target{Form: compiled, Currency: w.Currency, Location: loc, Upsert: func(ctx context.Context, rows []imports.Row, dryRun bool) ([]imports.Result, error) {
		return upsert(ctx, c, i.Form, rows, dryRun)
	}}, nil
}

func upsert(ctx context.Context, c *client.Client, formKey string, rows []imports.Row, dryRun bool) ([]imports.Result, error) {
	type wire struct {
		Line       int            `json:"line"`
		ExternalID string         `json:"externalId,omitempty"`
		Data       map[string]any `json:"data"`
	}
	in := struct {
		Rows   []wire `json:"rows"`
		DryRun bool   `json:"dryRun,omitempty"`
	}{DryRun: dryRun, Rows: make([]wire, 0, len(rows))}
	for _, r := range rows {
		in.Rows = append(in.Rows, wire(r))
	}
	var out struct {
		Items []struct {
			Line    int             `json:"line"`
			Status  string          `json:"status"`
			ID      string          `json:"id"`
			Problem *client.Problem `json:"problem"`
		} `json:"items"`
	}
	if err := c.Do(ctx, "POST", "/imports/"+url.PathEscape(formKey), in, &out); err != nil {
		return nil, err
	}
	results := make([]imports.Result, 0, len(out.Items))
	for _, r := range out.Items {
		res := imports.Result{Line: r.Line, Status: r.Status, ID: r.ID}
		if p := r.Problem; p != nil {
			res.Problem = fault.New(fault.Invalid, p.Key, nil)
			for _, x := range p.Errors {
				res.Problem.Fields = append(res.Problem.Fields, fault.Field{Pointer: x.Pointer, Rule: x.Rule})
			}
		}
		results = append(results, res)
	}
	return results, nil
}

// lazyFile is made on the first write and removed if it turns out unwanted.
type lazyFile struct {
	name string
	f    *os.File
}

// Write creates the file when there is something to write.
func (l *lazyFile) Write(b []byte) (int, error) {
	if l.f == nil {
		f, err := os.Create(l.name)
		if err != nil {
			return 0, err
		}
		l.f = f
	}
	return l.f.Write(b)
}

func (l *lazyFile) finish(keep bool) error {
	if l.f == nil {
		return nil
	}
	if err := l.f.Close(); err != nil {
		return err
	}
	if !keep {
		return os.Remove(l.name)
	}
	return nil
}

type exportCmd struct {
	serverFlags
	Form   string `required:"" help:"Form to export."`
	Filter string `help:"Condition in the filter language, as JSON."`
	Format string `default:"csv" enum:"csv,json" help:"csv, or json for JSON lines."`
	Out    string `short:"o" help:"File; standard output by default." placeholder:"FILE"`
}

type exported struct {
	ID     string                     `json:"id"`
	Data   map[string]json.RawMessage `json:"data"`
	System map[string]json.RawMessage `json:"system"`
}

// Run pages through the records that the key may see.
func (x *exportCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	w := e.out
	if x.Out != "" {
		f, err := os.Create(x.Out)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // flushed below
		w = f
	}
	var columns []string
	table := csv.NewWriter(w)
	enc := json.NewEncoder(w)
	p := newProgress(e.errs, "records", 0)
	defer p.done()
	cursor, n := "", int64(0)
	for {
		q := url.Values{"limit": {"500"}, "cursor": {cursor}, "filter": {x.Filter}}
		var page struct {
			Items []exported `json:"items"`
			Next  string     `json:"next"`
		}
		if err := c.Do(e.ctx, "GET", "/records/"+url.PathEscape(x.Form)+"?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		for _, r := range page.Items {
			n++
			if x.Format == "json" {
				if err := enc.Encode(r); err != nil {
					return err
				}
				continue
			}
			if columns == nil {
				if columns, err = x.columns(e, c); err != nil {
					return err
				}
				if err := table.Write(append([]string{"id"}, columns...)); err != nil {
					return err
				}
			}
			if err := table.Write(cells(r, columns)); err != nil {
				return err
			}
		}
		p.set(n)
		if page.Next == "" {
			table.Flush()
			return table.Error()
		}
		cursor = page.Next
	}
}

// columns are the form's fields by name, then the figures beside them.
func (x *exportCmd) columns(e *env, c *client.Client) ([]string, error) {
	var f form.Form
	if err := c.Do(e.ctx, "GET", "/forms/"+url.PathEscape(x.Form), nil, &f); err != nil {
		return nil, err
	}
	f.Layout = nil
	compiled, err := form.Compile(f)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, fd := range compiled.Fields {
		out = append(out, fd.Key)
	}
	sort.Strings(out)
	switch x.Form {
	case "invoice":
		out = append(out, "open", "collectable", "disputed", "promised", "status", "dpd", "customerName")
	case "payment":
		out = append(out, "unapplied", "reversed", "customerName")
	case "customer":
		out = append(out, "openInvoices", "oldestDue", "onHold", "stopWish")
	}
	return out, nil
}

func cells(r exported, columns []string) []string {
	out := []string{r.ID}
	for _, k := range columns {
		raw, ok := r.Data[k]
		if !ok {
			raw = r.System[k]
		}
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			s = "'" + s // a spreadsheet must not run it
		}
		out = append(out, s)
	}
	return out
}
