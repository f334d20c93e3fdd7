package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// asks has a task whose title shows fields of the invoice.
const asks = `{"format":"dueflow.flow/1","key":"asks","name":{"en":"Asks"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":"00:00"}},
  "call":{"type":"task","v":1,"cfg":{"title":{"en":"Call {{ customer.name }} on {{ customer.phone }}: {{ invoice.open | money: invoice.currency }}","zh-CN":"致电{{ customer.name }}：{{ invoice.number }}"}}},
  "end":{"type":"end","v":1,"cfg":{}}},
 "edges":[{"from":"start","to":"call"},{"from":"call","to":"end"}]}`

// TestTaskWords: a task's title is filled in with the record it is about, live
// as in a rehearsal; a field that does not exist is told before.
func TestTaskWords(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Harbour")
	s.invoice(c, "W-1", 123450, s.today()-1)
	s.publish(asks)
	s.task("Call Harbour on –: CNY 1,234.50")
	s.task("致电Harbour：W-1")

	// Which invoice it is about says the list, to those who see invoices.
	var list struct{ Items []sharedTask }
	must(t, s.c.Do(t.Context(), "GET", "/tasks", nil, &list))
	if len(list.Items) != 1 || len(list.Items[0].Invoices) != 1 || list.Items[0].Invoices[0].Name != "W-1" {
		t.Errorf("tasks: %+v", list)
	}
	var played struct {
		Tasks []struct {
			Title   map[string]string `json:"title"`
			Numbers []string          `json:"numbers"`
		} `json:"tasks"`
	}
	must(t, s.c.Do(t.Context(), "POST", "/rehearsals", map[string]any{"document": json.RawMessage(asks), "from": (s.today() - 1).String(), "to": (s.today() + 3).String()}, &played))
	if len(played.Tasks) != 1 || played.Tasks[0].Title["en"] != "Call Harbour on –: CNY 1,234.50" || !slices.Equal(played.Tasks[0].Numbers, []string{"W-1"}) {
		t.Errorf("rehearsed: %+v", played.Tasks)
	}

	wrong := strings.Replace(strings.Replace(asks, "customer.phone", "customer.fone", 1), `"key":"asks"`, `"key":"wrong"`, 1)
	must(t, s.c.Do(t.Context(), "PUT", "/flows/wrong", map[string]any{"document": json.RawMessage(wrong)}, nil))
	err := s.c.Do(t.Context(), "POST", "/flows/wrong/publish", map[string]string{}, nil)
	if pointers(err) != "/nodes/call/cfg/title/en unknownVariable" {
		t.Errorf("published with a field that does not exist: %v", pointers(err))
	}
}
