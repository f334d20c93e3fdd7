// Package cli is the command line: it reads flags, calls the product, and
// prints for people or, with --json, for programs.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/text"
)

// env is what every command gets.
type env struct {
	ctx     context.Context
	version string
	out     io.Writer
	errs    io.Writer
}

// commands of dueflow.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"Run the server."`
	Import   importCmd   `cmd:"" help:"Import a CSV file of customers, invoices or payments. It ends with 0 when all rows went well, 3 when some failed, 1 when the file could not be read to its end."`
	Export   exportCmd   `cmd:"" help:"Export records as CSV or JSON lines."`
	Personal personalCmd `cmd:"" help:"Personal data of a customer."`
	Rehearse rehearseCmd `cmd:"" help:"Rehearse a flow over real records on a virtual clock."`
	Verify   verifyCmd   `cmd:"" help:"Replay all messages against the journal; violations must be 0."`
	Insight  insightCmd  `cmd:"" help:"Figures."`
	Flow     flowCmd     `cmd:"" help:"Publish, start, stop and watch flows."`
	Pack     packCmd     `cmd:"" help:"Template packs: build, sign, test, install, upgrade, take out."`
	User     userCmd     `cmd:"" help:"People."`
	Token    tokenCmd    `cmd:"" help:"API keys."`
	Backup   backupCmd   `cmd:"" help:"Copy the embedded store while it runs."`
	Restore  restoreCmd  `cmd:"" help:"Put the copies of a backup into an empty data directory."`
	Move     moveCmd     `cmd:"" help:"Carry a stopped store over between a data directory and MongoDB."`
	Doctor   doctorCmd   `cmd:"" help:"Check the installation."`
	Config   configCmd   `cmd:"" help:"Print the reference of settings."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// Main runs the command line and gives the exit code: 0 done, 1 failed,
// 2 wrong usage, 3 imported but for some rows.
func Main(version string, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return Run(ctx, version, args, os.Stdout, os.Stderr)
}

// Run is Main with streams of the caller's. What goes wrong is told on errs.
func Run(ctx context.Context, version string, args []string, out, errs io.Writer) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("dueflow"), kong.Description("Customer management and payment reminders."), kong.UsageOnError(), kong.Writers(out, errs))
	if err != nil {
		_, _ = fmt.Fprintln(errs, err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s", err)
		return 2
	}
	err = k.Run(&env{ctx, version, out, errs})
	if errors.Is(err, errRows) {
		return 3
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "dueflow: "+say(err))
		return 1
	}
	return 0
}

// language is the reader's, as the environment has it.
func language() string {
	for _, v := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if set := os.Getenv(v); set != "" {
			return text.Pick(set)
		}
	}
	return "en"
}

// say words what went wrong for the person at the terminal.
func say(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		// What is around a fault says where it was: a flag, a file.
		return strings.TrimSuffix(err.Error(), f.Error()) + sayFault(language(), f)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return text.Say(language(), "cli.noServer", fault.Params{"address": op.Addr})
	}
	return err.Error()
}

// sayFault is a fault with its places.
func sayFault(lang string, f *fault.Error) string {
	if len(f.Fields) == 0 {
		return text.Fault(lang, f)
	}
	parts := make([]string, 0, len(f.Fields))
	for _, x := range f.Fields {
		parts = append(parts, strings.TrimSpace(x.Pointer+" "+text.Field(lang, x)))
	}
	return strings.Join(parts, "; ")
}

// count is a number of things: "1 row", "2 rows".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// storeFlags reach the data directly.
type storeFlags struct {
	Data     string `help:"Data directory (default: data, or DUEFLOW_DATA)." placeholder:"DIR"`
	MongoURI string `name:"mongodb-uri" help:"MongoDB instead of the data directory." placeholder:"URI"`
	Space    string `name:"workspace" short:"w" help:"Workspace; the only one by default." placeholder:"W"`
}

// serverFlags reach a running server.
type serverFlags struct {
	Server string `help:"Address of a running server." env:"DUEFLOW_SERVER" placeholder:"URL"`
	Token  string `help:"API key." env:"DUEFLOW_TOKEN" placeholder:"T"`
}

func (f serverFlags) client() (*client.Client, error) {
	if f.Server == "" || f.Token == "" {
		return nil, fmt.Errorf("--server and --token are needed (or DUEFLOW_SERVER and DUEFLOW_TOKEN)")
	}
	return &client.Client{URL: f.Server, Token: f.Token, Language: language()}, nil
}

func (f storeFlags) config(more map[string]string) (config.Config, error) {
	given := map[string]string{"data": f.Data, "mongodb-uri": f.MongoURI}
	for k, v := range more {
		given[k] = v
	}
	return config.Load(given)
}

// open opens the data without engine and API; it makes what is not there yet.
func (f storeFlags) open(e *env) (*app.Core, error) {
	cfg, err := f.config(nil)
	if err != nil {
		return nil, err
	}
	return app.OpenCore(e.ctx, cfg, logger("warn"))
}

// look is open for commands that only read: a directory without data is a slip of
// the fingers, and none is made.
func (f storeFlags) look(e *env) (*app.Core, error) {
	cfg, err := f.config(nil)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "store")); cfg.MongoURI == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "cli.noData", fault.Params{"dir": cfg.Data})
	}
	return app.OpenCore(e.ctx, cfg, logger("warn"))
}

// remote tells whether a server is to be asked: data that is named on the command
// line goes before a server that the environment names.
func remote(store storeFlags, server serverFlags) bool {
	return server.Server != "" && store.Data == "" && store.MongoURI == ""
}

// space is the named workspace, or the only one.
func (f storeFlags) space(e *env, c *app.Core) (string, error) {
	if f.Space != "" {
		_, err := c.Spaces.Get(e.ctx, f.Space)
		return f.Space, err
	}
	keys, err := c.Spaces.Keys(e.ctx)
	if err != nil {
		return "", err
	}
	if len(keys) != 1 {
		return "", fmt.Errorf("there are %d workspaces; name one with --workspace", len(keys))
	}
	return keys[0], nil
}

func logger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// progress draws a line on a terminal's standard error, a few times a second.
type progress struct {
	w     io.Writer
	what  string
	total int64
	last  time.Time
	on    bool
}

func newProgress(w io.Writer, what string, total int64) *progress {
	st, err := os.Stderr.Stat()
	return &progress{w: w, what: what, total: total, on: err == nil && st.Mode()&os.ModeCharDevice != 0}
}

func (p *progress) set(n int64) {
	if !p.on || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last = time.Now()
	if p.total <= 0 {
		_, _ = fmt.Fprintf(p.w, "\r%s %d", p.what, n)
		return
	}
	const width = 30
	full := int(width * min(n, p.total) / p.total)
	_, _ = fmt.Fprintf(p.w, "\r%s [%s%s] %d/%d", p.what, strings.Repeat("█", full), strings.Repeat("·", width-full), n, p.total)
}

func (p *progress) done() {
	if p.on {
		_, _ = fmt.Fprint(p.w, "\r\033[K")
	}
}
