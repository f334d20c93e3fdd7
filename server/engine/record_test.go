package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/house"
	"github.com/dueflow/dueflow/workflows/run"
)

// The folders of recorded histories: each is replayed by a test of the package
// that holds the workflow.
const (
	accountHistories = "../../workflows/replay/histories"
	flowHistories    = "../flows/testdata/histories"
	houseHistories   = "../house/testdata/histories"
)

// TestRecord writes what the engine recorded of our workflows into the folders
// of histories. Run it for a release, when a workflow has learned something
// new; histories of earlier releases stay, since runs of them are still open.
func TestRecord(t *testing.T) {
	release := os.Getenv("DUEFLOW_RECORD")
	if release == "" {
		t.Skip("records histories when DUEFLOW_RECORD names the release, such as v1")
	}
	e := startEngine(t)
	script := &script{}
	err := e.Work(engine.Registration{
		Workflows: map[string]any{
			run.AccountWorkflowName: run.AccountWorkflow, flows.BatchWorkflowName: flows.BatchWorkflow, flows.ScheduleWorkflowName: flows.ScheduleWorkflow,
			house.WorkflowName: house.Workflow, house.HandoverWorkflowName: house.HandoverWorkflow, house.ScoresWorkflowName: house.ScoresWorkflow,
		},
		Activities: map[string]any{
			run.StepActivityName: script.step, flows.BatchActivityName: script.page, flows.ScheduleActivityName: script.next,
			house.TickName: script.tick, house.HandoverPageName: script.handover, house.ScoresPageName: script.scores,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder{t: t, e: e, release: release}
	rec.steps()
	rec.continued()
	rec.batches()
	rec.schedule()
	rec.deadlines()
	rec.house()
}

func startEngine(t *testing.T) *engine.Engine {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e
}

// script plays the product: what a customer's steps do follows from its name.
type script struct {
	failed       atomic.Bool
	ticks, pages atomic.Int32
	clocks       atomic.Int32
	scored       atomic.Int32
}

// step: "slow" has one run with a timer, fails once, and ends by a control;
// "busy" is due at once, again and again, until it is told to end.
func (s *script) step(_ context.Context, in run.StepIn) (run.StepOut, error) {
	r := &run.Run{ID: "friendly/inv-1", Flow: "friendly", Hash: "h1", Form: "invoice", Subject: "inv-1", Status: run.Active, Node: "first"}
	if in.Customer == "promised" { // no run, two deadlines
		if n := s.clocks.Add(1); n < 3 {
			return run.StepOut{Clock: time.Now().Add(300 * time.Millisecond)}, nil
		}
		return run.StepOut{}, nil
	}
	for _, n := range in.Notes {
		switch n.Kind {
		case run.NoteControl:
			return run.StepOut{Ended: []string{r.ID}}, nil
		case run.NoteEvent:
			if s.failed.CompareAndSwap(false, true) {
				return run.StepOut{}, errors.New("the store is away")
			}
		}
	}
	out := run.StepOut{Changed: []*run.Run{r}, Next: time.Unix(0, 0)} // long due
	if in.Customer == "slow" {
		out.Next = time.Now().Add(500 * time.Millisecond)
		if len(in.Notes) == 0 { // the timer has fired: from here on only events move it
			r.Node, out.Next = "wait", time.Time{}
		}
	}
	return out, nil
}

// page: the batch "long" never ends, any other has one page.
func (s *script) page(_ context.Context, st flows.BatchState) (bool, error) {
	return st.ID == "long", nil
}

func (s *script) next(_ context.Context, st flows.ScheduleState) (flows.ScheduleNext, error) {
	if st.Last.Year() >= 2003 { // three times are enough
		return flows.ScheduleNext{}, nil
	}
	at := time.Date(max(st.Last.Year(), 2000)+1, 1, 1, 9, 0, 0, 0, time.UTC)
	return flows.ScheduleNext{Live: true, At: at, Start: true, Wake: time.Now().Add(200 * time.Millisecond)}, nil
}

// tick: the housework is due at once, and then in a moment, for ever.
func (s *script) tick(context.Context, house.State) (time.Time, error) {
	if s.ticks.Add(1) == 1 {
		return time.Now().Add(-time.Second), nil
	}
	return time.Now().Add(300 * time.Millisecond), nil
}

// handover: three pages.
func (s *script) handover(context.Context, house.HandoverState) (bool, error) {
	return s.pages.Add(1) < 3, nil
}

// scores: three pages.
func (s *script) scores(context.Context, house.ScoresState) (bool, error) {
	return s.scored.Add(1) < 3, nil
}

type recorder struct {
	t       *testing.T
	e       *engine.Engine
	release string
}

func (r *recorder) tell(customer string, n ...run.Note) {
	r.t.Helper()
	if err := r.e.Tell(r.t.Context(), "ws", customer, n); err != nil {
		r.t.Fatal(err)
	}
}

// steps is a life of an account: start, timer, two notes at once, a step that
// fails and is repeated, the end.
func (r *recorder) steps() {
	r.tell("slow", run.Note{Kind: run.NoteStart, Hash: "h1", Form: "invoice", Ids: []string{"inv-1"}})
	r.until("slow", func(runs map[string]*run.Run) bool {
		return runs["friendly/inv-1"] != nil && runs["friendly/inv-1"].Node == "wait"
	})
	r.tell("slow", run.Note{Kind: run.NoteEvent}, run.Note{Kind: run.NoteEvent})
	r.tell("slow", run.Note{Kind: run.NoteEvent})
	r.until("slow", func(runs map[string]*run.Run) bool { return runs["friendly/inv-1"].Node == "first" })
	r.tell("slow", run.Note{Kind: run.NoteControl, Action: run.StopRun, By: "anna"})
	r.wait(run.AccountID("ws", "slow"))
	r.save(accountHistories, "account-steps", run.AccountID("ws", "slow"), "")
}

// continued is an account with so many steps that it continues as new, still
// carrying its run, and the end of the new one.
func (r *recorder) continued() {
	id := run.AccountID("ws", "busy")
	r.tell("busy", run.Note{Kind: run.NoteStart, Hash: "h1", Form: "invoice", Ids: []string{"inv-1"}})
	first := r.describe(id)
	for deadline := time.Now().Add(time.Minute); r.describe(id) == first; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("the account's workflow did not continue as new within a minute")
		}
	}
	second := r.describe(id)
	r.tell("busy", run.Note{Kind: run.NoteControl, Action: run.StopRun})
	r.wait(id)
	r.save(accountHistories, "account-continued", id, first)
	r.save(accountHistories, "account-carried-on", id, second)
}

func (r *recorder) batches() {
	r.launch("batch/ws/short", flows.BatchWorkflowName, flows.BatchState{Workspace: "ws", ID: "short"})
	r.wait("batch/ws/short")
	r.save(flowHistories, "batch-one-page", "batch/ws/short", "")

	r.launch("batch/ws/long", flows.BatchWorkflowName, flows.BatchState{Workspace: "ws", ID: "long"})
	first := r.describe("batch/ws/long")
	for deadline := time.Now().Add(time.Minute); r.describe("batch/ws/long") == first; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatal("the batch did not continue as new within a minute")
		}
	}
	if err := r.e.Client().TerminateWorkflow(r.t.Context(), "batch/ws/long", "", "recorded"); err != nil {
		r.t.Fatal(err)
	}
	r.save(flowHistories, "batch-continued", "batch/ws/long", first)
}

func (r *recorder) schedule() {
	id := "schedule/ws/friendly"
	r.launch(id, flows.ScheduleWorkflowName, flows.ScheduleState{Workspace: "ws", Flow: "friendly", Hash: "h1"})
	r.wait(id)
	r.save(flowHistories, "schedule", id, "")
}

// deadlines is an account without runs that keeps deadlines of its ledger.
func (r *recorder) deadlines() {
	r.tell("promised", run.Note{Kind: run.NoteControl, Flow: "none"})
	r.wait(run.AccountID("ws", "promised"))
	r.save(accountHistories, "account-deadlines", run.AccountID("ws", "promised"), "")
}

// house is a workspace's housework, still going on, and a handover.
func (r *recorder) house() {
	id := house.ID("ws")
	for range 2 {
		if err := r.e.Poke(r.t.Context(), id, house.WorkflowName, house.PokeSignal, house.State{Workspace: "ws"}); err != nil {
			r.t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
	r.save(houseHistories, "house", id, "")
	r.launch("handover/ws/h1", house.HandoverWorkflowName, house.HandoverState{Workspace: "ws", ID: "h1"})
	r.wait("handover/ws/h1")
	r.save(houseHistories, "handover", "handover/ws/h1", "")
	r.launch("scores/ws/s1", house.ScoresWorkflowName, house.ScoresState{Workspace: "ws", ID: "s1"})
	r.wait("scores/ws/s1")
	r.save(houseHistories, "scores", "scores/ws/s1", "")
}

func (r *recorder) launch(id, name string, arg any) {
	r.t.Helper()
	if err := r.e.Launch(r.t.Context(), id, name, arg); err != nil {
		r.t.Fatal(err)
	}
}

// describe gives the run id of a workflow's newest execution.
func (r *recorder) describe(id string) string {
	r.t.Helper()
	d, err := r.e.Client().DescribeWorkflowExecution(r.t.Context(), id, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return d.WorkflowExecutionInfo.Execution.RunId
}

func (r *recorder) until(customer string, ok func(map[string]*run.Run) bool) {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		runs, err := r.e.Runs(r.t.Context(), "ws", customer)
		if err == nil && ok(runs) {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("account %s did not get there: %v %v", customer, runs, err)
		}
	}
}

func (r *recorder) wait(id string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	if err := r.e.Client().GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		r.t.Fatal(err)
	}
}

// save writes one execution's history, closed or open, as the replayer reads it.
func (r *recorder) save(dir, name, id, runID string) {
	r.t.Helper()
	var h history.History
	for it := r.e.Client().GetWorkflowHistory(r.t.Context(), id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		ev, err := it.Next()
		if err != nil {
			r.t.Fatal(err)
		}
		h.Events = append(h.Events, ev)
	}
	body, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&h)
	if err != nil {
		r.t.Fatal(err)
	}
	host, _ := os.Hostname()
	body = bytes.ReplaceAll(body, fmt.Appendf(nil, "%d@%s@", os.Getpid(), host), []byte("recorder"))
	// What was written must be readable as the replay tests read it.
	file := filepath.Join(dir, r.release+"-"+name+".json")
	if err := os.WriteFile(file, append(body, '\n'), 0o644); err != nil {
		r.t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	if _, err := client.HistoryFromJSON(f, client.HistoryJSONOptions{}); err != nil {
		r.t.Fatal(err)
	}
	r.t.Logf("%s: %d events", file, len(h.Events))
}
