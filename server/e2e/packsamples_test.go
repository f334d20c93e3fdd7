package e2e

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

type packTrial struct {
	Trial *packs.Trial
	There *struct {
		Customers []packs.PlantedCustomer
		Invoices  int
	}
}

func (s *space) trial(id, lang string) packTrial {
	s.t.Helper()
	var out packTrial
	must(s.t, s.c.Do(s.t.Context(), "GET", "/packs/catalog/"+id+"/trial?language="+lang, nil, &out))
	return out
}

// count is how many records of a form there are.
func (s *space) count(form string) int {
	s.t.Helper()
	var out struct{ Items []record }
	must(s.t, s.c.Do(s.t.Context(), "GET", "/records/"+form+"?limit=100", nil, &out))
	return len(out.Items)
}

// TestPackSamples: every pack that ships is tried before it is installed; its
// sample customers come into the workspace, stand on its board and in its
// rehearsal, and go again without a trace among the records.
func TestPackSamples(t *testing.T) {
	all, err := pack.Builtin()
	must(t, err)
	for k, p := range all {
		lang := []string{"zh-CN", "en"}[k%2]
		t.Run(p.ID, func(t *testing.T) {
			s := newSpace(t, nil)
			s.customer("Real")
			tried := s.trial(p.ID, lang)
			if tried.Trial == nil || tried.Trial.Language != lang || tried.There != nil {
				t.Fatalf("tried: %+v", tried)
			}
			s.put("POST", "/packs/"+p.ID+"/samples", map[string]any{"language": lang}, 409) // not installed
			done := s.install(map[string]any{"id": p.ID})
			s.put("POST", "/packs/"+p.ID+"/samples", map[string]any{"language": lang}, 0)
			s.put("POST", "/packs/"+p.ID+"/samples", map[string]any{"language": lang}, 409) // there already
			there := s.trial(p.ID, lang).There
			if there == nil || len(there.Customers) != len(tried.Trial.Accounts) || s.count("customer") != 1+len(there.Customers) || s.count("invoice") != there.Invoices {
				t.Fatalf("there: %+v", there)
			}
			if name := there.Customers[0].Name; !strings.HasSuffix(name, map[string]string{"en": " (sample)", "zh-CN": "（示例）"}[lang]) {
				t.Errorf("called %q", name)
			}
			for _, o := range done.Objects {
				if o.Kind == "boards" {
					s.seenOn(o.As)
				}
			}
			s.put("DELETE", "/packs/"+p.ID+"/samples", nil, 0)
			s.put("DELETE", "/packs/"+p.ID+"/samples", nil, 404)
			if s.count("customer") != 1 || s.count("invoice") != 0 || s.count("payment") != 0 || s.trial(p.ID, lang).There != nil {
				t.Errorf("left: %d customers, %d invoices, %d payments", s.count("customer"), s.count("invoice"), s.count("payment"))
			}
			s.put("POST", "/packs/"+p.ID+"/samples", map[string]any{}, 0) // and again
		})
	}
}

// seenOn checks that a board shows somebody.
func (s *space) seenOn(board string) {
	s.t.Helper()
	var out struct {
		Columns []struct {
			Key   string
			Count int
		}
	}
	must(s.t, s.c.Do(s.t.Context(), "GET", "/boards/"+board+"/cards", nil, &out))
	n := 0
	for _, c := range out.Columns {
		n += c.Count
	}
	if n == 0 {
		s.t.Errorf("nobody stands on the board %s: %+v", board, out.Columns)
	}
}

// TestPackSamplesFit: sample records fill the workspace's own fields where the
// pack's were mapped to them; who may not write records brings none, and what
// the records refuse leaves nothing half done.
func TestPackSamplesFit(t *testing.T) {
	s := newSpace(t, nil)
	s.install(s.uploaded("1.0.0", "One", "")) // brings the field "calm"
	s.install(map[string]any{"id": "education-fees", "fields": map[string]string{"customer.refundOrLeave": "customer.calm"}})
	if err := s.as("finance").Do(t.Context(), "POST", "/packs/education-fees/samples", map[string]any{}, nil); err == nil {
		t.Error("who may not install packs brings sample data")
	}
	s.create("customer", map[string]any{"name": "In the way", "externalId": "sample-education-fees-moore"})
	s.put("POST", "/packs/education-fees/samples", map[string]any{"language": "en"}, 409)
	if n := s.count("customer"); n != 1 || s.count("invoice") != 0 || s.trial("education-fees", "en").There != nil {
		t.Errorf("%d customers, %d invoices are left of what was refused", n, s.count("invoice"))
	}
	s.put("POST", "/packs/education-fees/samples", map[string]any{"language": "zh-CN"}, 0)
	var r record
	for _, c := range s.trial("education-fees", "zh-CN").There.Customers {
		if strings.HasPrefix(c.Name, "陈雨桐") {
			must(t, s.c.Do(t.Context(), "GET", "/records/customer/"+c.ID, nil, &r))
		}
	}
	if string(r.Data["calm"]) != "true" || r.Data["refundOrLeave"] != nil {
		t.Errorf("%v", r.Data)
	}
}

// TestPackChoicesThatFitNothing: an answer to no question, a field that the pack
// does not read, and one that stands on a field which is not there are told.
func TestPackChoicesThatFitNothing(t *testing.T) {
	s := newSpace(t, nil)
	for want, body := range map[string]map[string]any{
		"/fields/invoice.dueDate packField":   {"fields": map[string]string{"invoice.dueDate": "invoice.nosuch"}},
		"/fields/invoice.open packField":      {"fields": map[string]string{"invoice.open": "invoice.number"}},
		"/fields/customer.nosuch packNoField": {"fields": map[string]string{"customer.nosuch": "customer.name"}},
		"/params/nosuch packNoQuestion":       {"params": map[string]any{"nosuch": 1}},
		"":                                    {"params": map[string]any{"before": 4}},
	} {
		body["id"] = "graded-abc"
		if want == "" {
			body["id"] = "gentle-three-steps"
		}
		p := s.plan(body)
		got := ""
		for _, x := range p.Problems {
			got += x.Pointer + " " + x.Rule
			if strings.Contains(x.Message, "rule.") {
				t.Errorf("not worded: %s", x.Message)
			}
		}
		if got != want {
			t.Errorf("%v: %q, want %q", body, got, want)
		}
		body["hash"] = p.Hash
		if want != "" {
			s.put("POST", "/packs/apply", body, 422)
		}
	}
}
