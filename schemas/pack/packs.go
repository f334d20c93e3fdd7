package pack

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"
)

//go:embed all:packs
var shipped embed.FS

// Builtin gives the packs that ship with the product, by id in order. They are
// built from their sources the first time they are asked for.
var Builtin = sync.OnceValues(func() ([]*Pack, error) {
	entries, err := shipped.ReadDir("packs")
	if err != nil {
		return nil, err
	}
	var out []*Pack
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		src, err := fs.Sub(shipped, "packs/"+e.Name())
		if err != nil {
			return nil, err
		}
		p, err := Build(src)
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", e.Name(), err)
		}
		if p.ID != e.Name() {
			return nil, fmt.Errorf("pack %s calls itself %s", e.Name(), p.ID)
		}
		if _, err := p.Write(); err != nil {
			return nil, fmt.Errorf("pack %s: %w", e.Name(), err)
		}
		out = append(out, p)
	}
	return out, nil
})
