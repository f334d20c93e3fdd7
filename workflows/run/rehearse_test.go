package run_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

// inCompany rehearses a flow together with others over one account.
func inCompany(t *testing.T, doc string, h *history, from, to string, now time.Time, standing []*run.Run, others ...string) *run.Report {
	t.Helper()
	c := &run.Company{Now: now, Version: func(context.Context, string) (*run.Definition, error) {
		t.Error("asked for a version that nobody follows")
		return nil, context.Canceled
	}}
	for _, o := range others {
		c.Flows = append(c.Flows, run.Companion{Def: compile(t, o)})
	}
	r := &run.Rehearsal{Def: compile(t, doc), From: at(from), To: at(to), Facts: facts, Report: run.NewReport(), Company: c}
	a := run.Account{Customer: "c", Record: map[string]any{"name": "华东", "tier": "B"}, Events: h.events, Runs: standing}
	if err := r.Play(context.Background(), a); err != nil {
		t.Fatal(err)
	}
	return r.Report
}

// dated is a flow of one message on a day told from the due date.
func dated(key, channel, settings, offset, hour string) string {
	return strings.Replace(oneSend(key, channel, settings), `"type":"trigger.manual","v":1`,
		`"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","offset":{"value":`+offset+`,"unit":"day"},"at":"`+hour+`"}`, 1)
}

func heldOf(r *run.Report) []string {
	var out []string
	for _, h := range r.Held {
		out = append(out, strings.TrimSpace(strings.Join([]string{h.At.In(sh).Format("2006-01-02 15:04"), h.Run, h.Node, h.What, h.Reason, h.By}, " ")))
	}
	return out
}

// TestRehearsalInCompany: the flow gets what the others leave it, and is told
// by whom: merged into a message of a higher flow, or put off because of one
// that wrote the day before. Alone it knows of neither.
func TestRehearsalInCompany(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	draft := dated("draft", "email", "", "3", "10:00")
	vip := dated("vip", "email", `"priority":"high"`, "3", "10:00")
	early := dated("early", "sms", "", "2", "10:00")

	alone := rehearse(t, draft, h, "2026-03-02 00:00", "2026-06-01 00:00")
	same(t, "alone", sentAt(alone), []string{"2026-04-13 10:00 say"})

	r := inCompany(t, draft, h, "2026-03-02 00:00", "2026-06-01 00:00", time.Time{}, nil, vip)
	same(t, "its own messages", sentAt(r), nil)
	same(t, "held", heldOf(r), []string{"2026-04-13 10:00 draft/a say merged  vip"})
	if len(r.Others) != 1 || r.Others[0].Flow != "vip" || strings.Join(r.Others[0].With, " ") != "draft" || r.Totals.Messages != 0 || r.Totals.Runs != 1 {
		t.Errorf("others %+v, totals %+v", r.Others, r.Totals)
	}
	if o := r.Totals.Others["vip"]; o == nil || o.Messages != 1 || o.Merged != 1 || o.Hindered != 0 || o.AfterPayment != 0 {
		t.Errorf("what vip did: %+v", o)
	}

	// 12 April is a Sunday: early writes on Monday at nine, the budget is spent until Wednesday.
	r = inCompany(t, draft, h, "2026-03-02 00:00", "2026-06-01 00:00", time.Time{}, nil, early)
	same(t, "after early", sentAt(r), []string{"2026-04-15 09:00 say"})
	same(t, "put off", heldOf(r), []string{"2026-04-13 10:00 draft/a say deferred budget early"})
	if o := r.Totals.Others["early"]; o == nil || o.Messages != 1 || o.Hindered != 1 {
		t.Errorf("what early did: %+v", o)
	}
	// The rehearsed flow leads: it takes the others' steps along.
	r = inCompany(t, vip, h, "2026-03-02 00:00", "2026-06-01 00:00", time.Time{}, nil, draft)
	if len(r.Messages) != 1 || strings.Join(r.Messages[0].With, " ") != "draft" || r.Messages[0].Flow != "" || len(r.Others) != 0 {
		t.Errorf("the leader's: %+v, others %+v", r.Messages, r.Others)
	}
}

// TestRehearsalGoesOnFromWhatIs: from today on the others' runs go on from where
// they stand, one that has ended does not begin again, and what was written
// before counts in the budget; over days that are past all begin anew.
func TestRehearsalGoesOnFromWhatIs(t *testing.T) {
	h := &history{st: ledger.NewState("c")}
	h.do(t, at("2026-03-01 10:00"), invoice("a", "2026-04-10", 1000))
	h.do(t, at("2026-03-01 10:00"), invoice("b", "2026-04-12", 500))
	var d ledger.Decision
	rules := facts(h.st, nil, nil, at("2026-04-13 11:00")).Rules
	rules.Location = sh
	h.do(t, at("2026-04-13 11:00"), ledger.Intend{Key: "early/a/say/1", Items: []string{"a"}, Currency: "CNY", Channel: "sms", Rules: rules, Out: &d})
	h.do(t, at("2026-04-13 11:01"), ledger.EndMessage{Key: "early/a/say/1", Status: ledger.IntentSent})
	if d.Verdict != ledger.Granted {
		t.Fatalf("%+v", d)
	}
	draft, early := dated("draft", "email", "", "4", "10:00"), dated("early", "sms", "", "2", "10:00")
	def := compile(t, early)
	done := run.NewRun(def, "a", "", at("2026-04-12 10:00"))
	done.Status = run.Done
	// The other one waits for the contact budget, until noon of the 15th.
	waits := run.NewRun(def, "b", "", at("2026-04-14 10:00"))
	waits.Node, waits.Visits, waits.Wake = "say", map[string]int{"say": 1}, at("2026-04-15 12:00")
	r := inCompany(t, draft, h, "2026-04-14 00:00", "2026-06-01 00:00", at("2026-04-14 00:00"), []*run.Run{done, waits}, early)
	// The draft is put off by yesterday's message, then by its own; early by the
	// draft's, twice.
	same(t, "sent", sentAt(r), []string{"2026-04-15 09:00 say", "2026-04-17 09:00 say"})
	same(t, "held", heldOf(r), []string{"2026-04-14 10:00 draft/a say deferred budget early", "2026-04-16 10:00 draft/b say deferred budget"})
	if len(r.Others) != 1 || len(r.Others[0].Items) != 1 || r.Others[0].Items[0].Invoice != "b" || value.DateOf(r.Others[0].At.In(sh)).String() != "2026-04-21" {
		t.Errorf("others: %+v", r.Others)
	}
	// The same from a later day: what early does before is not told, but counts.
	r = inCompany(t, draft, h, "2026-04-16 00:00", "2026-06-01 00:00", at("2026-04-14 00:00"), []*run.Run{done, waits}, early)
	same(t, "from the 16th", sentAt(r), []string{"2026-04-17 09:00 say"})
	if o := r.Totals.Others["early"]; len(r.Others) != 0 || o == nil || o.Hindered != 2 || o.Messages != 0 {
		t.Errorf("others: %+v, %+v, held %q", r.Others, o, heldOf(r))
	}
	// A flow that is live now did not begin where it stands on a day that is past:
	// it begins with the rehearsal, and what was written since does not count.
	r = inCompany(t, draft, h, "2026-03-02 00:00", "2026-06-01 00:00", time.Time{}, nil, early)
	if len(r.Others) == 0 || r.Others[0].Flow != "early" {
		t.Errorf("in the past: %+v", r.Others)
	}
	// The flow's own last message spends the budget, and is no answer to its step.
	r = inCompany(t, strings.Replace(draft, `"key":"draft"`, `"key":"early"`, 1), h, "2026-04-14 00:00", "2026-06-01 00:00", at("2026-04-14 00:00"), nil)
	same(t, "a draft of the flow that wrote", sentAt(r), []string{"2026-04-15 09:00 say", "2026-04-17 09:00 say"})
}

// TestCompanyProperties: over random histories, flows and priorities, all that
// goes out to a customer keeps the one contact budget, nothing goes out after a
// payment, whatever names another flow names one that played, and company
// without flows and without letters of before plays as the flow does alone.
func TestCompanyProperties(t *testing.T) {
	flows := map[string]*run.Definition{}
	define := func(t testing.TB, key, channel, priority, offset string) *run.Definition {
		doc := dated(key, channel, `"priority":"`+priority+`"`, offset, "10:00")
		if flows[doc] == nil {
			flows[doc] = compile(t, doc)
		}
		return flows[doc]
	}
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{st: ledger.NewState("c")}
		when := at("2026-03-02 10:00")
		for k := range rapid.IntRange(1, 12).Draw(rt, "n") {
			when = when.Add(time.Duration(rapid.IntRange(1, 100).Draw(rt, "hours")) * time.Hour)
			today := value.DateOf(when.In(sh))
			var c ledger.Command = ledger.ApplyPayment{Payment: fmt.Sprint("p", k), Amount: rapid.Int64Range(1, 80).Draw(rt, "paid"), Currency: "CNY", Value: today}
			if rapid.IntRange(0, 2).Draw(rt, "kind") > 0 {
				due := today + value.Date(rapid.IntRange(-10, 30).Draw(rt, "due"))
				c = ledger.BookInvoice{Invoice: fmt.Sprint("i", k), Number: fmt.Sprint("i", k), Currency: "CNY", Amount: rapid.Int64Range(1, 50).Draw(rt, "amount"), Issue: min(today, due), Due: due}
			}
			if ev, err := ledger.Execute(h.st, c, ledger.Now{At: when, Today: today, Calendar: cn}); err == nil {
				h.events = append(h.events, ev...)
			}
		}
		draw := func(key string) *run.Definition {
			return define(t, key, rapid.SampledFrom([]string{"email", "sms", "call"}).Draw(rt, "channel"),
				rapid.SampledFrom([]string{"high", "normal", "low"}).Draw(rt, "priority"), rapid.SampledFrom([]string{"-3", "1", "2", "5"}).Draw(rt, "offset"))
		}
		play := func(def *run.Definition, c *run.Company) *run.Report {
			r := &run.Rehearsal{Def: def, From: at("2026-03-02 00:00"), To: at("2026-12-31 00:00"), Facts: facts, Report: run.NewReport(), Company: c}
			if err := r.Play(context.Background(), run.Account{Customer: "c", Record: map[string]any{"name": "x"}, Events: h.events}); err != nil {
				rt.Fatal(err)
			}
			return r.Report
		}
		def, company, names := draw("draft"), &run.Company{}, map[string]bool{"": true}
		for k := range rapid.IntRange(1, 3).Draw(rt, "others") {
			other := draw(fmt.Sprint("other", k))
			company.Flows, names[other.Flow.Key] = append(company.Flows, run.Companion{Def: other}), true
		}
		r := play(def, company)
		all := append(append([]run.PlannedMessage{}, r.Messages...), r.Others...)
		slices.SortFunc(all, func(a, b run.PlannedMessage) int { return a.At.Compare(b.At) })
		for k, m := range all {
			if day := value.DateOf(m.At.In(sh)); k > 0 && day < cn.AddWorkdays(value.DateOf(all[k-1].At.In(sh)), 2) {
				rt.Fatalf("%s on %s, after %s on %s", m.Flow, m.At, all[k-1].Flow, all[k-1].At)
			}
		}
		after := r.Totals.AfterPayment
		for key, o := range r.Totals.Others {
			if after += o.AfterPayment; !names[key] {
				rt.Fatalf("%s did not play", key)
			}
		}
		if after > 0 {
			rt.Fatalf("%d after payment", after)
		}
		for _, x := range r.Held {
			if !names[x.By] || x.By == "draft" {
				rt.Fatalf("held by %q: %+v", x.By, x)
			}
		}
		alone, none := play(def, nil), play(def, &run.Company{})
		if a, b := fmt.Sprintf("%+v", alone), fmt.Sprintf("%+v", none); strings.Join(sentAt(alone), ";") != strings.Join(sentAt(none), ";") || len(alone.Held) != len(none.Held) {
			rt.Fatalf("alone %s\nin no company %s", a, b)
		}
	})
}
