package cli

import (
	"fmt"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/text"
)

type moveCmd struct {
	Data        string `help:"Data directory (default: data, or DUEFLOW_DATA). With --back one without data." placeholder:"DIR"`
	MongoURI    string `name:"mongodb-uri" help:"The database (or DUEFLOW_MONGODB_URI). Without --back one without data." placeholder:"URI"`
	MongoPrefix string `name:"mongodb-prefix" help:"Prefix of the databases." placeholder:"P"`
	Back        bool   `help:"From the database to the data directory."`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// Run carries the store over and says what is left to do.
func (m *moveCmd) Run(e *env) error {
	cfg, err := storeFlags{Data: m.Data, MongoURI: m.MongoURI}.config(map[string]string{"mongodb-prefix": m.MongoPrefix})
	if err != nil {
		return err
	}
	lang := language()
	bar, at := newProgress(e.errs, "", 0), ""
	done, err := app.Move{Config: cfg, Back: m.Back, Log: logger("warn"), Progress: func(step string, n, total int64) {
		if step != at {
			bar.done()
			bar, at = newProgress(e.errs, text.Say(lang, "cli.move."+step, nil), total), step
		}
		bar.set(n)
	}}.Run(e.ctx)
	bar.done()
	if err != nil {
		return err
	}
	if m.JSON {
		return printJSON(e.out, done)
	}
	for _, s := range done.Spaces {
		_, _ = fmt.Fprintln(e.out, text.Say(lang, "cli.move.space", fault.Params{"workspace": s.Workspace, "documents": s.Documents, "collections": len(s.Collections)}))
	}
	said := []string{"cli.move.done", "cli.move.startThere", "cli.move.engine"}
	if m.Back {
		said[1] = "cli.move.startHere"
	} else if done.Key != "" {
		said = append(said, "cli.move.key")
	}
	for _, key := range said {
		_, _ = fmt.Fprintln(e.out, text.Say(lang, key, fault.Params{"from": done.From, "to": done.To, "file": done.Key}))
	}
	return nil
}
