package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
)

const orderSchema = `{"type":"object","additionalProperties":false,"required":["customer"],"properties":{
 "customer":{"type":"string","x-df-ref":"customer"},
 "serial":{"type":"string","x-df-type":"autoNumber","x-df-auto":{"prefix":"ORD-","digits":4},"x-df-unique":true},
 "express":{"type":"boolean"},
 "reason":{"type":"string","maxLength":200,"x-df-personal":true},
 "full":{"type":"string","maxLength":200},
 "qty":{"type":"number"},"price":{"type":"integer","x-df-type":"money"},
 "total":{"type":"integer","x-df-type":"money","x-df-formula":"qty * price"},
 "papers":{"type":"array","x-df-type":"file","maxItems":5,"items":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"size":{"type":"integer"},"type":{"type":"string"}}}}},
 "allOf":[{"if":{"not":{"properties":{"express":{"const":true}},"required":["express"]}},"then":{"properties":{"reason":false}}}]}`

type formDoc struct {
	Version   int64           `json:"version"`
	Revision  int             `json:"revision"`
	Migration string          `json:"migration"`
	Draft     json.RawMessage `json:"draft"`
}

func (s *space) saveForm(key, schema string, version int64, steps ...map[string]any) (formDoc, error) {
	var out formDoc
	err := s.c.Do(s.t.Context(), "PUT", "/forms/"+key, map[string]any{"name": map[string]string{"en": key}, "schema": json.RawMessage(schema), "steps": steps}, &out, "If-Match", fmt.Sprintf(`"%d"`, version))
	return out, err
}

func (s *space) publishForm(key string) formDoc {
	s.t.Helper()
	var out formDoc
	if err := s.c.Do(s.t.Context(), "POST", "/forms/"+key+"/publish", nil, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func text(r record, key string) string {
	var v any
	_ = json.Unmarshal(r.Data[key], &v)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// TestFormOfOnesOwn: a form is published, its records are numbered, computed,
// and lose what a rule hides; what a client claims does not count.
func TestFormOfOnesOwn(t *testing.T) {
	s := newSpace(t, nil)
	if _, err := s.saveForm("order", orderSchema, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.saveForm("order", orderSchema, 0); keyOf(err) != "store.version" {
		t.Errorf("a second draft from nothing: %v", err)
	}
	s.publishForm("order")
	c := s.customer("甲")
	r := s.create("order", map[string]any{"customer": c, "serial": "MINE", "express": false, "reason": "secret", "qty": 2.5, "price": 199, "total": 1})
	if text(r, "serial") != "ORD-0001" || text(r, "total") != "498" || text(r, "reason") != "" {
		t.Errorf("%s", r.Data)
	}
	err := s.c.Do(t.Context(), "PUT", "/records/order/"+r.ID, map[string]any{"data": map[string]any{"customer": c, "serial": "X", "express": true, "reason": "now", "qty": 1, "price": 5}}, &r, "If-Match", `"1"`)
	if err != nil || text(r, "serial") != "ORD-0001" || text(r, "total") != "5" || text(r, "reason") != "now" {
		t.Errorf("%v %s", err, r.Data)
	}
	// Fifty at once: all numbers differ.
	var wg sync.WaitGroup
	seen := sync.Map{}
	for range 50 {
		wg.Go(func() {
			var r record
			if err := s.c.Do(t.Context(), "POST", "/records/order", map[string]any{"data": map[string]any{"customer": c}}, &r); err != nil {
				t.Error(err)
				return
			}
			if _, twice := seen.LoadOrStore(text(r, "serial"), true); twice {
				t.Errorf("%s was given twice", text(r, "serial"))
			}
		})
	}
	wg.Wait()
}

// TestFormsThatAreRefused: hostile and mistaken drafts name their places.
func TestFormsThatAreRefused(t *testing.T) {
	s := newSpace(t, nil)
	deep := strings.Repeat(`{"properties":{"a":`, 40) + `{}` + strings.Repeat(`}}`, 40)
	for name, tc := range map[string]struct{ schema, places string }{
		"look-ahead":  {`{"type":"object","properties":{"a":{"type":"string","pattern":"(?=x)"}}}`, "/schema/properties/a/pattern pattern"},
		"remote ref":  {`{"type":"object","properties":{"a":{"$ref":"http://127.0.0.1/x"}}}`, "/schema/properties/a/$ref localRef"},
		"reserved":    {`{"type":"object","properties":{"open":{"type":"string"}}}`, "/schema/properties/open reservedKey"},
		"bad formula": {`{"type":"object","properties":{"a":{"type":"number","x-df-formula":"b"}}}`, "/schema/properties/a/x-df-formula formulaField"},
		"deep":        {deep, ""},
		"no object":   {`[]`, ""},
	} {
		_, err := s.saveForm("bad", tc.schema, 0)
		if err == nil || tc.places != "" && pointers(err) != tc.places {
			t.Errorf("%s: %v", name, pointers(err))
		}
	}
	if _, err := s.saveForm("flow", orderSchema, 0); pointers(err) != "/key reservedKey" {
		t.Errorf("a form named like a thing of the product: %v", err)
	}
	// An unknown type of field is kept as it is.
	odd := `{"type":"object","properties":{"a":{"type":"string","x-df-type":"hologram","x-df-label":{"en":"𠮷 \u202egnorw"}}}}`
	if _, err := s.saveForm("odd", odd, 0); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Draft struct{ Schema json.RawMessage }
	}
	if err := s.c.Do(t.Context(), "GET", "/forms/odd", nil, &back); err != nil || !strings.Contains(string(back.Draft.Schema), "hologram") {
		t.Errorf("%v %s", err, back.Draft.Schema)
	}
	// System fields stay.
	var customer struct {
		Schema  json.RawMessage
		Version int64
	}
	if err := s.c.Do(t.Context(), "GET", "/forms/customer", nil, &customer); err != nil {
		t.Fatal(err)
	}
	if _, err := s.saveForm("customer", `{"type":"object","properties":{"x":{"type":"string"}}}`, customer.Version); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "POST", "/forms/customer/publish", nil, nil); !strings.Contains(pointers(err), "/schema/properties/name systemField") {
		t.Errorf("a customer without a name: %v", pointers(err))
	}
}

// TestImportForm: what cannot be said is named with its place.
func TestImportForm(t *testing.T) {
	s := newSpace(t, nil)
	foreign := `{"$schema":"http://json-schema.org/draft-07/schema#","title":"Vendor","type":"object","required":["id"],
	 "definitions":{"c":{"type":"string","enum":["CN","US"]}},
	 "properties":{"id":{"type":"string"},"联系人":{"type":"string","pattern":"(?<=a)b"},"country":{"$ref":"#/definitions/c"},
	 "address":{"type":"object","title":"Address","properties":{"street":{"type":"string"}}},
	 "pair":{"type":"array","items":[{"type":"string"}]},"lines":{"type":"array","items":{"type":"object","properties":{"qty":{"type":"number"}}}}},
	 "patternProperties":{"^x":{}}}`
	var out struct {
		Form struct {
			Schema struct {
				Required   []string
				Properties map[string]json.RawMessage
			}
		}
		Notes []struct{ Pointer, Rule, Message string }
	}
	if err := s.c.Do(t.Context(), "POST", "/forms/import", map[string]any{"key": "vendor", "schema": json.RawMessage(foreign)}, &out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range out.Notes {
		got = append(got, n.Pointer+" "+n.Rule)
	}
	want := "/patternProperties adopt.keyword|/properties/address/properties/street adopt.renamed|/properties/id adopt.renamed|/properties/pair/items adopt.tuple|/properties/联系人 adopt.renamed|/properties/联系人/pattern pattern"
	if strings.Join(got, "|") != want {
		t.Errorf("notes\n got %s\nwant %s", strings.Join(got, "|"), want)
	}
	if len(out.Form.Schema.Properties) != 5 || len(out.Form.Schema.Required) != 1 {
		t.Errorf("%+v", out.Form.Schema)
	}
}

// TestFiles: a file belongs to the record that names it, is seen with it only,
// and never comes back as a page.
func TestFiles(t *testing.T) {
	s := newSpace(t, nil)
	if _, err := s.saveForm("order", orderSchema, 0); err != nil {
		t.Fatal(err)
	}
	s.publishForm("order")
	u, err := s.srv.Identity.CreateUser(t.Context(), policies.SystemActor(s.key, "test"), identity.NewUser{Email: s.key + "@example.com", Name: "Sales", Password: "correct horse battery", Roles: []string{"sales"}, Teams: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	_ = u
	var f struct{ ID, Name, Type string }
	add := func(name, data string) error {
		return s.c.Do(t.Context(), "POST", "/forms/order/files", map[string]any{"name": name, "data": []byte(data)}, &f)
	}
	for _, page := range []string{"<html><script>alert(1)</script>", "  <svg onload=alert(1)>", "<!doctype html>x"} {
		if err := add("x.png", page); pointers(err) != "/data fileType" {
			t.Errorf("%q: %v", page, err)
		}
	}
	if err := add("../../etc/\u202ehosts\"\r\n合同.pdf", "%PDF-1.7 hello"); err != nil || f.Type != "application/pdf" || f.Name != "hosts合同.pdf" {
		t.Fatalf("%v %+v", err, f)
	}
	c := s.customer("丙")
	r := s.create("order", map[string]any{"customer": c, "papers": []any{map[string]any{"id": f.ID, "name": "lie.exe", "type": "text/html"}}})
	if !strings.Contains(string(r.Data["papers"]), "hosts合同.pdf") {
		t.Errorf("%s", r.Data["papers"])
	}
	err = s.c.Do(t.Context(), "POST", "/records/order", map[string]any{"data": map[string]any{"customer": c, "papers": []any{map[string]any{"id": f.ID, "name": "x"}}}}, nil)
	if pointers(err) != "/data/papers reference" {
		t.Errorf("another record's file: %v", err)
	}
	req, _ := http.NewRequest("GET", s.srv.URL+"/api/v1/records/order/"+r.ID+"/files/"+f.ID, nil)
	req.Header.Set("Authorization", "Bearer "+s.c.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, _ := io.ReadAll(res.Body)
	h := res.Header
	if string(raw) != "%PDF-1.7 hello" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s %v", raw, h)
	}
	// A file that nobody wanted goes after a day; one that a record names stays.
	if err := add("lost.txt", "hello"); err != nil {
		t.Fatal(err)
	}
	col := s.srv.Store.In(s.key, "file")
	for _, id := range []string{f.ID, fileOf(r)} {
		d, err := col.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		aged := regexp.MustCompile(`"at":"[^"]*"`).ReplaceAll(d.Body, []byte(`"at":"2020-01-01T00:00:00.000Z"`))
		if _, err := col.Replace(t.Context(), store.Doc{ID: id, Body: aged}, d.Ver); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.srv.Records.Heal(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	_, gone := col.Get(t.Context(), f.ID)
	_, kept := col.Get(t.Context(), fileOf(r))
	if gone == nil || kept != nil {
		t.Errorf("unclaimed: %v, claimed: %v", gone, kept)
	}
	sales := signIn(t, s, s.key+"@example.com", "correct horse battery")
	if res, err := sales.http.Get(sales.url + "/records/order/" + r.ID + "/files/" + f.ID); err != nil || res.StatusCode == 200 {
		t.Errorf("a salesperson without the account: %v %v", res.StatusCode, err)
	}
}

func fileOf(r record) string {
	var list []struct{ ID string }
	_ = json.Unmarshal(r.Data["papers"], &list)
	if len(list) == 0 {
		return ""
	}
	return list[0].ID
}

// TestHostileNames: what people and machines may put into names is kept as it
// is, or refused with its place.
func TestHostileNames(t *testing.T) {
	s := newSpace(t, nil)
	put := func(key, name string) error {
		return s.c.Do(t.Context(), "PUT", "/forms/"+key, map[string]any{"name": map[string]string{"en": name}, "schema": json.RawMessage(orderSchema)}, nil)
	}
	for i, name := range []string{"𠮷野家 😀", "\u202edlrow", "<script>alert(1)</script>", "' OR 1=1 --", strings.Repeat("长", 200)} {
		key := fmt.Sprintf("name%d", i)
		if err := put(key, name); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		var back struct{ Name map[string]string }
		if err := s.c.Do(t.Context(), "GET", "/forms/"+key, nil, &back); err != nil || back.Name["en"] != name {
			t.Errorf("%q came back as %q, %v", name, back.Name["en"], err)
		}
	}
	if err := put("long", strings.Repeat("x", 10_000)); pointers(err) != "/name/en maxLength" {
		t.Errorf("a name of 10,000 characters: %v", pointers(err))
	}
	for _, key := range []string{"Upper", "a b", "a-b", strings.Repeat("a", 41), "%F0%9F%98%80"} {
		if err := put(key, "x"); err == nil {
			t.Errorf("the key %q was taken", key)
		}
	}
}
