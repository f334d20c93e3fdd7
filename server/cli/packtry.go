package cli

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/packs"
)

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
			_, _ = fmt.Fprintf(e.out, "  %s  %-8s %-16s %s\n", m.On, m.Kind, m.Channel, cmp.Or(m.Title.In(t.Language), m.Subject))
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
