package run_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/workflows/run"
)

// host runs one account's workflow against a scripted step, on a clock that
// skips waiting.
type host struct {
	*testsuite.TestWorkflowEnvironment
	started time.Time
	steps   []run.StepIn
	at      []time.Duration // of each step, since the start
	script  func(n int, in run.StepIn) (run.StepOut, error)
}

func newHost(t *testing.T, script func(n int, in run.StepIn) (run.StepOut, error)) *host {
	t.Helper()
	var s testsuite.WorkflowTestSuite
	s.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	h := &host{TestWorkflowEnvironment: s.NewTestWorkflowEnvironment(), script: script}
	h.started = h.Now()
	h.RegisterWorkflowWithOptions(run.AccountWorkflow, workflow.RegisterOptions{Name: run.AccountWorkflowName})
	h.RegisterActivityWithOptions(h.step, activity.RegisterOptions{Name: run.StepActivityName})
	return h
}

func (h *host) step(_ context.Context, in run.StepIn) (run.StepOut, error) {
	runs := map[string]*run.Run{} // the engine hands over the workflow's own
	for id, r := range in.Runs {
		runs[id] = r.Clone()
	}
	in.Runs = runs
	h.steps, h.at = append(h.steps, in), append(h.at, h.Now().Sub(h.started))
	return h.script(len(h.steps), in)
}

// tell sends notes at a time after the start.
func (h *host) tell(after time.Duration, flows ...string) {
	h.RegisterDelayedCallback(func() { h.SignalWorkflow(run.NoteSignal, notes(flows...)) }, after)
}

func notes(flows ...string) []run.Note {
	var out []run.Note
	for _, f := range flows {
		out = append(out, run.Note{Kind: run.NoteControl, Flow: f})
	}
	return out
}

func names(ns []run.Note) []string {
	var out []string
	for _, n := range ns {
		out = append(out, n.Flow)
	}
	return out
}

func (h *host) play(t *testing.T, st run.AccountState) {
	t.Helper()
	st.Workspace, st.Customer = "ws", "c"
	h.ExecuteWorkflow(run.AccountWorkflowName, st)
	if !h.IsWorkflowCompleted() {
		t.Fatal("the workflow did not end")
	}
	for i, in := range h.steps {
		if in.Workspace != "ws" || in.Customer != "c" {
			t.Errorf("step %d is about %s/%s", i+1, in.Workspace, in.Customer)
		}
	}
}

func (h *host) ended(t *testing.T) {
	t.Helper()
	if err := h.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
}

func (h *host) want(t *testing.T, at ...time.Duration) {
	t.Helper()
	var got, want []string
	for _, d := range h.at {
		got = append(got, d.Round(time.Second).String())
	}
	for _, d := range at {
		want = append(want, d.String())
	}
	same(t, "steps at", got, want)
}

func one() map[string]*run.Run { return map[string]*run.Run{"f/i": {ID: "f/i", Status: run.Active}} }

func TestWorkflowWaitsUntilNext(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 3 {
			return run.StepOut{Ended: []string{"f/i"}}, nil
		}
		return run.StepOut{Changed: []*run.Run{{ID: "f/i", Visits: map[string]int{"n": n}}}, Next: h.Now().Add(72 * time.Hour)}, nil
	})
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 72*time.Hour, 144*time.Hour)
	if got := h.steps[2].Runs["f/i"].Visits["n"]; got != 2 {
		t.Errorf("the third step sees the run as step %d left it", got)
	}
}

func TestWorkflowWakesOnANote(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 3 {
			return run.StepOut{Ended: []string{"f/i"}}, nil
		}
		return run.StepOut{Next: h.started.Add(72 * time.Hour)}, nil
	})
	h.tell(5*time.Hour, "paid")
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 5*time.Hour, 72*time.Hour)
	same(t, "notes of the second step", names(h.steps[1].Notes), []string{"paid"})
	if n := len(h.steps[2].Notes); n != 0 {
		t.Errorf("the third step gets %d notes again", n)
	}
}

// TestWorkflowSleepsWithoutNext: nothing is due, so only a note wakes it.
func TestWorkflowSleepsWithoutNext(t *testing.T) {
	h := newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 2 {
			return run.StepOut{Ended: []string{"f/i"}}, nil
		}
		return run.StepOut{}, nil
	})
	h.tell(1000*time.Hour, "at last")
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 1000*time.Hour)
}

// TestWorkflowDrainsNotesIntoOneStep: whatever has come in while a step ran is
// one step's work, in order.
func TestWorkflowDrainsNotesIntoOneStep(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 2 {
			return run.StepOut{Ended: []string{"f/i"}}, nil
		}
		h.SignalWorkflow(run.NoteSignal, notes("a", "b"))
		h.SignalWorkflow(run.NoteSignal, notes("c"))
		h.SignalWorkflow(run.NoteSignal, notes("d"))
		return run.StepOut{Next: h.Now().Add(time.Hour)}, nil
	})
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 0)
	same(t, "notes", names(h.steps[1].Notes), []string{"a", "b", "c", "d"})
}

// TestWorkflowKeepsASignalDuringAStep: the last run ends in the step in which
// a note arrives; the workflow must not end on it.
func TestWorkflowKeepsASignalDuringAStep(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 1 {
			h.SignalWorkflow(run.NoteSignal, notes("meanwhile"))
		}
		return run.StepOut{Ended: []string{"f/i"}}, nil
	})
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 0)
	same(t, "notes of the second step", names(h.steps[1].Notes), []string{"meanwhile"})
}

func TestWorkflowEndsWithoutRuns(t *testing.T) {
	h := newHost(t, func(int, run.StepIn) (run.StepOut, error) { return run.StepOut{}, nil })
	h.tell(0, "nothing to do")
	h.play(t, run.AccountState{})
	h.ended(t)
	h.want(t, 0)
}

// TestWorkflowRepeatsAFailingStep: a store that is away for a while costs
// time and nothing else; the notes come again with every attempt.
func TestWorkflowRepeatsAFailingStep(t *testing.T) {
	h := newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n <= 5 {
			return run.StepOut{}, errors.New("the store is away")
		}
		return run.StepOut{Ended: []string{"f/i"}}, nil
	})
	h.play(t, run.AccountState{Runs: one(), Notes: notes("a")})
	h.ended(t)
	if len(h.steps) != 6 {
		t.Fatalf("%d attempts, want 6", len(h.steps))
	}
	for i, in := range h.steps {
		same(t, fmt.Sprintf("notes of attempt %d", i+1), names(in.Notes), []string{"a"})
	}
}

// TestWorkflowContinuesAsNew: after many steps a fresh history carries on with
// the runs and with the note that came in the last step.
func TestWorkflowContinuesAsNew(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 201 {
			h.SignalWorkflow(run.NoteSignal, notes("last moment"))
		}
		return run.StepOut{Changed: []*run.Run{{ID: "f/i", Flow: "f", Attempt: n}}, Next: h.Now().Add(time.Minute)}, nil
	})
	h.play(t, run.AccountState{Runs: one()})
	again, ok := errors.AsType[*workflow.ContinueAsNewError](h.GetWorkflowError())
	if !ok {
		t.Fatalf("ended with %v after %d steps", h.GetWorkflowError(), len(h.steps))
	}
	if len(h.steps) != 201 || again.WorkflowType.Name != run.AccountWorkflowName {
		t.Errorf("continues as %s after %d steps", again.WorkflowType.Name, len(h.steps))
	}
	var st run.AccountState
	if err := converter.GetDefaultDataConverter().FromPayloads(again.Input, &st); err != nil {
		t.Fatal(err)
	}
	if st.Workspace != "ws" || st.Customer != "c" || len(st.Runs) != 1 || st.Runs["f/i"].Attempt != 201 {
		t.Errorf("carries on %+v", st)
	}
	same(t, "notes carried on", names(st.Notes), []string{"last moment"})
}

func TestWorkflowTellsItsState(t *testing.T) {
	h := newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		if n == 2 {
			return run.StepOut{Ended: []string{"f/i"}}, nil
		}
		return run.StepOut{Changed: []*run.Run{{ID: "f/i", Node: "wait"}}}, nil
	})
	h.RegisterDelayedCallback(func() {
		v, err := h.QueryWorkflow(run.StateQuery)
		if err != nil {
			t.Error(err)
			return
		}
		var runs map[string]*run.Run
		if err := v.Get(&runs); err != nil || runs["f/i"] == nil || runs["f/i"].Node != "wait" {
			t.Errorf("state %v, %v", runs, err)
		}
	}, time.Minute)
	h.tell(time.Hour, "end")
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
}

// TestWorkflowKeepsDeadlines: the ledger's next deadline keeps the workflow
// alive without any run, wakes it on that moment, and lets it end when there is
// none left.
func TestWorkflowKeepsDeadlines(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		switch n {
		case 1:
			return run.StepOut{Clock: h.started.Add(48 * time.Hour)}, nil
		case 2: // a note in between moves it
			return run.StepOut{Clock: h.started.Add(96 * time.Hour)}, nil
		}
		return run.StepOut{}, nil
	})
	h.tell(time.Hour, "promise moved")
	h.play(t, run.AccountState{})
	h.ended(t)
	h.want(t, 0, time.Hour, 96*time.Hour)
}

// TestWorkflowDeadlineBeforeRun: of a run's wake and a deadline the earlier
// one counts.
func TestWorkflowDeadlineBeforeRun(t *testing.T) {
	var h *host
	h = newHost(t, func(n int, _ run.StepIn) (run.StepOut, error) {
		switch n {
		case 1:
			return run.StepOut{Next: h.started.Add(72 * time.Hour), Clock: h.started.Add(24 * time.Hour)}, nil
		case 2:
			return run.StepOut{Next: h.started.Add(72 * time.Hour)}, nil
		}
		return run.StepOut{Ended: []string{"f/i"}}, nil
	})
	h.play(t, run.AccountState{Runs: one()})
	h.ended(t)
	h.want(t, 0, 24*time.Hour, 72*time.Hour)
}
