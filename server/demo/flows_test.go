package demo_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/demo"
	"github.com/dueflow/dueflow/workflows/builtin"
)

var ledgerFields = map[string]filter.Type{
	"invoice.open": filter.Number, "invoice.collectable": filter.Number, "invoice.disputed": filter.Number, "invoice.dpd": filter.Number,
	"account.open": filter.Number, "account.openInvoices": filter.Number, "account.maxDpd": filter.Number,
}

// shipped are the templates of a new workspace.
var shipped = []string{"due-soon-friendly", "due-today", "overdue-friendly", "overdue-clear", "overdue-firm", "overdue-sms", "statement"}

// world knows the built-in forms, templates and channels.
func world() flow.World {
	forms := form.Builtin()
	channels := builtin.Channels(false, nil)
	return flow.World{
		Field: func(path string) (filter.Type, bool) {
			if t, ok := ledgerFields[path]; ok {
				return t, true
			}
			for key, f := range forms {
				if len(path) > len(key) && path[:len(key)+1] == key+"." {
					fd, ok := f.Field(path[len(key)+1:])
					return fd.FilterType(), ok
				}
			}
			return filter.Text, false
		},
		Template: func(key string) bool { return slices.Contains(shipped, key) },
		Channel:  func(key string) bool { _, ok := channels[key]; return ok || key == "preferred" },
	}
}

func TestFlowsHaveNoFindings(t *testing.T) {
	docs := demo.Flows()
	if len(docs) != 3 {
		t.Fatalf("%d flows", len(docs))
	}
	for _, raw := range docs {
		f, err := flow.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range flow.Check(f, builtin.Nodes(), world()) {
			t.Errorf("%s: %s %s at %s %v", f.Key, i.Severity, i.Key, i.Pointer, i.Params)
		}
		complete(t, f)
	}
}

// complete tells of texts that lack a language, and nodes without a place.
func complete(t *testing.T, f *flow.Flow) {
	t.Helper()
	both := func(at string, x flow.Text) {
		if x["en"] == "" || x["zh-CN"] == "" {
			t.Errorf("%s: %s is not in both languages", f.Key, at)
		}
	}
	both("name", f.Name)
	both("about", f.About)
	var layout struct {
		Pos   map[string][2]int `json:"pos"`
		Notes []struct {
			Text flow.Text `json:"text"`
		} `json:"notes"`
	}
	if err := json.Unmarshal(f.Layout, &layout); err != nil {
		t.Fatal(err)
	}
	for id, n := range f.Nodes {
		both(id, n.Label)
		if _, ok := layout.Pos[id]; !ok {
			t.Errorf("%s: %s has no place", f.Key, id)
		}
	}
	for _, n := range layout.Notes {
		both("note", n.Text)
	}
	if f.Settings.IfLate == nil || len(f.StopWhen) == 0 || len(layout.Notes) == 0 {
		t.Errorf("%s: a demo flow shows ifLate, stopWhen and notes", f.Key)
	}
}
