package flows

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// What publishing does with runs of older versions.
const (
	Finish = "finish" // they end on their version
	Move   = "move"   // they go on at the same step of the new one
	Stop   = "stop"
)

// Published is the outcome of a publish.
type Published struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	Batch   string `json:"batch,omitempty"` // enrolment of what exists
}

// Publish makes the draft (or doc, if given) the live version and enrols the
// subjects that exist, as a durable batch. Publishing what is live already
// changes nothing but enrols again, which is harmless.
func (s *Service) Publish(ctx context.Context, ws, key, by, running string) (Published, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Published{}, err
	}
	if len(f.Draft) == 0 {
		return Published{}, fault.New(fault.Invalid, "flow.noDraft", nil)
	}
	doc, err := flow.Parse(f.Draft)
	if err != nil {
		return Published{}, err
	}
	if err := flow.Errors(flow.Check(doc, s.nodes, s.World(ctx, ws))); err != nil {
		return Published{}, err
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return Published{}, err
	}
	now, _ := s.spaces.Now(w)
	old, hash := f.Hash, doc.Hash()
	if f.Hash != hash || f.Status != Live {
		if err := s.version(ctx, ws, &f, hash); err != nil {
			return Published{}, err
		}
		f.Hash, f.Status, f.PublishedAt, f.PublishedBy = hash, Live, value.Instant(now), by
		f.History = append([]Publication{{f.Version, hash, f.PublishedAt, by}}, f.History...)
		if len(f.History) > maxHistory {
			f.History = f.History[:maxHistory]
		}
		if f, err = s.write(ctx, s.store.In(ws, Collection), f); err != nil {
			return Published{}, err
		}
		s.forgetLive(ws)
	}
	out := Published{Version: f.Version, Hash: hash}
	if old != "" && old != hash && running != Finish && running != "" {
		action := run.StopRun
		if running == Move {
			action = run.Migrate
		}
		if _, err := s.batch(ctx, ws, Batch{Kind: "control", Flow: key, Hash: hash, Action: action, By: by, NotHash: hash}); err != nil {
			return out, err
		}
	}
	out.Batch, err = s.enlist(ctx, ws, key, hash, by)
	return out, err
}

// version stores an immutable version under its content hash.
func (s *Service) version(ctx context.Context, ws string, f *Flow, hash string) error {
	body, err := json.Marshal(map[string]any{"key": f.Key, "version": f.Version + 1, "document": f.Draft})
	if err != nil {
		return err
	}
	_, err = s.store.In(ws, Versions).Insert(ctx, hash, body)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	f.Version++
	return nil
}

// enlist starts what a live flow needs: enrolment for triggers that wait at
// each subject, a scheduler for those that follow the calendar.
func (s *Service) enlist(ctx context.Context, ws, key, hash, by string) (string, error) {
	d, err := s.Definition(ctx, ws, hash)
	if err != nil {
		return "", err
	}
	if _, ok := d.Trigger().(*triggerschedule.Trigger); ok {
		return "", s.engine.Launch(ctx, "schedule/"+ws+"/"+hash, ScheduleWorkflowName, ScheduleState{Workspace: ws, Flow: key, Hash: hash})
	}
	if !d.Trigger().Starts(node.Event{Type: node.EventEnrolled}) {
		return "", nil
	}
	return s.batch(ctx, ws, Batch{Kind: "enrol", Flow: key, Hash: hash, By: by})
}

// StopFlow takes a flow off the air and stops its runs.
func (s *Service) StopFlow(ctx context.Context, ws, key, by string) (string, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return "", err
	}
	if f.Status == Live {
		_ = s.engine.Cancel(ctx, "schedule/"+ws+"/"+f.Hash)
		f.Status = Stopped
		if _, err = s.write(ctx, s.store.In(ws, Collection), f); err != nil {
			return "", err
		}
		s.forgetLive(ws)
	}
	return s.batch(ctx, ws, Batch{Kind: "control", Flow: key, Action: run.StopRun, By: by})
}

// Start begins runs of a flow with a manual trigger (or any flow) for chosen subjects.
func (s *Service) Start(ctx context.Context, ws, key string, subjects []string) (int, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return 0, err
	}
	if f.Status != Live {
		return 0, fault.New(fault.Conflict, "flow.notLive", nil)
	}
	if len(subjects) > 500 {
		return 0, fault.At("/subjects", "maxItems", 500)
	}
	d, err := s.Definition(ctx, ws, f.Hash)
	if err != nil {
		return 0, err
	}
	owners, err := s.customersOf(ctx, ws, d.Flow.Subject.Form, subjects)
	if err != nil {
		return 0, err
	}
	started := 0
	for customer, ids := range owners {
		n, err := s.startRuns(ctx, ws, d, customer, ids, "")
		if err != nil {
			return started, err
		}
		started += n
	}
	return started, nil
}

// customersOf groups subjects by their customer; unknown ones are left out.
func (s *Service) customersOf(ctx context.Context, ws, formKey string, subjects []string) (map[string][]string, error) {
	docs, err := s.store.In(ws, "r_"+formKey).GetMany(ctx, subjects)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, id := range subjects {
		d, ok := docs[id]
		if !ok {
			continue
		}
		customer := id
		if formKey != "customer" {
			var b struct {
				Customer string `json:"customer"`
			}
			if err := json.Unmarshal(d.Body, &b); err != nil {
				return nil, err
			}
			customer = b.Customer
		}
		out[customer] = append(out[customer], id)
	}
	return out, nil
}

// Impact is what publishing would do now.
type Impact struct {
	Enter  int64            `json:"enter"` // subjects that would get a run
	Sample []string         `json:"sample"`
	Steps  map[string]int64 `json:"steps"` // open runs by step of the live version
	Issues []flow.Issue     `json:"issues"`
}

// Impact counts who would enter a draft now and where running ones stand.
func (s *Service) Impact(ctx context.Context, ws, key string) (Impact, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Impact{}, err
	}
	doc, err := flow.Parse(f.Draft)
	if err != nil {
		return Impact{}, err
	}
	out := Impact{Steps: map[string]int64{}, Sample: []string{}, Issues: flow.Check(doc, s.nodes, s.World(ctx, ws))}
	col := s.store.In(ws, "r_"+doc.Subject.Form)
	open := subjectFilter(doc.Subject.Form)
	total, err := col.Count(ctx, open, 0)
	if err != nil {
		return out, err
	}
	page, err := col.Find(ctx, store.Query{Filter: open, Limit: 5})
	if err != nil {
		return out, err
	}
	for _, d := range page.Docs {
		out.Sample = append(out.Sample, d.ID)
	}
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: filter.And(filter.Eq("flow", key), openRuns), By: []string{"node"}})
	if err != nil {
		return out, err
	}
	var running int64
	for _, r := range rows {
		out.Steps[fmt.Sprint(r.Keys[0])] = r.Count
		running += r.Count
	}
	out.Enter = max(0, total-running)
	return out, nil
}

// subjectFilter is which records of a form may have a run at all.
func subjectFilter(formKey string) filter.Expr {
	if formKey == "invoice" {
		return filter.Gt("open", 0)
	}
	return nil
}
