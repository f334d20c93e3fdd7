package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) rehearsalRoutes() {
	look(s, "/rehearsals", "rehearse", need{"flow", "read"}, "Rehearse a flow over real records on a virtual clock", s.rehearse)
	s.app.Post("/api/v1/rehearsals/stream", s.streamRehearsal)
	s.looksAt("/rehearsals/stream")
	s.huma.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "streamRehearsal", Method: http.MethodPost, Path: "/rehearsals/stream",
		Summary:     "Rehearse, with progress and findings line by line while it is played",
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: huma.SchemaFromType(s.huma.OpenAPI().Components.Schemas, reflect.TypeFor[rehearsalBody]())}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "JSON objects, one a line: progress, messages, held, tasks, path, others (messages of other flows), and at last totals or problem",
			Content:     map[string]*huma.MediaType{"application/x-ndjson": {}},
		}},
	})
}

type rehearsalBody struct {
	Flow     string          `json:"flow,omitempty" maxLength:"60" doc:"key of a flow, its draft is rehearsed"`
	Document json.RawMessage `json:"document,omitempty" doc:"or a flow document"`
	From     string          `json:"from" maxLength:"10"`
	To       string          `json:"to" maxLength:"10"`
	Customer string          `json:"customer,omitempty" maxLength:"200" doc:"only this customer, with every step"`
	Alone    bool            `json:"alone,omitempty" doc:"without the other live flows, which else share clock, contact budget and messages with it"`
}

type rehearseIn struct{ Body rehearsalBody }

// maxRehearsal bounds the virtual time of a rehearsal, in days.
const maxRehearsal = 800

// prepare reads what is to be rehearsed, and as far as whose eyes go.
func (s *Server) prepare(ctx context.Context, a policies.Actor, b rehearsalBody) (*run.Definition, flows.RehearseOptions, error) {
	o := flows.RehearseOptions{Customer: b.Customer, Alone: b.Alone}
	var err error
	if o.From, err = value.ParseDate(b.From); err != nil {
		return nil, o, fault.At("/from", "date", nil)
	}
	if o.To, err = value.ParseDate(b.To); err != nil {
		return nil, o, fault.At("/to", "date", nil)
	}
	if o.To < o.From || o.To-o.From > maxRehearsal {
		return nil, o, fault.At("/to", "afterStart", maxRehearsal)
	}
	raw := b.Document
	if len(raw) == 0 {
		f, err := s.Flows.Get(ctx, a.Workspace, b.Flow)
		if err != nil {
			return nil, o, err
		}
		raw = f.Draft
	}
	d, err := s.Flows.CompileDraft(ctx, a.Workspace, raw)
	if err != nil {
		return nil, o, at("/document", err)
	}
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, o, err
	}
	if v.Masked["amounts"] {
		return nil, o, fault.New(fault.Denied, "policy.denied", nil) // what it plays is all about amounts
	}
	o.Visible = v.Scope
	return d, o, nil
}

func (s *Server) rehearse(ctx context.Context, a policies.Actor, in *rehearseIn) (*reply[run.Report], error) {
	d, o, err := s.prepare(ctx, a, in.Body)
	if err != nil {
		return nil, err
	}
	r, err := s.Rehearse(ctx, a.Workspace, d, o)
	if err != nil {
		return nil, err
	}
	return &reply[run.Report]{*r}, nil
}

const (
	streamEvery   = 150 * time.Millisecond // lines are flushed at most this often
	streamTimeout = 10 * time.Minute
	maxStreamed   = 5000 // entries of each list; totals are whole
)

// streamRehearsal gives a rehearsal line by line while it is played. A client
// that goes away ends it.
func (s *Server) streamRehearsal(c *fiber.Ctx) error {
	ctx := c.UserContext()
	a, ok := actorOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	if err := s.Access.Must(ctx, a, "flow", "read"); err != nil {
		return s.send(c, err)
	}
	var b rehearsalBody
	if err := json.Unmarshal(c.Body(), &b); err != nil {
		return s.send(c, fault.At("", "json", nil))
	}
	d, o, err := s.prepare(ctx, a, b)
	if err != nil {
		return s.send(c, err)
	}
	c.Set(fiber.HeaderContentType, "application/x-ndjson")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	// The lines are written after this handler has returned, past its deadline.
	ctx = context.WithoutCancel(ctx)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(ctx, streamTimeout)
		defer cancel()
		st := &rehearsalStream{s: s, w: w, ws: a.Workspace}
		o.Progress = func(done, total int, r *run.Report) error {
			if time.Since(st.flushed) < streamEvery {
				return nil
			}
			return st.flush(done, total, r)
		}
		r, err := s.Rehearse(ctx, a.Workspace, d, o)
		if err != nil {
			p, _ := s.problem(ctx, err).(*Problem)
			_ = st.line(map[string]any{"problem": p})
		} else if st.flush(r.Totals.Accounts, r.Totals.Accounts, r) == nil {
			_ = st.line(map[string]any{"totals": streamTotals{r.Totals, st.cut}})
		}
		_ = w.Flush()
	})
	return nil
}

type streamTotals struct {
	run.Totals
	Cut bool `json:"cut,omitempty"`
}

// rehearsalStream writes what has come since its last flush, and forgets it.
type rehearsalStream struct {
	s       *Server
	w       *bufio.Writer
	ws      string
	flushed time.Time
	sent    [4]int
	cut     bool
}

type heldLine struct {
	run.HeldMessage
	Reason *reason `json:"reason,omitempty"`
}

type pathLine struct {
	At     time.Time `json:"at"`
	Run    string    `json:"run"`
	Node   string    `json:"node"`
	What   string    `json:"what"`
	Port   string    `json:"port,omitempty"`
	Until  string    `json:"until,omitempty"`
	Reason *reason   `json:"reason,omitempty"`
}

func (t *rehearsalStream) flush(done, total int, r *run.Report) error {
	t.flushed = time.Now()
	if err := t.line(map[string]any{"progress": map[string]int{"done": done, "total": total}}); err != nil {
		return err
	}
	held := make([]heldLine, 0, len(r.Held))
	for _, h := range r.Held {
		held = append(held, heldLine{h, reasonOf(h.Reason, instant(h.Until))})
	}
	path := make([]pathLine, 0, len(r.Path))
	for _, f := range r.Path {
		path = append(path, pathLine{f.At, f.Run, f.Node, f.What, f.Port, instant(f.Until), reasonOf(f.Reason, instant(f.Until))})
	}
	for _, l := range []struct {
		name string
		list any
		n    int
	}{
		{"messages", some(t, 0, r.Messages), len(r.Messages)},
		{"held", some(t, 1, held), len(held)},
		{"tasks", some(t, 2, r.Tasks), len(r.Tasks)},
		{"path", path, len(path)},
		{"others", some(t, 3, r.Others), len(r.Others)},
	} {
		if l.n > 0 {
			if err := t.line(map[string]any{l.name: l.list}); err != nil {
				return err
			}
		}
	}
	r.Messages, r.Held, r.Tasks, r.Path, r.Others = r.Messages[:0], r.Held[:0], r.Tasks[:0], r.Path[:0], r.Others[:0]
	return t.w.Flush()
}

// some is as much of a list as may still be sent.
func some[T any](t *rehearsalStream, k int, list []T) []T {
	left := maxStreamed - t.sent[k]
	if len(list) > left {
		list, t.cut = list[:left], true
	}
	t.sent[k] += len(list)
	return list
}

func (t *rehearsalStream) line(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = t.w.Write(append(raw, '\n'))
	return err
}
