package app

import (
	"context"
	"errors"
	"path"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// catalogs are the sources of packs that the server was told of. They are
// called through the door of webhooks: what that refuses is refused here too.
func (c *Core) catalogs(door *httpcall.Door) *packs.Catalogs {
	out := &packs.Catalogs{Trusted: c.Config.PackKeys, Store: c.Store, Fetch: fetching(door), Now: c.Now, Folders: c.Config.CatalogFolders}
	for _, s := range c.Config.Catalogs {
		out.Sources = append(out.Sources, packs.Source{At: s.At, Keys: s.Keys})
	}
	return out
}

func fetching(door *httpcall.Door) func(context.Context, string, int64) ([]byte, error) {
	return func(ctx context.Context, from string, most int64) ([]byte, error) {
		raw, err := door.Fetch(ctx, from, most)
		switch {
		case errors.Is(err, httpcall.ErrPrivate):
			err = fault.Wrap(fault.Unavailable, "catalog.private", err)
		case errors.Is(err, httpcall.ErrRedirected):
			err = fault.Wrap(fault.Unavailable, "catalog.redirected", err)
		case errors.Is(err, httpcall.ErrMissing):
			return nil, fault.New(fault.Unavailable, "catalog.missing", fault.Params{"file": path.Base(from)})
		case errors.Is(err, httpcall.ErrTooLarge):
			return nil, fault.New(fault.Invalid, "catalog.tooBig", fault.Params{"limit": most})
		}
		return raw, err
	}
}
