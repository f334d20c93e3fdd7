package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/store"
)

// TestMigration: renaming, retyping and splitting reach every record; records
// that do not fit are named and stay; opening one before it was reached shows
// it as it will be.
func TestMigration(t *testing.T) {
	s := newSpace(t, nil)
	first, err := s.saveForm("order", orderSchema, 0)
	if err != nil {
		t.Fatal(err)
	}
	_ = first
	p := s.publishForm("order")
	c := s.customer("乙")
	for i := range 250 {
		full := fmt.Sprintf("Ada %d", i)
		if i == 7 {
			full = "Ada " + strings.Repeat("x", 60)
		}
		s.create("order", map[string]any{"customer": c, "full": full, "qty": i, "price": 2})
	}
	next := strings.NewReplacer(`"full":{"type":"string","maxLength":200}`, `"first":{"type":"string"},"last":{"type":"string","maxLength":50}`, `"qty * price"`, `"qty * price * 2"`).Replace(orderSchema)
	draft, err := s.saveForm("order", next, p.Version, map[string]any{"op": "split", "from": "full", "to": []string{"first", "last"}})
	if err != nil {
		t.Fatal(err)
	}
	var check struct {
		Checked, Failed, Changed int
		Total                    int64
		Failing                  []struct{ ID, Title string }
		Next                     string
	}
	checked, failed := 0, 0
	for {
		body := map[string]any{"cursor": check.Next, "limit": 100}
		check.Failing = nil
		check.Next = ""
		if err := s.c.Do(t.Context(), "POST", "/forms/order/check", body, &check); err != nil {
			t.Fatal(err)
		}
		checked, failed = checked+check.Checked, failed+check.Failed
		if check.Next == "" {
			break
		}
	}
	if checked != 250 || failed != 1 {
		t.Errorf("checked %d, failed %d", checked, failed)
	}
	// A revision that is refused leaves no work behind.
	if err := s.c.Do(t.Context(), "POST", "/forms/order/publish", nil, nil, "If-Match", `"999"`); keyOf(err) != "store.version" {
		t.Errorf("publishing another version: %v", err)
	}
	if err := s.c.Do(t.Context(), "GET", "/migrations/order-2", nil, nil); keyOf(err) != "batch.none" {
		t.Errorf("work of a revision that was refused: %v", err)
	}
	out := s.publishForm("order")
	if out.Migration == "" || out.Revision != draft.Revision+1 {
		t.Fatalf("%+v", out)
	}
	var m struct {
		Status                string
		Done, Changed, Failed int
		Failures              []struct{ ID string }
	}
	s.eventually("migration", func() bool {
		return s.c.Do(t.Context(), "GET", "/migrations/"+out.Migration, nil, &m) == nil && m.Status == "done"
	})
	if m.Done != 250 || m.Changed != 249 || m.Failed != 1 || len(m.Failures) != 1 {
		t.Errorf("%+v", m)
	}
	var page struct{ Items []record }
	if err := s.c.Do(t.Context(), "GET", "/records/order?limit=500", nil, &page); err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Items {
		if text(r, "first") != "Ada" || text(r, "last") == "" || r.Data["full"] != nil || r.System["full"] != nil {
			t.Fatalf("%s %s", r.Data, r.System)
		}
	}
	// Another go at a page changes nothing.
	if more, err := s.srv.Records.MigrationPage(t.Context(), s.key, out.Migration); more || err != nil {
		t.Errorf("%v %v", more, err)
	}
	// A process that died on the way: its work is taken up where it stood.
	col := s.srv.Store.In(s.key, "migration")
	job, err := col.Get(t.Context(), out.Migration)
	if err != nil {
		t.Fatal(err)
	}
	stopped := regexp.MustCompile(`"status":"done"`).ReplaceAll(job.Body, []byte(`"status":"running"`))
	stopped = regexp.MustCompile(`"updatedAt":"[^"]*"`).ReplaceAll(stopped, []byte(`"updatedAt":"2020-01-01T00:00:00.000Z"`))
	if _, err := col.Replace(t.Context(), store.Doc{ID: job.ID, Body: stopped}, job.Ver); err != nil {
		t.Fatal(err)
	}
	old := page.Items[0].ID
	rec, err := s.srv.Store.In(s.key, "r_order").Get(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]json.RawMessage
	_ = json.Unmarshal(rec.Body, &body)
	delete(body, "first")
	delete(body, "last")
	body["full"], body["_rev"] = json.RawMessage(`"Grace Hopper"`), json.RawMessage("1")
	raw, _ := json.Marshal(body)
	if _, err := s.srv.Store.In(s.key, "r_order").Replace(t.Context(), store.Doc{ID: old, Body: raw}, rec.Ver); err != nil {
		t.Fatal(err)
	}
	var seen record
	if err := s.c.Do(t.Context(), "GET", "/records/order/"+old, nil, &seen); err != nil || text(seen, "last") != "Hopper" {
		t.Errorf("not reached yet, but seen as it will be: %v %s", err, seen.Data)
	}
	if err := s.srv.Records.Heal(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	s.eventually("the migration goes on", func() bool {
		rec, err := s.srv.Store.In(s.key, "r_order").Get(t.Context(), old)
		return err == nil && strings.Contains(string(rec.Body), `"last":"Hopper"`) && !strings.Contains(string(rec.Body), `"full"`)
	})
	var revs struct{ Items []struct{ Revision int } }
	if err := s.c.Do(t.Context(), "GET", "/forms/order/revisions", nil, &revs); err != nil || len(revs.Items) != 2 {
		t.Errorf("%v %v", revs, err)
	}
}
