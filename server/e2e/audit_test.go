package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
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
