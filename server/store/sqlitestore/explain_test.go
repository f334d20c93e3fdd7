package sqlitestore

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/storetest"
)

// explain gives the query plan of SQL, one step a line.
func explain(t *testing.T, h *handle, query string, args []any) string {
	t.Helper()
	var steps []string
	err := h.query(context.Background(), "EXPLAIN QUERY PLAN "+query, args, func(rows *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}

// TestPlans holds the queries of the product's lists and boards against their
// indexes: each must seek or walk along an index, and none may sort. (SQLite never calls
// an index on generated columns covering, but reads their values from it.)
func TestPlans(t *testing.T) {
	d, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(d)
	t.Cleanup(func() { _ = s.Close() })
	spec := storetest.Invoices()
	spec.Search = []string{"no"}
	spec.Indexes = append(spec.Indexes, store.Index{Fields: []store.IndexField{{Path: "wake", Kind: store.Text}}, Sparse: true},
		store.OnText("status", "due", "issued"))
	if err := s.Ensure(context.Background(), "plans", spec); err != nil {
		t.Fatal(err)
	}
	h, tab, err := d.table("plans", "invoice")
	if err != nil {
		t.Fatal(err)
	}
	defer d.release(h)

	open := filter.Eq("status", "open")
	asc, desc := []store.SortKey{{Field: "due"}}, []store.SortKey{{Field: "due", Desc: true}}
	dated, undated := filter.And(open, filter.Gt("due", "")), filter.And(open, filter.Eq("due", ""))
	byDue := []store.SortKey{{Field: "due"}, {Field: "issued"}}
	at := func(v any) *store.Position { return &store.Position{Values: []any{v}, ID: "x"} }
	for name, tc := range map[string]struct {
		q    store.FindQuery
		want string // in the plan of every segment
	}{
		"first page":         {store.FindQuery{Filter: open, Sort: asc}, "(g_text_status=?)"},
		"next page":          {store.FindQuery{Filter: open, Sort: asc, After: at("2025")}, "(g_text_status=? AND g_text_due"},
		"next page back":     {store.FindQuery{Filter: open, Sort: desc, After: at("2025")}, "(g_text_status=? AND g_text_due"},
		"after missing":      {store.FindQuery{Filter: open, Sort: asc, After: at(nil)}, "(g_text_status=? AND g_text_due"},
		"after missing back": {store.FindQuery{Filter: open, Sort: desc, After: at(nil)}, "(g_text_status=? AND g_text_due=? AND id<?)"},
		"range":              {store.FindQuery{Filter: filter.And(open, filter.Lte("due", "2025")), Sort: asc}, "(g_text_status=? AND g_text_due"},
		"customer":           {store.FindQuery{Filter: filter.Eq("customer.id", "c1"), Sort: desc}, "(g_text_customer.id=?)"},
		"no filter":          {store.FindQuery{Sort: asc}, "SCAN c_invoice USING INDEX"},
		"no filter, next":    {store.FindQuery{Sort: asc, After: at("2025")}, "(g_text_due"},
		"by id":              {store.FindQuery{After: &store.Position{ID: "x"}}, "(id>?)"},
		"sparse":             {store.FindQuery{Filter: filter.Lte("wake", "2025"), Sort: []store.SortKey{{Field: "wake"}}}, "(g_text_wake<?)"},
		"dated":              {store.FindQuery{Filter: dated, Sort: byDue}, "(g_text_status=? AND g_text_due>?"},
		"dated, next":        {store.FindQuery{Filter: dated, Sort: byDue, After: &store.Position{Values: []any{"2025", "2024"}, ID: "x"}}, "(g_text_status=? AND g_text_due"},
		"undated":            {store.FindQuery{Filter: undated, Sort: byDue}, "(g_text_status=? AND g_text_due=?"},
		"undated, next":      {store.FindQuery{Filter: undated, Sort: byDue, After: &store.Position{Values: []any{"", "2024"}, ID: "x"}}, "(g_text_status=? AND g_text_due=?"},
		"prefix":             {store.FindQuery{Filter: filter.StartsWith("due", "2025-0"), Sort: asc}, "(g_text_due>? AND g_text_due<?)"},
		"in":                 {store.FindQuery{Filter: filter.In("due", "a", "b"), Sort: asc}, "(g_text_due=?)"},
	} {
		tc.q.Limit = 50
		for _, seg := range store.Segments(tc.q.Sort, tc.q.After) {
			query, args, _ := tab.find(tc.q, seg, 50)
			plan := explain(t, h, query, args)
			if !strings.Contains(plan, tc.want) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s %v: want %s in\n%s\n%s", name, seg, tc.want, query, plan)
			}
		}
	}

	query, args, _ := tab.find(store.FindQuery{Search: "INV-1", Sort: asc, Limit: 50}, store.Segment{}, 50)
	if plan := explain(t, h, query, args); !strings.Contains(plan, "VIRTUAL TABLE INDEX") || !strings.Contains(plan, "INTEGER PRIMARY KEY") {
		t.Errorf("search:\n%s", plan)
	}
	query, args, _ = tab.group(store.GroupQuery{By: []string{"status", "due"}, Sum: "open", Limit: 1000})
	if plan := explain(t, h, query, args); !strings.Contains(plan, "|g_number_open") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("ageing:\n%s\n%s", query, plan)
	}
}
