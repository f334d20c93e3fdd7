package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/records"
)

type ageingCmd struct {
	storeFlags
	serverFlags
	AsOf      string `name:"as-of" help:"Date, YYYY-MM-DD; today by default."`
	Customers bool   `help:"A row for each customer and currency, the most overdue first."`
	Limit     int    `default:"100" help:"Rows of a currency with --customers, 1 to 500."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

type ageingReport struct {
	AsOf       string            `json:"asOf"`
	Currencies []ledger.AgeingOf `json:"currencies"`
}

type ageingList struct {
	AsOf       string                `json:"asOf"`
	Currencies []records.AgeingGroup `json:"currencies"`
}

// Run prints the ageing, recomputed from the journal.
func (a *ageingCmd) Run(e *env) error {
	if a.AsOf != "" {
		if _, err := value.ParseDate(a.AsOf); err != nil {
			return fmt.Errorf("--as-of: %w", err)
		}
	}
	if a.Customers {
		return a.list(e)
	}
	var r ageingReport
	err := a.read(e, "/insight/ageing?asOf="+a.AsOf, &r, func(c *app.Core, ws string, day value.Date) error {
		rows, err := c.Accounts.Ageing(e.ctx, ws, day, nil)
		if err == nil {
			r = ageingReport{day.String(), rows.Rows()}
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.JSON {
		return printJSON(e.out, r)
	}
	_, _ = fmt.Fprintln(e.out, "as of", r.AsOf)
	for _, c := range r.Currencies {
		var parts []string
		for _, b := range c.Buckets {
			parts = append(parts, fmt.Sprintf("%s: %d · %s", b.Key, b.Count, value.GroupAmount(b.Amount, c.Currency)))
		}
		_, _ = fmt.Fprintf(e.out, "%s  %s  | unapplied %s  outstanding %s\n", c.Currency, strings.Join(parts, "  "), value.GroupAmount(c.Unapplied, c.Currency), value.GroupAmount(c.Outstanding, c.Currency))
	}
	return nil
}

// read asks a server, or has the figures computed from the data itself.
func (a *ageingCmd) read(e *env, path string, out any, local func(c *app.Core, ws string, day value.Date) error) error {
	if remote(a.storeFlags, a.serverFlags) {
		c, err := a.client()
		if err != nil {
			return err
		}
		return c.Do(e.ctx, "GET", path, nil, out)
	}
	c, err := a.look(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // only read
	ws, err := a.space(e, c)
	if err != nil {
		return err
	}
	w, err := c.Spaces.Get(e.ctx, ws)
	if err != nil {
		return err
	}
	_, day := c.Spaces.Now(w)
	if a.AsOf != "" {
		if day, err = value.ParseDate(a.AsOf); err != nil {
			return err
		}
	}
	return local(c, ws, day)
}

// list prints the customers' rows below the totals of each currency.
func (a *ageingCmd) list(e *env) error {
	if a.Limit < 1 || a.Limit > maxAgeingRows {
		return fault.At("--limit", "range", nil)
	}
	var r ageingList
	err := a.read(e, fmt.Sprintf("/insight/ageing/customers?asOf=%s&limit=%d", a.AsOf, a.Limit), &r, func(c *app.Core, ws string, day value.Date) error {
		groups, err := c.Records.WorstAgeing(e.ctx, ws, records.AgeingQuery{AsOf: day}, a.Limit)
		r = ageingList{day.String(), groups}
		return err
	})
	if err != nil {
		return err
	}
	if a.JSON {
		return printJSON(e.out, r)
	}
	_, _ = fmt.Fprintln(e.out, "as of", r.AsOf)
	for _, g := range r.Currencies {
		head := []string{string(g.Currency), "outstanding"}
		for _, b := range g.Buckets {
			head = append(head, b.Key)
		}
		table := [][]string{append(head, "unapplied"), ageingCells("total", g.AgeingOf)}
		for _, row := range g.Customers {
			name := row.Customer.Name
			if name == "" {
				name = row.Customer.ID // its record has been deleted since
			}
			table = append(table, ageingCells(name, row.AgeingOf))
		}
		printTable(e.out, table)
		if g.More > 0 {
			_, _ = fmt.Fprintf(e.out, "and %d more\n", g.More)
		}
	}
	return nil
}

// maxAgeingRows is the most rows of a currency that the server gives.
const maxAgeingRows = 500

func ageingCells(name string, x ledger.AgeingOf) []string {
	out := []string{name, value.GroupAmount(x.Outstanding, x.Currency)}
	for _, b := range x.Buckets {
		out = append(out, value.GroupAmount(b.Amount, x.Currency))
	}
	return append(out, value.GroupAmount(x.Unapplied, x.Currency))
}

// printTable puts rows of the same length in columns: a name to the left, cut
// where it is long, and amounts to the right.
func printTable(w io.Writer, rows [][]string) {
	widest := make([]int, len(rows[0]))
	for _, row := range rows {
		for k, cell := range row {
			widest[k] = max(widest[k], len(cell))
		}
	}
	for _, row := range rows {
		line := pad(row[0], 28)
		for k, cell := range row[1:] {
			line += fmt.Sprintf("  %*s", widest[k+1], cell)
		}
		_, _ = fmt.Fprintln(w, line)
	}
}
