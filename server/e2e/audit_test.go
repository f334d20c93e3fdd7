package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
)

// TestLog: who changed what from what to what, found by person, thing and day;
// and whether the log is whole.
func TestLog(t *testing.T) {
	s := newSpace(t, nil)
	type entry struct {
		Seq                 int64
		Actor, ActorName    string
		Action, Object, ID  string
		Addr                string
		Before, After, Hash json.RawMessage
	}
	list := func(query string) []entry {
		var out struct{ Items []entry }
		must(t, s.c.Do(t.Context(), "GET", "/audit?"+query, nil, &out))
		return out.Items
	}
	var was struct {
		Rules   map[string]any
		Version int64
	}
	must(t, s.c.Do(t.Context(), "GET", "/contact-rules", nil, &was))
	was.Rules["maxDataAgeHours"] = 77
	must(t, s.c.Do(t.Context(), "PUT", "/contact-rules", was.Rules, nil, "If-Match", fmt.Sprintf(`"%d"`, was.Version)))

	got := list("object=contactRules")
	if len(got) != 1 || got[0].Action != "update" || got[0].ActorName == "" || got[0].Addr == "" {
		t.Fatalf("entries %+v", got)
	}
	var before, after map[string]any
	must(t, json.Unmarshal(got[0].Before, &before))
	must(t, json.Unmarshal(got[0].After, &after))
	if before["maxDataAgeHours"] == after["maxDataAgeHours"] || after["maxDataAgeHours"] != 77.0 {
		t.Errorf("from %s to %s", got[0].Before, got[0].After)
	}
	me := url.QueryEscape(got[0].Actor)
	for query, want := range map[string]bool{
		"actor=" + me: true, "actor=somebody": false, "object=contactRules&actor=" + me: true,
		"object=contactRules&id=" + s.key: true, "object=contactRules&id=other": false,
		"from=2020-01-01&object=contactRules": true, "to=2020-01-01": false, "from=2999-01-01": false, "to=2999-01-01&limit=500": true,
	} {
		found := false
		for _, e := range list(query) {
			found = found || e.Seq == got[0].Seq
		}
		if found != want {
			t.Errorf("%s: found %v, want %v", query, found, want)
		}
	}
	for _, query := range []string{"from=soon", "to=2026-13-01", "id=alone", "limit=501"} {
		if err := s.c.Do(t.Context(), "GET", "/audit?"+query, nil, nil); err == nil {
			t.Errorf("%s is taken", query)
		}
	}
	var report struct {
		OK      bool
		Entries int64
		Hash    string
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit/check", nil, &report))
	if !report.OK || report.Entries < got[0].Seq || report.Hash == "" {
		t.Errorf("check %+v", report)
	}
}

// TestLogOfAccounts: of accounts that somebody may not see, the log tells them
// no more than that something was done.
func TestLogOfAccounts(t *testing.T) {
	s := newSpace(t, nil)
	s.testerRole(filter.Eq("region", "north"), nil)
	p, v, err := s.srv.Access.Rules(t.Context(), s.key)
	must(t, err)
	p.Rules = append(p.Rules, policies.Rule{Role: "tester", Object: "audit", Action: "read", Scope: "all", Effect: policies.Allow})
	_, err = s.srv.Access.SetRules(t.Context(), policies.SystemActor(s.key, "test"), p, v)
	must(t, err)
	reader := s.enter(s.person("reader", "tester"))
	mine := s.create("customer", map[string]any{"name": "Mine", "region": "north"}).ID
	theirs := s.create("customer", map[string]any{"name": "Theirs", "region": "south"}).ID
	for id, reason := range map[string]string{mine: "zqnorth", theirs: "zqsouth"} {
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+id+"/tier", map[string]any{"tier": "A", "until": (s.today() + 9).String(), "reason": reason}, nil))
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/records/customer/"+theirs, nil, nil, "If-Match", "*"))
	must(t, s.c.Do(t.Context(), "POST", "/bin/customer/"+theirs+"/restore", nil, nil))

	all := string(reader.get(t, "/audit?limit=500", 200))
	if !strings.Contains(all, mine) || !strings.Contains(all, "zqnorth") || strings.Contains(all, theirs) || strings.Contains(all, "zqsouth") {
		t.Errorf("the reader sees %s", all)
	}
	if n := strings.Count(all, `"hidden":true`); n != 2 {
		t.Errorf("%d entries are hidden, want 2", n)
	}
	if got := string(reader.get(t, "/audit?object=customer&id="+theirs, 200)); strings.Contains(got, `"seq"`) {
		t.Errorf("asked about the account: %s", got)
	}
	var whole struct{ Items []json.RawMessage }
	must(t, s.c.Do(t.Context(), "GET", "/audit?object=customer&id="+theirs, nil, &whole))
	if len(whole.Items) != 2 {
		t.Errorf("who may see all sees %d entries, want 2", len(whole.Items))
	}
}
