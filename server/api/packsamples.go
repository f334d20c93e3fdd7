package api

import (
	"context"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/packs"
)

func (s *Server) packSampleRoutes() {
	route(s, http.MethodGet, "/packs/catalog/{id}/trial", "tryPack", need{"pack", "read"}, "What a pack would do with its sample data from today on; nothing is stored or sent", s.tryPack)
	route(s, http.MethodPost, "/packs/{id}/samples", "addPackSamples", need{"pack", "update"}, "Write an installed pack's sample data as records", s.addPackSamples)
	route(s, http.MethodDelete, "/packs/{id}/samples", "removePackSamples", need{"pack", "update"}, "Take a pack's sample records out again", s.removePackSamples)
}

type trialIn struct {
	PackPath
	Language string `query:"language" maxLength:"20" doc:"of the sample data; another is given when there is none in it"`
}

type plantedOut struct {
	Customers []packs.PlantedCustomer `json:"customers"`
	Invoices  int                     `json:"invoices"`
	At        string                  `json:"at"`
	By        ref                     `json:"by"`
}

type trialOut struct {
	Trial *packs.Trial `json:"trial,omitempty" doc:"none where the pack has no sample data"`
	There *plantedOut  `json:"there,omitempty" doc:"the sample records that are in the workspace"`
}

func (s *Server) showPlanted(ctx context.Context, ws string, p *packs.Planted) *plantedOut {
	if p == nil {
		return nil
	}
	return &plantedOut{p.Customers, p.Invoices, p.At, person(s.userNames(ctx, ws), p.By)}
}

func (s *Server) tryPack(ctx context.Context, a policies.Actor, in *trialIn) (*reply[trialOut], error) {
	found, err := s.Packs.Find(ctx, a.Workspace, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	var out trialOut
	out.Trial, err = packs.Try(ctx, found.Pack, s.Flows.Nodes(), in.Language, today, packs.Words{Company: w.Name, Page: s.Portal.Sample(w)})
	if err != nil {
		return nil, err
	}
	p, err := s.Packs.Samples(ctx, a.Workspace, in.ID)
	out.There = s.showPlanted(ctx, a.Workspace, p)
	return &reply[trialOut]{out}, err
}

// sampleRights are those on records that sample data needs beside "pack", to
// come and to go.
var sampleRights = map[bool][]need{
	true:  {{"customer", "create"}, {"invoice", "create"}, {"payment", "create"}, {"account", "promise"}, {"account", "dispute"}},
	false: {{"customer", "delete"}, {"invoice", "delete"}, {"payment", "delete"}, {"account", "payment"}, {"account", "credit"}},
}

func (s *Server) maySample(ctx context.Context, a policies.Actor, add bool) error {
	for _, n := range sampleRights[add] {
		if err := s.Access.Must(ctx, a, n.object, n.action); err != nil {
			return err
		}
	}
	return nil
}

type addSamplesIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Language string `json:"language,omitempty" maxLength:"20"`
	}
}

func (s *Server) addPackSamples(ctx context.Context, a policies.Actor, in *addSamplesIn) (*reply[plantedOut], error) {
	if err := s.maySample(ctx, a, true); err != nil {
		return nil, err
	}
	p, err := s.Packs.Plant(ctx, a, in.ID, in.Body.Language)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "create", "packSamples", in.ID, p)
	return &reply[plantedOut]{*s.showPlanted(ctx, a.Workspace, p)}, nil
}

type removeSamplesIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) removePackSamples(ctx context.Context, a policies.Actor, in *removeSamplesIn) (*nothing, error) {
	if err := s.maySample(ctx, a, false); err != nil {
		return nil, err
	}
	if err := s.Packs.Uproot(ctx, a, in.ID); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "packSamples", in.ID, nil)
	return &nothing{}, nil
}
