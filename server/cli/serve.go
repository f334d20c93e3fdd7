package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	_ "net/http/pprof" // served only where a profile address is set
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/heap"
	"github.com/dueflow/dueflow/server/move"
)

type serveCmd struct {
	Data            string   `help:"Data directory." placeholder:"DIR"`
	Listen          string   `help:"Address to listen on." placeholder:"HOST:PORT"`
	MongoURI        string   `name:"mongodb-uri" help:"MongoDB instead of the embedded store." placeholder:"URI"`
	MongoPrefix     string   `name:"mongodb-prefix" help:"Prefix of the databases." placeholder:"P"`
	TemporalAddress string   `help:"Temporal cluster instead of the embedded engine." placeholder:"HOST:PORT"`
	TemporalNS      string   `name:"temporal-namespace" help:"Namespace on the cluster." placeholder:"NS"`
	Roles           string   `help:"What this process does: api,worker." placeholder:"ROLES"`
	LogLevel        string   `help:"debug, info, warn or error." placeholder:"LEVEL"`
	Demo            bool     `help:"Make and open the demo workspace."`
	DemoDay         string   `help:"How long a day of the demo clock lasts." placeholder:"10s"`
	AllowPrivate    bool     `help:"Let webhooks call private and local addresses."`
	PackKeys        string   `help:"Public keys of publishers whose packs are trusted, with commas." placeholder:"KEYS"`
	Catalog         []string `help:"Catalogue of packs: an https address or a folder, # and the keys that must sign it. Repeat it for more." placeholder:"URL#KEY" sep:"none"`
	CatalogFolders  string   `help:"Folder below which workspaces may name folders as catalogues of their own." placeholder:"DIR"`
	Metrics         string   `help:"Address for Prometheus to ask /metrics, off by default." placeholder:"HOST:PORT"`
	Traces          string   `help:"Collector of OpenTelemetry (OTLP over gRPC), off by default." placeholder:"http://HOST:PORT"`
	ClockOffset     string   `help:"Move the clock, for drills." placeholder:"168h"`
}

func (s *serveCmd) settings() map[string]string {
	given := map[string]string{
		"data": s.Data, "listen": s.Listen, "mongodb-uri": s.MongoURI, "mongodb-prefix": s.MongoPrefix, "temporal-address": s.TemporalAddress,
		"temporal-namespace": s.TemporalNS, "roles": s.Roles, "log-level": s.LogLevel, "demo-day": s.DemoDay, "clock-offset": s.ClockOffset, "metrics": s.Metrics, "traces": s.Traces,
		"pack-keys": s.PackKeys, "catalog": strings.Join(s.Catalog, " "), "catalog-folders": s.CatalogFolders,
	}
	if s.Demo {
		given["demo"] = "true"
	}
	if s.AllowPrivate {
		given["allow-private"] = "true"
	}
	return given
}

// Run serves until it is told to stop.
func (s *serveCmd) Run(e *env) error {
	cfg, err := config.Load(s.settings())
	if err != nil {
		return err
	}
	heap.Adapt(e.ctx)
	log := logger(cfg.LogLevel)
	if cfg.Profile != "" {
		go func() { log.Warn("profiles", "error", http.ListenAndServe(cfg.Profile, nil)) }() //nolint:gosec // asked for by the operator
	}
	srv, err := app.Start(e.ctx, cfg, e.version, log)
	if err != nil {
		return err
	}
	defer srv.Close()
	if srv.URL != "" {
		if err := greet(e, srv, cfg); err != nil {
			return err
		}
	}
	return srv.Wait(e.ctx)
}

// greet says where to go: the demo, the one-time set-up link, or the address.
func greet(e *env, srv *app.Server, cfg config.Config) error {
	needed, err := srv.Identity.SetupNeeded(e.ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(e.out, "\n  Dueflow %s · %s\n", e.version, srv.URL)
	switch {
	case cfg.Demo:
		_, _ = fmt.Fprintf(e.out, "  Demo workspace: open %s, no password needed. A day lasts %s.\n\n", srv.URL, cfg.DemoDay)
	case needed:
		token, err := srv.Identity.NewSetupToken(e.ctx)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(e.out, "  Set it up here (once): %s/setup#token=%s\n\n", srv.URL, token)
	default:
		_, _ = fmt.Fprintln(e.out)
	}
	return nil
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version.
func (v *versionCmd) Run(e *env) error {
	if v.JSON {
		return printJSON(e.out, map[string]string{"version": e.version, "go": runtime.Version()})
	}
	_, err := fmt.Fprintf(e.out, "dueflow %s (%s)\n", e.version, runtime.Version())
	return err
}

type configCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the reference of settings.
func (c *configCmd) Run(e *env) error {
	if c.JSON {
		return printJSON(e.out, config.Settings())
	}
	config.Reference(e.out)
	return nil
}

type backupCmd struct {
	storeFlags
	To   string `arg:"" help:"Directory for the copies, one file a workspace."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run copies every workspace's database while it is used.
func (b *backupCmd) Run(e *env) error {
	c, err := b.look(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // only read
	if err := os.MkdirAll(b.To, 0o700); err != nil {
		return err
	}
	all, err := c.Store.Workspaces(e.ctx)
	if err != nil {
		return err
	}
	files := map[string]string{}
	for _, ws := range all {
		file := filepath.Join(b.To, ws+".db")
		if err := c.Store.Backup(e.ctx, ws, file); err != nil {
			return fmt.Errorf("%s: %w", ws, err)
		}
		if files[ws] = file; !b.JSON {
			_, _ = fmt.Fprintln(e.out, file)
		}
	}
	if b.JSON {
		return printJSON(e.out, map[string]any{"files": files})
	}
	return nil
}

type doctorCmd struct {
	storeFlags
	JSON bool `name:"json" help:"Print JSON."`
}

type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// Run looks at data directory, store, workspaces, calendars and channels.
func (d *doctorCmd) Run(e *env) error {
	var all []finding
	cfg, err := d.config(nil)
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Data); err != nil && cfg.MongoURI == "" { // a look makes nothing
		return d.print(e, []finding{{"data directory", false, err.Error()}})
	}
	c, err := d.open(e)
	if err != nil {
		all = append(all, finding{"store opens", false, say(err)})
		return d.print(e, all)
	}
	defer c.Close() //nolint:errcheck // only read
	all = append(all, finding{Check: "store opens", OK: true})
	if err := move.Here(e.ctx, c.Store); err != nil {
		all = append(all, finding{"store is in use", false, say(err)})
	}
	keys, err := c.Spaces.Keys(e.ctx)
	all = append(all, finding{"workspaces", err == nil, fmt.Sprint(keys)})
	for _, ws := range keys {
		w, err := c.Spaces.Get(e.ctx, ws)
		if err != nil {
			all = append(all, finding{ws + " settings", false, err.Error()})
			continue
		}
		_, today := c.Spaces.Now(w)
		known := finding{ws + " calendar " + w.Calendar, w.Cal().Known(today), ""}
		if !known.OK {
			known.Detail = fmt.Sprintf("no published holidays for %d: weekdays are used", today.Year())
		}
		all = append(all, known)
		for key, raw := range w.Channels {
			f := finding{Check: ws + " channel " + key, OK: true}
			if ch, ok := c.Channels[key]; !ok {
				f.OK, f.Detail = false, "unknown channel"
			} else if err := ch.Check(json.RawMessage(raw)); err != nil {
				f.OK, f.Detail = false, err.Error()
			}
			all = append(all, f)
		}
		r, err := c.Audit.Verify(e.ctx, ws)
		chain := finding{ws + " audit chain", err == nil && r.OK, r.Problem}
		if chain.OK && r.Taken > 0 {
			chain.Detail = fmt.Sprintf("whole; the texts of %d entries were taken away, as the log says", r.Taken)
		}
		all = append(all, chain)
	}
	all = append(all, finding{"clock", time.Now().Year() >= 2026, time.Now().UTC().Format(time.RFC3339)})
	return d.print(e, all)
}

func (d *doctorCmd) print(e *env, all []finding) error {
	bad := 0
	for _, f := range all {
		if !f.OK {
			bad++
		}
	}
	if d.JSON {
		if err := printJSON(e.out, map[string]any{"ok": bad == 0, "findings": all}); err != nil {
			return err
		}
	} else {
		for _, f := range all {
			mark := "ok  "
			if !f.OK {
				mark = "FAIL"
			}
			_, _ = fmt.Fprintf(e.out, "%s %s %s\n", mark, f.Check, f.Detail)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s failed", count(bad, "check"))
	}
	return nil
}
