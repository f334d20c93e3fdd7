package activity_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/run"
)

// account is one account whose commands are decided by the real ledger.
type account struct {
	st   *ledger.State
	now  func() time.Time
	cal  *value.Calendar
	seen []ledger.Event
	at   []time.Time // of the events that the clock caused
}

func (a *account) Load(context.Context) (*ledger.State, error) { return a.st, nil }

func (a *account) Execute(_ context.Context, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error) {
	now := a.now()
	events, err := ledger.Execute(a.st, c, ledger.Now{At: now, Today: value.DateOf(now.In(shanghai)), By: by, Calendar: a.cal})
	for range events {
		if by == "clock" {
			a.at = append(a.at, now)
		}
	}
	a.seen = append(a.seen, events...)
	return events, a.st, err
}

func (a *account) do(t *testing.T, cs ...ledger.Command) {
	t.Helper()
	for _, c := range cs {
		if _, _, err := a.Execute(t.Context(), "anna", c); err != nil {
			t.Fatalf("%#v: %v", c, err)
		}
	}
}

var shanghai = time.FixedZone("CST", 8*3600)

type zoned struct {
	*world
	now func() time.Time
	cal *value.Calendar
}

func (z *zoned) Space(context.Context, string) (*activity.Space, error) {
	return &activity.Space{Loc: shanghai, Calendar: z.cal, Now: z.now, Real: func(t time.Time) time.Time { return t }}, nil
}

// TestDeadlines: in the engine's time-skipping environment the workflow of an
// account without any run settles promises on the first moment after their
// deadline (the date plus one working day, over a weekend), as kept, part-kept
// or broken, brings a dispute up to its owner and then to the managers, and
// ends.
func TestDeadlines(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	start := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC) // a Monday in Shanghai
	env.SetStartTime(start)
	cal, err := value.CalendarByID("cn")
	if err != nil {
		t.Fatal(err)
	}
	a := &account{st: ledger.NewState("c"), now: env.Now, cal: cal}
	today := value.DateOf(start.In(shanghai))
	for _, id := range []string{"kept", "part", "broken", "disputed"} {
		a.do(t, ledger.BookInvoice{Invoice: id, Number: id, Currency: "CNY", Amount: 10000, Issue: today - 40, Due: today - 10})
	}
	friday := today + 4
	for _, id := range []string{"kept", "part", "broken"} {
		a.do(t, ledger.MakePromise{Promise: id, Amount: 10000, Currency: "CNY", Date: friday, Items: []string{id}})
	}
	a.do(t, ledger.OpenDispute{Invoice: "disputed", Dispute: "d", Amount: 4000, Reason: "broken goods", Owner: "li", Deadline: today + 1})
	pay := func(id string, amount int64) func() {
		return func() {
			a.do(t, ledger.ApplyPayment{Payment: id, Amount: amount, Currency: "CNY", Value: today, Invoices: []string{id}})
		}
	}
	env.RegisterDelayedCallback(pay("kept", 10000), 30*time.Hour)
	env.RegisterDelayedCallback(pay("part", 2500), 31*time.Hour)
	steps := &activity.Activities{Ledger: func(string, string) activity.Account { return a }, World: &zoned{&world{}, env.Now, cal}}
	env.RegisterWorkflowWithOptions(run.AccountWorkflow, workflow.RegisterOptions{Name: run.AccountWorkflowName})
	env.RegisterActivityWithOptions(steps.Step, sdkactivity.RegisterOptions{Name: run.StepActivityName})
	env.ExecuteWorkflow(run.AccountWorkflowName, run.AccountState{Workspace: "ws", Customer: "c"})
	if err := env.GetWorkflowError(); err != nil || !env.IsWorkflowCompleted() {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"kept": ledger.PromiseKept, "part": ledger.PromisePartKept, "broken": ledger.PromiseBroken} {
		if got := a.st.Promises[id].Status; got != want {
			t.Errorf("%s is %s", id, got)
		}
	}
	// The dispute on the day after Tuesday, and after two more working days;
	// the promises of Friday on the Tuesday after Monday.
	midnight := func(d value.Date) time.Time { return d.At(0, shanghai) }
	want := []time.Time{midnight(today + 2), midnight(today + 5), midnight(today + 8), midnight(today + 8)}
	if len(a.at) != len(want) {
		t.Fatalf("the clock acted at %v, want %v", a.at, want)
	}
	for k := range want {
		if d := a.at[k].Sub(want[k]); d < 0 || d > time.Second {
			t.Errorf("event %d at %v, want %v", k, a.at[k].In(shanghai), want[k])
		}
	}
	if d := a.st.Items["disputed"].Disputes[0]; d.Stage != 2 || d.Next != 0 {
		t.Errorf("the dispute stands at %+v", d)
	}
	if c := a.st.Collectable("disputed", today+10); c != 6000 {
		t.Errorf("collectable beside the dispute: %d", c)
	}
}
