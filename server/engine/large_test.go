package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/workflows/run"
)

// manyRuns is as many as an account may have open invoices.
const manyRuns = 20_000

// large is an account's step: a start makes all runs at once, an event changes
// every one of them, a control ends them; between, it is due 205 times, so that
// the workflow continues as new with all its runs.
type large struct{ steps atomic.Int32 }

func (l *large) step(_ context.Context, in run.StepIn) (run.StepOut, error) {
	n := l.steps.Add(1)
	var out run.StepOut
	for _, note := range in.Notes {
		switch note.Kind {
		case run.NoteStart:
			for k := range manyRuns {
				invoice := fmt.Sprintf("inv-%016x", k*7919)
				out.Changed = append(out.Changed, &run.Run{
					ID: "friendly/" + invoice, Flow: "friendly", Hash: strings.Repeat("4f", 32), Form: "invoice", Subject: invoice, On: []string{"payment", "invoice"}, Visits: map[string]int{"start": 1, "first": 1},
					Status: run.Active, Node: "first", Wake: time.Date(2030, 1, 2, 9, 0, k%60, 0, time.UTC),
				})
			}
		case run.NoteEvent:
			for _, r := range in.Runs {
				r.Node = "second"
				out.Changed = append(out.Changed, r)
			}
		case run.NoteControl:
			for id := range in.Runs {
				out.Ended = append(out.Ended, id)
			}
			return out, nil
		}
	}
	if n < 205 {
		out.Next = time.Unix(0, 0) // long due
	}
	return out, nil
}

// An account with as many runs as it may have invoices stays below the engine's
// limits: its runs start at once, move at once, are carried on, and end.
func TestLargeAccount(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while: not with -short")
	}
	e := startEngine(t)
	l := &large{}
	err := e.Work(engine.Registration{
		Workflows: map[string]any{run.AccountWorkflowName: run.AccountWorkflow}, Activities: map[string]any{run.StepActivityName: l.step},
	})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(n run.Note) {
		t.Helper()
		if err := e.Tell(t.Context(), "ws", "large", []run.Note{n}); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, ok func(map[string]*run.Run) bool) {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
			runs, err := e.Runs(t.Context(), "ws", "large")
			if err == nil && ok(runs) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("not %s: %d runs, %v", what, len(runs), err)
			}
		}
	}
	ids := make([]string, manyRuns)
	for k := range ids {
		ids[k] = fmt.Sprintf("inv-%016x", k*7919)
	}
	tell(run.Note{Kind: run.NoteStart, Hash: "h1", Form: "invoice", Ids: ids})
	until("started", func(runs map[string]*run.Run) bool { return len(runs) == manyRuns && l.steps.Load() >= 205 })
	tell(run.Note{Kind: run.NoteEvent})
	until("moved", func(runs map[string]*run.Run) bool {
		return len(runs) == manyRuns && runs["friendly/"+ids[manyRuns-1]].Node == "second"
	})
	tell(run.Note{Kind: run.NoteControl, Action: run.StopRun})
	until("ended", func(runs map[string]*run.Run) bool { return len(runs) == 0 })
}
