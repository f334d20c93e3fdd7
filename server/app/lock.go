package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/config"
)

// lockPatience is how long a server that starts waits for one that ends.
const lockPatience = 5 * time.Second

// lock keeps a second server off a data directory whose engine runs inside the
// process: two engines on one file would take each other's timers. The lock ends
// with the process, however that ends. With a cluster several processes may share
// a store, and nothing is locked.
func lock(ctx context.Context, cfg config.Config) (release func(), err error) {
	if cfg.TemporalAddress != "" {
		return func() {}, nil
	}
	l := flock.New(filepath.Join(cfg.Data, "lock"))
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	held, err := l.TryLockContext(ctx, 100*time.Millisecond)
	if !held {
		if err == nil || ctx.Err() != nil {
			err = fault.New(fault.Conflict, "serve.locked", fault.Params{"dir": cfg.Data})
		}
		return nil, err
	}
	return func() { _ = l.Unlock() }, nil // the end of the process unlocks as well
}
