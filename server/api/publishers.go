package api

import (
	"context"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

func (s *Server) publisherRoutes() {
	route(s, http.MethodGet, "/publishers", "listPublishers", need{"pack", "read"}, "Publishers whose packs are installed without a further word", s.listPublishers)
	route(s, http.MethodPost, "/publishers", "trustPublisher", need{"workspace", "update"}, "Trust a publisher's key", s.trustPublisher)
	route(s, http.MethodDelete, "/publishers/{fingerprint}", "distrustPublisher", need{"workspace", "update"}, "Trust a publisher's key no longer; what is installed stays", s.distrustPublisher)
}

type publisherOut struct {
	Name        string `json:"name"`
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"`
	At          string `json:"at,omitempty"`
	By          *ref   `json:"by,omitempty"`
	Server      bool   `json:"server" doc:"trusted by the server for all workspaces; cannot be taken out here"`
}

func (s *Server) showPublisher(ctx context.Context, ws string, p packs.Publisher) publisherOut {
	by := person(s.userNames(ctx, ws), p.By)
	return publisherOut{Name: p.Name, Key: p.Key, Fingerprint: p.Fingerprint, At: p.At, By: &by}
}

func (s *Server) listPublishers(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[publisherOut]], error) {
	list, err := s.Packs.Publishers(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := items[publisherOut]{Items: []publisherOut{}}
	for _, key := range s.Packs.Trusted {
		out.Items = append(out.Items, publisherOut{Key: key, Fingerprint: pack.Fingerprint(key), Server: true})
	}
	for _, p := range list {
		out.Items = append(out.Items, s.showPublisher(ctx, a.Workspace, p))
	}
	return &reply[items[publisherOut]]{out}, nil
}

type trustIn struct {
	Body struct {
		Name        string `json:"name" maxLength:"200"`
		Key         string `json:"key" maxLength:"100" doc:"ed25519:…"`
		Fingerprint string `json:"fingerprint,omitempty" maxLength:"100" doc:"as the publisher told it by another way; compared where given"`
	}
}

func (s *Server) trustPublisher(ctx context.Context, a policies.Actor, in *trustIn) (*reply[publisherOut], error) {
	p, err := s.Packs.Trust(ctx, a, in.Body.Name, in.Body.Key, in.Body.Fingerprint)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "create", "publisher", p.Fingerprint, p)
	return &reply[publisherOut]{s.showPublisher(ctx, a.Workspace, p)}, nil
}

type publisherPath struct {
	Fingerprint string `path:"fingerprint" maxLength:"100"`
}

func (s *Server) distrustPublisher(ctx context.Context, a policies.Actor, in *publisherPath) (*nothing, error) {
	p, err := s.Packs.Distrust(ctx, a.Workspace, in.Fingerprint)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "publisher", p.Fingerprint, p)
	return &nothing{}, nil
}
