package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) flowRoutes() {
	route(s, http.MethodGet, "/flows", "listFlows", need{"flow", "read"}, "Flows with their live counts", s.listFlows)
	route(s, http.MethodPost, "/flows", "createFlow", need{"flow", "update"}, "Make a new flow: blank, copied, or imported", s.createFlow)
	look(s, "/flows/lint", "lintFlow", need{"flow", "read"}, "Check a flow document", s.lintFlow)
	route(s, http.MethodGet, "/flows/{key}", "getFlow", need{"flow", "read"}, "A flow with its draft", s.getFlow)
	route(s, http.MethodPut, "/flows/{key}", "saveFlow", need{"flow", "update"}, "Save a flow's whole draft", s.saveFlow)
	route(s, http.MethodDelete, "/flows/{key}", "deleteFlow", need{"flow", "update"}, "Delete a flow that was never published", s.deleteFlow)
	route(s, http.MethodGet, "/flows/{key}/impact", "flowImpact", need{"flow", "read"}, "What publishing would do now", s.flowImpact)
	route(s, http.MethodPost, "/flows/{key}/publish", "publishFlow", need{"flow", "publish"}, "Publish the draft", s.publishFlow)
	route(s, http.MethodPost, "/flows/{key}/rollback", "rollbackFlow", need{"flow", "publish"}, "Publish an older version again", s.rollbackFlow)
	route(s, http.MethodGet, "/flows/{key}/versions", "listVersions", need{"flow", "read"}, "Published versions, newest first", s.listVersions)
	route(s, http.MethodGet, "/flows/{key}/versions/{hash}", "getVersion", need{"flow", "read"}, "A published version", s.getVersion)
	route(s, http.MethodGet, "/flows/{key}/overlay", "flowOverlay", need{"run", "read"}, "Where the runs of a flow stand", s.flowOverlay)
	route(s, http.MethodPost, "/flows/{key}/hook", "flowHook", need{"flow", "publish"}, "Address and secret of calls that start the flow", s.flowHook)
	route(s, http.MethodPost, "/hooks/{workspace}/{key}", "callHook", public, "Start a flow by a signed call (Standard Webhooks)", s.callHook)
	route(s, http.MethodPost, "/flows/{key}/stop", "stopFlow", need{"flow", "publish"}, "Take a flow off the air and stop its runs", s.stopFlow)
	route(s, http.MethodPost, "/flows/{key}/start", "startFlow", need{"run", "control"}, "Start runs for chosen subjects", s.startFlow)
}

type flowCounts struct {
	Active int64 `json:"active"`
	Paused int64 `json:"paused"`
	Parked int64 `json:"parked"`
	Done   int64 `json:"done"`
}

type flowOut struct {
	Key          string              `json:"key"`
	Name         map[string]string   `json:"name"`
	Description  map[string]string   `json:"description,omitempty"`
	Status       string              `json:"status"`
	Version      int                 `json:"version"`
	Hash         string              `json:"hash,omitempty"`
	PublishedAt  string              `json:"publishedAt,omitempty"`
	PublishedBy  string              `json:"publishedBy,omitempty"`
	Counts       flowCounts          `json:"counts"`
	Sentences    map[string][]string `json:"sentences"`
	History      []flows.Publication `json:"history"`
	Document     json.RawMessage     `json:"document,omitempty"`
	DraftVersion int64               `json:"draftVersion"`
	Revision     int64               `json:"revision"`
}

func (s *Server) showFlow(ctx context.Context, ws string, f flows.Flow, counts map[string]int64) flowOut {
	out := flowOut{
		Key: f.Key, Name: f.Name, Description: f.About, Status: f.Status, Version: f.Version, Hash: f.Hash, PublishedAt: f.PublishedAt,
		PublishedBy: f.PublishedBy, DraftVersion: f.DocVersion, Revision: f.Revision, History: f.History, Sentences: s.Flows.Page(ctx, ws, f.Draft),
		Counts: flowCounts{Active: counts[run.Active] + counts[flows.Starting], Paused: counts[run.Paused], Parked: counts[run.Parked], Done: counts[run.Done]},
	}
	if out.History == nil {
		out.History = []flows.Publication{}
	}
	return out
}

func (s *Server) listFlows(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[flowOut]], error) {
	all, err := s.Flows.List(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	// Counts pass the scope like everything else; who sees no runs sees zeroes.
	counts := map[string]map[string]int64{}
	if v, err := s.Access.View(ctx, a, "run", "read"); err == nil {
		if counts, err = s.Flows.Counts(ctx, a.Workspace, records.Stamped(v.Scope)); err != nil {
			return nil, err
		}
	}
	out := items[flowOut]{Items: []flowOut{}}
	for _, f := range all {
		out.Items = append(out.Items, s.showFlow(ctx, a.Workspace, f, counts[f.Key]))
	}
	return &reply[items[flowOut]]{out}, nil
}

// FlowPath names a flow.
type FlowPath struct {
	Key string `path:"key" maxLength:"60"`
}

func (s *Server) getFlow(ctx context.Context, a policies.Actor, in *FlowPath) (*tagged[flowOut], error) {
	f, err := s.Flows.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	out := s.showFlow(ctx, a.Workspace, f, nil)
	out.Document = f.Draft
	return &tagged[flowOut]{etag(f.DocVersion), out}, nil
}

type saveFlowIn struct {
	FlowPath
	IfMatch string `header:"If-Match"`
	Body    struct {
		Document json.RawMessage `json:"document"`
	}
}

func (s *Server) saveFlow(ctx context.Context, a policies.Actor, in *saveFlowIn) (*tagged[flowOut], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	doc, err := flow.Parse(in.Body.Document)
	if err != nil {
		return nil, at("/document", err)
	}
	if doc.Key != in.Key {
		return nil, fault.At("/document/key", "const", in.Key)
	}
	f, err := s.Flows.Save(ctx, a.Workspace, a.ID, in.Body.Document, v)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "flow", f.Key, map[string]any{"hash": doc.Hash()})
	return &tagged[flowOut]{etag(f.DocVersion), s.showFlow(ctx, a.Workspace, f, nil)}, nil
}

type lintIn struct {
	Body struct {
		Document json.RawMessage `json:"document"`
	}
}

type lintIssue struct {
	flow.Issue
	Message string `json:"message"`
}

func (s *Server) lintFlow(ctx context.Context, a policies.Actor, in *lintIn) (*reply[map[string][]lintIssue], error) {
	issues, err := s.Flows.Lint(ctx, a.Workspace, in.Body.Document)
	if err != nil {
		return nil, at("/document", err)
	}
	out := said(ctx, issues)
	return &reply[map[string][]lintIssue]{map[string][]lintIssue{"issues": out}}, nil
}

// DraftQuery names the shared draft of a flow, or the private one of the caller.
type DraftQuery struct {
	FlowPath
	Mine bool `query:"mine" doc:"the private draft of the caller"`
}

func (q *DraftQuery) owner(a policies.Actor) string {
	if q.Mine {
		return a.ID
	}
	return ""
}

// said puts findings into the reader's language.
func said(ctx context.Context, issues []flow.Issue) []lintIssue {
	out := make([]lintIssue, 0, len(issues))
	for _, i := range issues {
		out = append(out, lintIssue{i, lintText(langOf(ctx), i)})
	}
	return out
}

// people names users; one that is gone is named by id.
func (s *Server) people(ctx context.Context, ws string, ids []string) []ref {
	return persons(s.userNames(ctx, ws), ids)
}

func persons(names map[string]string, ids []string) []ref {
	out := make([]ref, 0, len(ids))
	for _, id := range ids {
		out = append(out, person(names, id))
	}
	return out
}

func person(names map[string]string, id string) ref {
	if n := names[id]; n != "" {
		return ref{id, n}
	}
	return ref{id, id}
}

// runScope is the scope of what a person sees of runs; nothing for who sees none.
func (s *Server) runScope(ctx context.Context, a policies.Actor) filter.Expr {
	v, err := s.Access.View(ctx, a, "run", "read")
	if err != nil {
		return filter.None()
	}
	return records.Stamped(v.Scope)
}

func (s *Server) flowOverlay(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[flows.Overlay], error) {
	o, err := s.Flows.Overlay(ctx, a.Workspace, in.Key, s.runScope(ctx, a))
	return &reply[flows.Overlay]{o}, err
}

func (s *Server) deleteFlow(ctx context.Context, a policies.Actor, in *FlowPath) (*nothing, error) {
	err := s.Flows.Delete(ctx, a.Workspace, in.Key)
	if err == nil {
		s.audit(ctx, a, "delete", "flow", in.Key, nil)
	}
	return nil, err
}
