package house

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Names on the wire; they never change, histories hold them.
const (
	WorkflowName         = "house"
	TickName             = "house.tick"
	PokeSignal           = "poke"
	HandoverWorkflowName = "house.handover"
	HandoverPageName     = "house.handover.page"
	ScoresWorkflowName   = "house.scores"
	ScoresPageName       = "house.scores.page"
)

// ID is the id of a workspace's workflow.
func ID(ws string) string { return "house/" + ws }

// State is what the workflow carries on.
type State struct {
	Workspace string `json:"ws"`
}

const ticksPerHistory = 200

var once = workflow.LocalActivityOptions{
	StartToCloseTimeout: 5 * time.Minute,
	RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
}

// Workflow does a workspace's housework when it is due: it looks, sleeps until
// there is something to do again, and looks at once when it is poked. It only
// keeps time; what is due is read from the store, and all of it is idempotent.
func Workflow(ctx workflow.Context, st State) error {
	pokes := workflow.GetSignalChannel(ctx, PokeSignal)
	ctx = workflow.WithLocalActivityOptions(ctx, once)
	for range ticksPerHistory {
		for pokes.ReceiveAsync(nil) {
			continue
		}
		var next time.Time
		if err := workflow.ExecuteLocalActivity(ctx, TickName, st).Get(ctx, &next); err != nil {
			return err
		}
		wait := next.Sub(workflow.Now(ctx))
		if wait <= 0 {
			continue
		}
		timerCtx, cancel := workflow.WithCancel(ctx)
		sel := workflow.NewSelector(ctx)
		sel.AddReceive(pokes, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
		sel.AddFuture(workflow.NewTimer(timerCtx, wait), func(workflow.Future) {})
		sel.Select(ctx)
		cancel()
	}
	return workflow.NewContinueAsNewError(ctx, WorkflowName, st)
}

// HandoverState is what a handover's workflow carries on.
type HandoverState struct {
	Workspace string `json:"ws"`
	ID        string `json:"id"`
}

// HandoverWorkflow works off a handover page by page; how far it has come is
// in its document.
func HandoverWorkflow(ctx workflow.Context, st HandoverState) error {
	ctx = workflow.WithLocalActivityOptions(ctx, once)
	for range ticksPerHistory {
		var more bool
		if err := workflow.ExecuteLocalActivity(ctx, HandoverPageName, st).Get(ctx, &more); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
	return workflow.NewContinueAsNewError(ctx, HandoverWorkflowName, st)
}

// ScoresState is what a computation of all scores carries on.
type ScoresState struct {
	Workspace string `json:"ws"`
	ID        string `json:"id"`
}

// ScoresWorkflow works off a computation of all scores page by page; how far it
// has come is in its document.
func ScoresWorkflow(ctx workflow.Context, st ScoresState) error {
	ctx = workflow.WithLocalActivityOptions(ctx, once)
	for range ticksPerHistory {
		var more bool
		if err := workflow.ExecuteLocalActivity(ctx, ScoresPageName, st).Get(ctx, &more); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
	return workflow.NewContinueAsNewError(ctx, ScoresWorkflowName, st)
}
