package e2e

import (
	"strings"
	"testing"
)

// TestViewAs: an administrator sees what somebody sees, in lists, counts and
// rights, changes nothing meanwhile, and the start is in the log.
func TestViewAs(t *testing.T) {
	s := newSpace(t, nil)
	seller := s.person("seller", "sales")
	admin := s.person("boss", "admin")
	mine := s.create("customer", map[string]any{"name": "Mine", "owner": seller.ID}).ID
	other := s.create("customer", map[string]any{"name": "Other", "owner": admin.ID}).ID
	s.invoice(mine, "V-1", 100, s.today()-3)
	s.invoice(other, "V-2", 900, s.today()-3)
	boss := s.enter(admin)
	count := func() (names []string) {
		var page struct {
			Items []struct{ Data struct{ Name string } }
		}
		must(t, boss.do(t, "GET", "/records/customer", nil, &page))
		for _, i := range page.Items {
			names = append(names, i.Data.Name)
		}
		return names
	}
	if n := count(); len(n) != 2 {
		t.Fatalf("the administrator sees %v", n)
	}
	var me struct {
		User struct{ Name string }
		As   *struct{ Name, Role string }
		Can  map[string]bool
	}
	must(t, boss.do(t, "POST", "/session/as", map[string]string{"user": seller.ID}, &me))
	if me.As == nil || me.As.Name != "seller" || me.User.Name != "boss" || me.Can["role.write"] {
		t.Errorf("the session says %+v", me)
	}
	if n := count(); len(n) != 1 || n[0] != "Mine" {
		t.Errorf("as the seller: %v", n)
	}
	boss.get(t, "/customers/"+other+"/timeline", 404)
	boss.get(t, "/roles", 403)
	for method, path := range map[string]string{"POST": "/records/customer", "PUT": "/customers/" + mine + "/working", "DELETE": "/customers/" + mine + "/working"} {
		refused(t, method+" "+path, boss.do(t, method, path, map[string]any{"data": map[string]any{"name": "X"}}, nil), "auth.viewAs")
	}
	must(t, boss.do(t, "DELETE", "/session/as", nil, &me))
	if n := count(); len(n) != 2 {
		t.Errorf("with their own eyes again: %v", n)
	}
	must(t, boss.do(t, "POST", "/session/as", map[string]string{"role": "collector"}, &me))
	if me.Can["role.write"] {
		t.Error("as a collector they may change roles")
	}
	must(t, boss.do(t, "DELETE", "/session/as", nil, nil))
	refused(t, "as nobody", boss.do(t, "POST", "/session/as", map[string]string{"user": "none"}, nil), "user.none")
	if err := boss.do(t, "POST", "/session/as", map[string]string{"role": "emperor"}, nil); !strings.Contains(pointers(err), "unknownRole") {
		t.Errorf("as an unknown role: %v", err)
	}
	low := s.enter(seller)
	refused(t, "by who may not", low.do(t, "POST", "/session/as", map[string]string{"user": admin.ID}, nil), "policy.denied")
	var log struct{ Items []struct{ Action, ID string } }
	must(t, boss.do(t, "GET", "/audit?limit=100", nil, &log))
	found := 0
	for _, e := range log.Items {
		if e.Action == "viewAs" && (e.ID == seller.ID || e.ID == "collector") {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d starts in the log", found)
	}
}
