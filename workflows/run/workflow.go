package run

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Names on the wire; they never change, histories hold them.
const (
	AccountWorkflowName = "account"
	StepActivityName    = "account.step"
	NoteSignal          = "note"
	StateQuery          = "state"
)

// AccountID is the id of an account's workflow.
func AccountID(workspace, customer string) string { return "account/" + workspace + "/" + customer }

// AccountState is what an account's workflow carries on when it continues as new.
type AccountState struct {
	Workspace string          `json:"ws"`
	Customer  string          `json:"customer"`
	Runs      map[string]*Run `json:"runs,omitempty"`
	Notes     []Note          `json:"notes,omitempty"`
}

// StepIn is the input of one step of an account.
type StepIn struct {
	Workspace string          `json:"ws"`
	Customer  string          `json:"customer"`
	Runs      map[string]*Run `json:"runs,omitempty"`
	Notes     []Note          `json:"notes,omitempty"`
}

// Adopts tells whether the step takes in runs that the store holds and the
// workflow does not: when it is asked to, and when somebody speaks to runs and
// there are none. An engine that is new to the store begins with none. And when
// ended runs may go on: a step that let them, and was stored but not reported,
// is repeated.
func (in StepIn) Adopts() bool {
	return slices.ContainsFunc(in.Notes, func(n Note) bool {
		return n.Kind == NoteAdopt || Reopens(n.Events) || len(in.Runs) == 0 && (n.Kind == NoteEvent || n.Kind == NoteControl)
	})
}

// StepOut is what a step changed: runs in their new state, ended ones by id,
// and the instant, in real time, at which the next one is due (zero: none).
type StepOut struct {
	Changed []*Run    `json:"changed,omitempty"`
	Ended   []string  `json:"ended,omitempty"`
	Next    time.Time `json:"next,omitzero"`
	// Clock is the instant, in real time, at which time alone changes something
	// in the account's ledger: the deadline of a promise or dispute, the end of
	// a hold. The workflow lives until then, runs or not. Steps recorded before
	// there was one have none, so that their histories replay as they were.
	Clock time.Time `json:"clock,omitzero"`
}

// wake is the earliest of what a step waits for.
func (o StepOut) wake() time.Time {
	if o.Next.IsZero() || !o.Clock.IsZero() && o.Clock.Before(o.Next) {
		return o.Clock
	}
	return o.Next
}

// continueAfter is how many steps one history holds; far below the engine's
// limits, since the state is small and cheap to carry on.
const continueAfter = 200

// AccountWorkflow hosts all runs of one customer, and the deadlines of its
// promises and disputes. It only keeps time and order:
// every decision is made in a step, against facts read fresh, and recorded.
func AccountWorkflow(ctx workflow.Context, st AccountState) error {
	a := &accountFlow{st: st, signals: workflow.GetSignalChannel(ctx, NoteSignal)}
	if a.st.Runs == nil {
		a.st.Runs = map[string]*Run{}
	}
	if err := workflow.SetQueryHandler(ctx, StateQuery, func() (map[string]*Run, error) { return a.st.Runs, nil }); err != nil {
		return err
	}
	next := workflow.Now(ctx) // a continued workflow looks at once at what is due
	for steps := 0; ; steps++ {
		a.await(ctx, next)
		a.drain()
		out, err := a.step(ctx)
		if err != nil {
			return err
		}
		a.apply(out)
		next = out.wake()
		a.drain()
		if len(a.st.Runs) == 0 && len(a.st.Notes) == 0 && out.Clock.IsZero() {
			return nil
		}
		if steps >= continueAfter || workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, AccountWorkflowName, a.st)
		}
	}
}

type accountFlow struct {
	st      AccountState
	signals workflow.ReceiveChannel
}

// await returns when there are notes or the next run is due.
func (a *accountFlow) await(ctx workflow.Context, next time.Time) {
	if len(a.st.Notes) > 0 {
		return
	}
	wait := next.Sub(workflow.Now(ctx))
	if !next.IsZero() && wait <= 0 {
		return
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(a.signals, func(c workflow.ReceiveChannel, _ bool) {
		var n []Note
		c.Receive(ctx, &n)
		a.st.Notes = append(a.st.Notes, n...)
	})
	if !next.IsZero() {
		sel.AddFuture(workflow.NewTimer(timerCtx, wait), func(workflow.Future) {})
	}
	sel.Select(ctx)
	cancel()
}

func (a *accountFlow) drain() {
	for {
		var n []Note
		if !a.signals.ReceiveAsync(&n) {
			return
		}
		a.st.Notes = append(a.st.Notes, n...)
	}
}

// step runs one step as a local activity: cheap, recorded in one marker, and
// repeated until it succeeds, since all it does is idempotent by key.
func (a *accountFlow) step(ctx workflow.Context) (StepOut, error) {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 5 * time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	in := StepIn{Workspace: a.st.Workspace, Customer: a.st.Customer, Runs: a.st.Runs, Notes: a.st.Notes}
	a.st.Notes = nil
	var out StepOut
	err := workflow.ExecuteLocalActivity(ctx, StepActivityName, in).Get(ctx, &out)
	return out, err
}

func (a *accountFlow) apply(out StepOut) {
	for _, r := range out.Changed {
		a.st.Runs[r.ID] = r
	}
	for _, id := range out.Ended {
		delete(a.st.Runs, id)
	}
}
