package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/width"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/text"
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
	for _, l := range linesOf(report) {
		_, _ = fmt.Fprintln(e.out, l.text)
	}
	t := report.Totals
	if _, err = fmt.Fprintf(e.out, "\n%s, %s, %s for %s, %s merged, %d deferred, %s, %d parked, %d after payment\n",
		count(t.Accounts, "account"), count(t.Runs, "run"), count(t.Messages, "message"), count(t.Items, "item"), count(t.Merged, "step"), t.Deferred, count(t.Tasks, "task"), t.Parked, t.AfterPayment); err != nil {
		return err
	}
	return r.others(e, t)
}

type line struct {
	at   time.Time
	text string
}

// linesOf are the messages and what was held back or merged, in order of time.
func linesOf(report *run.Report) []line {
	out := make([]line, 0, len(report.Messages)+len(report.Held))
	add := func(at time.Time, name, node, more string) {
		out = append(out, line{at, fmt.Sprintf("%s  %s %s %s", at.Format("2006-01-02 15:04-07:00"), pad(name, 30), pad(node, 14), more)})
	}
	for _, m := range report.Messages {
		add(m.At, m.Name, m.Node, fmt.Sprintf("%s %s  %s  %s", m.Currency, value.GroupAmount(m.Amount, m.Currency), count(len(m.Items), "item"), m.Template))
	}
	for _, h := range report.Held {
		more := h.What
		switch {
		case h.Reason != "":
			more += ": " + text.Say(language(), "reason."+h.Reason, nil)
		case h.Into != "":
			more += ": " + text.Say(language(), "cli.merged", fault.Params{"step": h.Into, "number": cmp.Or(h.Number, h.Name)})
		}
		if h.By != "" {
			more += " (" + h.By + ")"
		}
		if !h.Until.IsZero() {
			more += ", until " + h.Until.Format("2006-01-02 15:04-07:00")
		}
		add(h.At, h.Name, h.Node, more)
	}
	slices.SortStableFunc(out, func(a, b line) int { return a.at.Compare(b.at) })
	return out
}

// pad fills a text up to so many columns of a terminal, in which a Chinese
// character takes two; one that is longer is cut.
func pad(s string, columns int) string {
	var b strings.Builder
	for _, c := range s {
		w := 1
		if k := width.LookupRune(c).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			w = 2
		}
		if columns < w {
			break
		}
		b.WriteRune(c)
		columns -= w
	}
	return b.String() + strings.Repeat(" ", columns)
}

// others prints what the flows did that played along.
func (r *rehearseCmd) others(e *env, t run.Totals) error {
	for _, key := range slices.Sorted(maps.Keys(t.Others)) {
		o := t.Others[key]
		if _, err := fmt.Fprintf(e.out, "with %s: %s and %s of its own; %s went along with it, %d it held back\n", key, count(o.Messages, "message"), count(o.Tasks, "task"), count(o.Merged, "step"), o.Hindered); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearseCmd) report(e *env) (*run.Report, error) {
	doc, err := flowFile(r.Flow)
	if err != nil {
		return nil, err
	}
	if remote(r.storeFlags, r.serverFlags) {
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
	if to < from {
		return nil, fmt.Errorf("--to must not be before --from")
	}
	return r.local(e, doc, from, to)
}

func (r *rehearseCmd) local(e *env, doc json.RawMessage, from, to value.Date) (*run.Report, error) {
	c, err := r.look(e)
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
