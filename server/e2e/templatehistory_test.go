package e2e

import (
	"fmt"
	"testing"
)

// TestTemplateHistory: what a message said when, and who chose it, also where a
// pack brought it.
func TestTemplateHistory(t *testing.T) {
	s := newSpace(t, nil)
	type revision struct {
		By       string
		At       string
		Document *struct {
			Variant map[string]struct{ Subject string }
		}
	}
	history := func(key string) []revision {
		var out struct{ Items []revision }
		must(t, s.c.Do(t.Context(), "GET", "/templates/"+key+"/history", nil, &out))
		return out.Items
	}
	if got := history("overdue-friendly"); len(got) != 0 {
		t.Errorf("as shipped: %+v", got)
	}
	var was struct {
		Name    map[string]string         `json:"name"`
		Tone    int                       `json:"tone"`
		Variant map[string]map[string]any `json:"variant"`
	}
	must(t, s.c.Do(t.Context(), "GET", "/templates/overdue-friendly", nil, &was))
	for _, subject := range []string{"First wording", "Second wording"} {
		was.Variant["en"]["subject"] = subject
		var version struct{ Version int64 }
		must(t, s.c.Do(t.Context(), "GET", "/templates/overdue-friendly", nil, &version))
		header := []string{}
		if version.Version > 0 {
			header = []string{"If-Match", fmt.Sprintf(`"%d"`, version.Version)}
		}
		must(t, s.c.Do(t.Context(), "PUT", "/templates/overdue-friendly", was, nil, header...))
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/templates/overdue-friendly", nil, nil, "If-Match", `"2"`))
	got := history("overdue-friendly")
	if len(got) != 3 || got[0].Document != nil || got[1].Document.Variant["en"].Subject != "Second wording" || got[2].Document.Variant["en"].Subject != "First wording" {
		t.Fatalf("history %+v", got)
	}
	if got[2].By == "" || got[2].At == "" {
		t.Errorf("nobody, at no time: %+v", got[2])
	}

	s.install(s.uploaded("1.0.0", "One", ""))
	var all struct {
		Items []struct{ Key string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/templates", nil, &all))
	brought := 0
	for _, x := range all.Items {
		if list := history(x.Key); len(list) > 0 && list[0].Document != nil {
			brought++
		}
	}
	if brought == 0 {
		t.Error("no message of the pack has a history")
	}
}
