package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dueflow/dueflow/policies"
)

// TestHandover: all accounts and open tasks of who leaves go to a colleague,
// page by page, and nothing of others.
func TestHandover(t *testing.T) {
	s := newSpace(t, nil)
	from, to, other := s.member("from", []string{"sales"}, nil), s.member("to", []string{"sales"}, nil), s.member("other", []string{"sales"}, nil)
	var mine []string
	for n := range 120 {
		mine = append(mine, s.create("customer", map[string]any{"name": fmt.Sprint("H", n), "owner": from.ID}).ID)
	}
	kept := s.create("customer", map[string]any{"name": "Kept", "owner": other.ID}).ID
	must(t, s.give(mine[0], map[string]any{"assignee": from.ID}))
	must(t, s.give(mine[1], map[string]any{"assignee": from.ID}))
	must(t, s.give(kept, map[string]any{"assignee": other.ID}))
	var plan struct{ Accounts, Tasks int64 }
	must(t, s.c.Do(t.Context(), "GET", "/users/"+from.ID+"/handover", nil, &plan))
	if plan.Accounts != 120 || plan.Tasks != 2 {
		t.Errorf("planned %+v", plan)
	}
	for _, bad := range []string{from.ID, "nobody", ""} {
		if err := s.c.Do(t.Context(), "POST", "/users/"+from.ID+"/handover", map[string]any{"to": bad}, nil); pointers(err) != "/to reference" {
			t.Errorf("to %q: %v", bad, err)
		}
	}
	var h struct {
		ID, Status                        string
		MovedAccounts, MovedTasks, Failed int64
	}
	must(t, s.c.Do(t.Context(), "POST", "/users/"+from.ID+"/handover", map[string]any{"to": to.ID}, &h))
	s.eventually("handed over", func() bool {
		must(t, s.c.Do(t.Context(), "GET", "/handovers/"+h.ID, nil, &h))
		return h.Status == "done"
	})
	if h.MovedAccounts != 120 || h.MovedTasks != 2 || h.Failed != 0 {
		t.Errorf("%+v", h)
	}
	must(t, s.c.Do(t.Context(), "GET", "/users/"+from.ID+"/handover", nil, &plan))
	if plan.Accounts != 0 || plan.Tasks != 0 {
		t.Errorf("left %+v", plan)
	}
	var r record
	must(t, s.c.Do(t.Context(), "GET", "/records/customer/"+kept, nil, &r))
	if string(r.Data["owner"]) != fmt.Sprintf("%q", other.ID) {
		t.Errorf("somebody else's account went to %s", r.Data["owner"])
	}
	// Who manages people but not all accounts learns and moves nothing.
	s.peopleManager()
	part := s.as("people")
	refused(t, "a preview beyond one's accounts", part.Do(t.Context(), "GET", "/users/"+to.ID+"/handover", nil, nil), "policy.denied")
	refused(t, "a handover beyond one's accounts", part.Do(t.Context(), "POST", "/users/"+to.ID+"/handover", map[string]any{"to": other.ID}, nil), "policy.denied")
	heir := s.enter(to)
	if k := kinds(heir.notices(t)); k["handover"] != 1 {
		t.Errorf("told %v", k)
	}
}

// peopleManager makes a role that manages people and sees some accounts.
func (s *space) peopleManager() {
	s.t.Helper()
	p, v, err := s.srv.Access.Rules(s.t.Context(), s.key)
	must(s.t, err)
	p.Roles = append(slices.Clone(p.Roles), policies.Role{Key: "people"})
	p.Rules = append(slices.Clone(p.Rules),
		policies.Rule{Role: "people", Object: "user", Action: "update", Scope: policies.All, Effect: policies.Allow},
		policies.Rule{Role: "people", Object: "customer", Action: "update", Scope: policies.Team, Effect: policies.Allow})
	_, err = s.srv.Access.SetRules(s.t.Context(), sysActor(s.key), p, v)
	must(s.t, err)
}
