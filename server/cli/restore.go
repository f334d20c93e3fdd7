package cli

import (
	"fmt"

	"github.com/dueflow/dueflow/server/app"
)

type restoreCmd struct {
	From string `arg:"" type:"existingdir" help:"Directory with the copies that backup made."`
	Data string `help:"Data directory without data (default: data, or DUEFLOW_DATA)." placeholder:"DIR"`
	Key  string `help:"The secret.key that was kept apart; without it stored passwords of channels stay closed." type:"existingfile" placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run puts the copies into place and opens them once.
func (r *restoreCmd) Run(e *env) error {
	cfg, err := storeFlags{Data: r.Data}.config(nil)
	if err != nil {
		return err
	}
	keys, err := app.Restore(e.ctx, cfg, r.From, r.Key, logger("warn"))
	if err != nil {
		return err
	}
	if r.JSON {
		return printJSON(e.out, map[string]any{"data": cfg.Data, "workspaces": keys})
	}
	for _, ws := range keys {
		_, _ = fmt.Fprintln(e.out, ws)
	}
	return nil
}
