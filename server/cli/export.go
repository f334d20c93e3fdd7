package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/client"
)

type exportCmd struct {
	serverFlags
	Form   string `required:"" help:"Form to export."`
	Filter string `help:"Condition in the filter language, as JSON."`
	Format string `default:"csv" enum:"csv,json" help:"csv: the table of the pages, amounts in whole units, which import takes back; json: records as the API has them, one a line, amounts in the smallest unit."`
	Out    string `short:"o" help:"File; standard output by default." placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print what was written as JSON; with --out."`
}

// Run writes the records that the key may see.
func (x *exportCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	if x.Out == "" && x.JSON {
		return fault.New(fault.Invalid, "cli.exportOut", nil)
	}
	if x.Out == "" {
		return x.write(e, c, e.out)
	}
	f, err := os.Create(x.Out)
	if err != nil {
		return err
	}
	rows := rowCounter{to: f}
	if err := x.write(e, c, &rows); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	n := rows.n
	if x.Format == "csv" && n > 0 {
		n-- // the header
	}
	if x.JSON {
		return printJSON(e.out, map[string]any{"form": x.Form, "format": x.Format, "file": x.Out, "records": n})
	}
	_, err = fmt.Fprintf(e.out, "%s  %s\n", x.Out, count(n, "record"))
	return err
}

// rowCounter counts the rows of what passes: line ends outside of quotes.
type rowCounter struct {
	to     io.Writer
	n      int
	quoted bool
}

// Write passes the bytes on.
func (r *rowCounter) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c == '"':
			r.quoted = !r.quoted
		case c == '\n' && !r.quoted:
			r.n++
		}
	}
	return r.to.Write(b)
}

func (x *exportCmd) write(e *env, c *client.Client, w io.Writer) error {
	if x.Format == "csv" {
		q := url.Values{"filter": {x.Filter}}
		return c.Fetch(e.ctx, "/exports/"+url.PathEscape(x.Form)+"?"+q.Encode(), w)
	}
	enc := json.NewEncoder(w)
	p := newProgress(e.errs, "records", 0)
	defer p.done()
	cursor, n := "", int64(0)
	for {
		q := url.Values{"limit": {"500"}, "cursor": {cursor}, "filter": {x.Filter}}
		var page struct {
			Items []struct {
				ID     string                     `json:"id"`
				Data   map[string]json.RawMessage `json:"data"`
				System map[string]json.RawMessage `json:"system"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := c.Do(e.ctx, "GET", "/records/"+url.PathEscape(x.Form)+"?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		for _, r := range page.Items {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		n += int64(len(page.Items))
		p.set(n)
		if page.Next == "" {
			return nil
		}
		cursor = page.Next
	}
}
