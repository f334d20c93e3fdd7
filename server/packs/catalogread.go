package packs

import (
	"context"
	"io"
	"net/url"
	"os"
	"path"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

// get reads a file of a source.
func (c *Catalogs) get(ctx context.Context, s Source, name string, most int64) ([]byte, error) {
	patience := c.Patience
	if patience == 0 {
		patience = 8 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if s.web() {
		u, err := url.Parse(s.At)
		if err != nil {
			return nil, err
		}
		u.Path = path.Join("/", u.Path, name)
		raw, err := c.Fetch(ctx, u.String(), most)
		if err != nil && ctx.Err() != nil {
			err = fault.New(fault.Unavailable, "catalog.slow", nil)
		}
		return raw, err
	}
	root, err := s.open()
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // read only
	f, err := root.Open(name)
	if err != nil { // not there, or a link that leads out of the folder
		return nil, fault.New(fault.Unavailable, "catalog.missing", fault.Params{"file": name})
	}
	defer f.Close() //nolint:errcheck // read only
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, fault.New(fault.Unavailable, "catalog.offline", nil)
	}
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fault.New(fault.Invalid, "catalog.tooBig", fault.Params{"limit": most})
	}
	return raw, err
}

// open opens the folder of a source.
func (s Source) open() (*os.Root, error) {
	if s.Within == "" {
		return os.OpenRoot(s.At)
	}
	around, err := os.OpenRoot(s.Within)
	if err != nil {
		return nil, err
	}
	defer around.Close() //nolint:errcheck // read only
	return around.OpenRoot(s.At)
}
