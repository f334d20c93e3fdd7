package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/packs"
)

type packTestCmd struct {
	File string `arg:"" help:"A package, or a source folder."`
	JSON bool   `name:"json" help:"Print JSON."`
}

type packTested struct {
	Test        string   `json:"test"`
	OK          bool     `json:"ok"`
	Messages    int      `json:"messages"`
	Tasks       int      `json:"tasks"`
	Differences []string `json:"differences"`
}

// Run plays every rehearsal of the package.
func (t *packTestCmd) Run(e *env) error {
	p, err := opened(t.File)
	if err != nil {
		return err
	}
	all, failed := []packTested{}, 0
	for _, o := range p.Of(pack.Test) {
		report, differences, err := packs.RunFixture(e.ctx, p, o, app.Nodes())
		if err != nil {
			return fmt.Errorf("%s: %w", o.Path(), err)
		}
		r := packTested{o.Path(), len(differences) == 0, report.Totals.Messages, report.Totals.Tasks, append([]string{}, differences...)}
		if !r.OK {
			failed++
		}
		if all = append(all, r); !t.JSON {
			r.print(e)
		}
	}
	if t.JSON {
		if err := printJSON(e.out, all); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s came out differently", count(failed, "rehearsal"))
	}
	return nil
}

func (r packTested) print(e *env) {
	if r.OK {
		_, _ = fmt.Fprintf(e.out, "ok    %s  %s, %s\n", r.Test, count(r.Messages, "message"), count(r.Tasks, "task"))
		return
	}
	_, _ = fmt.Fprintf(e.out, "FAIL  %s\n      %s\n", r.Test, strings.Join(r.Differences, "\n      "))
}

type packTryCmd struct {
	File     string `arg:"" help:"A package, or a source folder."`
	Language string `help:"Language of the sample data." default:"en"`
	On       string `help:"Day on which one looks, 2026-03-31." default:""`
	Text     bool   `help:"Print the messages' words too."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run plays the package's flows on its sample data.
func (t *packTryCmd) Run(e *env) error {
	p, err := opened(t.File)
	if err != nil {
		return err
	}
	day := value.DateOf(time.Now())
	if t.On != "" {
		if day, err = value.ParseDate(t.On); err != nil {
			return err
		}
	}
	trial, err := packs.Try(e.ctx, p, app.Nodes(), t.Language, day, packs.Words{Company: "Dueflow"})
	if err != nil {
		return err
	}
	if t.JSON {
		return printJSON(e.out, trial)
	}
	if trial == nil {
		_, err = fmt.Fprintln(e.out, "the package has no sample data")
		return err
	}
	for _, a := range trial.Accounts {
		_, _ = fmt.Fprintf(e.out, "%s (%s)  %s\n", a.Name, a.Tier, a.About)
		for _, m := range a.Moments {
			_, _ = fmt.Fprintf(e.out, "  %s  %-8s %-16s %s\n", m.On, m.Kind, m.Channel, cmp.Or(m.Title.In(t.Language), m.Subject, sumOf(m)))
			if t.Text && m.Text != "" {
				_, _ = fmt.Fprintf(e.out, "---- %s\n%s\n----\n", m.Subject, m.Text)
			}
		}
		if len(a.Moments) == 0 {
			_, _ = fmt.Fprintln(e.out, "  nothing")
		}
	}
	return nil
}

// sumOf is the amount of a payment or promise.
func sumOf(m packs.Moment) string {
	if m.Amount == 0 {
		return ""
	}
	return string(m.Currency) + " " + value.GroupAmount(m.Amount, m.Currency)
}
