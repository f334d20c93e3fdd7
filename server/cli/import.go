package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
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
	if closeErr := failed.finish(sum.Failed > 0); err == nil {
		err = closeErr
	}
	if err != nil && sum.Rows == 0 {
		return err
	}
	// What was written before the file ended badly is told as well.
	if perr := i.print(e, c, sum, failedName); err != nil || perr != nil {
		return cmp.Or(err, perr)
	}
	if sum.Failed > 0 {
		return errRows
	}
	return nil
}

// errRows is an import that came to its end while some rows failed; it has been
// said.
var errRows = errors.New("rows failed")

func readMap(name string) (*imports.Map, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var m imports.Map
	if err := readJSON(name, raw, &m); err != nil {
		return nil, err
	}
	return &m, knownKeys(name, raw)
}

// mapKeys are what a map may have.
var mapKeys = []string{"columns", "currency", "dates", "decimal", "delimiter", "encoding", "externalId", "timezone"}

// knownKeys says which key of a map is none. Fault: Invalid "cli.mapKey".
func knownKeys(name string, raw []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(mapKeys, key) {
			return fault.New(fault.Invalid, "cli.mapKey", fault.Params{"file": filepath.Base(name), "key": key, "known": strings.Join(mapKeys, ", ")})
		}
	}
	return nil
}

func (i *importCmd) print(e *env, c *client.Client, sum imports.Summary, failedName string) error {
	if i.JSON {
		out := struct {
			imports.Summary
			FailedFile string   `json:"failedFile,omitempty"`
			Problems   []string `json:"problems"`
			Unused     []string `json:"unused"`
		}{Summary: sum, Problems: []string{}, Unused: append([]string{}, sum.Unused...)}
		if sum.Failed > 0 {
			out.FailedFile = failedName
		}
		for _, p := range sum.Problems {
			out.Problems = append(out.Problems, sayFault(c.Language, p))
		}
		return printJSON(e.out, out)
	}
	_, _ = fmt.Fprintf(e.out, "%s: %d created, %d updated, %d unchanged, %d failed\n", count(sum.Rows, "row"), sum.Created, sum.Updated, sum.Unchanged, sum.Failed)
	for k, p := range sum.Problems {
		if k == 10 {
			_, _ = fmt.Fprintln(e.out, "  …")
			break
		}
		_, _ = fmt.Fprintln(e.out, "  "+sayFault(c.Language, p))
	}
	if len(sum.Unused) > 0 {
		_, _ = fmt.Fprintln(e.errs, text.Say(c.Language, "cli.import.unused", fault.Params{"columns": strings.Join(sum.Unused, ", ")}))
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
				// The server has said it with limits and names, in the reader's language.
				res.Problem.Fields = append(res.Problem.Fields, fault.Field{Pointer: x.Pointer, Rule: x.Rule, Key: "said", Params: fault.Params{"text": x.Message}})
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
