package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) runRoutes() {
	route(s, http.MethodGet, "/runs", "listRuns", need{"run", "read"}, "Runs of flows", s.listRuns)
	route(s, http.MethodGet, "/run", "getRun", need{"run", "read"}, "One run with the facts of its steps", s.getRun)
	route(s, http.MethodPost, "/runs/actions", "controlRuns", need{"run", "control"}, "Pause, resume, stop, skip, retry or hurry runs", s.controlRuns)
	route(s, http.MethodGet, "/batches/{id}", "getBatch", need{"batch", "read"}, "Progress of a batch", s.getBatch)
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
		out.Version, out.Sentence = d.Version, d.Sentence(r.Node, s.Flows.Names(ctx, ws))
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

type batchIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) getBatch(ctx context.Context, a policies.Actor, in *batchIn) (*reply[flows.Batch], error) {
	b, err := s.Flows.GetBatch(ctx, a.Workspace, in.ID)
	return &reply[flows.Batch]{b}, err
}

type runQuery struct {
	ID string `query:"id" maxLength:"600" required:"true"`
}

type runStep struct {
	At       string            `json:"at"`
	Node     string            `json:"node"`
	What     string            `json:"what"`
	Reason   *reason           `json:"reason,omitempty"`
	Port     string            `json:"port,omitempty"`
	Until    string            `json:"until,omitempty"`
	Key      string            `json:"key,omitempty"`
	Sentence map[string]string `json:"sentence,omitempty"`
}

type runMessage struct {
	ID      string `json:"id"`
	At      string `json:"at"`
	Status  string `json:"status"`
	Channel string `json:"channel"`
	Subject string `json:"subject"`
}

type runDetail struct {
	Run      runOut          `json:"run"`
	Hash     string          `json:"hash"`
	Document json.RawMessage `json:"document,omitempty"`
	Steps    []runStep       `json:"steps"`
	Messages []runMessage    `json:"messages"`
}

// getRun shows one run: its version of the flow, and what happened at each step.
func (s *Server) getRun(ctx context.Context, a policies.Actor, in *runQuery) (*reply[runDetail], error) {
	v, err := s.Access.View(ctx, a, "run", "read")
	if err != nil {
		return nil, err
	}
	d, err := s.Flows.RunByID(ctx, a.Workspace, in.ID, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	names := s.flowNames(ctx, a.Workspace)
	out := runDetail{Run: s.showRun(ctx, a.Workspace, d.Entry, names), Hash: d.Entry.Hash, Steps: []runStep{}, Messages: []runMessage{}}
	if ver, err := s.Flows.Version(ctx, a.Workspace, d.Entry.Hash); err == nil {
		out.Document = ver.Document
	}
	var keys []string
	for _, f := range d.Facts {
		out.Steps = append(out.Steps, runStep{
			At: value.Instant(f.At), Node: f.Node, What: f.What, Reason: reasonIn(f, names), Port: f.Port, Until: instant(f.Until), Key: f.Key,
			Sentence: s.Flows.Sentence(ctx, a.Workspace, d.Entry.Hash, f.Node),
		})
		if f.What == "sent" || f.What == "merged" {
			keys = append(keys, f.Key)
		}
	}
	if out.Messages, err = s.messagesOf(ctx, a, keys); err != nil {
		return nil, err
	}
	return &reply[runDetail]{out}, nil
}

// messagesOf lists the messages of steps, as far as the actor sees messages.
func (s *Server) messagesOf(ctx context.Context, a policies.Actor, keys []string) ([]runMessage, error) {
	out := []runMessage{}
	v, err := s.Access.View(ctx, a, "message", "read")
	if fault.Is(err, fault.Denied) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := s.Messages.Many(ctx, a.Workspace, keys, records.Stamped(v.Scope))
	for _, m := range list {
		out = append(out, runMessage{m.ID, m.At, m.Status, m.Channel, m.Subject})
	}
	return out, err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
