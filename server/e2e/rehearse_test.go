package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

type playedTogether struct {
	Messages []struct {
		At   string
		With []string
	}
	Held []struct {
		What, Reason, By string
	}
	Others []struct {
		Flow, Customer string
	}
	Totals struct {
		Messages, Merged, Deferred, AfterPayment int
		Others                                   map[string]struct{ Messages, Merged, Hindered int }
	}
}

func (s *space) playedWith(doc string, alone bool) (p playedTogether) {
	s.t.Helper()
	must(s.t, s.c.Do(s.t.Context(), "POST", "/rehearsals", map[string]any{
		"document": json.RawMessage(doc), "from": s.today().String(), "to": (s.today() + 20).String(), "alone": alone,
	}, &p))
	return p
}

// TestRehearsalTogether: a draft is rehearsed beside the other live flows. What
// they send from where they stand takes the customer's contact from it, or takes
// it along; its own published version does not play beside it; alone it knows of
// none. Nothing is written.
func TestRehearsalTogether(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) {
		w.Budgets = []ledger.Budget{{Max: 1, Per: value.Span{Value: 5, Unit: value.Day}}}
	})
	c := s.customer("Both")
	s.invoice(c, "T-1", 1000, s.today()+2)
	// One is live: it writes on the due date, and three days after it.
	s.publish(twoSteps)
	s.eventually("it waits", func() bool { r := s.runs(); return len(r) == 1 && r[0].WakeAt != "" })
	rename := func(key, settings string) string {
		return strings.NewReplacer(`"key":"two"`, `"key":"`+key+`"`, `"subject":{"form":"invoice"},`, `"subject":{"form":"invoice"},`+settings).Replace(twoSteps)
	}

	alone := s.playedWith(rename("mine", ""), true)
	if alone.Totals.Messages != 2 || len(alone.Totals.Others) != 0 || len(alone.Others) != 0 {
		t.Errorf("alone: %+v", alone)
	}
	both := s.playedWith(rename("mine", ""), false)
	two := both.Totals.Others["two"]
	// They want the same days by the same channel: one message each time.
	if both.Totals.Messages+two.Messages != 2 || both.Totals.AfterPayment != 0 {
		t.Errorf("together: %+v", both.Totals)
	}
	if both.Totals.Messages == 0 && (two.Merged != 2 || len(both.Held) == 0 || both.Held[0].What != "merged" || both.Held[0].By != "two" || len(both.Others) != 2 || both.Others[0].Customer != c) {
		t.Errorf("together: %+v", both)
	}
	high := s.playedWith(rename("mine", `"settings":{"priority":"high"},`), false)
	if high.Totals.Messages != 2 || high.Totals.Others["two"].Messages != 0 || strings.Join(high.Messages[0].With, " ") != "two" {
		t.Errorf("of a higher priority: %+v", high)
	}
	call := s.playedWith(strings.ReplaceAll(rename("mine", `"settings":{"priority":"low"},`), `"channel":"sandbox"`, `"channel":"call"`), false)
	if o := call.Totals.Others["two"]; o.Messages == 0 || o.Hindered == 0 || len(call.Held) == 0 || call.Held[0].By != "two" {
		t.Errorf("by another channel, lower: %+v", call)
	}
	// A draft of the live flow stands in for it.
	own := s.playedWith(twoSteps, false)
	if own.Totals.Messages != 2 || len(own.Totals.Others) != 0 {
		t.Errorf("its own draft: %+v", own)
	}
	if r := s.runs(); len(r) != 1 || len(s.messages()) != 0 {
		t.Errorf("a rehearsal wrote: %+v, %d messages", r, len(s.messages()))
	}
}

// TestRehearsalCountsWhatWasSent: what another flow has really sent today is in
// the rehearsed flow's way.
func TestRehearsalCountsWhatWasSent(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) {
		w.Budgets = []ledger.Budget{{Max: 1, Per: value.Span{Value: 5, Unit: value.Day}}}
	})
	c := s.customer("Told")
	s.invoice(c, "T-2", 1000, s.today()-10)
	s.publish(twoSteps)
	s.eventually("sent", func() bool { return len(s.messages()) == 1 })
	draft := strings.NewReplacer(`"key":"two"`, `"key":"mine"`, `"field":"invoice.dueDate"`, `"field":"invoice.dueDate","offset":{"value":11,"unit":"day"}`).Replace(twoSteps)
	p := s.playedWith(draft, false)
	if len(p.Held) == 0 || p.Held[0].What != "deferred" || p.Held[0].Reason != "budget" || p.Held[0].By != "two" {
		t.Errorf("held: %+v", p.Held)
	}
	if alone := s.playedWith(draft, true); len(alone.Messages) == 0 || alone.Messages[0].At >= p.Messages[0].At {
		t.Errorf("alone %+v, together %+v", alone.Messages, p.Messages)
	}
}
