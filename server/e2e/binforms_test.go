package e2e

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// TestBinOutlivesForms: a record comes back as the form's present revision has
// it, with its number and its files; what left the form stays stored, what does
// not fit comes back as it was. A record that it names has to be there. Files go
// when it is removed for good.
func TestBinOutlivesForms(t *testing.T) {
	s := newSpace(t, nil)
	schema := strings.Replace(orderSchema, `"qty":{`, `"before":{"type":"string","x-df-ref":"order"},"qty":{`, 1)
	_, err := s.saveForm("order", schema, 0)
	must(t, err)
	p := s.publishForm("order")
	c := s.customer("丙")
	var f storedFile
	must(t, s.c.Do(t.Context(), "POST", "/forms/order/files", map[string]any{"name": "a.txt", "data": []byte("a")}, &f))
	one := s.create("order", map[string]any{
		"customer": c, "full": "Ada Lovelace", "express": true, "reason": "rush", "qty": 2, "price": 3, "papers": []any{map[string]any{"id": f.ID, "name": "x"}},
	})
	long := s.create("order", map[string]any{"customer": c, "full": "Ada " + strings.Repeat("x", 60)})
	later := s.create("order", map[string]any{"customer": c, "before": one.ID})
	for _, r := range []record{later, long, one} {
		s.remove("order", r.ID)
	}
	next := strings.NewReplacer(
		`"full":{"type":"string","maxLength":200}`, `"first":{"type":"string"},"last":{"type":"string","maxLength":50}`,
		`"qty * price"`, `"qty * price * 2"`, `"reason":{"type":"string","maxLength":200,"x-df-personal":true},`, "",
		`,"then":{"properties":{"reason":false}}`, `,"then":{}`,
	).Replace(schema)
	_, err = s.saveForm("order", next, p.Version, map[string]any{"op": "split", "from": "full", "to": []string{"first", "last"}})
	must(t, err)
	s.publishForm("order")

	err = s.restore("order", later.ID)
	if keyOf(err) != "record.refersToGone" || pointers(err) != "/data/before reference" {
		t.Errorf("it names one that is in the bin: %v at %q", err, pointers(err))
	}
	for _, r := range []record{one, long, later} {
		must(t, s.restore("order", r.ID))
	}
	got := s.get("order", one.ID)
	if text(got, "first") != "Ada" || text(got, "last") != "Lovelace" || text(got, "total") != "12" || text(got, "serial") != text(one, "serial") || text(got, "reason") != "" {
		t.Errorf("came back as %s", got.Data)
	}
	d, err := s.srv.Store.In(s.key, "r_order").Get(t.Context(), one.ID)
	must(t, err)
	if !strings.Contains(string(d.Body), `"rush"`) || strings.Contains(string(d.Body), "_deleted") {
		t.Errorf("stored as %s", d.Body)
	}
	if got := s.get("order", long.ID); !strings.HasPrefix(text(got, "last"), "xxx") {
		t.Errorf("what does not fit came back as %s", got.Data)
	}
	files := func() int64 {
		t.Helper()
		n, err := s.srv.Store.In(s.key, "file").Count(t.Context(), filter.Eq("record", one.ID), 0)
		must(t, err)
		return n
	}
	if n := files(); n != 1 {
		t.Errorf("%d files after it came back", n)
	}
	s.remove("order", one.ID)
	must(t, s.c.Do(t.Context(), "DELETE", "/bin/order/"+one.ID, nil, nil))
	if n := files(); n != 0 {
		t.Errorf("%d files after it was removed for good", n)
	}
	page, err := s.srv.Store.In(s.key, "bin").Find(t.Context(), store.Query{})
	must(t, err)
	if len(page.Docs) != 0 {
		t.Errorf("the bin still has %d", len(page.Docs))
	}
}
