package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// waiting is a flow that waits twice for an hour and then ends.
const waiting = `{"format":"dueflow.flow/1","key":"f","name":{"en":"F"},"subject":{"form":"customer"},
 "nodes":{
  "start":{"type":"trigger.manual","v":1},
  "one":{"type":"wait","v":1,"cfg":{"for":{"value":1,"unit":"hour"}}},
  "two":{"type":"wait","v":1,"cfg":{"for":{"value":1,"unit":"hour"}}},
  "end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"one"},{"from":"one","to":"two"},{"from":"two","to":"end"}]}`

// world is a product in memory; the embedded interface has what no step of
// these tests asks for.
type world struct {
	activity.World
	def  *run.Definition
	now  time.Time
	save func(changed []*run.Run, facts []run.Fact) error
	open []*run.Run // in the index
}

func (w *world) Space(context.Context, string) (*activity.Space, error) {
	cal, err := value.CalendarByID("cn")
	return &activity.Space{
		Loc: time.UTC, Calendar: cal, Now: func() time.Time { return w.now }, Real: func(t time.Time) time.Time { return t },
	}, err
}

func (w *world) Subjects(context.Context, string, string, []string) (map[string]any, map[string]map[string]any, error) {
	return map[string]any{"name": "Anna"}, nil, nil
}

func (w *world) Definition(context.Context, string, string) (*run.Definition, error) {
	return w.def, nil
}

func (w *world) OpenRuns(context.Context, string, string) ([]*run.Run, error) { return w.open, nil }

func (w *world) Reached(context.Context, string, string, []string) ([]*run.Run, error) {
	return nil, nil
}

func (w *world) SaveStep(_ context.Context, _, _ string, changed []*run.Run, facts []run.Fact, _ *activity.Outgoing) error {
	if w.save == nil {
		return nil
	}
	return w.save(changed, facts)
}

type empty struct{ activity.Account }

func (empty) Load(context.Context) (*ledger.State, error) {
	return ledger.NewState("c"), nil
}

func newWorld(t *testing.T) (*world, *activity.Activities) {
	t.Helper()
	f, err := flow.Parse([]byte(waiting))
	if err != nil {
		t.Fatal(err)
	}
	d, err := run.Compile(f, builtin.Nodes(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{def: d, now: noon}
	return w, &activity.Activities{Ledger: func(string, string) activity.Account { return empty{} }, World: w}
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestFailedStepLeavesNoTrace: the engine repeats a step with the very values
// of the failed attempt, so that one must not have touched them. If it had,
// the repeat would go on from a state that nothing has recorded.
func TestFailedStepLeavesNoTrace(t *testing.T) {
	w, a := newWorld(t)
	in := run.StepIn{Workspace: "ws", Customer: "c", Runs: map[string]*run.Run{}, Notes: []run.Note{{Kind: run.NoteStart, Hash: "h", Ids: []string{"c"}}}}
	first, err := a.Step(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Changed) != 1 || first.Changed[0].Node != "one" || !first.Next.After(noon.Add(time.Hour)) {
		t.Fatalf("first step gives %s", text(t, first))
	}
	in = run.StepIn{Workspace: "ws", Customer: "c", Runs: map[string]*run.Run{"f/c": first.Changed[0]}}
	before := text(t, in)
	w.now = noon.Add(time.Hour)
	var saved []string
	w.save = func(changed []*run.Run, facts []run.Fact) error {
		saved = append(saved, text(t, []any{changed, facts}))
		if len(saved) == 1 {
			return errors.New("the store is away")
		}
		return nil
	}
	if _, err := a.Step(t.Context(), in); err == nil {
		t.Fatal("a step that was not saved counts as done")
	}
	if got := text(t, in); got != before {
		t.Errorf("the failed attempt changed its input:\n got %s\nwant %s", got, before)
	}
	out, err := a.Step(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(saved) != 2 || saved[0] != saved[1] {
		t.Errorf("the repeat saves something else:\n%v", saved)
	}
	if len(out.Changed) != 1 || out.Changed[0].Node != "two" || out.Changed[0].Visits["two"] != 1 {
		t.Errorf("the repeat gives %s", text(t, out))
	}
}

// TestRunsOfAnotherEngineAreTakenIn: a workflow that begins with none goes on
// with the runs that the index has, where they are; those that it has it keeps.
func TestRunsOfAnotherEngineAreTakenIn(t *testing.T) {
	standing := func(id, node string, wake time.Time) *run.Run {
		return &run.Run{ID: id, Flow: "f", Hash: "h", Form: "customer", Subject: "c", Status: run.Active, Node: node, Started: noon, Entered: noon, Wake: wake, Visits: map[string]int{node: 1}}
	}
	for _, one := range []struct {
		name string
		note run.Note
		has  map[string]*run.Run
		want string // runs reported, and where they are
	}{
		{name: "asked to", note: run.Note{Kind: run.NoteAdopt}, want: "f/c two"},
		{name: "spoken to", note: run.Note{Kind: run.NoteControl, Action: run.Pause}, want: "f/c one"},
		{name: "told of something", note: run.Note{Kind: run.NoteEvent}, want: "f/c two"},
		{name: "beside another", note: run.Note{Kind: run.NoteAdopt}, has: map[string]*run.Run{"f/d": standing("f/d", "one", noon.AddDate(0, 0, 1))}, want: "f/c two"},
		{name: "known already", note: run.Note{Kind: run.NoteAdopt}, has: map[string]*run.Run{"f/c": standing("f/c", "two", noon.AddDate(0, 0, 1))}},
		{
			name: "told of what lets ended ones go on, beside another", want: "f/c two, f/d two",
			note: run.Note{Kind: run.NoteEvent, Events: []node.Event{{Type: ledger.PaymentReversed}}},
			has:  map[string]*run.Run{"f/d": standing("f/d", "one", noon.AddDate(0, 0, 1))},
		},
		{name: "others are there", note: run.Note{Kind: run.NoteEvent}, has: map[string]*run.Run{"f/d": standing("f/d", "one", noon.AddDate(0, 0, 1))}},
	} {
		t.Run(one.name, func(t *testing.T) {
			w, a := newWorld(t)
			w.open = []*run.Run{standing("f/c", "one", noon.Add(time.Hour))}
			w.now = noon.Add(2 * time.Hour)
			out, err := a.Step(t.Context(), run.StepIn{Workspace: "ws", Customer: "c", Runs: one.has, Notes: []run.Note{one.note}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range out.Changed {
				got = append(got, r.ID+" "+r.Node)
			}
			if s := strings.Join(got, ", "); s != one.want {
				t.Errorf("got %q, want %q", s, one.want)
			}
		})
	}
}

// TestNothingHappens: a look at an account in which nothing is due changes and
// saves nothing.
func TestNothingHappens(t *testing.T) {
	w, a := newWorld(t)
	w.save = func([]*run.Run, []run.Fact) error { return errors.New("saved") }
	r := &run.Run{ID: "f/c", Flow: "f", Hash: "h", Form: "customer", Subject: "c", Status: run.Active, Node: "one", Entered: noon, Wake: noon.Add(time.Hour)}
	out, err := a.Step(t.Context(), run.StepIn{Workspace: "ws", Customer: "c", Runs: map[string]*run.Run{"f/c": r}})
	if err != nil || len(out.Changed)+len(out.Ended) != 0 || out.Next.IsZero() {
		t.Errorf("%s, %v", text(t, out), err)
	}
}
