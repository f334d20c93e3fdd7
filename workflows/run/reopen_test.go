package run_test

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// TestBouncedPaymentGoesOn: what a payment had ended goes on when it is taken
// back, at the step where it stood and never from the first; the time in which
// nothing was owed does not count.
func TestBouncedPaymentGoesOn(t *testing.T) {
	const asks = `"settings":{"ifLate":{"then":"send","within":{"value":2,"unit":"day"},"else":"ask"}},"stopWhen"`
	for _, c := range []struct {
		name, doc            string
		paid, back, paid2    string
		from                 string
		want                 []string
		goal, ended, started int
	}{
		{
			name: "a span goes on where it was", paid: "2026-04-15", back: "2026-04-22 12:00",
			want: []string{"2026-04-07 09:00 first", "2026-04-13 09:30 second", "2026-04-27 10:00 third"}, ended: 1, started: 1,
		},
		{
			name: "a date that has passed is due now", paid: "2026-04-10", back: "2026-04-22 12:00",
			want: []string{"2026-04-07 09:00 first", "2026-04-22 12:00 second", "2026-04-29 10:00 third"}, ended: 1, started: 1,
		},
		{
			name: "which nobody is asked about", doc: strings.Replace(friendly, `"stopWhen"`, asks, 1), paid: "2026-04-10", back: "2026-04-22 12:00",
			want: []string{"2026-04-07 09:00 first", "2026-04-22 12:00 second", "2026-04-29 10:00 third"}, ended: 1, started: 1,
		},
		{
			name: "a mistake that is mended at once changes nothing", paid: "2026-04-05", back: "2026-04-05 15:00",
			want: []string{"2026-04-07 09:00 first", "2026-04-13 09:30 second", "2026-04-20 10:00 third"}, ended: 1, started: 1,
		},
		{
			name: "a step that it had not come to is taken", paid: "2026-04-07", back: "2026-04-07 15:00",
			want: []string{"2026-04-07 15:00 first", "2026-04-13 09:30 second", "2026-04-20 10:00 third"}, ended: 1, started: 1,
		},
		{
			name: "what is paid again ends again", paid: "2026-04-15", back: "2026-04-22 12:00", paid2: "2026-04-24",
			want: []string{"2026-04-07 09:00 first", "2026-04-13 09:30 second"}, goal: 1, started: 1,
		},
		{
			name: "what was paid when the flow came enters it", paid: "2026-04-12", back: "2026-04-22 12:00", from: "2026-04-16 00:00",
			want: []string{"2026-04-22 12:00 second", "2026-04-29 10:00 third"}, ended: 1, started: 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &history{st: ledger.NewState("c")}
			h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
			h.do(t, at(c.paid+" 08:00"), ledger.ApplyPayment{Payment: "p", Amount: 1000, Currency: "CNY", Value: value.MustDate(c.paid)})
			h.do(t, at(c.back), ledger.ReversePayment{Payment: "p", Reason: "bounced"})
			if c.paid2 != "" {
				h.do(t, at(c.paid2+" 08:00"), ledger.ApplyPayment{Payment: "q", Amount: 1000, Currency: "CNY", Value: value.MustDate(c.paid2)})
			}
			doc, from := c.doc, c.from
			if doc == "" {
				doc = friendly
			}
			if from == "" {
				from = "2026-03-02 00:00"
			}
			r := rehearse(t, doc, h, from, "2026-06-01 00:00")
			same(t, "messages", sentAt(r), c.want)
			if r.Totals.Ended["goal"] != c.goal || r.Totals.Ended["ended"] != c.ended || r.Totals.Runs != c.started || r.Totals.Parked != 0 {
				t.Errorf("%+v", r.Totals)
			}
		})
	}
}

// TestReopen: a run goes on only if a goal has ended it and none of its flow's
// stops holds; whose answer it waited for is asked anew.
func TestReopen(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	const asking = `{"format":"dueflow.flow/1","key":"asking","name":{"en":"Asking"},"subject":{"form":"invoice"},` + paidStop + `,
 "nodes":{"start":{"type":"trigger.manual","v":1},
  "call":{"type":"task","v":1,"cfg":{"title":{"en":"Call"},"waitForResult":true,"timeout":{"value":3,"unit":"day"}}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"call"},{"from":"call","to":"end"},{"from":"call","port":"timeout","to":"end"}]}`
	d := compile(t, asking)
	in := func(when string) run.In {
		f := facts(h.st, map[string]any{}, nil, at(when))
		return run.In{Now: at(when), Loc: sh, Calendar: cn, Doc: f.Doc("invoice", "a")}
	}
	r := run.NewRun(d, "a", "", at("2026-04-11 10:00"))
	a, _ := run.Advance(d, r, in("2026-04-11 10:00"))
	asked := in("2026-04-11 10:00")
	asked.Result = &node.Result{Status: node.ResultOK, Ref: a.Key}
	run.Advance(d, r, asked)
	if r.Vars[node.VarTask] != "asking/a/call/1" {
		t.Fatalf("waits for %+v", r)
	}
	for _, other := range []func(*run.Run){
		func(r *run.Run) { r.Status = run.Done; r.Outcome, r.Reason = "exit", "stop:calm" },
		func(r *run.Run) { r.Status = run.Done; r.Outcome, r.Reason = "stopped", "byHand" },
		func(r *run.Run) { r.Status = run.Done; r.Outcome = "goal" }, // by a step, not by a stop
		func(*run.Run) {},
	} {
		x := r.Clone()
		other(x)
		if was := *x; run.Reopen(d, x, in("2026-04-20 10:00")) != nil || x.Status != was.Status {
			t.Errorf("%s %s %s goes on", was.Status, was.Outcome, was.Reason)
		}
	}
	h.do(t, at("2026-04-12 08:00"), ledger.ApplyPayment{Payment: "p", Amount: 1000, Currency: "CNY", Value: value.MustDate("2026-04-12")})
	run.Advance(d, r, in("2026-04-12 08:00"))
	if !r.Reached() || run.Reopen(d, r, in("2026-04-13 08:00")) != nil || !r.Reached() {
		t.Fatalf("what is paid goes on: %+v", r)
	}
	h.do(t, at("2026-04-20 10:00"), ledger.ReversePayment{Payment: "p", Reason: "bounced"})
	facts := run.Reopen(d, r, in("2026-04-20 10:00"))
	if len(facts) != 1 || facts[0].What != "reopened" || facts[0].Reason != "owedAgain" || facts[0].Node != "call" {
		t.Errorf("told %+v", facts)
	}
	a, _ = run.Advance(d, r, in("2026-04-20 10:00"))
	if a == nil || a.Key != "asking/a/call/2" {
		t.Fatalf("asks %+v", a)
	}
	asked = in("2026-04-20 10:00")
	asked.Result = &node.Result{Status: node.ResultOK, Ref: a.Key}
	run.Advance(d, r, asked)
	if !r.Wake.Equal(at("2026-04-23 10:00")) {
		t.Errorf("waits until %s", r.Wake.In(sh))
	}
}

// TestLastReached: of the runs of a subject the last counts, in the version of
// its flow that goes out, and a subject that is carried again is left alone.
func TestLastReached(t *testing.T) {
	old := compile(t, friendly)
	now := compile(t, strings.Replace(friendly, `"wait2"`, `"pause2"`, -1))
	ended := func(id, subject, nodeID, outcome, day string) *run.Run {
		return &run.Run{
			ID: id, Flow: "friendly", Hash: old.Hash, Form: "invoice", Subject: subject, Node: nodeID, Status: run.Done, Outcome: outcome, Reason: "stop:paid",
			Started: at("2026-10-10 10:00"), Entered: at("2026-10-10 10:00"), Ended: at(day), Visits: map[string]int{nodeID: 1},
		}
	}
	stranger := ended("other/a", "a", "wait", "goal", "2026-11-01 10:00")
	stranger.Flow = "other"
	got := run.LastReached([]*run.Run{
		ended("friendly/a/1", "a", "wait", "goal", "2026-10-20 10:00"), ended("friendly/a/2", "a", "wait2", "goal", "2026-11-01 10:00"),
		ended("friendly/b/1", "b", "wait", "goal", "2026-10-20 10:00"), ended("friendly/b/2", "b", "wait", "stopped", "2026-11-01 10:00"),
		ended("friendly/d", "d", "wait", "goal", "2026-10-20 10:00"), stranger,
	}, []*run.Definition{now})
	var ids []string
	for _, r := range got {
		version := "old"
		if r.Hash == now.Hash {
			version = "now"
		}
		ids = append(ids, r.ID+" "+version)
	}
	same(t, "runs", ids, []string{"friendly/a/2 old", "friendly/d now"})

	e := newTogether(t, friendly)
	e.ended = []*run.Run{ended("friendly/a", "a", "wait", "goal", "2026-11-01 10:00"), ended("friendly/b", "b", "wait", "goal", "2026-11-01 10:00")}
	e.step(e.start("friendly", "b"))
	reversed := func(invoice string) run.Note {
		return run.Note{Kind: run.NoteEvent, Events: []node.Event{{Type: ledger.PaymentReversed, Invoice: invoice}}}
	}
	before := e.runs["friendly/b"]
	e.step(run.Note{Kind: run.NoteEvent, Events: []node.Event{{Type: ledger.PromiseMade, Invoice: "a"}}})
	if e.runs["friendly/a"] != nil {
		t.Error("a promise opens what was paid")
	}
	e.step(reversed("a"), reversed("b"))
	if r := e.runs["friendly/a"]; r == nil || r.Status != run.Active || !r.Resumed.Equal(e.now) {
		t.Errorf("it does not go on: %+v", r)
	}
	if e.runs["friendly/b"] != before {
		t.Error("a subject is carried twice")
	}
}

// TestUnbookedInvoiceWaits: an invoice that is stored and that the ledger has yet
// to hear of is not taken for one that is paid.
func TestUnbookedInvoiceWaits(t *testing.T) {
	e := newTogether(t, friendly)
	e.records = map[string]map[string]any{"new": {"number": "N-1", ledger.Unbooked: "2026-11-18T02:00:00Z"}}
	e.step(e.start("friendly", "new", "gone"))
	if r := e.runs["friendly/new"]; r.Status != run.Active || r.Node != "start" || r.Wake.Sub(e.now).Minutes() != 1 {
		t.Errorf("the run of what is not booked yet: %+v", r)
	}
	if r := e.runs["friendly/gone"]; r.Status != run.Done {
		t.Errorf("the run of what is not there: %+v", r)
	}
	h := &history{st: e.st}
	h.do(t, e.now, invoice("new", "2026-12-20", 1000))
	e.step(run.Note{Kind: run.NoteEvent, Events: []node.Event{{Type: ledger.InvoiceBooked, Invoice: "new"}}})
	if r := e.runs["friendly/new"]; r.Status != run.Active || !r.Wake.Equal(at("2026-12-17 09:00")) {
		t.Errorf("once it is booked: %+v", r)
	}
}
