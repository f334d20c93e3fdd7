package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/text"
)

func (s *Server) packRoutes() {
	read, change := need{"pack", "read"}, need{"pack", "update"}
	route(s, http.MethodGet, "/packs/catalog", "packCatalog", read, "Packs that can be installed", s.packCatalog)
	route(s, http.MethodGet, "/packs/catalog/{id}", "getCatalogPack", read, "What is in a pack", s.getCatalogPack)
	route(s, http.MethodPost, "/packs/files", "uploadPack", change, "Upload a package file to plan with", s.uploadPack)
	route(s, http.MethodGet, "/packs/files", "listPackFiles", read, "Uploaded package files", s.listPackFiles)
	route(s, http.MethodDelete, "/packs/files/{file}", "deletePackFile", change, "Delete an uploaded package that no installed pack needs", s.deletePackFile)
	route(s, http.MethodPost, "/packs/plan", "planPack", change, "What an install, upgrade or roll-back would do", s.planPack)
	route(s, http.MethodPost, "/packs/apply", "applyPack", change, "Do what a plan said", s.applyPack)
	route(s, http.MethodGet, "/packs", "listPacks", read, "Installed packs", s.listPacks)
	route(s, http.MethodPost, "/packs/{id}/uninstall", "uninstallPack", change, "Take a pack out; records stay", s.uninstallPack)
	route(s, http.MethodPost, "/packs/export", "exportPack", need{"flow", "read"}, "A flow of one's own as a pack", s.exportPack)
}

// PackPath names a pack.
type PackPath struct {
	ID   string `path:"id" maxLength:"60"`
	File string `query:"file" maxLength:"64" doc:"hash of an uploaded package"`
}

type packChange struct {
	Version string    `json:"version"`
	Text    flow.Text `json:"text"`
}

type packDetail struct {
	catalogItem
	Licence string              `json:"licence"`
	Params  json.RawMessage     `json:"params"`
	Fields  []pack.Reading      `json:"fields"`
	Changes []packChange        `json:"changes"`
	Flows   []packs.FlowPreview `json:"flows"`
	Texts   []message.Document  `json:"messages"`
}

func (s *Server) getCatalogPack(ctx context.Context, a policies.Actor, in *PackPath) (*reply[packDetail], error) {
	found, err := s.Packs.Find(ctx, a.Workspace, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	p := found.Pack
	have, err := s.Packs.Get(ctx, a.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	item := itemOf(p, have.Version)
	if !found.Shipped {
		item.Source, item.File = "file", in.File
	}
	out := packDetail{catalogItem: item, Licence: p.Licence, Params: p.Params, Fields: p.Requires.Fields, Changes: []packChange{}, Texts: []message.Document{}}
	if out.Params == nil {
		out.Params = json.RawMessage("null")
	}
	if out.Fields == nil {
		out.Fields = []pack.Reading{}
	}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, packChange(c))
	}
	if out.Flows, err = s.Packs.Preview(ctx, a.Workspace, p); err != nil {
		return nil, err
	}
	adapted, err := p.Adapt(pack.Choices{})
	if err != nil {
		return nil, err
	}
	for _, o := range adapted.Objects {
		var d message.Document
		if o.Kind != pack.Message || json.Unmarshal(o.Raw, &d) != nil {
			continue
		}
		out.Texts = append(out.Texts, d)
	}
	return &reply[packDetail]{out}, nil
}

type planIn struct{ Body packs.Request }

type objectPlanOut struct {
	packs.ObjectPlan
	Issues []lintIssue `json:"issues"`
}

type planProblem struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

type planOut struct {
	*packs.Plan
	Objects  []objectPlanOut `json:"objects"`
	Problems []planProblem   `json:"problems"`
}

func (s *Server) planPack(ctx context.Context, a policies.Actor, in *planIn) (*reply[planOut], error) {
	p, err := s.Packs.Plan(ctx, a, in.Body)
	if err != nil {
		return nil, err
	}
	out := planOut{Plan: p, Objects: []objectPlanOut{}, Problems: []planProblem{}}
	for _, o := range p.Objects {
		out.Objects = append(out.Objects, objectPlanOut{o, said(ctx, o.Issues)})
	}
	for _, f := range p.Problems {
		out.Problems = append(out.Problems, planProblem{f.Pointer, f.Rule, text.Field(langOf(ctx), called(ctx, p, f))})
	}
	return &reply[planOut]{out}, nil
}

// called says of what a problem is by the name that people know.
func called(ctx context.Context, p *packs.Plan, f fault.Field) fault.Field {
	at, ok := strings.CutPrefix(f.Pointer, "/objects/")
	k, err := strconv.Atoi(at)
	if !ok || err != nil || k >= len(p.Objects) {
		return f
	}
	if name := p.Objects[k].Name.In(langOf(ctx)); name != "" {
		f.Params = fault.Params{"object": name}
	}
	return f
}

type applyIn struct {
	Body struct {
		packs.Request
		Hash string `json:"hash" doc:"of the plan that was looked at"`
	}
}

type installedOut struct {
	ID          string       `json:"id"`
	Version     string       `json:"version"`
	Name        flow.Text    `json:"name"`
	At          string       `json:"at"`
	By          ref          `json:"by"`
	State       string       `json:"state"`
	Latest      string       `json:"latest"`
	File        string       `json:"file,omitempty" doc:"hash of the package that it came from"`
	LatestFile  string       `json:"latestFile,omitempty" doc:"hash to ask for the latest with, of a catalogue"`
	CanRollBack bool         `json:"canRollBack"`
	Objects     []packObject `json:"objects"`
}

type packObject struct {
	Kind pack.Kind `json:"kind"`
	Key  string    `json:"key"`
	As   string    `json:"as"`
}

func showInstalled(i packs.Installed, names map[string]string) installedOut {
	out := installedOut{
		ID: i.ID, Version: i.Version, Name: i.Name, At: i.At, By: person(names, i.By), State: i.State, Latest: i.Version, File: i.File,
		CanRollBack: len(i.History) > 0, Objects: []packObject{},
	}
	for _, h := range i.Objects {
		out.Objects = append(out.Objects, packObject{h.Kind, h.Key, h.As})
	}
	return out
}

// changesOf are the rights that installing an object asks for beside "pack".
var changesOf = map[pack.Kind]need{
	pack.Flow: {"flow", "update"}, pack.Message: {"template", "update"}, pack.Form: {"form", "publish"}, pack.Role: {"role", "update"},
	pack.Calendar: {"workspace", "update"},
}

func (s *Server) applyPack(ctx context.Context, a policies.Actor, in *applyIn) (*reply[installedOut], error) {
	p, err := s.Packs.Plan(ctx, a, in.Body.Request)
	if err != nil {
		return nil, err
	}
	for _, o := range p.Objects {
		if n, ok := changesOf[o.Kind]; ok && (o.Action == packs.Add || o.Action == packs.Update) {
			if err := s.Access.Must(ctx, a, n.object, n.action); err != nil {
				return nil, err
			}
		}
	}
	i, err := s.Packs.Apply(ctx, a, in.Body.Request, in.Body.Hash)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, p.Action, "pack", i.ID, map[string]any{"version": i.Version, "from": p.Installed})
	return &reply[installedOut]{showInstalled(*i, s.userNames(ctx, a.Workspace))}, nil
}

type uninstallIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Dry  bool `json:"dry,omitempty" doc:"only say what would be done"`
		Stop bool `json:"stop,omitempty" doc:"take live flows off the air and stop their runs"`
	}
}

type removals struct {
	Objects []packs.Removal `json:"objects"`
}

func (s *Server) uninstallPack(ctx context.Context, a policies.Actor, in *uninstallIn) (*reply[removals], error) {
	if in.Body.Stop && !in.Body.Dry {
		if err := s.Access.Must(ctx, a, "flow", "publish"); err != nil {
			return nil, err
		}
	}
	list, err := s.Packs.Uninstall(ctx, a, in.ID, in.Body.Stop, in.Body.Dry)
	if err != nil {
		return nil, err
	}
	if !in.Body.Dry {
		s.audit(ctx, a, "delete", "pack", in.ID, list)
	}
	return &reply[removals]{removals{list}}, nil
}
