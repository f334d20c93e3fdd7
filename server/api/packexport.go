package api

import (
	"context"
	"encoding/base64"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

type exportPackIn struct {
	Body packs.ExportRequest
}

type exportedPack struct {
	File      string           `json:"file" doc:"the package in base64"`
	ID        string           `json:"id"`
	Version   string           `json:"version"`
	Contents  []packPart       `json:"contents"`
	Stripped  []string         `json:"stripped" doc:"what belonged to this company and was taken out"`
	Questions []packs.Proposal `json:"questions" doc:"what the pack could ask, and whether it does"`
	Findings  []packFinding    `json:"findings"`
}

type packPart struct {
	Kind pack.Kind `json:"kind"`
	Key  string    `json:"key"`
	Name flow.Text `json:"name,omitempty"`
	Size int       `json:"size"`
}

type packFinding struct {
	pack.Finding
	Message string `json:"message"`
}

func (s *Server) exportPack(ctx context.Context, a policies.Actor, in *exportPackIn) (*reply[exportedPack], error) {
	x, err := s.Packs.Export(ctx, a, in.Body)
	if err != nil {
		return nil, err
	}
	file, err := x.Pack.Write()
	if err != nil {
		return nil, err
	}
	out := exportedPack{
		File: base64.StdEncoding.EncodeToString(file), ID: x.Pack.ID, Version: x.Pack.Version, Contents: []packPart{}, Stripped: x.Stripped,
		Questions: x.Questions, Findings: []packFinding{},
	}
	for _, o := range x.Pack.Objects {
		out.Contents = append(out.Contents, packPart{o.Kind, o.Key, packs.NameOf(o.Raw), len(o.Raw)})
	}
	for _, f := range x.Findings {
		issue := flow.Issue{Severity: f.Severity, Key: f.Key, Pointer: f.Pointer, Params: f.Params}
		out.Findings = append(out.Findings, packFinding{f, lintText(langOf(ctx), issue)})
	}
	return &reply[exportedPack]{out}, nil
}
