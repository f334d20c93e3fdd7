package flows

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// Names on the wire.
const (
	BatchWorkflowName    = "flow.batch"
	BatchActivityName    = "flow.batch.page"
	ScheduleWorkflowName = "flow.schedule"
	ScheduleActivityName = "flow.schedule.next"
)

// Batch is work over many records or runs: enrolling what exists, or a hand on
// all runs of a flow. Cursor and counts are its progress.
type Batch struct {
	ID        string   `json:"id"`
	Workspace string   `json:"ws"`
	Kind      string   `json:"kind"` // enrol, control, adopt; schedule, only in Flow.Todo
	Flow      string   `json:"flow"`
	Hash      string   `json:"hash,omitempty"`
	NotHash   string   `json:"notHash,omitempty"` // control: leave runs of this version alone
	At        []string `json:"at,omitempty"`      // control: only runs at these steps
	NotAt     []string `json:"notAt,omitempty"`   // control: not those at these
	Parked    string   `json:"parked,omitempty"`  // control: only runs parked for this reason, of any flow
	Action    string   `json:"action,omitempty"`
	Entry     string   `json:"entry,omitempty"`
	By        string   `json:"by,omitempty"`
	Status    string   `json:"status"` // running, done, failed
	Cursor    string   `json:"cursor,omitempty"`
	Done      int64    `json:"done"`
	Total     int64    `json:"total"`
	Failed    int64    `json:"failed"`
	StartedAt string   `json:"startedAt"`
	UpdatedAt string   `json:"updatedAt"`
}

func batchID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

// batch starts a batch and gives its id; one that was started by its id before
// goes on.
func (s *Service) batch(ctx context.Context, ws string, b Batch) (string, error) {
	if b.ID == "" {
		b.ID = batchID()
	}
	b.Workspace, b.Status = ws, "running"
	b.StartedAt = value.Instant(s.spaces.RealNow())
	b.UpdatedAt = b.StartedAt
	col, where, err := s.batchQuery(ctx, b)
	if err != nil {
		return "", err
	}
	if b.Total, err = col.Count(ctx, where, 0); err != nil {
		return "", err
	}
	body, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	if _, err := s.store.In(ws, Batches).Insert(ctx, b.ID, body); err != nil && fault.KeyOf(err) != "store.exists" {
		return "", err
	}
	return b.ID, s.engine.Launch(ctx, "batch/"+ws+"/"+b.ID, BatchWorkflowName, BatchState{Workspace: ws, ID: b.ID})
}

// RetryParked lets the runs go on that were parked for a reason, now that it is
// gone: in the background, as anybody could one by one.
func (s *Service) RetryParked(ctx context.Context, ws, reason, by string) error {
	_, err := s.batch(ctx, ws, Batch{Kind: controlling, Parked: reason, Action: run.Retry, By: by})
	return err
}

// GetBatch gives a batch's progress.
func (s *Service) GetBatch(ctx context.Context, ws, id string) (Batch, error) {
	var b Batch
	d, err := s.store.In(ws, Batches).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return b, fault.New(fault.NotFound, "batch.none", nil)
	}
	if err != nil {
		return b, err
	}
	return b, decodeInto(d, &b)
}

func decodeInto(d store.Doc, v any) error { return json.Unmarshal(d.Body, v) }

const (
	enrolling   = "enrol"
	controlling = "control"
	adopting    = "adopt"
	scheduling  = "schedule"
)

func (s *Service) batchQuery(ctx context.Context, b Batch) (store.Collection, filter.Expr, error) {
	if b.Kind == adopting {
		return s.store.In(b.Workspace, Runs), hosted, nil
	}
	if b.Kind == controlling {
		where := filter.And(filter.Eq("flow", b.Flow), openRuns)
		if b.Parked != "" {
			where = filter.And(filter.Eq("status", run.Parked), filter.Eq("reason", b.Parked))
		}
		if b.NotHash != "" {
			where = filter.And(where, filter.Ne("hash", b.NotHash))
		}
		if len(b.At) > 0 {
			where = filter.And(where, filter.In("node", b.At...))
		}
		if len(b.NotAt) > 0 {
			where = filter.And(where, filter.Nin("node", b.NotAt...))
		}
		return s.store.In(b.Workspace, Runs), where, nil
	}
	d, err := s.Definition(ctx, b.Workspace, b.Hash)
	if err != nil {
		return store.Collection{}, nil, err
	}
	formKey := d.Flow.Subject.Form
	return s.store.In(b.Workspace, "r_"+formKey), subjectFilter(formKey), nil
}

// BatchState is what a batch's workflow carries on.
type BatchState struct {
	Workspace string `json:"ws"`
	ID        string `json:"id"`
}

const pagesPerHistory = 100

// tries is how pages of batches and looks at schedules are tried again.
var tries = workflow.LocalActivityOptions{
	StartToCloseTimeout: 2 * time.Minute,
	RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
}

// BatchWorkflow works off a batch page by page. The cursor is in the batch's
// document, so that a repeat of a page goes on where the last one ended.
func BatchWorkflow(ctx workflow.Context, st BatchState) error {
	ctx = workflow.WithLocalActivityOptions(ctx, tries)
	for range pagesPerHistory {
		var more bool
		if err := workflow.ExecuteLocalActivity(ctx, BatchActivityName, st).Get(ctx, &more); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
	return workflow.NewContinueAsNewError(ctx, BatchWorkflowName, st)
}

const batchPage = 200

// BatchPage works off one page and tells whether there is more.
func (s *Service) BatchPage(ctx context.Context, st BatchState) (bool, error) {
	col := s.store.In(st.Workspace, Batches)
	doc, err := col.Get(ctx, st.ID)
	if err != nil {
		return false, err
	}
	var b Batch
	if err := decodeInto(doc, &b); err != nil {
		return false, err
	}
	if b.Status != "running" {
		return false, nil
	}
	if b.Kind == enrolling {
		if live, err := s.enrols(ctx, b); err != nil {
			return false, err
		} else if !live {
			b.Status = "done"
			return false, s.progress(ctx, doc, b)
		}
	}
	records, where, err := s.batchQuery(ctx, b)
	if err != nil {
		return false, err
	}
	// In the order of ids, which the work does not change: pages stay put.
	page, err := records.Find(ctx, store.Query{Filter: where, Limit: batchPage, After: b.Cursor})
	if err != nil {
		return false, err
	}
	docs := page.Docs
	if b.Kind == enrolling && len(docs) > 0 && (b.Cursor != "" || page.Next != "") {
		if docs, err = together(ctx, records, where, docs); err != nil {
			return false, err
		}
	}
	if err := s.work(ctx, b, docs); err != nil {
		return false, err
	}
	b.Done += int64(len(page.Docs))
	b.Cursor = page.Next
	if page.Next == "" {
		b.Status = "done"
	}
	return b.Status == "running", s.progress(ctx, doc, b)
}

// progress stores how far a batch has come.
func (s *Service) progress(ctx context.Context, doc store.Doc, b Batch) error {
	b.UpdatedAt = value.Instant(s.spaces.RealNow())
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	_, err = s.store.In(b.Workspace, Batches).Replace(ctx, store.Doc{ID: doc.ID, Body: body}, doc.Ver)
	return err
}

// enrols tells whether a batch has more to enrol: its flow goes out, and where all
// that is open enters it, as this version; a newer one has a batch of its own.
func (s *Service) enrols(ctx context.Context, b Batch) (bool, error) {
	f, err := s.Get(ctx, b.Workspace, b.Flow)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return f.Status == Live && (b.Entry != "" || f.Hash == b.Hash), err
}

func (s *Service) work(ctx context.Context, b Batch, docs []store.Doc) error {
	switch b.Kind {
	case controlling:
		return s.controlPage(ctx, b, docs)
	case adopting:
		return s.adoptPage(ctx, b.Workspace, docs)
	}
	d, err := s.Definition(ctx, b.Workspace, b.Hash)
	if err != nil {
		return err
	}
	by := map[string][]string{}
	var order []string
	for _, doc := range docs {
		customer, err := customerOf(doc)
		if err != nil {
			return err
		}
		if d.Flow.Subject.Form == "customer" {
			customer = doc.ID
		}
		if by[customer] == nil {
			order = append(order, customer)
		}
		by[customer] = append(by[customer], doc.ID)
	}
	for _, customer := range order {
		if _, err := s.startRuns(ctx, b.Workspace, d, customer, by[customer], b.Entry); err != nil {
			return err
		}
	}
	return nil
}

// controlPage names the runs it means: others of the same customer, such as
// those of a newer version, are not touched.
func (s *Service) controlPage(ctx context.Context, b Batch, docs []store.Doc) error {
	runs := map[string][]string{}
	var order []string
	for _, doc := range docs {
		var r RunDoc
		if err := decodeInto(doc, &r); err != nil {
			return err
		}
		if runs[r.Customer] == nil {
			order = append(order, r.Customer)
		}
		runs[r.Customer] = append(runs[r.Customer], r.Run)
	}
	for _, customer := range order {
		note := run.Note{Kind: run.NoteControl, Action: b.Action, Flow: b.Flow, Hash: b.Hash, Ids: runs[customer], By: b.By}
		if err := s.engine.Tell(ctx, b.Workspace, customer, []run.Note{note}); err != nil {
			return err
		}
	}
	return nil
}
