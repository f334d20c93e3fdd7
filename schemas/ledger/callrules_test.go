package ledger

import (
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// TestCallsAgainstTheRules: with rules, a call that they do not allow now needs a
// reason, which the journal keeps; without them, or when they allow it, it does
// not. A call that a message waits for has had its budget already.
func TestCallsAgainstTheRules(t *testing.T) {
	r := rules()
	r.Budgets = []Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}}
	log := func(s *State, key, why string, rules *Rules, n Now) ([]Event, error) {
		return Execute(s, LogCall{Key: key, Result: "reached", Reason: why, Rules: rules}, n)
	}
	s := owing(t)
	if _, err := log(s, "told", "", nil, now("2026-11-17", "23:00")); err != nil {
		t.Fatalf("only told: %v", err)
	}
	s = owing(t)
	refused := func(what, key string, n Now) {
		t.Helper()
		_, err := log(s, key, " ", &r, n)
		fe, ok := err.(*fault.Error)
		if !ok || len(fe.Fields) != 1 || fe.Fields[0].Pointer != "/reason" || fe.Fields[0].Rule != "callReason" {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("at night", "n", now("2026-11-17", "23:00"))
	if why, until := s.WhyNoCall(r, now("2026-11-17", "23:00")); why != "window" || until.In(sh).Format("2006-01-02T15:04") != "2026-11-18T09:00" {
		t.Errorf("at night: %s until %s", why, until)
	}
	ev, err := log(s, "n", "they asked for it", &r, now("2026-11-17", "23:00"))
	if err != nil || len(ev) != 1 || ev[0].Reason != "they asked for it" {
		t.Fatalf("with a reason: %+v %v", ev, err)
	}
	if ev, err = log(s, "n", "", &r, now("2026-11-18", "10:00")); err != nil || len(ev) != 0 {
		t.Errorf("the same call again: %+v %v", ev, err)
	}
	refused("over the budget", "b", now("2026-11-18", "10:00"))
	if ev, err = log(s, "c", "", &r, now("2026-11-19", "10:00")); err != nil || len(ev) != 1 || ev[0].Reason != "" {
		t.Errorf("allowed: %+v %v", ev, err)
	}
	s = owing(t)
	may(s, "f/i/1", "call", now("2026-11-17", "11:00"), func(*Rules) {})
	must(t, s, EndMessage{Key: "f/i/1", Status: IntentWaiting}, now("2026-11-17", "11:00"))
	if _, err = log(s, "asked", "", &r, now("2026-11-17", "15:00")); err != nil {
		t.Errorf("the call that was asked for: %v", err)
	}
}
