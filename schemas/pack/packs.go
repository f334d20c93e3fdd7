package pack

import (
	"embed"
	"fmt"
	"path"
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
		src := map[string][]byte{}
		if err := files(path.Join("packs", e.Name()), "", src); err != nil {
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

// files reads a folder of the shipped sources.
func files(root, under string, into map[string][]byte) error {
	entries, err := shipped.ReadDir(path.Join(root, under))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(under, e.Name())
		if e.IsDir() {
			if err := files(root, name, into); err != nil {
				return err
			}
			continue
		}
		if into[name], err = shipped.ReadFile(path.Join(root, name)); err != nil {
			return err
		}
	}
	return nil
}
