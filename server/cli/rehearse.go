package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/workflows/run"
)

type rehearseCmd struct {
	storeFlags
	serverFlags
	Flow string `required:"" help:"File of a flow, or key of a flow with a draft."`
	From string `required:"" help:"First day, YYYY-MM-DD."`
	To   string `required:"" help:"Last day, YYYY-MM-DD."`
	// Together with the others is what will happen; alone is what the flow is.
	Alone bool `help:"Without the other live flows, which else share the contact budget with it."`
	JSON  bool `name:"json" help:"Print JSON."`
}

// Run rehearses on a server if one is given, else on the data itself.
func (r *rehearseCmd) Run(e *env) error {
	report, err := r.report(e)
	if err != nil {
		return err
	}
	if r.JSON {
		return printJSON(e.out, report)
	}
	for _, m := range report.Messages {
		_, _ = fmt.Fprintf(e.out, "%s  %-24s %-14s %s %s  %d items\n", m.At.Format("2006-01-02 15:04"), m.Name, m.Node, m.Currency, value.GroupAmount(m.Amount, m.Currency), len(m.Items))
	}
	t := report.Totals
	if _, err = fmt.Fprintf(e.out, "\n%d accounts, %d runs, %d messages for %d items, %d steps merged, %d deferred, %d tasks, %d parked, %d after payment\n",
		t.Accounts, t.Runs, t.Messages, t.Items, t.Merged, t.Deferred, t.Tasks, t.Parked, t.AfterPayment); err != nil {
		return err
	}
	return r.others(e, t)
}

// others prints what the flows did that played along.
func (r *rehearseCmd) others(e *env, t run.Totals) error {
	for _, key := range slices.Sorted(maps.Keys(t.Others)) {
		o := t.Others[key]
		if _, err := fmt.Fprintf(e.out, "with %s: %d messages and %d tasks of its own; %d steps went along with it, %d it held back\n", key, o.Messages, o.Tasks, o.Merged, o.Hindered); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearseCmd) report(e *env) (*run.Report, error) {
	var doc json.RawMessage
	raw, err := os.ReadFile(r.Flow)
	if err == nil {
		doc = raw
	} else if !os.IsNotExist(err) || strings.ContainsAny(r.Flow, "./\\") {
		return nil, err
	}
	if r.Server != "" {
		c, err := r.client()
		if err != nil {
			return nil, err
		}
		in := map[string]any{"from": r.From, "to": r.To, "alone": r.Alone}
		if doc != nil {
			in["document"] = doc
		} else {
			in["flow"] = r.Flow
		}
		var out run.Report
		return &out, c.Do(e.ctx, "POST", "/rehearsals", in, &out)
	}
	from, err := value.ParseDate(r.From)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	to, err := value.ParseDate(r.To)
	if err != nil {
		return nil, fmt.Errorf("--to: %w", err)
	}
	return r.local(e, doc, from, to)
}

func (r *rehearseCmd) local(e *env, doc json.RawMessage, from, to value.Date) (*run.Report, error) {
	c, err := r.open(e)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // only read
	ws, err := r.space(e, c)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		f, err := c.Flows.Get(e.ctx, ws, r.Flow)
		if err != nil {
			return nil, err
		}
		doc = f.Draft
	}
	d, err := c.Flows.CompileDraft(e.ctx, ws, doc)
	if err != nil {
		return nil, err
	}
	p := newProgress(e.errs, "accounts", 0)
	defer p.done()
	return c.Rehearse(e.ctx, ws, d, flows.RehearseOptions{From: from, To: to, Alone: r.Alone, Progress: func(done, _ int, _ *run.Report) error {
		p.set(int64(done))
		return nil
	}})
}
