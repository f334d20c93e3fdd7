package cli

import (
	"encoding/json"
	"io"
	"net/url"
	"os"

	"github.com/dueflow/dueflow/server/client"
)

type exportCmd struct {
	serverFlags
	Form   string `required:"" help:"Form to export."`
	Filter string `help:"Condition in the filter language, as JSON."`
	Format string `default:"csv" enum:"csv,json" help:"csv: the table of the pages, amounts in whole units, which import takes back; json: records as the API has them, one a line, amounts in the smallest unit."`
	Out    string `short:"o" help:"File; standard output by default." placeholder:"FILE"`
}

// Run writes the records that the key may see.
func (x *exportCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	if x.Out == "" {
		return x.write(e, c, e.out)
	}
	f, err := os.Create(x.Out)
	if err != nil {
		return err
	}
	if err := x.write(e, c, f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
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
