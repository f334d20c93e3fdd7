package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/identity"
)

// TestBadRequests: a clear problem with place and reason, and nothing half done.
func TestBadRequests(t *testing.T) {
	s := newSpace(t, nil)
	other := newSpace(t, nil)
	foreign := other.customer("Elsewhere")
	c := s.customer("Bad")
	inv := s.invoice(c, "B-1", 100, s.today())
	long := strings.Repeat("x", 300)
	for _, tc := range []struct {
		name, method, path string
		body               any
		status             int
		places             string
	}{
		{"no such address", "GET", "/nothing", nil, 404, ""},
		{"no such record", "GET", "/records/invoice/none", nil, 404, ""},
		{"no such form", "GET", "/records/unicorn", nil, 404, ""},
		{"another workspace's customer", "GET", "/customers/" + foreign, nil, 404, ""},
		{"another workspace's customer in an invoice", "POST", "/records/invoice", map[string]any{"data": map[string]any{"number": "1", "customer": foreign, "issueDate": "2026-01-01", "dueDate": "2026-02-01", "amount": 1, "currency": "CNY"}}, 422, "/data/customer reference"},
		{"missing fields", "POST", "/records/customer", map[string]any{"data": map[string]any{}}, 422, "/data/name required"},
		{"too long", "POST", "/records/customer", map[string]any{"data": map[string]any{"name": long}}, 422, "/data/name maxLength"},
		{"unknown field", "POST", "/records/customer", map[string]any{"data": map[string]any{"name": "x", "open": 5}}, 422, "/data/open unknownField"},
		{"a huge number", "POST", "/records/invoice", map[string]any{"data": map[string]any{"number": "1", "customer": c, "issueDate": "2026-01-01", "dueDate": "2026-02-01", "amount": json.RawMessage("1e308"), "currency": "CNY"}}, 422, "/data/amount maximum"},
		{"due before issue", "POST", "/records/invoice", map[string]any{"data": map[string]any{"number": "1", "customer": c, "issueDate": "2026-03-01", "dueDate": "2026-02-01", "amount": 1, "currency": "CNY"}}, 422, "/data/dueDate afterIssue"},
		{"unknown currency", "POST", "/records/invoice", map[string]any{"data": map[string]any{"number": "1", "customer": c, "issueDate": "2026-01-01", "dueDate": "2026-02-01", "amount": 1, "currency": "XXX"}}, 422, "/data/currency currency"},
		{"broken filter", "GET", "/records/invoice?filter=" + url.QueryEscape(`{"field":"open","op":"like","value":1}`), nil, 422, "/filter/op enum"},
		{"filter on nothing", "GET", "/records/invoice?filter=" + url.QueryEscape(`{"field":"colour","op":"eq","value":1}`), nil, 422, ""},
		{"unsortable", "GET", "/records/invoice?sort=note", nil, 422, "/sort/0 sortable"},
		{"forged cursor", "GET", "/records/invoice?cursor=AAAA", nil, 422, ""},
		{"update without version", "PUT", "/records/invoice/" + inv, map[string]any{"data": map[string]any{}}, 422, ""},
		{"unknown command", "POST", "/customers/" + c + "/commands", map[string]any{"type": "fly"}, 422, "/type enum"},
		{"dispute above open", "POST", "/customers/" + c + "/commands", map[string]any{"type": "dispute.open", "invoice": inv, "amount": 101, "reason": "x"}, 422, "/amount aboveOpen"},
		{"flow that is none", "PUT", "/flows/x", map[string]any{"document": map[string]any{"format": "x"}}, 422, ""},
		{"run action that is none", "POST", "/runs/actions", map[string]any{"ids": []string{"x"}, "action": "explode"}, 422, "/action enum"},
		{"booked invoices are not deleted", "DELETE", "/records/invoice/" + inv, nil, 422, ""},
	} {
		err := s.c.Do(t.Context(), tc.method, tc.path, tc.body, nil)
		p, ok := err.(*client.Problem)
		if !ok || p.Status != tc.status {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if tc.places != "" && pointers(err) != tc.places {
			t.Errorf("%s: places %q", tc.name, pointers(err))
		}
		if p.RequestID == "" || p.Detail == "" || strings.Contains(p.Detail, "{") {
			t.Errorf("%s: %+v", tc.name, p)
		}
	}
	var n struct {
		Count int64 `json:"count"`
	}
	if err := s.c.Do(t.Context(), "GET", "/records/invoice/count", nil, &n); err != nil || n.Count != 1 {
		t.Errorf("%d invoices after all that, %v", n.Count, err)
	}
}

// TestProblemsSpeakChinese: the same mistake in the reader's language.
func TestProblemsSpeakChinese(t *testing.T) {
	s := newSpace(t, nil)
	zh := *s.c
	zh.Language = "zh-CN"
	err := zh.Do(t.Context(), "POST", "/records/customer", map[string]any{"data": map[string]any{}}, nil)
	if p, ok := err.(*client.Problem); !ok || len(p.Errors) != 1 || p.Errors[0].Message != "不能为空" {
		t.Errorf("%v", err)
	}
}

// TestIdempotencyKey: a repeated request gets the first answer and does nothing.
func TestIdempotencyKey(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Twice")
	body := map[string]any{"data": map[string]any{"customer": c, "amount": 500, "currency": "CNY"}}
	var a, b record
	for _, out := range []*record{&a, &b} {
		if err := s.c.Do(t.Context(), "POST", "/records/payment", body, out, "Idempotency-Key", "k1"); err != nil {
			t.Fatal(err)
		}
	}
	if a.ID == "" || a.ID != b.ID {
		t.Errorf("%s and %s", a.ID, b.ID)
	}
	body["data"].(map[string]any)["amount"] = 600
	if err := s.c.Do(t.Context(), "POST", "/records/payment", body, nil, "Idempotency-Key", "k1"); keyOf(err) != "idempotency.mismatch" {
		t.Errorf("another request with the key: %v", err)
	}
}

// TestLostUpdate: of two people editing one version, the second is told.
func TestLostUpdate(t *testing.T) {
	s := newSpace(t, nil)
	r := s.create("customer", map[string]any{"name": "First"})
	put := func(name string) error {
		return s.c.Do(t.Context(), "PUT", "/records/customer/"+r.ID, map[string]any{"data": map[string]any{"name": name}}, nil, "If-Match", fmt.Sprintf(`"%d"`, r.Version))
	}
	if err := put("Second"); err != nil {
		t.Fatal(err)
	}
	if err := put("Third"); keyOf(err) != "store.version" {
		t.Errorf("%v", err)
	}
}

// TestOwnScope: a salesperson sees their own customers only, in lists, counts,
// single records, searches, messages and pages; others are not found.
func TestOwnScope(t *testing.T) {
	s := newSpace(t, nil)
	ctx := t.Context()
	op := policies.SystemActor(s.key, "test")
	u, err := s.srv.Identity.CreateUser(ctx, op, identity.NewUser{Email: s.key + "@example.com", Name: "Sales", Password: "correct horse battery", Roles: []string{"sales"}, Teams: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	mine := s.create("customer", map[string]any{"name": "甲公司", "owner": u.ID}).ID
	theirs := s.create("customer", map[string]any{"name": "乙公司", "owner": "somebody"}).ID
	s.invoice(mine, "MINE-1", 100, s.today())
	hidden := s.invoice(theirs, "THEIRS-1", 900, s.today())
	sales := signIn(t, s, s.key+"@example.com", "correct horse battery")
	for path, want := range map[string]int{"/records/customer": 1, "/records/invoice": 1, "/records/invoice?search=THEIRS": 0, "/records/customer?search=" + url.QueryEscape("乙公司"): 0} {
		var page struct {
			Items []json.RawMessage `json:"items"`
		}
		raw := sales.get(t, path, 200)
		if err := json.Unmarshal(raw, &page); err != nil || len(page.Items) != want {
			t.Errorf("%s: %d items, want %d", path, len(page.Items), want)
		}
		if strings.Contains(string(raw), "THEIRS") || strings.Contains(string(raw), "乙公司") {
			t.Errorf("%s leaks another's account: %s", path, raw)
		}
	}
	for _, path := range []string{"/records/customer/" + theirs, "/records/invoice/" + hidden, "/customers/" + theirs, "/customers/" + theirs + "/timeline", "/customers/" + theirs + "/why"} {
		sales.get(t, path, 404)
	}
	for _, path := range []string{"/users", "/keys", "/audit"} {
		sales.get(t, path, 403)
	}
	var count struct {
		Count int64 `json:"count"`
	}
	_ = json.Unmarshal(sales.get(t, "/records/invoice/count", 200), &count)
	var today struct {
		Figures []struct {
			Outstanding int64 `json:"outstanding"`
		} `json:"figures"`
	}
	_ = json.Unmarshal(sales.get(t, "/today", 200), &today)
	if count.Count != 1 || len(today.Figures) != 1 || today.Figures[0].Outstanding != 100 {
		t.Errorf("count %d, figures %+v", count.Count, today.Figures)
	}
	var ageing struct {
		Currencies []struct {
			Total int64 `json:"total"`
		} `json:"currencies"`
	}
	_ = json.Unmarshal(sales.get(t, "/insight/ageing", 200), &ageing)
	if len(ageing.Currencies) != 1 || ageing.Currencies[0].Total != 100 {
		t.Errorf("ageing %+v", ageing)
	}
	// Handing the customer over takes it away at once, invoices included.
	r := s.create("customer", map[string]any{"name": "丙公司", "owner": u.ID})
	s.invoice(r.ID, "MOVED-1", 5, s.today())
	var fresh record
	if err := s.c.Do(ctx, "GET", "/records/customer/"+r.ID, nil, &fresh); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(ctx, "PUT", "/records/customer/"+r.ID, map[string]any{"data": map[string]any{"name": "丙公司", "owner": "somebody"}}, nil, "If-Match", fmt.Sprintf(`"%d"`, fresh.Version)); err != nil {
		t.Fatal(err)
	}
	if raw := sales.get(t, "/records/invoice", 200); strings.Contains(string(raw), "MOVED-1") {
		t.Errorf("an invoice of a customer handed over is still seen")
	}
}

type browser struct {
	url  string
	http *http.Client
	csrf string
	idem bool // sends an Idempotency-Key with each request
}

func signIn(t *testing.T, s *space, email, password string) *browser {
	t.Helper()
	b := &browser{url: s.srv.URL + "/api/v1", http: &http.Client{Jar: newJar(t)}}
	res, err := b.http.Post(b.url+"/session", "application/json", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, _ := io.ReadAll(res.Body)
	var out struct {
		CSRF string `json:"csrf"`
	}
	if err := json.Unmarshal(raw, &out); err != nil || res.StatusCode != 200 || out.CSRF == "" {
		t.Fatalf("sign in: %d %s", res.StatusCode, raw)
	}
	b.csrf = out.CSRF
	return b
}

func (b *browser) get(t *testing.T, path string, status int) []byte {
	t.Helper()
	res, err := b.http.Get(b.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, _ := io.ReadAll(res.Body)
	if res.StatusCode != status {
		t.Errorf("GET %s: %d %s", path, res.StatusCode, raw)
	}
	return raw
}

// TestCSRF: a session's unsafe request without its token is refused.
func TestCSRF(t *testing.T) {
	s := newSpace(t, nil)
	op := policies.SystemActor(s.key, "test")
	if _, err := s.srv.Identity.CreateUser(t.Context(), op, identity.NewUser{Email: s.key + "@example.com", Name: "A", Password: "correct horse battery", Roles: []string{"admin"}, Teams: []string{}}); err != nil {
		t.Fatal(err)
	}
	b := signIn(t, s, s.key+"@example.com", "correct horse battery")
	for token, status := range map[string]int{"": 403, "wrong": 403, b.csrf: 200} {
		req, _ := http.NewRequest("POST", b.url+"/records/customer", strings.NewReader(`{"data":{"name":"x"}}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-CSRF-Token", token)
		res, err := b.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("token %q: %d", token, res.StatusCode)
		}
	}
}

// TestOpenAPI: the description is served, names every route, and the page reads it.
func TestOpenAPI(t *testing.T) {
	s := newSpace(t, nil)
	res, err := http.Get(s.srv.URL + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	var doc struct {
		OpenAPI string                     `json:"openapi"`
		Paths   map[string]json.RawMessage `json:"paths"`
	}
	if err := json.NewDecoder(res.Body).Decode(&doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 35 {
		t.Errorf("%s, %d paths, %v", doc.OpenAPI, len(doc.Paths), err)
	}
	page, err := http.Get(s.srv.URL + "/api/docs")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close() //nolint:errcheck // read to the end
	raw, _ := io.ReadAll(page.Body)
	if !strings.Contains(string(raw), "/api/v1/records/{form}") || !strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("docs page: %d bytes, csp %q", len(raw), page.Header.Get("Content-Security-Policy"))
	}
}
