package run_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// oneSend is a flow of one message, at once.
func oneSend(key, channel, settings string) string {
	return `{"format":"dueflow.flow/1","key":"` + key + `","name":{"en":"` + key + `"},"subject":{"form":"invoice"},"settings":{` + settings + `},` + paidStop + `,
 "nodes":{"start":{"type":"trigger.manual","v":1},"say":{"type":"send","v":1,"cfg":{"channel":"` + channel + `","template":"overdue-friendly"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"say"},{"from":"say","to":"end"}]}`
}

// together is an account with several flows, on a clock of its own, deciding
// by the ledger as the real thing does.
type together struct {
	t     *testing.T
	defs  map[string]*run.Definition
	st    *ledger.State
	now   time.Time
	rules func(*ledger.Rules)
	own   map[string]*value.Calendar
	sent  []string
	runs  map[string]*run.Run
	// records are of invoices, by id, and ended are runs of before.
	records map[string]map[string]any
	ended   []*run.Run
}

func newTogether(t *testing.T, docs ...string) *together {
	e := &together{t: t, defs: map[string]*run.Definition{}, runs: map[string]*run.Run{}, now: at("2026-11-18 10:00"), rules: func(*ledger.Rules) {}}
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-10-01 10:00"), invoice("a", "2026-10-20", 1000))
	h.do(t, at("2026-10-01 10:00"), invoice("b", "2026-11-10", 500))
	e.st = h.st
	for _, doc := range docs {
		d := compile(t, doc)
		e.defs[d.Hash] = d
	}
	return e
}

func (e *together) Now() time.Time { return e.now }

func (e *together) Load(context.Context, []string) (*run.Facts, error) {
	f := facts(e.st, map[string]any{"name": "华东"}, e.records, e.now)
	e.rules(&f.Rules)
	f.Calendars = e.own
	return f, nil
}

func (e *together) Definition(_ context.Context, hash string) (*run.Definition, error) {
	return e.defs[hash], nil
}

func (e *together) Reached(context.Context, []string) ([]*run.Run, error) {
	return run.LastReached(e.ended, slices.Collect(maps.Values(e.defs))), nil
}

func (e *together) Send(_ context.Context, f *run.Facts, m run.Message) (run.Sent, error) {
	var d ledger.Decision
	n := ledger.Now{At: e.now, Today: value.DateOf(e.now.In(sh)), Calendar: cn}
	if _, err := ledger.Execute(e.st, ledger.Intend{Key: m.Key, Keys: m.Keys, Items: m.Items, Currency: m.Currency, Channel: m.Channel, Rules: m.Rules, Out: &d}, n); err != nil {
		return run.Sent{}, err
	}
	sent := run.Sent{Dropped: d.Dropped}
	sent.Reason, sent.Until = d.Reason, d.Until
	switch d.Verdict {
	case ledger.Refused:
		sent.Status, sent.By = node.ResultRefused, d.Other
	case ledger.Deferred:
		sent.Status = node.ResultDeferred
	default:
		sent.Status, sent.Ref, sent.By = node.ResultOK, m.Key, d.Other
		about := fmt.Sprintf("%s by %s about %s", m.Flow, m.Channel, strings.Join(m.Items, "+"))
		if len(m.Apart) > 0 {
			about += ", apart " + strings.Join(m.Apart, "+")
		}
		e.sent = append(e.sent, about)
	}
	return sent, nil
}

func (e *together) Do(context.Context, *run.Facts, *run.Run, node.Action) (node.Result, error) {
	return node.Result{Status: node.ResultOK}, nil
}

// start lets runs of a flow begin about invoices; step lets all go on.
func (e *together) start(key string, invoices ...string) run.Note {
	for hash, d := range e.defs {
		if d.Flow.Key == key {
			return run.Note{Kind: run.NoteStart, Hash: hash, Form: "invoice", Ids: invoices}
		}
	}
	e.t.Fatalf("no flow %s", key)
	return run.Note{}
}

func (e *together) step(notes ...run.Note) []string {
	e.t.Helper()
	facts, err := run.Step(context.Background(), e, e.runs, notes)
	if err != nil {
		e.t.Fatal(err)
	}
	var out []string
	for _, f := range facts {
		switch f.What {
		case "sent", "merged", "deferred", "refused":
			s := f.Run + " " + f.What
			if f.Reason != "" {
				s += " " + f.Reason
			}
			if f.By != "" {
				s += " by " + f.By
			}
			if !f.Until.IsZero() {
				s += " until " + f.Until.In(sh).Format("2006-01-02 15:04")
			}
			out = append(out, s)
		}
	}
	return out
}

// TestHigherFlowLeadsTheMessage: of flows that want one customer at one time,
// by one channel, the higher's words go out about all, however long overdue
// the other's invoice is; without priorities the most overdue leads.
func TestHigherFlowLeadsTheMessage(t *testing.T) {
	for settings, want := range map[string]string{`"priority":"high"`: "vip by email about b+a", "": "plain by email about a+b", `"priority":"low"`: "plain by email about a+b"} {
		e := newTogether(t, oneSend("plain", "email", ""), oneSend("vip", "email", settings))
		got := e.step(e.start("plain", "a"), e.start("vip", "b"))
		same(t, "sent "+settings, e.sent, []string{want})
		if settings == `"priority":"high"` {
			same(t, "facts", got, []string{"vip/b sent", "plain/a merged by vip"})
		}
	}
}

// TestLowerFlowWaits: where the channels differ there are two messages; the
// higher takes the slot, the other is told who took it.
func TestLowerFlowWaits(t *testing.T) {
	e := newTogether(t, oneSend("plain", "call", ""), oneSend("vip", "email", `"priority":"high"`))
	got := e.step(e.start("plain", "a"), e.start("vip", "b"))
	same(t, "sent", e.sent, []string{"vip by email about b"})
	same(t, "facts", got, []string{"vip/b sent", "plain/a deferred priority by vip until 2026-11-20 09:00"})
	e.now = at("2026-11-20 09:00")
	same(t, "later", e.step(), []string{"plain/a sent"})
}

// TestLowerFlowKeepsTheSlotFree: the higher flow waits for its hour of the same
// day; the lower does not take the customer's contact away from it before.
func TestLowerFlowKeepsTheSlotFree(t *testing.T) {
	e := newTogether(t, oneSend("plain", "call", ""), oneSend("vip", "email", `"priority":"high","window":{"from":"14:00","to":"16:00"}`))
	got := e.step(e.start("plain", "a"), e.start("vip", "b"))
	same(t, "facts", got, []string{"vip/b deferred window until 2026-11-18 14:00", "plain/a deferred priority by vip until 2026-11-18 14:00"})
	e.now = at("2026-11-18 14:00")
	same(t, "at its hour", e.step(), []string{"vip/b sent", "plain/a deferred priority by vip until 2026-11-20 09:00"})
	// Without a budget there is nothing to keep free.
	e = newTogether(t, oneSend("plain", "call", ""), oneSend("vip", "email", `"priority":"high","window":{"from":"14:00","to":"16:00"}`))
	e.rules = func(r *ledger.Rules) { r.Budgets = nil }
	same(t, "no budget", e.step(e.start("plain", "a"), e.start("vip", "b")), []string{"vip/b deferred window until 2026-11-18 14:00", "plain/a sent"})
}

// TestSameInvoiceByTwoFlows: the second flow is told which one has reminded,
// asks again when the guard ends, and other invoices are its own business.
func TestSameInvoiceByTwoFlows(t *testing.T) {
	e := newTogether(t, oneSend("first", "email", ""), oneSend("second", "email", ""))
	e.rules = func(r *ledger.Rules) { r.Budgets, r.Duplicate = nil, 3 }
	same(t, "first", e.step(e.start("first", "a")), []string{"first/a sent"})
	e.now = at("2026-11-19 10:00")
	same(t, "second", e.step(e.start("second", "a", "b")), []string{"second/a refused duplicate by first until 2026-11-23 09:00", "second/b sent"})
	same(t, "sent", e.sent, []string{"first by email about a", "second by email about b"})
	e.now = at("2026-11-23 09:00")
	same(t, "after the guard", e.step(), []string{"second/a sent"})
	// Both at once by one channel is one message; by two channels, one is a repeat.
	e = newTogether(t, oneSend("first", "email", ""), oneSend("second", "email", ""))
	e.rules = func(r *ledger.Rules) { r.Budgets, r.Duplicate = nil, 3 }
	same(t, "one channel", e.step(e.start("first", "a"), e.start("second", "a")), []string{"first/a sent", "second/a merged by first"})
	e = newTogether(t, oneSend("first", "call", ""), oneSend("second", "email", `"priority":"high"`))
	e.rules = func(r *ledger.Rules) { r.Budgets, r.Duplicate = nil, 3 }
	same(t, "two channels", e.step(e.start("first", "a"), e.start("second", "a")), []string{"second/a sent", "first/a refused duplicate by second until 2026-11-23 09:00"})
}

// TestBothSidesOfDueApart: what is not past due while the lead is, or due today
// while the lead is not, is named apart; a statement speaks of all of them alike.
func TestBothSidesOfDueApart(t *testing.T) {
	more := func(e *together) {
		h := &history{st: e.st}
		for id, due := range map[string]string{"t": "2026-11-18", "z": "2026-11-25"} {
			h.do(t, at("2026-11-01 10:00"), invoice(id, due, 100))
		}
	}
	e := newTogether(t, oneSend("first", "email", ""), oneSend("second", "email", `"priority":"high"`))
	more(e)
	e.step(e.start("first", "a", "b", "t", "z"))
	same(t, "past due leads", e.sent, []string{"first by email about a+b+t+z, apart t+z"})
	e = newTogether(t, oneSend("first", "email", ""), oneSend("second", "email", `"priority":"high"`))
	more(e)
	e.step(e.start("first", "a", "z"), e.start("second", "t"))
	same(t, "a higher flow leads", e.sent, []string{"second by email about t+a+z, apart a+z"})
	e = newTogether(t, strings.Replace(oneSend("statement", "email", ""), `"form":"invoice"`, `"form":"customer"`, 1))
	more(e)
	note := e.start("statement", "c")
	note.Form = "customer"
	e.step(note)
	same(t, "a statement", e.sent, []string{"statement by email about a+b+t+z"})
}

// TestFlowOnAnOwnCalendar: a flow may name one of the workspace's own calendars.
func TestFlowOnAnOwnCalendar(t *testing.T) {
	shop, err := value.ParseCalendar([]byte(`{"id":"own-shop","years":[2026],"off":{"2026-11-18":"Stocktaking"}}`))
	if err != nil {
		t.Fatal(err)
	}
	doc := oneSend("f", "email", `"calendar":"own-shop"`)
	f, err := flow.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if issues := flow.Errors(flow.Check(f, nodes, flow.World{})); issues == nil {
		t.Error("a calendar that nobody knows passes the check")
	}
	if err := flow.Errors(flow.Check(f, nodes, flow.World{Calendar: func(id string) bool { return id == "own-shop" }})); err != nil {
		t.Fatal(err)
	}
	e := newTogether(t)
	d, err := run.Compile(f, nodes, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.defs[d.Hash], e.own = d, map[string]*value.Calendar{"own-shop": shop}
	same(t, "facts", e.step(e.start("f", "a")), []string{"f/a deferred calendar until 2026-11-19 09:00"})
}

// TestSpreadLosesNobody: after the Golden Week every account of a rehearsal
// gets the message that it would have got without spreading, on one of three
// days, and the same rehearsal twice gives the same.
func TestSpreadLosesNobody(t *testing.T) {
	def := compile(t, friendly)
	play := func(id string, spread ledger.Spread) []string {
		h := &history{st: ledger.NewState(id)}
		h.do(t, at("2026-09-01 10:00"), invoice("a", "2026-10-04", 1000))
		r := &run.Rehearsal{
			Def: def, From: at("2026-09-02 00:00"), To: at("2026-10-13 00:00"), Report: run.NewReport(),
			Facts: func(st *ledger.State, c map[string]any, i map[string]map[string]any, now time.Time) *run.Facts {
				f := facts(st, c, i, now)
				f.Rules.Spread, f.Rules.Budgets = spread, nil
				return f
			},
		}
		if err := r.Play(context.Background(), run.Account{Customer: id, Record: map[string]any{"name": id}, Events: h.events}); err != nil {
			t.Fatal(err)
		}
		return sentAt(r.Report)
	}
	on := ledger.Spread{Gap: 4, Days: 3, Minutes: 120}
	days := map[string]int{}
	const accounts = 150
	for k := range accounts {
		id := fmt.Sprint("account-", k)
		without, with := play(id, ledger.Spread{}), play(id, on)
		if len(without) != len(with) || len(with) == 0 {
			t.Fatalf("%s: %v without spreading, %v with", id, without, with)
		}
		if again := play(id, on); strings.Join(again, ";") != strings.Join(with, ";") {
			t.Fatalf("%s: %v, then %v", id, with, again)
		}
		days[with[0][:10]]++
	}
	for _, day := range []string{"2026-10-08", "2026-10-09", "2026-10-10"} {
		if days[day] < accounts/3-accounts/8 || days[day] > accounts/3+accounts/8 {
			t.Errorf("%s takes %d of %d: %v", day, days[day], accounts, days)
		}
	}
}

// TestOneDayOneReminder: over random flows with random priorities, channels
// and starts, no invoice is reminded of by two flows within the guard, and the
// customer's budget holds over them all.
func TestOneDayOneReminder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var docs []string
		n := rapid.IntRange(2, 4).Draw(rt, "flows")
		for k := range n {
			p := rapid.SampledFrom([]string{"high", "normal", "low"}).Draw(rt, "priority")
			docs = append(docs, oneSend(fmt.Sprint("f", k), rapid.SampledFrom([]string{"email", "call", "sms"}).Draw(rt, "channel"), `"priority":"`+p+`"`))
		}
		e := newTogether(t, docs...)
		budget := rapid.Bool().Draw(rt, "budget")
		e.rules = func(r *ledger.Rules) {
			r.Duplicate = 3
			if !budget {
				r.Budgets = nil
			}
		}
		for k := range n {
			e.step(e.start(fmt.Sprint("f", k), "a", "b")) // one after another, or all at once below
			e.now = e.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(rt, "pause")) * time.Hour)
		}
		for range 200 {
			e.step()
			e.now = e.now.Add(5 * time.Hour)
		}
		for _, r := range e.runs {
			if r.Status != run.Done {
				rt.Fatalf("%s still waits for %s until %s", r.ID, r.Reason, r.Wake)
			}
		}
		for k1, i := range e.st.Intents {
			for k2, j := range e.st.Intents {
				if k1 >= k2 || i.Seq == j.Seq {
					continue
				}
				for _, item := range i.Items {
					apart := int(j.Day - i.Day)
					if apart < 0 {
						apart = -apart
					}
					if strings.Contains(strings.Join(j.Items, " "), item) && ledger.FlowOf(k1) != ledger.FlowOf(k2) && apart < 3 {
						rt.Fatalf("%s on %s and %s on %s about %s", k1, i.Day, k2, j.Day, item)
					}
				}
			}
		}
	})
}
