package e2e

import (
	"testing"
)

// TestOwnManagerFirst: a task that is late is told to the manager of who has
// it, and only as many days later to the role; who has no manager, or one who
// may not see the account, has the role told at once.
func TestOwnManagerFirst(t *testing.T) {
	s := newSpace(t, fastDays(2))
	chief, role := s.member("chief", []string{"finance"}, nil), s.member("role", []string{"finance-manager"}, nil)
	blind := s.member("blind", []string{"integration"}, nil)
	led, free, odd := s.member("led", []string{"finance"}, nil), s.member("free", []string{"finance"}, nil), s.member("odd", []string{"finance"}, nil)
	for of, manager := range map[string]string{led.ID: led.ID, free.ID: "nobody"} {
		if err := s.c.Do(t.Context(), "PUT", "/users/"+of, map[string]any{"manager": manager}, nil); pointers(err) != "/manager reference" {
			t.Errorf("%s reports to %s: %v", of, manager, err)
		}
	}
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+led.ID, map[string]any{"manager": chief.ID}, nil))
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+odd.ID, map[string]any{"manager": blind.ID}, nil))
	must(t, s.c.Do(t.Context(), "PUT", "/tasks/settings", map[string]any{"rules": []any{}, "dueDays": 1, "remindDays": -1, "escalateDays": 2, "escalateTo": "finance-manager"}, nil, "If-Match", `"0"`))
	c := s.customer("Late")
	due := s.today().String()
	for _, who := range []string{led.ID, free.ID, odd.ID} {
		must(t, s.give(c, map[string]any{"assignee": who, "due": due, "title": map[string]string{"en": "of " + who}}))
	}
	a, b := s.enter(chief), s.enter(role)
	late := func(b *browser, of string) bool {
		for _, n := range b.notices(t) {
			if n.Kind == "late" && n.Text == "of "+of {
				return true
			}
		}
		return false
	}
	s.eventually("the manager is told", func() bool { return late(a, led.ID) })
	if late(b, led.ID) {
		t.Error("the role was told before the manager had time")
	}
	s.eventually("it is in the manager's queue", func() bool { // marked once they have been told
		var queue struct{ Items []taskLine }
		must(t, a.do(t, "GET", "/tasks?status=open&queue=true", nil, &queue))
		return len(queue.Items) == 1
	})
	s.eventually("the role is told of those without a manager who sees them", func() bool { return late(b, free.ID) && late(b, odd.ID) })
	s.eventually("the role is told at last", func() bool { return late(b, led.ID) })
	if late(a, free.ID) || late(s.enter(led), led.ID) {
		t.Error("somebody else was told")
	}
}
