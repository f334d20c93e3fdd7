package cli

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
)

type verifyCmd struct {
	storeFlags
	serverFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run verifies on a server if one is given, else on the data itself. Violations
// make it fail.
func (v *verifyCmd) Run(e *env) error {
	r, err := v.result(e)
	if err != nil {
		return err
	}
	if v.JSON {
		if err := printJSON(e.out, r); err != nil {
			return err
		}
	} else {
		_, _ = fmt.Fprintf(e.out, "%d accounts, %d events, %d messages: %d sent, %d failed, %d unknown, %d open, %d crossed; %d deferred; audit %s\nviolations: %d\n",
			r.Accounts, r.Events, r.Messages, r.Sent, r.Failed, r.Unknown, r.Open, r.Crossed, r.Deferred, r.Audit, r.Violations)
		for _, d := range r.Details {
			_, _ = fmt.Fprintf(e.out, "  %s #%d %s %s\n", d.Account, d.Seq, d.Key, d.Problem)
		}
	}
	if r.Violations > 0 {
		return fmt.Errorf("%d violations", r.Violations)
	}
	return nil
}

func (v *verifyCmd) result(e *env) (*app.Verification, error) {
	if remote(v.storeFlags, v.serverFlags) {
		c, err := v.client()
		if err != nil {
			return nil, err
		}
		var out app.Verification
		return &out, c.Do(e.ctx, "GET", "/verify", nil, &out)
	}
	c, err := v.look(e)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // only read
	ws, err := v.space(e, c)
	if err != nil {
		return nil, err
	}
	p := newProgress(e.errs, "accounts", 0)
	defer p.done()
	return c.VerifyWith(e.ctx, ws, p.set)
}

type insightCmd struct {
	Ageing ageingCmd `cmd:"" help:"Open amounts by days past due, as of any date."`
}

type ageingCmd struct {
	storeFlags
	serverFlags
	AsOf string `name:"as-of" help:"Date, YYYY-MM-DD; today by default."`
	JSON bool   `name:"json" help:"Print JSON."`
}

type ageingReport struct {
	AsOf       string            `json:"asOf"`
	Currencies []ledger.AgeingOf `json:"currencies"`
}

// Run prints the ageing, recomputed from the journal.
func (a *ageingCmd) Run(e *env) error {
	r, err := a.report(e)
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

func (a *ageingCmd) report(e *env) (*ageingReport, error) {
	if a.AsOf != "" {
		if _, err := value.ParseDate(a.AsOf); err != nil {
			return nil, fmt.Errorf("--as-of: %w", err)
		}
	}
	if remote(a.storeFlags, a.serverFlags) {
		c, err := a.client()
		if err != nil {
			return nil, err
		}
		var out ageingReport
		return &out, c.Do(e.ctx, "GET", "/insight/ageing?asOf="+a.AsOf, nil, &out)
	}
	c, err := a.look(e)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // only read
	ws, err := a.space(e, c)
	if err != nil {
		return nil, err
	}
	w, err := c.Spaces.Get(e.ctx, ws)
	if err != nil {
		return nil, err
	}
	_, day := c.Spaces.Now(w)
	if a.AsOf != "" {
		if day, err = value.ParseDate(a.AsOf); err != nil {
			return nil, err
		}
	}
	rows, err := c.Accounts.Ageing(e.ctx, ws, day, nil)
	if err != nil {
		return nil, err
	}
	return &ageingReport{day.String(), rows.Rows()}, nil
}
