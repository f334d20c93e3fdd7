package run_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

var (
	nodes = builtin.Nodes()
	cn, _ = value.CalendarByID("cn")
	sh, _ = value.Location("Asia/Shanghai")
)

const paidStop = `"stopWhen":[{"id":"paid","on":["payment.recorded"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}]`

// friendly is three messages: before the due date, after it, and later.
const friendly = `{"format":"dueflow.flow/1","key":"friendly","name":{"en":"Friendly"},"subject":{"form":"invoice"},` + paidStop + `,
 "nodes":{
  "start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","offset":{"value":-3,"unit":"day"},"at":"09:00"}},
  "first":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"due-soon-friendly"}},
  "wait":{"type":"wait","v":1,"cfg":{"until":{"field":"invoice.dueDate","offset":{"value":3,"unit":"day"}},"at":"09:30"}},
  "second":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-friendly"}},
  "wait2":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"10:00"}},
  "third":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-clear"}},
  "end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"first"},{"from":"first","to":"wait"},{"from":"wait","to":"second"},{"from":"second","to":"wait2"},{"from":"wait2","to":"third"},{"from":"third","to":"end"}]}`

func compile(t testing.TB, doc string) *run.Definition {
	t.Helper()
	f, err := flow.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := flow.Errors(flow.Check(f, nodes, flow.World{})); err != nil {
		t.Fatal(err)
	}
	d, err := run.Compile(f, nodes, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, sh)
	if err != nil {
		panic(err)
	}
	return t
}

func facts(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *run.Facts {
	return &run.Facts{
		Today: value.DateOf(now.In(sh)), State: st, Customer: customer, Invoices: invoices, Loc: sh, WorkLoc: sh, Calendar: cn,
		Rules: ledger.Rules{
			Window: value.Window{From: 540, To: 1080}, Calendar: cn, Location: sh,
			Budgets: []ledger.Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}},
		},
	}
}

type history struct {
	st     *ledger.State
	events []ledger.Event
}

func (h *history) do(t testing.TB, when time.Time, c ledger.Command) {
	t.Helper()
	ev, err := ledger.Execute(h.st, c, ledger.Now{At: when, Today: value.DateOf(when.In(sh)), Calendar: cn})
	if err != nil {
		t.Fatal(err)
	}
	h.events = append(h.events, ev...)
}

func invoice(id, due string, amount int64) ledger.BookInvoice {
	d := value.MustDate(due)
	return ledger.BookInvoice{Invoice: id, Number: strings.ToUpper(id), Currency: "CNY", Amount: amount, Issue: d - 30, Due: d}
}

func rehearse(t testing.TB, doc string, h *history, from, to string) *run.Report {
	t.Helper()
	r := &run.Rehearsal{Def: compile(t, doc), From: at(from), To: at(to), Facts: facts, Report: run.NewReport()}
	if err := r.Play(context.Background(), run.Account{Customer: "c", Record: map[string]any{"name": "华东", "tier": "B"}, Events: h.events}); err != nil {
		t.Fatal(err)
	}
	return r.Report
}

func sentAt(r *run.Report) []string {
	var out []string
	for _, m := range r.Messages {
		out = append(out, m.At.In(sh).Format("2006-01-02 15:04")+" "+m.Node)
	}
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "; "), strings.Join(want, "; "))
	}
}

func TestThreeSteps(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	r := rehearse(t, friendly, h, "2026-03-02 00:00", "2026-06-01 00:00")
	// 7 April is D−3; 13 April is D+3; five working days later is 20 April.
	same(t, "messages", sentAt(r), []string{"2026-04-07 09:00 first", "2026-04-13 09:30 second", "2026-04-20 10:00 third"})
	if r.Totals.Ended["ended"] != 1 || r.Totals.AfterPayment != 0 {
		t.Errorf("%+v", r.Totals)
	}
}

func TestPaymentEndsTheRun(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	h.do(t, at("2026-04-12 08:00"), ledger.ApplyPayment{Payment: "p", Amount: 1000, Currency: "CNY", Value: value.MustDate("2026-04-12")})
	r := rehearse(t, friendly, h, "2026-03-02 00:00", "2026-06-01 00:00")
	same(t, "messages", sentAt(r), []string{"2026-04-07 09:00 first"})
	if r.Totals.Ended["goal"] != 1 {
		t.Errorf("%+v", r.Totals)
	}
}

func TestPartPaymentSkipsNoStep(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	h.do(t, at("2026-04-12 08:00"), ledger.ApplyPayment{Payment: "p", Amount: 400, Currency: "CNY", Value: value.MustDate("2026-04-12")})
	r := rehearse(t, friendly, h, "2026-03-02 00:00", "2026-06-01 00:00")
	if len(r.Messages) != 3 || r.Messages[1].Amount != 600 {
		t.Errorf("%v, second asks for %d", sentAt(r), r.Messages[1].Amount)
	}
}

// TestOldDebtGetsTheLastStepItPassed: an invoice long overdue when the flow
// meets it gets one message, that of the latest step due, and goes on from there.
func TestOldDebtGetsTheLastStepItPassed(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-01-05 10:00"), invoice("a", "2026-02-02", 1000))
	for _, settings := range []string{"", `"settings":{"ifLate":{"then":"send","within":{"value":1,"unit":"day"},"else":"ask"}},`} {
		doc := strings.Replace(friendly, `"stopWhen"`, settings+`"stopWhen"`, 1)
		r := rehearse(t, doc, h, "2026-04-08 00:00", "2026-06-01 00:00")
		same(t, "messages", sentAt(r), []string{"2026-04-08 09:00 second", "2026-04-15 10:00 third"})
		if r.Totals.Parked != 0 || r.Totals.Ended["ended"] != 1 {
			t.Errorf("%+v", r.Totals)
		}
	}
}

// TestWordsBeforeTheDueDateStayBeforeIt: an invoice that is met a day after its
// due date is not greeted with the note of three days before it.
func TestWordsBeforeTheDueDateStayBeforeIt(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-09", 1000))
	same(t, "a day after", sentAt(rehearse(t, friendly, h, "2026-04-10 00:00", "2026-04-14 00:00")), []string{"2026-04-13 09:00 second"})
	same(t, "on the day", sentAt(rehearse(t, friendly, h, "2026-04-09 00:00", "2026-04-14 00:00")), []string{"2026-04-09 09:00 first", "2026-04-13 09:00 second"})
}

// TestWordToAColleagueIsPassedOverToo: between two messages of which the later one
// speaks, nobody is told that the earlier one has gone.
func TestWordToAColleagueIsPassedOverToo(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-01-05 10:00"), invoice("a", "2026-02-02", 1000))
	copied := strings.NewReplacer(
		`"wait":{`, `"copy":{"type":"notify","v":1,"cfg":{"to":{"field":"customer.owner"},"text":{"en":"A reminder has gone."}}},"wait":{`,
		`{"from":"first","to":"wait"}`, `{"from":"first","to":"copy"},{"from":"copy","to":"wait"}`).Replace(friendly)
	r := rehearse(t, copied, h, "2026-04-08 00:00", "2026-04-10 00:00")
	same(t, "messages", sentAt(r), []string{"2026-04-08 09:00 second"})
}

// TestCallsOfAnOldDebt: of calls and messages that an old debt has passed the last
// one of each is left: a call that a later message follows is passed over.
func TestCallsOfAnOldDebt(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-01-05 10:00"), invoice("a", "2026-03-02", 1000))
	calls := strings.NewReplacer(
		`"wait2":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"businessDay"},"at":"10:00"}}`,
		`"call":{"type":"task","v":1,"cfg":{"title":{"en":"Call"},"assign":{"role":"sales"},"waitForResult":false}},
		 "wait2":{"type":"wait","v":1,"cfg":{"until":{"field":"invoice.dueDate","offset":{"value":20,"unit":"day"}},"at":"10:00"}}`,
		`{"from":"second","to":"wait2"}`, `{"from":"second","to":"call"},{"from":"call","to":"wait2"}`).Replace(friendly)
	for day, want := range map[string]string{"2026-03-09": "second, 1 call", "2026-04-08": "third, 0 calls"} {
		r := rehearse(t, calls, h, day+" 00:00", "2026-05-08 00:00")
		first, _, _ := strings.Cut(want, ",")
		if len(r.Messages) == 0 || r.Messages[0].Node != first || fmt.Sprintf("%s, %d call", first, len(r.Tasks)) != strings.TrimSuffix(want, "s") {
			t.Errorf("from %s: %v, %d calls, want %s", day, sentAt(r), len(r.Tasks), want)
		}
	}
}

func TestSameDayItemsBecomeOneMessage(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	for _, id := range []string{"a", "b", "d"} {
		h.do(t, at("2026-03-01 10:00"), invoice(id, "2026-04-10", 1000))
	}
	r := rehearse(t, friendly, h, "2026-03-02 00:00", "2026-04-08 00:00")
	if len(r.Messages) != 1 || len(r.Messages[0].Items) != 3 || r.Messages[0].Amount != 3000 || r.Totals.Merged != 2 {
		t.Errorf("%+v", r.Messages)
	}
	for _, h := range r.Held {
		if h.What != "merged" || h.Into != "first" || !h.At.Equal(r.Messages[0].At) {
			t.Errorf("%+v", h)
		}
	}
}

func TestPromiseHoldsBackAndResumesAtTheStep(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	h.do(t, at("2026-04-08 10:00"), ledger.MakePromise{Promise: "p", Amount: 1000, Currency: "CNY", Date: value.MustDate("2026-04-20")})
	h.do(t, at("2026-04-22 00:10"), ledger.Tick{})
	r := rehearse(t, friendly, h, "2026-03-02 00:00", "2026-06-01 00:00")
	same(t, "messages", sentAt(r), []string{"2026-04-07 09:00 first", "2026-04-22 09:00 second", "2026-04-29 10:00 third"})
}

func TestHolidayDefersAndMakeUpDayCounts(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-09-01 10:00"), invoice("a", "2026-10-04", 1000))
	r := rehearse(t, friendly, h, "2026-09-02 00:00", "2026-12-01 00:00")
	// D−3 is 1 October, a holiday until the 7th; the first slot is 8 October. By
	// then D+3 has come as well, so the second step speaks; the make-up Saturday 10
	// October is one of the five working days until the third.
	same(t, "messages", sentAt(r), []string{"2026-10-08 09:00 second", "2026-10-14 10:00 third"})
}

// TestControls: pause, run now, skip, moved timers, migration and stop.
func TestControls(t *testing.T) {
	d := compile(t, friendly)
	now := at("2026-03-02 10:00")
	st := ledger.NewState("c")
	h := &history{st: st}
	h.do(t, now, invoice("a", "2026-04-10", 1000))
	in := func(when time.Time) run.In {
		f := facts(st, map[string]any{}, nil, when)
		return run.In{Now: when, Loc: sh, Calendar: cn, Doc: f.Doc("invoice", "a")}
	}
	r := run.NewRun(d, "a", "", now)
	run.Advance(d, r, in(now))
	if !r.Wake.Equal(at("2026-04-07 09:00")) {
		t.Fatalf("waits until %s", r.Wake.In(sh))
	}
	run.Control(d, r, run.Pause, nil, now, "u")
	if a, _ := run.Advance(d, r, in(at("2026-04-08 09:00"))); a != nil || r.Status != run.Paused {
		t.Error("a paused run acts")
	}
	run.Control(d, r, run.Resume, nil, now, "u")
	run.Control(d, r, run.RunNow, nil, now, "u")
	a, _ := run.Advance(d, r, in(now))
	if a == nil || a.Kind != node.ActSend || a.Key != "friendly/a/first/1" {
		t.Fatalf("run now: %+v at %s", a, r.Node)
	}
	run.Control(d, r, run.Skip, nil, now, "u")
	if r.Node != "wait" {
		t.Errorf("skip went to %s", r.Node)
	}
	// A corrected due date moves the timer.
	run.Advance(d, r, in(now))
	was := r.Wake
	h.do(t, now, ledger.CorrectInvoice{Invoice: "a", Number: "A", Amount: 1000, Issue: value.MustDate("2026-03-11"), Due: value.MustDate("2026-05-10")})
	run.Advance(d, r, in(now))
	if r.Wake.Equal(was) || r.Wake.In(sh).Format("2006-01-02") != "2026-05-13" {
		t.Errorf("timer at %s", r.Wake.In(sh))
	}
	next := compile(t, strings.Replace(friendly, `"wait2"`, `"pause2"`, -1))
	run.Control(d, r, run.Migrate, next, now, "u")
	if r.Hash != next.Hash || r.Node != "wait" {
		t.Errorf("migrated to %s at %s", r.Hash, r.Node)
	}
	gone := compile(t, strings.NewReplacer(`"wait":{`, `"other":{`, `"to":"wait"`, `"to":"other"`, `"from":"wait"`, `"from":"other"`).Replace(friendly))
	facts := run.Control(next, r, run.Migrate, gone, now, "u")
	if r.Hash != next.Hash || len(facts) != 1 || facts[0].Reason != "stepGone" {
		t.Errorf("a run at a deleted step moved: %+v", facts)
	}
	run.Control(next, r, run.StopRun, nil, now, "u")
	if r.Status != run.Done || r.Outcome != "stopped" {
		t.Errorf("%+v", r)
	}
}

func TestLateSteps(t *testing.T) {
	for _, tc := range []struct{ rule, back, status, nodeAt string }{
		// On the due date the note before it is three days late.
		{`{"then":"send","within":{"value":2,"unit":"day"},"else":"ask"}`, "2026-04-10 10:00", run.Parked, "first"},
		{`{"then":"send","within":{"value":30,"unit":"day"},"else":"ask"}`, "2026-04-10 10:00", run.Active, "first"},
		{`{"then":"send","within":{"value":2,"unit":"day"},"else":"skip"}`, "2026-04-10 10:00", run.Active, "wait"},
		// After it nobody is asked about a note that would be wrong by now.
		{`{"then":"send","within":{"value":2,"unit":"day"},"else":"ask"}`, "2026-04-11 10:00", run.Active, "wait"},
		// The first step is a week late and passed over; the second is a day late.
		{`{"then":"send","within":{"value":2,"unit":"day"},"else":"ask"}`, "2026-04-14 10:00", run.Active, "second"},
	} {
		doc := strings.Replace(friendly, `"stopWhen"`, `"settings":{"ifLate":`+tc.rule+`},"stopWhen"`, 1)
		d := compile(t, doc)
		now := at("2026-03-02 10:00")
		st := ledger.NewState("c")
		h := &history{st: st}
		h.do(t, now, invoice("a", "2026-04-10", 1000))
		r := run.NewRun(d, "a", "", now)
		in := func(when time.Time) run.In {
			f := facts(st, map[string]any{}, nil, when)
			return run.In{Now: when, Loc: sh, Calendar: cn, Doc: f.Doc("invoice", "a")}
		}
		run.Advance(d, r, in(now))
		a, _ := run.Advance(d, r, in(at(tc.back)))
		if r.Status != tc.status || r.Node != tc.nodeAt || (a != nil) != (tc.status == run.Active && tc.nodeAt != "wait") {
			t.Errorf("%s on %s: %s at %s, action %v", tc.rule, tc.back, r.Status, r.Node, a)
		}
		if r.Status == run.Parked {
			run.Control(d, r, run.Retry, nil, at("2026-04-10 11:00"), "u")
			if a, _ := run.Advance(d, r, in(at("2026-04-10 11:00"))); a == nil {
				t.Errorf("a late step that a person lets through does not act: %+v", r)
			}
		}
	}
}

func TestRetriesThenPark(t *testing.T) {
	d := compile(t, strings.Replace(friendly, `"first":{"type":"send","v":1,`, `"first":{"type":"send","v":1,"onError":{"retries":2,"then":"park"},`, 1))
	now := at("2026-04-07 09:00")
	st := ledger.NewState("c")
	h := &history{st: st}
	h.do(t, at("2026-03-20 09:00"), invoice("a", "2026-04-10", 1000))
	r := run.NewRun(d, "a", "", now)
	for n := 1; ; n++ {
		f := facts(st, map[string]any{}, nil, now)
		in := run.In{Now: now, Loc: sh, Calendar: cn, Doc: f.Doc("invoice", "a")}
		a, _ := run.Advance(d, r, in)
		if a == nil {
			t.Fatalf("attempt %d: no action, %+v", n, r)
		}
		in.Result = &node.Result{Status: node.ResultRetry, Reason: "channel.noConnection"}
		run.Advance(d, r, in)
		if r.Status == run.Parked {
			if n != 3 || r.Reason != "channel.noConnection" {
				t.Errorf("parked after %d attempts because %s", n, r.Reason)
			}
			return
		}
		if !r.Wake.After(now) {
			t.Fatal("no pause before the retry")
		}
		now = r.Wake
	}
}
