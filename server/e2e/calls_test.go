package e2e

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

// TestCallsByHand: a call over the budget is told by default; by the stricter
// rule it is refused without a reason, and the journal keeps the one given. A
// task of calling asks for it as well.
func TestCallsByHand(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) {
		w.Budgets = []ledger.Budget{{Max: 1, Per: value.Span{Value: 3, Unit: value.Day}}}
	})
	c := s.customer("Called")
	log := func(reason string) error {
		return s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "call.log", "result": "unreachable", "reason": reason}, nil)
	}
	now := func() (p struct {
		Call *struct {
			Why          *struct{ Key, Until string }
			ReasonNeeded bool
		}
	},
	) {
		must(t, s.c.Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c, "channel": "call"}, &p))
		return p
	}
	if p := now(); p.Call == nil || p.Call.Why != nil || p.Call.ReasonNeeded {
		t.Errorf("before: %+v", p.Call)
	}
	must(t, log(""))
	if p := now(); p.Call == nil || p.Call.Why == nil || p.Call.Why.Key != "budget" || p.Call.Why.Until == "" || p.Call.ReasonNeeded {
		t.Errorf("only told: %+v", p.Call)
	}
	must(t, log(""))
	if err := s.setRules(func(m map[string]any) { m["callsByHand"] = "sometimes" }); pointers(err) != "/callsByHand enum" {
		t.Errorf("no such rule: %v", err)
	}
	if r := s.contactRules(); r.Rules["callsByHand"] != "told" {
		t.Errorf("default: %v", r.Rules["callsByHand"])
	}
	must(t, s.setRules(func(m map[string]any) { m["callsByHand"] = "reason" }))
	if p := now(); !p.Call.ReasonNeeded {
		t.Errorf("strict: %+v", p.Call)
	}
	if err := log(""); pointers(err) != "/reason callReason" || !strings.Contains(err.Error(), "contact rules") {
		t.Errorf("without a reason: %v", err)
	}
	must(t, log("They asked to be called today"))
	events, _, err := s.srv.Accounts.Events(t.Context(), s.key, c)
	must(t, err)
	if last := events[len(events)-1]; last.Type != ledger.ContactLogged || last.Reason != "They asked to be called today" {
		t.Errorf("journal: %+v", last)
	}
	if got := strings.Join(s.timeline(c, ledger.ContactLogged), "\n"); !strings.Contains(got, "against the contact rules: They asked to be called today") {
		t.Errorf("timeline: %s", got)
	}
	s.verify()
}

// TestCallTaskAgainstTheRules: a flow asked for a call within its hours; by the
// time that somebody has made it they were over.
func TestCallTaskAgainstTheRules(t *testing.T) {
	s := newSpace(t, with(map[string]string{"call": `{}`}))
	c := s.create("customer", map[string]any{"name": "Late call", "phone": "+8613800138000"}).ID
	s.invoice(c, "LC-1", 1000, s.today()-3)
	s.publish(strings.ReplaceAll(twoSteps, `"channel":"sandbox"`, `"channel":"call"`))
	var task string
	s.eventually("a task of calling", func() bool {
		list := s.tasks("status=open&customer=" + c)
		if len(list) == 1 {
			task = list[0].ID
		}
		return task != ""
	})
	must(t, s.setRules(func(m map[string]any) {
		m["callsByHand"], m["quiet"] = "reason", map[string]string{"from": "00:01", "to": "23:58"}
		m["window"] = map[string]string{"from": "23:58", "to": "24:00", "days": "every"}
	}))
	end := func(note string) error {
		return s.c.Do(t.Context(), "POST", "/tasks/"+task+"/complete", map[string]any{"result": "promised", "note": note}, nil)
	}
	if err := end(""); pointers(err) != "/note callReason" {
		t.Errorf("without a word: %v", err)
	}
	must(t, end("They called back"))
}
