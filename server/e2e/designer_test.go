package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/client"
)

type draftView struct {
	Revision int64           `json:"revision"`
	Document json.RawMessage `json:"document"`
	Base     int64           `json:"base"`
	Mine     bool            `json:"mine"`
	Authors  []struct {
		ID string `json:"id"`
	} `json:"authors"`
	Live    *struct{ Version int } `json:"live"`
	Changed json.RawMessage        `json:"changed"`
	Reset   bool                   `json:"reset"`
}

type unitChange struct {
	Unit     string          `json:"unit"`
	Value    json.RawMessage `json:"value"`
	Revision int64           `json:"revision"`
}

func (d draftView) changes(t *testing.T) []unitChange {
	t.Helper()
	var out []unitChange
	if err := json.Unmarshal(d.Changed, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *space) newFlow(name string) string {
	s.t.Helper()
	var f struct {
		Key string `json:"key"`
	}
	if err := s.c.Do(s.t.Context(), "POST", "/flows", map[string]any{"name": map[string]string{"en": name}, "form": "invoice"}, &f); err != nil {
		s.t.Fatal(err)
	}
	return f.Key
}

// TestConditions: a condition's count is that of the records, also where it
// asks for the customer behind an invoice or for the account.
func TestConditions(t *testing.T) {
	s := newSpace(t, nil)
	a, b := s.customer("甲公司"), s.customer("Beta")
	s.invoice(a, "C-1", 100, s.today()-10)
	s.invoice(a, "C-2", 5000, s.today()+5)
	s.invoice(b, "C-3", 700, s.today()-40)
	count := func(form, filter string) (int64, error) {
		var out struct {
			Count    int64             `json:"count"`
			Sentence map[string]string `json:"sentence"`
		}
		err := s.c.Do(t.Context(), "POST", "/filters/preview", map[string]any{"form": form, "filter": json.RawMessage(filter)}, &out)
		if err == nil && (out.Sentence["en"] == "" || out.Sentence["zh-CN"] == "") {
			t.Errorf("%s reads as nothing", filter)
		}
		return out.Count, err
	}
	for filter, want := range map[string]int64{
		`{"field":"invoice.open","op":"gte","value":700}`:                                                                               2,
		`{"field":"invoice.dpd","op":"gt","value":5}`:                                                                                   2,
		`{"field":"customer.tier","op":"eq","value":"B"}`:                                                                               3,
		`{"field":"customer.name","op":"eq","value":"Beta"}`:                                                                            1,
		`{"field":"invoice.dueDate","op":"lt","value":{"today":0}}`:                                                                     2,
		`{"field":"invoice.dueDate","op":"lte","value":{"today":-40}}`:                                                                  1,
		`{"not":{"field":"invoice.dueDate","op":"gte","value":{"today":5}}}`:                                                            2,
		`{"field":"account.open","op":"gt","value":1000}`:                                                                               2,
		`{"all":[{"field":"account.maxDpd","op":"gte","value":10},{"field":"invoice.open","op":"lt","value":1000}]}`:                    2,
		`{"any":[{"field":"customer.name","op":"contains","value":"甲"},{"field":"invoice.number","op":"eq","value":"C-3"}]}`:            3,
		`{"not":{"any":[{"field":"invoice.open","op":"eq","value":100},{"field":"account.openInvoices","op":"eq","value":1}]}}`:         1,
		`{"all":[{"field":"invoice.promise","op":"eq","value":"none"},{"not":{"field":"customer.email","op":"exists","value":false}}]}`: 3,
	} {
		if n, err := count("invoice", filter); err != nil || n != want {
			t.Errorf("%s: %d %v, want %d", filter, n, err, want)
		}
	}
	if n, err := count("customer", `{"field":"account.overdue","op":"gt","value":500}`); err != nil || n != 1 {
		t.Errorf("customers overdue: %d %v", n, err)
	}
	if _, err := count("invoice", `{"field":"invoice.dueDate","op":"lt","value":{"wholeDay":0}}`); pointers(err) != "/filter/value type" {
		t.Errorf("a whole day for a date: %v", pointers(err))
	}
	if _, err := count("invoice", `{"field":"invoice.nothing","op":"eq","value":1}`); pointers(err) != "/filter/field unknownField" {
		t.Errorf("unknown field: %v", pointers(err))
	}
}

// TestPublishAndRollBack: the impact is what publishing then does; runs of the
// old version do what was chosen for their step; an older version comes back.
func TestPublishAndRollBack(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Impact")
	for k := range 3 {
		s.invoice(c, fmt.Sprintf("I-%d", k), 100, s.today()-2)
	}
	if err := s.c.Do(t.Context(), "PUT", "/flows/two", map[string]any{"document": json.RawMessage(twoSteps)}, nil); err != nil {
		t.Fatal(err)
	}
	var impact struct {
		Enter    int64                    `json:"enter"`
		Sample   []struct{ Label string } `json:"sample"`
		Revision int64                    `json:"revision"`
		Changed  []string                 `json:"changed"`
		Authors  []struct{ Name string }  `json:"authors"`
		Steps    []struct {
			Node string
			Runs int64
			Gone bool
		} `json:"steps"`
	}
	look := func() {
		t.Helper()
		if err := s.c.Do(t.Context(), "GET", "/flows/two/impact", nil, &impact); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if impact.Enter != 3 || len(impact.Sample) != 3 || len(impact.Authors) != 1 || impact.Sample[0].Label != "I-0 · Impact" {
		t.Fatalf("before: %+v", impact)
	}
	if err := s.c.Do(t.Context(), "POST", "/flows/two/publish", map[string]any{"revision": impact.Revision + 1}, nil); keyOf(err) != "flow.draftMoved" {
		t.Fatalf("publishing what nobody looked at: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/flows/two/publish", map[string]any{"revision": impact.Revision}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("three runs wait", func() bool {
		n := 0
		for _, r := range s.runs() {
			if r.Node == "wait" {
				n++
			}
		}
		return n == 3
	})
	// The next version has no step "wait": its runs are stopped, others finish.
	next := strings.NewReplacer(`"wait":{`, `"pause":{`, `"to":"wait"`, `"to":"pause"`, `"from":"wait"`, `"from":"pause"`).Replace(twoSteps)
	if err := s.c.Do(t.Context(), "GET", "/flows/two", nil, nil); err != nil {
		t.Fatal(err)
	}
	var d draftView
	if err := s.c.Do(t.Context(), "GET", "/flows/two/draft", nil, &d); err != nil {
		t.Fatal(err)
	}
	patchTo(t, s.c, "two", d, next)
	look()
	if impact.Enter != 0 || len(impact.Steps) != 1 || !impact.Steps[0].Gone || impact.Steps[0].Runs != 3 || len(impact.Changed) == 0 {
		t.Fatalf("between: %+v", impact)
	}
	if err := s.c.Do(t.Context(), "POST", "/flows/two/publish", map[string]any{"running": "finish", "steps": map[string]string{"wait": "stop"}}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("they are stopped", func() bool {
		for _, r := range s.runs() {
			if r.Status != "done" {
				return false
			}
		}
		return true
	})
	var versions struct {
		Items []struct {
			Version int
			Hash    string
			Live    bool
			Until   string
		}
	}
	if err := s.c.Do(t.Context(), "GET", "/flows/two/versions", nil, &versions); err != nil {
		t.Fatal(err)
	}
	v := versions.Items
	if len(v) != 2 || !v[0].Live || v[1].Live || v[1].Until == "" {
		t.Fatalf("versions %+v", v)
	}
	var back struct{ Hash string }
	if err := s.c.Do(t.Context(), "POST", "/flows/two/rollback", map[string]any{"hash": v[1].Hash}, &back); err != nil || back.Hash != v[1].Hash {
		t.Fatalf("rolled back to %+v %v", back, err)
	}
	// A run's own page tells its story.
	var detail struct {
		Steps    []struct{ Node, What string } `json:"steps"`
		Messages []struct{ Status string }     `json:"messages"`
		Document json.RawMessage               `json:"document"`
	}
	if err := s.c.Do(t.Context(), "GET", "/run?id="+s.runs()[0].ID, nil, &detail); err != nil {
		t.Fatal(err)
	}
	if len(detail.Steps) < 4 || detail.Steps[0].What != "started" || len(detail.Document) == 0 {
		t.Errorf("a run's page: %+v", detail)
	}
}

// patchTo edits a draft into another document.
func patchTo(t *testing.T, c *client.Client, key string, d draftView, doc string) {
	t.Helper()
	was, err := flow.TakeApart(d.Document)
	if err != nil {
		t.Fatal(err)
	}
	next, err := flow.TakeApart(json.RawMessage(doc))
	if err != nil {
		t.Fatal(err)
	}
	var ops []map[string]any
	for _, u := range flow.Differences(was, next) {
		ops = append(ops, map[string]any{"unit": u, "value": next[u]})
	}
	if err := c.Do(t.Context(), "PATCH", "/flows/"+key+"/draft", map[string]any{"base": d.Revision, "ops": ops}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestStreamedRehearsal: progress comes before the end, the totals are those of
// the lists, and one customer can be followed through.
func TestStreamedRehearsal(t *testing.T) {
	s := newSpace(t, nil)
	var one string
	for k := range 30 {
		c := s.customer(fmt.Sprintf("R %02d", k))
		s.invoice(c, fmt.Sprintf("R-%02d", k), 100, s.today()+3)
		one = c
	}
	read := func(body map[string]any) map[string][]json.RawMessage {
		t.Helper()
		raw, _ := json.Marshal(body)
		req, _ := http.NewRequestWithContext(t.Context(), "POST", s.srv.URL+"/api/v1/rehearsals/stream", bytes.NewReader(raw))
		req.Header.Set("Authorization", "Bearer "+s.c.Token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close() //nolint:errcheck // a test
		out := map[string][]json.RawMessage{}
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
				t.Fatalf("%v: %s", err, lines.Text())
			}
			for k, v := range m {
				var list []json.RawMessage
				if json.Unmarshal(v, &list) == nil {
					out[k] = append(out[k], list...)
				} else {
					out[k] = append(out[k], v)
				}
			}
		}
		return out
	}
	body := map[string]any{"document": json.RawMessage(twoSteps), "from": s.today().String(), "to": (s.today() + 30).String()}
	got := read(body)
	var totals struct{ Messages, Accounts, AfterPayment int }
	if len(got["totals"]) != 1 || json.Unmarshal(got["totals"][0], &totals) != nil {
		t.Fatalf("no totals: %v", got)
	}
	if totals.Messages != 60 || len(got["messages"]) != 60 || totals.Accounts != 30 || len(got["progress"]) == 0 {
		t.Errorf("totals %+v, %d messages listed", totals, len(got["messages"]))
	}
	body["customer"] = one
	got = read(body)
	if len(got["messages"]) != 2 || len(got["path"]) < 5 {
		t.Errorf("one customer: %d messages, path of %d", len(got["messages"]), len(got["path"]))
	}
	body["to"] = "2020-01-01"
	if got = read(body); len(got["key"]) != 1 {
		t.Errorf("a broken range: %v", got)
	}
}
