package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

type binned struct {
	record
	Title                       string
	Masked                      []string
	DeletedAt, DeletedBy, Until string
}

func (s *space) get(form, id string) record {
	s.t.Helper()
	var r record
	must(s.t, s.c.Do(s.t.Context(), "GET", "/records/"+form+"/"+id, nil, &r))
	return r
}

func (s *space) remove(form, id string) {
	s.t.Helper()
	must(s.t, s.c.Do(s.t.Context(), "DELETE", "/records/"+form+"/"+id, nil, nil, "If-Match", "*"))
}

func (s *space) bin(form string) []binned {
	s.t.Helper()
	var page struct{ Items []binned }
	must(s.t, s.c.Do(s.t.Context(), "GET", "/bin/"+form, nil, &page))
	return page.Items
}

func (s *space) restore(form, id string) error {
	return s.c.Do(s.t.Context(), "POST", "/bin/"+form+"/"+id+"/restore", nil, nil)
}

// binnedContact makes a contact of a customer and deletes it.
func (s *space) binnedContact(customer, word string) string {
	s.t.Helper()
	id := s.create("contact", map[string]any{"customer": customer, "name": "Former " + word, "email": "former@" + word + ".example"}).ID
	s.remove("contact", id)
	return id
}

// TestBinGivesBack: what was deleted is listed with who did it and when, and
// comes back as it was, once, with a new version; the log says so.
func TestBinGivesBack(t *testing.T) {
	s := newSpace(t, nil)
	first, c := s.customer("Bin First"), s.customer("Bin & Söhne")
	inv, paid := s.invoice(c, "B-1", 500, s.today()-3), s.create("payment", map[string]any{"customer": c, "amount": 70, "currency": "CNY"}).ID
	s.remove("customer", first)
	for form, x := range map[string]struct {
		id      string
		command map[string]any
	}{
		"payment": {paid, map[string]any{"type": "payment.reverse", "payment": paid, "reason": "x"}},
		"invoice": {inv, map[string]any{"type": "invoice.cancel", "invoice": inv, "reason": "x"}},
	} {
		if err := s.c.Do(t.Context(), "DELETE", "/records/"+form+"/"+x.id, nil, nil, "If-Match", "*"); keyOf(err) == "" {
			t.Errorf("a booked %s was deleted", form)
		}
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", x.command, nil))
		s.settled(c)
	}
	account := s.get("customer", c)
	for _, x := range []struct{ form, id string }{{"payment", paid}, {"invoice", inv}, {"customer", c}} {
		before := s.get(x.form, x.id)
		s.remove(x.form, x.id)
		list := s.bin(x.form)
		if len(list) == 0 || list[0].ID != x.id || list[0].DeletedBy == "" || list[0].DeletedAt == "" {
			t.Fatalf("%s: the bin has %+v", x.form, list)
		}
		at, err := value.ParseInstant(list[0].DeletedAt)
		must(t, err)
		if want := value.Instant(at.Add(90 * 24 * time.Hour)); list[0].Until != want {
			t.Errorf("%s: until %s, want %s", x.form, list[0].Until, want)
		}
		must(t, s.restore(x.form, x.id))
		after := s.get(x.form, x.id)
		if d := cmp.Diff(before.Data, after.Data) + cmp.Diff(before.System, after.System); d != "" {
			t.Errorf("%s came back as another:\n%s", x.form, d)
		}
		if after.Version <= before.Version {
			t.Errorf("%s: version %d after %d", x.form, after.Version, before.Version)
		}
		if err := s.restore(x.form, x.id); keyOf(err) != "record.none" {
			t.Errorf("%s restored twice: %v", x.form, err)
		}
	}
	if list := s.bin("customer"); len(list) != 1 || list[0].ID != first || list[0].Title != "Bin First" {
		t.Errorf("the bin of customers has %+v", list)
	}
	if err := s.restore("customer", "none"); keyOf(err) != "record.none" {
		t.Errorf("restored what never was: %v", err)
	}
	if d := cmp.Diff(account.System, s.get("customer", c).System); d != "" {
		t.Errorf("the account's figures moved:\n%s", d)
	}
	s.verify()
	var log struct {
		Items []struct{ Action, Object, ID string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit", nil, &log))
	if x := log.Items[0]; x.Action != "restore" || x.Object != "customer" || x.ID != c {
		t.Errorf("the log says %+v", x)
	}
}

// TestBinRefuses: a value that was taken meanwhile and a customer that is gone
// are named; with those out of the way the record comes back.
func TestBinRefuses(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Gone Ltd")
	bill := func(customer, number string) string {
		return s.create("invoice", map[string]any{
			"number": number, "externalId": "ERP-1", "customer": customer, "issueDate": s.today().String(), "dueDate": s.today().String(), "amount": 500, "currency": "CNY",
		}).ID
	}
	id := bill(c, "TAKEN-1")
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "invoice.cancel", "invoice": id, "reason": "x"}, nil))
	s.settled(c)
	s.remove("invoice", id)
	other := bill(s.customer("Other"), "TAKEN-2")
	if err := s.restore("invoice", id); keyOf(err) != "record.notUnique" || pointers(err) != "/data/externalId unique" {
		t.Errorf("an id that was taken: %v at %q", err, pointers(err))
	}
	r := s.get("invoice", other)
	r.Data["externalId"] = json.RawMessage(`"ERP-2"`)
	must(t, s.c.Do(t.Context(), "PUT", "/records/invoice/"+other, map[string]any{"data": r.Data}, nil, "If-Match", "*"))
	s.remove("customer", c)
	err := s.restore("invoice", id)
	if keyOf(err) != "record.refersToGone" || pointers(err) != "/data/customer reference" || !strings.Contains(err.Error(), "Gone Ltd") {
		t.Errorf("a customer that is gone: %v at %q", err, pointers(err))
	}
	must(t, s.restore("customer", c))
	must(t, s.restore("invoice", id))
	if got := s.get("invoice", id); string(got.System["status"]) != `"cancelled"` || string(got.System["open"]) != "0" {
		t.Errorf("it came back with %s", got.System)
	}
	s.verify()
}

// TestBinKeepsToTheView: who may not delete sees no bin; others see of it what
// they see of live records, also when an account moves while a record lies there.
func TestBinKeepsToTheView(t *testing.T) {
	s := newSpace(t, nil)
	a, b := s.create("customer", map[string]any{"name": "Mine", "tier": "A"}).ID, s.create("customer", map[string]any{"name": "Yours", "tier": "B"}).ID
	mine, yours := s.binnedContact(a, "mine"), s.binnedContact(b, "yours")
	lost := s.create("customer", map[string]any{"name": "Lost", "email": "lost@x.example", "tier": "B"}).ID
	s.remove("customer", lost)
	s.testerRole(filter.Eq("tier", "A"), nil)
	spy, masked := s.enter(s.person("spy", "tester")), s.enter(s.maskedPerson())
	seen := func() (ids []string) {
		t.Helper()
		for _, form := range []string{"contact", "customer"} {
			var page struct{ Items []binned }
			must(t, spy.do(t, "GET", "/bin/"+form, nil, &page))
			for _, x := range page.Items {
				ids = append(ids, x.ID)
			}
		}
		return ids
	}
	if got := seen(); len(got) != 1 || got[0] != mine {
		t.Errorf("the spy sees %v, want %s", got, mine)
	}
	for _, id := range []string{yours, "none"} {
		for method, path := range map[string]string{"POST": "/bin/contact/" + id + "/restore", "DELETE": "/bin/contact/" + id} {
			if err := spy.do(t, method, path, nil, nil); keyOf(err) != "record.none" {
				t.Errorf("%s %s: %v", method, path, err)
			}
		}
	}
	r := s.get("customer", a)
	r.Data["tier"] = json.RawMessage(`"B"`)
	must(t, s.c.Do(t.Context(), "PUT", "/records/customer/"+a, map[string]any{"data": r.Data}, nil, "If-Match", "*"))
	if got := seen(); len(got) != 0 {
		t.Errorf("the account moved away; the spy still sees %v", got)
	}
	var raw json.RawMessage
	must(t, masked.do(t, "GET", "/bin/customer", nil, &raw))
	if strings.Contains(string(raw), "lost@") || !strings.Contains(string(raw), `"email"`) || !strings.Contains(string(raw), "Lost") {
		t.Errorf("masked: %s", raw)
	}
	must(t, masked.do(t, "POST", "/bin/customer/"+lost+"/restore", nil, &raw))
	if strings.Contains(string(raw), "lost@") || string(s.get("customer", lost).Data["email"]) != `"lost@x.example"` {
		t.Errorf("restored by who sees it masked: %s", raw)
	}
	if err := s.as("auditor").Do(t.Context(), "GET", "/bin/customer", nil, nil); keyOf(err) != "policy.denied" {
		t.Errorf("an auditor looks into the bin: %v", err)
	}
}

// TestBinPages: the bin is read page by page, those deleted last first.
func TestBinPages(t *testing.T) {
	s := newSpace(t, nil)
	var want, got []string
	for k := range 5 {
		id := s.customer(fmt.Sprint("Page ", k))
		s.remove("customer", id)
		want = append([]string{id}, want...)
		time.Sleep(2 * time.Millisecond)
	}
	for next := "start"; next != ""; {
		var page struct {
			Items []binned
			Next  string
		}
		must(t, s.c.Do(t.Context(), "GET", "/bin/customer?limit=2&cursor="+strings.TrimPrefix(next, "start"), nil, &page))
		for _, x := range page.Items {
			got = append(got, x.ID)
		}
		next = page.Next
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestBinIsEmptied: by hand, and in the night what lay there for 90 days; what
// is younger stays, what has no day yet gets one, files go with their record.
func TestBinIsEmptied(t *testing.T) {
	now := time.Now().UTC()
	s := newSpace(t, func(w *workspace.Workspace) { w.Timezone = fmt.Sprintf("Etc/GMT%+d", now.Hour()-12) }) // noon: the night's work is due
	byHand, old, young, undated := s.customer("By hand"), s.customer("Old"), s.customer("Young"), s.customer("Undated")
	for _, id := range []string{byHand, old, young, undated} {
		s.remove("customer", id)
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/bin/customer/"+byHand, nil, nil))
	for method, path := range map[string]string{"POST": "/bin/customer/" + byHand + "/restore", "DELETE": "/bin/customer/" + byHand} {
		if err := s.c.Do(t.Context(), method, path, nil, nil); keyOf(err) != "record.none" {
			t.Errorf("%s of what is gone: %v", method, err)
		}
	}
	s.binnedAt("customer/"+old, value.Instant(now.Add(-records.BinDays*24*time.Hour-time.Minute)))
	s.binnedAt("customer/"+young, value.Instant(now.Add(-records.BinDays*24*time.Hour+time.Hour)))
	s.binnedAt("customer/"+undated, nil)
	_ = s.srv.Store.In(s.key, "house").Delete(t.Context(), "done", 0)
	s.wakeUntil("the night's work", func() bool { return len(s.bin("customer")) == 2 })
	if list := s.bin("customer"); list[0].ID != undated || list[1].ID != young {
		t.Errorf("the bin has %+v", list)
	}
	var log struct {
		Items []struct {
			Action string
			After  json.RawMessage
		}
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit", nil, &log))
	if x := log.Items[0]; x.Action != "purge" || string(x.After) != `["customer/`+old+`"]` {
		t.Errorf("the log says %+v", x)
	}
}

// binnedAt changes since when an entry is in the bin.
func (s *space) binnedAt(key string, at any) {
	s.t.Helper()
	col := s.srv.Store.In(s.key, records.Bin)
	d, err := col.Get(s.t.Context(), key)
	must(s.t, err)
	var b map[string]any
	must(s.t, json.Unmarshal(d.Body, &b))
	b["_deletedAt"] = at
	if at == nil {
		delete(b, "_deletedAt")
		delete(b, "_deletedForm")
		delete(b, "_deletedId")
	}
	raw, err := json.Marshal(b)
	must(s.t, err)
	_, err = col.Replace(s.t.Context(), store.Doc{ID: key, Body: raw}, d.Ver)
	must(s.t, err)
}
