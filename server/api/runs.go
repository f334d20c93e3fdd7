package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) flowRoutes() {
	route(s, http.MethodGet, "/runs", "listRuns", need{"run", "read"}, "Runs of flows", s.listRuns)
	route(s, http.MethodPost, "/runs/actions", "controlRuns", need{"run", "control"}, "Pause, resume, stop, skip, retry or hurry runs", s.controlRuns)
	route(s, http.MethodGet, "/flows", "listFlows", need{"flow", "read"}, "Flows with their live counts", s.listFlows)
	route(s, http.MethodPost, "/flows/lint", "lintFlow", need{"flow", "read"}, "Check a flow document", s.lintFlow)
	route(s, http.MethodGet, "/flows/{key}", "getFlow", need{"flow", "read"}, "A flow with its draft", s.getFlow)
	route(s, http.MethodPut, "/flows/{key}", "saveFlow", need{"flow", "update"}, "Save a flow's draft", s.saveFlow)
	route(s, http.MethodGet, "/flows/{key}/impact", "flowImpact", need{"flow", "read"}, "What publishing would do now", s.flowImpact)
	route(s, http.MethodPost, "/flows/{key}/publish", "publishFlow", need{"flow", "publish"}, "Publish the draft", s.publishFlow)
	route(s, http.MethodPost, "/flows/{key}/stop", "stopFlow", need{"flow", "publish"}, "Take a flow off the air and stop its runs", s.stopFlow)
	route(s, http.MethodPost, "/flows/{key}/start", "startFlow", need{"run", "control"}, "Start runs for chosen subjects", s.startFlow)
	route(s, http.MethodGet, "/batches/{id}", "getBatch", need{"batch", "read"}, "Progress of a batch", s.getBatch)
	route(s, http.MethodPost, "/rehearsals", "rehearse", need{"flow", "read"}, "Rehearse a flow over real records on a virtual clock", s.rehearse)
}

type flowRef struct {
	Key  string            `json:"key"`
	Name map[string]string `json:"name"`
}

type subjectRef struct {
	Form  string `json:"form"`
	ID    string `json:"id"`
	Label string `json:"label"`
}

type runOut struct {
	ID         string            `json:"id"`
	Flow       flowRef           `json:"flow"`
	Version    int               `json:"version"`
	Customer   ref               `json:"customer"`
	Subject    subjectRef        `json:"subject"`
	Node       string            `json:"node"`
	Sentence   map[string]string `json:"sentence"`
	Status     string            `json:"status"`
	WakeAt     string            `json:"wakeAt,omitempty"`
	WaitingFor []string          `json:"waitingFor,omitempty"`
	Outcome    string            `json:"outcome,omitempty"`
	Reason     *reason           `json:"reason,omitempty"`
	StartedAt  string            `json:"startedAt"`
	UpdatedAt  string            `json:"updatedAt"`
}

func runsOf(customer string) flows.RunQuery {
	return flows.RunQuery{Customer: customer, Status: "open", Limit: 200}
}

func (s *Server) flowNames(ctx context.Context, ws string) map[string]map[string]string {
	out := map[string]map[string]string{}
	all, err := s.Flows.List(ctx, ws)
	if err != nil {
		return out
	}
	for _, f := range all {
		out[f.Key] = f.Name
	}
	return out
}

func (s *Server) showRun(ctx context.Context, ws string, r flows.RunEntry, names map[string]map[string]string) runOut {
	out := runOut{
		ID: r.ID, Flow: flowRef{r.Flow, names[r.Flow]}, Customer: ref{r.Customer, r.CustomerName}, Subject: subjectRef{r.Form, r.Subject, r.Label},
		Node: r.Node, Status: r.Status, WakeAt: r.Wake, WaitingFor: r.On, Outcome: r.Outcome, Reason: reasonOf(r.Reason, ""),
		StartedAt: r.Started, UpdatedAt: r.Updated,
	}
	if out.Status == flows.Starting {
		out.Status = run.Active
	}
	if d, err := s.Flows.Definition(ctx, ws, r.Hash); err == nil {
		out.Version, out.Sentence = d.Version, d.Sentence(r.Node)
	}
	return out
}

type runsIn struct {
	Status   string `query:"status" maxLength:"20"`
	Flow     string `query:"flow" maxLength:"60"`
	Customer string `query:"customer" maxLength:"200"`
	Node     string `query:"node" maxLength:"60"`
	Limit    int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor   string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listRuns(ctx context.Context, a policies.Actor, in *runsIn) (*reply[items[runOut]], error) {
	v, err := s.Access.View(ctx, a, "run", "read")
	if err != nil {
		return nil, err
	}
	list, next, err := s.Flows.ListRuns(ctx, a.Workspace, flows.RunQuery{
		Status: in.Status, Flow: in.Flow, Customer: in.Customer, Node: in.Node, Limit: in.Limit, Cursor: in.Cursor, Scope: records.Stamped(v.Scope),
	})
	if err != nil {
		return nil, err
	}
	names := s.flowNames(ctx, a.Workspace)
	out := items[runOut]{Items: []runOut{}, Next: next}
	for _, r := range list {
		out.Items = append(out.Items, s.showRun(ctx, a.Workspace, r, names))
	}
	return &reply[items[runOut]]{out}, nil
}

type controlIn struct {
	Body struct {
		IDs    []string `json:"ids" minItems:"1" maxItems:"500"`
		Action string   `json:"action" enum:"pause,resume,stop,skip,retry,runNow"`
		Reason string   `json:"reason,omitempty" maxLength:"500"`
	}
}

type controlFailure struct {
	ID      string   `json:"id"`
	Problem *Problem `json:"problem"`
}

type controlOut struct {
	Done   int              `json:"done"`
	Failed []controlFailure `json:"failed"`
}

func (s *Server) controlRuns(ctx context.Context, a policies.Actor, in *controlIn) (*reply[controlOut], error) {
	v, err := s.Access.View(ctx, a, "run", "control")
	if err != nil {
		return nil, err
	}
	done, failed, err := s.Flows.ControlRuns(ctx, a.Workspace, in.Body.IDs, in.Body.Action, a.ID, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	out := controlOut{Done: done, Failed: []controlFailure{}}
	for id, e := range failed {
		p, _ := s.problem(ctx, e).(*Problem)
		out.Failed = append(out.Failed, controlFailure{id, p})
	}
	return &reply[controlOut]{out}, nil
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
}

func (s *Server) showFlow(f flows.Flow, counts map[string]int64) flowOut {
	out := flowOut{
		Key: f.Key, Name: f.Name, Description: f.About, Status: f.Status, Version: f.Version, Hash: f.Hash, PublishedAt: f.PublishedAt,
		PublishedBy: f.PublishedBy, DraftVersion: f.DocVersion, History: f.History, Sentences: s.Flows.Page(f.Draft),
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
		out.Items = append(out.Items, s.showFlow(f, counts[f.Key]))
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
	out := s.showFlow(f, nil)
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
	f, err := s.Flows.Save(ctx, a.Workspace, in.Body.Document, v)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "flow", f.Key, map[string]any{"hash": doc.Hash()})
	return &tagged[flowOut]{etag(f.DocVersion), s.showFlow(f, nil)}, nil
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
	out := []lintIssue{}
	for _, i := range issues {
		out = append(out, lintIssue{i, lintText(langOf(ctx), i)})
	}
	return &reply[map[string][]lintIssue]{map[string][]lintIssue{"issues": out}}, nil
}

func (s *Server) flowImpact(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[flows.Impact], error) {
	i, err := s.Flows.Impact(ctx, a.Workspace, in.Key)
	return &reply[flows.Impact]{i}, err
}

type publishIn struct {
	FlowPath
	Body struct {
		Running string `json:"running,omitempty" enum:"finish,move,stop" doc:"what runs of older versions do; default finish"`
	} `required:"false"`
}

func (s *Server) publishFlow(ctx context.Context, a policies.Actor, in *publishIn) (*reply[flows.Published], error) {
	p, err := s.Flows.Publish(ctx, a.Workspace, in.Key, a.ID, in.Body.Running)
	if err == nil {
		s.audit(ctx, a, "publish", "flow", in.Key, p)
	}
	return &reply[flows.Published]{p}, err
}

func (s *Server) stopFlow(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[map[string]string], error) {
	b, err := s.Flows.StopFlow(ctx, a.Workspace, in.Key, a.ID)
	if err == nil {
		s.audit(ctx, a, "stop", "flow", in.Key, nil)
	}
	return &reply[map[string]string]{map[string]string{"batch": b}}, err
}

type startIn struct {
	FlowPath
	Body struct {
		Subjects []string `json:"subjects" minItems:"1" maxItems:"500"`
	}
}

func (s *Server) startFlow(ctx context.Context, a policies.Actor, in *startIn) (*reply[map[string]int], error) {
	f, err := s.Flows.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	subjects, err := s.visibleSubjects(ctx, a, f, in.Body.Subjects)
	if err != nil {
		return nil, err
	}
	n, err := s.Flows.Start(ctx, a.Workspace, in.Key, subjects)
	return &reply[map[string]int]{map[string]int{"started": n}}, err
}

// visibleSubjects checks that every subject is in the actor's view.
func (s *Server) visibleSubjects(ctx context.Context, a policies.Actor, f flows.Flow, ids []string) ([]string, error) {
	doc, err := flow.Parse(f.Draft)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if _, err := s.Records.Get(ctx, a, doc.Subject.Form, id); err != nil {
			if fault.Is(err, fault.NotFound) {
				return nil, fault.At("/subjects/"+strconv.Itoa(i), "reference", nil)
			}
			return nil, err
		}
	}
	return ids, nil
}

type batchIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) getBatch(ctx context.Context, a policies.Actor, in *batchIn) (*reply[flows.Batch], error) {
	b, err := s.Flows.GetBatch(ctx, a.Workspace, in.ID)
	return &reply[flows.Batch]{b}, err
}

type rehearseIn struct {
	Body struct {
		Flow     string          `json:"flow,omitempty" maxLength:"60" doc:"key of a flow, its draft is rehearsed"`
		Document json.RawMessage `json:"document,omitempty" doc:"or a flow document"`
		From     string          `json:"from" maxLength:"10"`
		To       string          `json:"to" maxLength:"10"`
	}
}

// maxRehearsal bounds the virtual time of a rehearsal, in days.
const maxRehearsal = 800

func (s *Server) rehearse(ctx context.Context, a policies.Actor, in *rehearseIn) (*reply[run.Report], error) {
	from, err := value.ParseDate(in.Body.From)
	if err != nil {
		return nil, fault.At("/from", "date", nil)
	}
	to, err := value.ParseDate(in.Body.To)
	if err != nil || to < from || to-from > maxRehearsal {
		return nil, fault.At("/to", "date", nil)
	}
	raw := in.Body.Document
	if len(raw) == 0 {
		f, err := s.Flows.Get(ctx, a.Workspace, in.Body.Flow)
		if err != nil {
			return nil, err
		}
		raw = f.Draft
	}
	d, err := s.Flows.CompileDraft(ctx, a.Workspace, raw)
	if err != nil {
		return nil, at("/document", err)
	}
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	r, err := s.Rehearse(ctx, a.Workspace, d, from, to, v.Scope)
	if err != nil {
		return nil, err
	}
	return &reply[run.Report]{*r}, nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
