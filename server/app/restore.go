package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/workspace"
)

// Restore puts the copies that a backup made into a data directory that has no data
// yet, and gives the workspaces that are there then. It is done wholly or not at all.
// key is the file of the key for stored secrets; "" leaves that to the operator.
func Restore(ctx context.Context, cfg config.Config, from, key string, log *slog.Logger) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(from, "*.db"))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(files, filepath.Join(from, workspace.System+".db")) {
		return nil, fault.New(fault.NotFound, "restore.noBackup", fault.Params{"dir": from})
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, name := range []string{"store", "engine"} {
		if there, err := os.ReadDir(filepath.Join(cfg.Data, name)); err == nil && len(there) > 0 {
			return nil, fault.New(fault.Conflict, "restore.notEmpty", fault.Params{"dir": filepath.Join(cfg.Data, name)})
		}
	}
	half := filepath.Join(cfg.Data, "store.restoring")
	if err := os.RemoveAll(half); err != nil { // of a restore that broke off
		return nil, err
	}
	if err := os.MkdirAll(half, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(half) //nolint:errcheck // it has been moved by then, or is only half
	for _, f := range files {
		if err := copied(f, filepath.Join(half, filepath.Base(f))); err != nil {
			return nil, err
		}
	}
	if key != "" {
		if err := copied(key, filepath.Join(cfg.Data, "secret.key")); err != nil {
			return nil, err
		}
	}
	store := filepath.Join(cfg.Data, "store")
	if err := os.Remove(store); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Rename(half, store); err != nil {
		return nil, err
	}
	core, err := OpenCore(ctx, cfg, log)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(store))
	}
	keys, err := core.Spaces.Keys(ctx)
	return keys, errors.Join(err, core.Close())
}

// copied copies a file to a new one, down to the disk.
func copied(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
