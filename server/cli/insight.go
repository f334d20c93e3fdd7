package cli

import (
	"fmt"

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
