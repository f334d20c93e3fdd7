package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/text"
)

type catalogItem struct {
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Name      flow.Text `json:"name"`
	About     flow.Text `json:"about"`
	Trade     flow.Text `json:"trade,omitempty"`
	Tags      []string  `json:"tags"`
	Channels  []string  `json:"channels"`
	Flows     int       `json:"flows"`
	Messages  int       `json:"messages"`
	Publisher string    `json:"publisher"`
	Installed string    `json:"installed"`
	Source    string    `json:"source" enum:"builtin,catalog,file"`
	// File is the hash by which the package is asked for; "" for one that ships.
	File    string `json:"file,omitempty"`
	Catalog string `json:"catalog,omitempty" doc:"id of the catalogue that has it"`
}

func itemOf(p *pack.Pack, installed string) catalogItem {
	i := listedItem(pack.ListingOf(p, "", 0), installed)
	i.Source, i.File = "builtin", ""
	return i
}

func listedItem(l pack.Listed, installed string) catalogItem {
	return catalogItem{
		ID: l.ID, Version: l.Version, Name: l.Name, About: l.About, Trade: l.Trade, Tags: append([]string{}, l.Tags...), Channels: append([]string{}, l.Channels...),
		Flows: l.Flows, Messages: l.Messages, Publisher: l.Publisher.Name, Installed: installed, Source: "catalog", File: l.SHA256,
	}
}

type catalogSource struct {
	packs.Catalog
	Problem string      `json:"problem,omitempty" doc:"why there is no newer copy"`
	Count   int         `json:"count" doc:"packages in the index"`
	Wrong   []wrongPack `json:"wrong" doc:"packages that are not what the index says; they are not offered"`
}

type wrongPack struct {
	packs.WrongPack
	Problem string `json:"problem"`
}

type catalogOut struct {
	Items   []catalogItem   `json:"items"`
	Sources []catalogSource `json:"sources"`
}

func (s *Server) packCatalog(ctx context.Context, a policies.Actor, _ *nothing) (*reply[catalogOut], error) {
	have, err := s.Packs.List(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	installed := map[string]string{}
	for _, i := range have {
		installed[i.ID] = i.Version
	}
	out, err := s.offered(ctx, a.Workspace, installed)
	if err != nil {
		return nil, err
	}
	// What most companies begin with stands first.
	slices.SortStableFunc(out.Items, func(a, b catalogItem) int {
		return cmp.Compare(starter(a), starter(b))
	})
	return &reply[catalogOut]{out}, nil
}

// offered lists the packs that ship and those of catalogues: of each id the
// newest. One that ships gives way only to a catalogue that is trusted.
func (s *Server) offered(ctx context.Context, ws string, installed map[string]string) (catalogOut, error) {
	out := catalogOut{Items: []catalogItem{}, Sources: []catalogSource{}}
	all, err := pack.Builtin()
	if err != nil {
		return out, err
	}
	at := map[string]int{}
	for _, p := range all {
		at[p.ID] = len(out.Items)
		out.Items = append(out.Items, itemOf(p, installed[p.ID]))
	}
	catalogs, err := s.Packs.Catalogs.List(ctx, ws)
	if err != nil {
		return out, err
	}
	for _, c := range catalogs {
		out.Sources = append(out.Sources, sourceOf(ctx, c))
		for _, l := range c.Packs {
			if !c.Offers(l) {
				continue
			}
			item := listedItem(l, installed[l.ID])
			item.Catalog = c.ID
			k, taken := at[l.ID]
			switch {
			case !taken:
				at[l.ID] = len(out.Items)
				out.Items = append(out.Items, item)
			case pack.Newer(l.Version, out.Items[k].Version) && (out.Items[k].Source != "builtin" || c.State == packs.Trusted):
				out.Items[k] = item
			}
		}
	}
	return out, nil
}

func sourceOf(ctx context.Context, c packs.Catalog) catalogSource {
	out := catalogSource{Catalog: c, Count: len(c.Packs), Wrong: []wrongPack{}}
	for _, w := range c.Wrong {
		out.Wrong = append(out.Wrong, wrongPack{w, text.Say(langOf(ctx), w.Note, fault.Params{"file": w.File, "limit": pack.MaxFile})})
	}
	if c.Note != "" {
		out.Problem = text.Say(langOf(ctx), c.Note, packs.NoteParams)
	}
	return out
}

func starter(i catalogItem) int {
	if slices.Contains(i.Tags, "starter") {
		return 0
	}
	return 1
}

func (s *Server) listPacks(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[installedOut]], error) {
	have, err := s.Packs.List(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	offered, err := s.offered(ctx, a.Workspace, map[string]string{})
	if err != nil {
		return nil, err
	}
	latest := map[string]catalogItem{}
	for _, i := range offered.Items {
		latest[i.ID] = i
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[installedOut]{Items: []installedOut{}}
	for _, i := range have {
		o := showInstalled(i, names)
		if l, ok := latest[i.ID]; ok && pack.Newer(l.Version, i.Version) {
			o.Latest, o.LatestFile = l.Version, l.File
		}
		out.Items = append(out.Items, o)
	}
	return &reply[items[installedOut]]{out}, nil
}
