package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/move"
	"github.com/dueflow/dueflow/server/pace"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

// reachFor is how long a database may take to answer when it is to be moved.
const reachFor = 10 * time.Second

// Move carries the store over between a data directory and a database. No server may
// work with either.
type Move struct {
	Config config.Config // with data directory and database
	Back   bool          // from the database to the directory
	Log    *slog.Logger
	// Progress is told how many documents are copied or compared (move.Copied,
	// move.Compared), of how many.
	Progress func(step string, done, total int64)
}

// Moved is what a move has done.
type Moved struct {
	From   string       `json:"from"`
	To     string       `json:"to"`
	Key    string       `json:"keyFile,omitempty"` // of stored secrets, "" when it is given otherwise
	Spaces []move.Space `json:"workspaces"`
}

// Run moves. Beside the faults of move.Job: Invalid "move.noURI", Conflict
// "serve.locked", "move.engine" and "move.running", NotFound "move.noKey", Conflict
// "move.key", Unavailable "move.unreachable" and "move.stopped".
func (m Move) Run(ctx context.Context) (*Moved, error) {
	if m.Config.MongoURI == "" {
		return nil, fault.New(fault.Invalid, "move.noURI", nil)
	}
	unlock, err := m.directory(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	key, err := m.keyFile()
	if err != nil {
		return nil, err
	}
	job, err := m.job(ctx)
	if err != nil {
		return nil, err
	}
	out := &Moved{From: job.From.Name, To: job.To.Name, Key: key}
	out.Spaces, err = job.Run(ctx)
	if ctx.Err() != nil {
		err = fault.Wrap(fault.Unavailable, "move.stopped", ctx.Err())
	}
	if err = errors.Join(err, job.From.Close(), job.To.Close()); err != nil {
		return nil, err
	}
	return out, m.proof(ctx)
}

// directory makes sure that the data directory is there, and nobody else's.
func (m Move) directory(ctx context.Context) (unlock func(), err error) {
	dir := m.Config.Data
	if m.Back {
		err = os.MkdirAll(dir, 0o700)
	} else if _, err = os.Stat(filepath.Join(dir, "store")); errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.NotFound, "move.empty", fault.Params{"from": dir})
	}
	if err != nil {
		return nil, err
	}
	alone := m.Config
	alone.TemporalAddress = "" // whatever the engine, the directory is needed alone
	if unlock, err = lock(ctx, alone); err != nil {
		return nil, err
	}
	// An engine of before would take its old timers for what is to be done.
	engine := filepath.Join(dir, "engine")
	if there, err := os.ReadDir(engine); m.Back && err == nil && len(there) > 0 {
		unlock()
		return nil, fault.New(fault.Conflict, "move.engine", fault.Params{"dir": engine})
	}
	return unlock, nil
}

// keyFile is where the key of stored secrets is. It must be there: the other store is
// worth little without it, and none is made here.
func (m Move) keyFile() (string, error) {
	if m.Config.SecretKey != "" {
		return "", nil
	}
	file := filepath.Join(m.Config.Data, vault.KeyFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.NotFound, "move.noKey", fault.Params{"file": file})
	} else if err != nil {
		return "", err
	}
	return file, nil
}

// sides are the settings of the two stores.
func (m Move) sides() (from, to config.Config) {
	from, to = m.Config, m.Config
	if m.Back {
		to.MongoURI = ""
	} else {
		from.MongoURI = ""
	}
	return from, to
}

func (m Move) job(ctx context.Context) (j move.Job, err error) {
	from, to := m.sides()
	if j.From, err = openSide(ctx, from); err != nil {
		return j, err
	}
	if j.To, err = openSide(ctx, to); err != nil {
		return j, errors.Join(err, j.From.Close())
	}
	j.System, j.Leave, j.Now, j.Progress = workspace.System, staysBehind, clock.System(m.Config.ClockOffset), m.Progress
	j.Check = func(ctx context.Context) error { return m.check(ctx, j.From.Store) }
	return j, nil
}

func openSide(ctx context.Context, cfg config.Config) (move.Side, error) {
	ctx, cancel := context.WithTimeout(ctx, reachFor)
	defer cancel()
	name := sideName(cfg)
	d, err := openDriver(ctx, cfg)
	if err != nil && cfg.MongoURI != "" {
		f := fault.Wrap(fault.Unavailable, "move.unreachable", err)
		f.Params = fault.Params{"at": name, "reason": strings.ReplaceAll(err.Error(), cfg.MongoURI, name)}
		err = f
	}
	if err != nil {
		return move.Side{}, err
	}
	return move.Side{Store: store.New(d), Name: name}, nil
}

// sideName names a store for people, without passwords.
func sideName(cfg config.Config) string {
	if cfg.MongoURI == "" {
		if abs, err := filepath.Abs(cfg.Data); err == nil {
			return abs
		}
		return cfg.Data
	}
	_, rest, _ := strings.Cut(cfg.MongoURI, "://")
	rest, _, _ = strings.Cut(rest, "?")
	rest = rest[strings.LastIndex(rest, "@")+1:]
	hosts, _, _ := strings.Cut(rest, "/")
	return "mongodb://" + hosts + "/" + cfg.MongoPrefix + "*"
}

// alone are the collections of processes and engines that are not there any more after
// a move: who is alive and at which document, the live feed with its places, and the
// engine that the store was last worked with. A server makes them anew.
var alone = slices.Concat(live.Specs, pace.Specs, engineSpecs)

func staysBehind(collection string) bool {
	return slices.ContainsFunc(alone, func(s store.Spec) bool { return s.Name == collection })
}

// check looks at the source before anything is written: no server may work with it,
// and the key must open its secrets.
func (m Move) check(ctx context.Context, s *store.Store) error {
	if m.Back {
		n, err := pace.Alive(ctx, s, workspace.System, time.Now())
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "move.running", fault.Params{"n": n})
		}
	}
	keys, err := vault.Open(m.Config.Data, m.Config.SecretKey)
	if err != nil {
		return err
	}
	spaces := workspace.New(s, clock.System(m.Config.ClockOffset), nil, keys)
	if err := spaces.Open(ctx); err != nil {
		return err
	}
	return opens(ctx, spaces)
}

// opens reads the settings of every workspace, secrets included.
func opens(ctx context.Context, spaces *workspace.Service) error {
	all, err := spaces.Keys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		_, err := spaces.Get(ctx, ws)
		if errors.Is(err, vault.ErrKey) {
			return fault.Wrap(fault.Conflict, "move.key", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// proof opens the new store as a server would.
func (m Move) proof(ctx context.Context) error {
	_, to := m.sides()
	core, err := OpenCore(ctx, to, m.Log)
	if err != nil {
		return err
	}
	return errors.Join(opens(ctx, core.Spaces), core.Close())
}
