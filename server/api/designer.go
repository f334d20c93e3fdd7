package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sort"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/flows"
)

func (s *Server) designerRoutes() {
	route(s, http.MethodGet, "/flow-types", "listFlowTypes", need{"flow", "read"}, "The steps a flow may have, with their settings", s.listFlowTypes)
	route(s, http.MethodGet, "/fields", "listFields", need{"flow", "read"}, "What conditions may ask of a subject", s.listFields)
	route(s, http.MethodGet, "/channels", "listChannels", need{"flow", "read"}, "Channels of this server", s.listChannels)
	look(s, "/filters/preview", "previewFilter", need{"flow", "read"}, "Who fits a condition now", s.previewFilter)
	look(s, "/flows/inspect", "inspectFlow", need{"flow", "read"}, "What is wrong with a document, and how it reads", s.inspectFlow)
	route(s, http.MethodGet, "/flows/{key}/draft", "getDraft", need{"flow", "read"}, "A flow's draft, or what changed in it", s.getDraft)
	route(s, http.MethodPatch, "/flows/{key}/draft", "editDraft", need{"flow", "update"}, "Edit single units of a draft", s.editDraft)
	route(s, http.MethodPost, "/flows/{key}/draft/private", "takePrivateDraft", need{"flow", "update"}, "Make a private draft", s.takePrivate)
	route(s, http.MethodDelete, "/flows/{key}/draft/private", "dropPrivateDraft", need{"flow", "update"}, "Throw the private draft away", s.dropPrivate)
	route(s, http.MethodPost, "/flows/{key}/draft/rebase", "rebaseDraft", need{"flow", "update"}, "Put the private draft on top of the shared one", s.rebaseDraft)
	route(s, http.MethodPost, "/flows/{key}/draft/share", "shareDraft", need{"flow", "update"}, "Merge the private draft into the shared one", s.shareDraft)
}

type flowType struct {
	Type     string          `json:"type"`
	V        int             `json:"v"`
	Group    string          `json:"group"`
	Sends    bool            `json:"sends"`
	Waits    bool            `json:"waits"`
	Loops    bool            `json:"loops"`
	Name     flow.Text       `json:"name"`
	About    flow.Text       `json:"about"`
	Schema   json.RawMessage `json:"schema"`
	Defaults json.RawMessage `json:"defaults"`
	Ports    []string        `json:"ports"`
	Optional []string        `json:"optional"`
}

type flowTypesOut struct {
	Types  []flowType `json:"types"`
	Events []keyName  `json:"events"`
}

type keyName struct {
	Key  string    `json:"key"`
	Name flow.Text `json:"name"`
}

func (s *Server) listFlowTypes(context.Context, policies.Actor, *nothing) (*reply[flowTypesOut], error) {
	out := flowTypesOut{Types: []flowType{}, Events: []keyName{}}
	reg := s.Flows.Nodes()
	for _, t := range reg.Types() {
		x := flowType{
			Type: t.Name, V: t.V, Group: t.Group, Sends: t.Sends, Waits: t.Waits, Loops: t.Loops, Name: t.Title, About: t.About,
			Schema: json.RawMessage(t.Schema), Defaults: json.RawMessage(t.Defaults), Ports: []string{}, Optional: []string{},
		}
		required, optional := reg.Ports(t.Name, t.V)
		x.Ports, x.Optional = append(x.Ports, required...), append(x.Optional, optional...)
		out.Types = append(out.Types, x)
	}
	for _, e := range flows.EventNames() {
		out.Events = append(out.Events, keyName{e.Value, e.Name})
	}
	return &reply[flowTypesOut]{out}, nil
}

type fieldsIn struct {
	Form string `query:"form" enum:"invoice,customer" default:"invoice"`
}

func (s *Server) listFields(ctx context.Context, a policies.Actor, in *fieldsIn) (*reply[items[flows.Field]], error) {
	list, err := s.Flows.Fields(ctx, a.Workspace, in.Form)
	if err != nil {
		return nil, err
	}
	return &reply[items[flows.Field]]{items[flows.Field]{Items: list}}, nil
}

type channelOut struct {
	keyName
	Configured bool `json:"configured"`
}

func (s *Server) listChannels(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[channelOut]], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := items[channelOut]{Items: []channelOut{}}
	for key, name := range s.Flows.ChannelNames() {
		_, set := w.Channels[key]
		out.Items = append(out.Items, channelOut{keyName{key, name}, set || key == "sandbox"})
	}
	sort.Slice(out.Items, func(i, k int) bool { return out.Items[i].Key < out.Items[k].Key })
	return &reply[items[channelOut]]{out}, nil
}

type previewIn struct {
	Body struct {
		Form   string          `json:"form" enum:"invoice,customer"`
		Filter json.RawMessage `json:"filter"`
	}
}

func (s *Server) previewFilter(ctx context.Context, a policies.Actor, in *previewIn) (*reply[flows.Preview], error) {
	p, err := s.Flows.Preview(ctx, a, in.Body.Form, in.Body.Filter)
	if err != nil {
		return nil, at("/filter", err)
	}
	return &reply[flows.Preview]{p}, nil
}

type inspectOut struct {
	flows.Inspection
	Issues []lintIssue `json:"issues"`
}

func (s *Server) inspectFlow(ctx context.Context, a policies.Actor, in *lintIn) (*reply[inspectOut], error) {
	i, err := s.Flows.Inspect(ctx, a.Workspace, in.Body.Document)
	if err != nil {
		return nil, at("/document", err)
	}
	return &reply[inspectOut]{inspectOut{i, said(ctx, i.Issues)}}, nil
}

type draftIn struct {
	DraftQuery
	After int64 `query:"after" doc:"only what changed after this revision"`
}

type liveRef struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	At      string `json:"at"`
	By      ref    `json:"by"`
}

type revisionRef struct {
	Revision int64 `json:"revision"`
}

type changedOut struct {
	flows.Changed
	By ref `json:"by"`
}

type draftOut struct {
	Key      string          `json:"key,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
	Revision int64           `json:"revision"`
	Mine     bool            `json:"mine"`
	Private  bool            `json:"private"` // the caller has a private draft
	Base     int64           `json:"base,omitempty"`
	Shared   *revisionRef    `json:"shared,omitempty"` // mine: where the shared draft is now
	Authors  []ref           `json:"authors,omitempty"`
	Live     *liveRef        `json:"live,omitempty"`
	Reset    bool            `json:"reset,omitempty"`
	// Changed names units that differ from the live version; Edits are what
	// changed after the revision that was asked for.
	Changed any `json:"changed,omitempty"`
}

func (s *Server) getDraft(ctx context.Context, a policies.Actor, in *draftIn) (*reply[draftOut], error) {
	if in.After > 0 {
		x, err := s.Flows.DraftSince(ctx, a.Workspace, in.Key, in.owner(a), in.After)
		if err != nil {
			return nil, err
		}
		return &reply[draftOut]{s.sinceOut(ctx, a.Workspace, x)}, nil
	}
	return s.draft(ctx, a, &in.DraftQuery)
}

func (s *Server) sinceOut(ctx context.Context, ws string, x flows.Since) draftOut {
	names := s.userNames(ctx, ws)
	list := make([]changedOut, 0, len(x.Changed))
	for _, c := range x.Changed {
		list = append(list, changedOut{c, person(names, c.By)})
	}
	return draftOut{Revision: x.Revision, Reset: x.Reset, Document: x.Document, Changed: list}
}

func (s *Server) draft(ctx context.Context, a policies.Actor, in *DraftQuery) (*reply[draftOut], error) {
	d, err := s.Flows.ReadDraft(ctx, a.Workspace, in.Key, in.owner(a))
	if err != nil {
		return nil, err
	}
	f, err := s.Flows.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	out := draftOut{
		Key: d.Key, Document: d.Document, Revision: d.Revision, Mine: d.Mine, Base: d.Base,
		Authors: s.people(ctx, a.Workspace, d.Authors), Changed: d.Changed, Private: s.Flows.HasPrivate(ctx, a.Workspace, in.Key, a.ID),
	}
	if d.Mine {
		out.Shared = &revisionRef{d.Shared}
	}
	if f.Hash != "" {
		out.Live = &liveRef{f.Version, f.Hash, f.PublishedAt, s.people(ctx, a.Workspace, []string{f.PublishedBy})[0]}
	}
	return &reply[draftOut]{out}, nil
}

type editIn struct {
	DraftQuery
	Body struct {
		Base int64      `json:"base" doc:"revision of the draft that was edited"`
		Ops  []flows.Op `json:"ops" maxItems:"2000"`
	}
}

func (s *Server) editDraft(ctx context.Context, a policies.Actor, in *editIn) (*reply[draftOut], error) {
	x, err := s.Flows.EditDraft(ctx, a.Workspace, in.Key, in.owner(a), a.ID, in.Body.Base, in.Body.Ops)
	if err != nil {
		return nil, s.conflicting(ctx, a.Workspace, err)
	}
	return &reply[draftOut]{s.sinceOut(ctx, a.Workspace, x)}, nil
}

func (s *Server) takePrivate(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[draftOut], error) {
	if err := s.Flows.TakePrivate(ctx, a.Workspace, in.Key, a.ID); err != nil {
		return nil, err
	}
	return s.draft(ctx, a, &DraftQuery{*in, true})
}

func (s *Server) dropPrivate(ctx context.Context, a policies.Actor, in *FlowPath) (*nothing, error) {
	return nil, s.Flows.DropPrivate(ctx, a.Workspace, in.Key, a.ID)
}

type takeIn struct {
	FlowPath
	Body struct {
		Take map[string]string `json:"take,omitempty" doc:"by unit: mine or theirs"`
	} `required:"false"`
}

func (s *Server) rebaseDraft(ctx context.Context, a policies.Actor, in *takeIn) (*reply[draftOut], error) {
	if err := s.Flows.Rebase(ctx, a.Workspace, in.Key, a.ID, in.Body.Take); err != nil {
		return nil, s.conflicting(ctx, a.Workspace, err)
	}
	return s.draft(ctx, a, &DraftQuery{in.FlowPath, true})
}

func (s *Server) shareDraft(ctx context.Context, a policies.Actor, in *takeIn) (*reply[draftOut], error) {
	if err := s.Flows.Share(ctx, a.Workspace, in.Key, a.ID, in.Body.Take); err != nil {
		return nil, s.conflicting(ctx, a.Workspace, err)
	}
	return s.draft(ctx, a, &DraftQuery{in.FlowPath, false})
}

// conflict is a unit that two people changed differently.
type conflict struct {
	Unit   string          `json:"unit"`
	Theirs json.RawMessage `json:"theirs"`
	Mine   json.RawMessage `json:"mine,omitempty"`
	By     ref             `json:"by"`
	At     string          `json:"at,omitempty"`
}

// conflicting makes a problem that shows both sides.
func (s *Server) conflicting(ctx context.Context, ws string, err error) error {
	c, ok := errors.AsType[*flows.Clash](err)
	if !ok {
		return err
	}
	p, ok := s.problem(ctx, fault.New(fault.Conflict, "flow.conflict", fault.Params{"n": len(c.Units)})).(*Problem)
	if !ok {
		return err
	}
	names := s.userNames(ctx, ws)
	p.Revision = c.Revision
	for _, u := range c.Units {
		p.Conflicts = append(p.Conflicts, conflict{u.Unit, u.Theirs, u.Mine, person(names, u.By), u.At})
	}
	changed := make([]changedOut, 0, len(c.Changed))
	for _, x := range c.Changed {
		changed = append(changed, changedOut{x, person(names, x.By)})
	}
	p.Changed = changed
	return p
}
