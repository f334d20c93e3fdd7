package api

import (
	"context"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

func (s *Server) catalogRoutes() {
	route(s, http.MethodGet, "/catalogs", "listCatalogs", need{"pack", "read"}, "Catalogues of packs: the server's, and those that the workspace has added", s.listCatalogs)
	route(s, http.MethodPost, "/catalogs", "addCatalog", need{"workspace", "update"}, "Look at a catalogue and add it", s.addCatalog)
	route(s, http.MethodPost, "/catalogs/{id}/refresh", "refreshCatalog", need{"pack", "update"}, "Look for a newer copy of a catalogue now", s.refreshCatalog)
	route(s, http.MethodDelete, "/catalogs/{id}", "removeCatalog", need{"workspace", "update"}, "Take out a catalogue of the workspace's own; what is installed stays", s.removeCatalog)
}

type catalogKey struct {
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"`
}

type ownCatalogOut struct {
	catalogSource
	Keys    []catalogKey `json:"keys" doc:"of which one must sign the index; of the workspace's own"`
	AddedAt string       `json:"addedAt,omitempty"`
	By      *ref         `json:"by,omitempty"`
}

func (s *Server) showCatalog(ctx context.Context, ws string, c packs.Catalog, o packs.OwnCatalog) ownCatalogOut {
	out := ownCatalogOut{catalogSource: sourceOf(ctx, c), Keys: []catalogKey{}, AddedAt: o.AddedAt}
	for _, k := range o.Keys {
		out.Keys = append(out.Keys, catalogKey{k, pack.Fingerprint(k)})
	}
	if o.By != "" {
		by := person(s.userNames(ctx, ws), o.By)
		out.By = &by
	}
	return out
}

type catalogsOut struct {
	Items   []ownCatalogOut `json:"items"`
	Folders bool            `json:"folders" doc:"a folder may be named instead of an address"`
}

func (s *Server) listCatalogs(ctx context.Context, a policies.Actor, _ *nothing) (*reply[catalogsOut], error) {
	list, err := s.Packs.Catalogs.List(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	own, err := s.ownCatalogs(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := catalogsOut{Items: []ownCatalogOut{}, Folders: s.Packs.Catalogs.Folders != ""}
	for _, c := range list {
		out.Items = append(out.Items, s.showCatalog(ctx, a.Workspace, c, own[c.ID]))
	}
	return &reply[catalogsOut]{out}, nil
}

func (s *Server) ownCatalogs(ctx context.Context, ws string) (map[string]packs.OwnCatalog, error) {
	list, err := s.Packs.Catalogs.Own(ctx, ws)
	out := make(map[string]packs.OwnCatalog, len(list))
	for _, o := range list {
		out[o.ID] = o
	}
	return out, err
}

type addCatalogIn struct {
	Body struct {
		At   string   `json:"at" maxLength:"500" doc:"https address of the folder that has index.json; a folder where the server allows it"`
		Keys []string `json:"keys" maxItems:"5" doc:"public keys, ed25519:…, of which one must sign the index"`
	}
}

func (s *Server) addCatalog(ctx context.Context, a policies.Actor, in *addCatalogIn) (*reply[ownCatalogOut], error) {
	c, o, err := s.Packs.Catalogs.Add(ctx, a, in.Body.At, in.Body.Keys)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "create", "catalog", o.ID, o)
	return &reply[ownCatalogOut]{s.showCatalog(ctx, a.Workspace, c, o)}, nil
}

type catalogPath struct {
	ID string `path:"id" maxLength:"32"`
}

func (s *Server) refreshCatalog(ctx context.Context, a policies.Actor, in *catalogPath) (*reply[ownCatalogOut], error) {
	c, err := s.Packs.Catalogs.Refresh(ctx, a.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	own, err := s.ownCatalogs(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return &reply[ownCatalogOut]{s.showCatalog(ctx, a.Workspace, c, own[c.ID])}, nil
}

func (s *Server) removeCatalog(ctx context.Context, a policies.Actor, in *catalogPath) (*nothing, error) {
	o, err := s.Packs.Catalogs.Remove(ctx, a.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "catalog", o.ID, o)
	return &nothing{}, nil
}
