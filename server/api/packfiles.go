package api

import (
	"context"
	"encoding/base64"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/packs"
)

type uploadPackIn struct {
	Body struct {
		File string `json:"file" maxLength:"2900000" doc:"the package in base64"`
	}
}

type uploadedPack struct {
	File    string    `json:"file"`
	ID      string    `json:"id"`
	Version string    `json:"version"`
	Name    flow.Text `json:"name"`
}

func (s *Server) uploadPack(ctx context.Context, a policies.Actor, in *uploadPackIn) (*reply[uploadedPack], error) {
	raw, err := base64.StdEncoding.DecodeString(in.Body.File)
	if err != nil {
		return nil, fault.At("/file", "base64", nil)
	}
	p, err := s.Packs.Keep(ctx, a, raw)
	if err != nil {
		return nil, err
	}
	return &reply[uploadedPack]{uploadedPack{p.SHA256, p.ID, p.Version, p.Name}}, nil
}

type packFile struct {
	packs.File
	By   ref  `json:"by"`
	Used bool `json:"used" doc:"an installed pack came from it, or can be gone back to it"`
}

func (s *Server) listPackFiles(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[packFile]], error) {
	list, err := s.Packs.Files(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out, names := items[packFile]{Items: []packFile{}}, s.userNames(ctx, a.Workspace)
	for _, f := range list {
		out.Items = append(out.Items, packFile{f, person(names, f.By), f.Used})
	}
	return &reply[items[packFile]]{out}, nil
}

type packFilePath struct {
	File string `path:"file" maxLength:"64"`
}

func (s *Server) deletePackFile(ctx context.Context, a policies.Actor, in *packFilePath) (*nothing, error) {
	if err := s.Packs.Drop(ctx, a.Workspace, in.File); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "packFile", in.File, nil)
	return &nothing{}, nil
}
