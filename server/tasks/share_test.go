package tasks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// bench is the service on a real store, and what flows were told.
type bench struct {
	*Service
	t    *testing.T
	mu   sync.Mutex
	told []string
	deaf bool
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	b.Service = New(sqlitetest.Open(t, "a", Specs...), func(context.Context, string) (time.Time, error) { return noon, nil })
	b.OnDone = func(_ context.Context, _, _ string, events []node.Event) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.deaf {
			return errors.New("nobody hears")
		}
		for _, e := range events {
			b.told = append(b.told, e.Key+"="+e.Result)
		}
		return nil
	}
	return b
}

// ask is what a flow's step does for one invoice; about changes it.
func (b *bench) ask(invoice string, about func(*activity.Task)) {
	b.t.Helper()
	x := activity.Task{
		Key: "r" + invoice + "/ask/1", Kind: node.ActTask, Customer: "c", Run: "r" + invoice, Work: "ask", At: noon,
		Title: map[string]string{"en": "Ask"}, Results: []node.Choice{{Key: "yes"}, {Key: "no"}},
		About: []activity.About{{Key: "r" + invoice + "/ask/1", Run: "r" + invoice, Invoice: invoice, Number: invoice, Owed: true, Waits: true}},
	}
	if about != nil {
		about(&x)
	}
	joined, err := b.Joined(b.t.Context(), "a", x)
	if err == nil && !joined {
		err = b.Create(b.t.Context(), "a", x, Assignment{}, "C", nil)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// are checks the tasks: "open A B", "done A yes", "back A why".
func (b *bench) are(want ...string) {
	b.t.Helper()
	list, _, err := b.List(b.t.Context(), "a", Query{Limit: 100})
	if err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		line := []string{e.Status}
		if e.TakenBack != "" {
			line[0] = "back"
		}
		for _, a := range e.About {
			line = append(line, a.Number)
		}
		if e.Untold != "" {
			line = append(line, "untold")
		}
		got = append(got, strings.TrimSpace(strings.Join(append(line, e.Result+e.TakenBack), " ")))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.t.Errorf("tasks %q, want %q", got, want)
	}
}

func (b *bench) one() string {
	b.t.Helper()
	list, _, err := b.List(b.t.Context(), "a", Query{Status: Open})
	if err != nil || len(list) != 1 {
		b.t.Fatalf("%d open tasks, %v", len(list), err)
	}
	return list[0].ID
}

func (b *bench) settle(invoices ...string) {
	b.t.Helper()
	if err := b.Settle(b.t.Context(), "a", "c", func(i string) (bool, error) { return slices.Contains(invoices, i), nil }); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) leave(left ...activity.Left) bool {
	b.t.Helper()
	freed, err := b.Leave(b.t.Context(), "a", "c", left)
	if err != nil {
		b.t.Fatal(err)
	}
	return freed
}

func TestJoin(t *testing.T) {
	b := newBench(t)
	b.ask("A", nil)
	b.ask("B", nil)
	b.ask("B", nil) // a repeat
	b.ask("C", func(x *activity.Task) { x.Work = "" })
	b.ask("D", func(x *activity.Task) { x.Work = "ask about D" })
	b.ask("E", func(x *activity.Task) { x.Work, x.Results = "ask for less", x.Results[:1] })
	b.ask("F", func(x *activity.Task) { x.Work, x.Answer = "ask for an answer", true })
	b.ask("G", func(x *activity.Task) { x.Work, x.About[0].Waits = "just ask", false })
	b.are("open A B", "open C", "open D", "open E", "open F", "open G")

	// A repeat after somebody was done with it makes no second one.
	list, _, err := b.List(t.Context(), "a", Query{Status: Open})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if _, err := b.Complete(t.Context(), "a", e.ID, Ending{Result: "yes", By: "p"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []string{"A", "B"} {
		b.ask(n, nil)
	}
	b.are("done A B yes", "done C yes", "done D yes", "done E yes", "done F yes", "done G yes")
	b.ask("H", nil)
	if e, _, err := b.get(t.Context(), "a", b.one(), nil); err != nil || e.About[0].Number != "H" {
		t.Errorf("the next one: %+v %v", e, err)
	}

	// A task has room for so many.
	for n := range activity.MaxAbout {
		b.ask(fmt.Sprint("n", n), nil)
	}
	list, _, err = b.List(t.Context(), "a", Query{Status: Open})
	if err != nil || len(list) != 2 || len(list[0].About)+len(list[1].About) != activity.MaxAbout+1 {
		t.Errorf("%d tasks, %v", len(list), err)
	}
}

func TestSettleAndLeave(t *testing.T) {
	b := newBench(t)
	for _, n := range []string{"A", "B", "C", "D"} {
		b.ask(n, nil)
	}
	b.settle("A") // its run waits, and says itself what becomes of it
	if b.leave(activity.Left{Run: "rA", Key: "rA/ask/1", Why: "stop:paid", Ended: true}) {
		t.Error("work was freed")
	}
	b.are("open B C D")
	// One that stays at the step, one that has gone on, by itself or to its end.
	if b.leave(activity.Left{Run: "rB", Key: "rB/ask/1"}) {
		t.Error("work was freed")
	}
	if !b.leave(activity.Left{Run: "rC", Key: "rC/later/1"}, activity.Left{Run: "rD", Key: "rD/end/1", Why: "x", Ended: true}) {
		t.Error("no work was freed")
	}
	b.settle("B", "C")
	b.are("open B D")
	b.settle("D")
	b.are("open B")
	b.leave(activity.Left{Run: "rB", Key: "rB/ask/1", Why: "byHand", Ended: true})
	b.are("back B byHand")

	b.ask("X", func(x *activity.Task) { x.Work, x.Answer = "x", true })
	b.leave(activity.Left{Run: "rX", Key: "rX/later/1"})
	b.are("back B byHand", "back X taskMoot")
	b.ask("Y", func(x *activity.Task) { x.Work = ""; x.About[0].Owed, x.About[0].Waits = false, false })
	b.settle("Y") // given when it was paid already, such as thanks
	b.are("back B byHand", "back X taskMoot", "open Y")
	if _, err := b.Complete(t.Context(), "a", b.one(), Ending{Result: "maybe"}, nil); fault.KeyOf(err) != "invalid.fields" {
		t.Errorf("an unknown result: %v", err)
	}
}

// TestPartsAtOnce: of many people who answer for overlapping invoices at once,
// each invoice gets one answer, and its flow hears that one.
func TestPartsAtOnce(t *testing.T) {
	b := newBench(t)
	var all []string
	for n := range 12 {
		all = append(all, fmt.Sprint("i", 10+n))
		b.ask(all[n], nil)
	}
	id := b.one()
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			e := Ending{Result: []string{"yes", "no"}[n%2], By: fmt.Sprint("p", n), Invoices: all[n : n+4]}
			if _, err := b.Complete(t.Context(), "a", id, e, nil); err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	answer := map[string]string{}
	list, _, err := b.List(t.Context(), "a", Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Untold != "" || len(e.Parts) > 0 {
			t.Errorf("left over: %+v", e)
		}
		for _, a := range e.About {
			if answer[a.Key] != "" {
				t.Errorf("%s has two answers", a.Key)
			}
			if answer[a.Key] = e.Status; e.Status == Done {
				answer[a.Key] = e.Result
			}
		}
	}
	if len(answer) != len(all) {
		t.Errorf("%d of %d invoices", len(answer), len(all))
	}
	for _, told := range b.told {
		key, result, _ := strings.Cut(told, "=")
		if answer[key] != result {
			t.Errorf("%s was told %s, answered %s", key, result, answer[key])
		}
	}
}

// TestUntold: what a process could not tell any more is told by the next look,
// for parts and for whole tasks, and once.
func TestUntold(t *testing.T) {
	b := newBench(t)
	b.ask("A", nil)
	b.ask("B", nil)
	id := b.one()
	b.deaf = true
	for _, e := range []Ending{{Result: "yes", By: "p", Invoices: []string{"A"}}, {Result: "no", By: "p"}} {
		if _, err := b.Complete(t.Context(), "a", id, e, nil); err == nil {
			t.Error("nobody heard, and nothing was said of it")
		}
	}
	b.are("done A yes", "done B untold no")
	b.deaf = false
	resume := func() {
		t.Helper()
		if err := b.Resume(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	resume()
	if len(b.told) != 0 {
		t.Errorf("told at once %q: whoever ended it is at it still", b.told)
	}
	if _, err := b.change(t.Context(), "a", id, func(x *Task) error {
		x.Untold = value.Instant(time.Now().Add(-2 * untoldFor))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	resume()
	resume()
	b.are("done A yes", "done B no")
	if !slices.Equal(b.told, []string{"rA/ask/1=yes", "rB/ask/1=no"}) {
		t.Errorf("told %q", b.told)
	}
	// Said again by the same person, and otherwise by another.
	if e, err := b.Complete(t.Context(), "a", id, Ending{Result: "no", By: "p"}, nil); err != nil || e.Status != Done {
		t.Errorf("a repeat: %+v %v", e, err)
	}
	if _, err := b.Complete(t.Context(), "a", id, Ending{Result: "yes", By: "q"}, nil); fault.KeyOf(err) != "task.done" {
		t.Errorf("another answer: %v", err)
	}
}
