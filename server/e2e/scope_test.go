package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
)

// person is a customer with one invoice, as the test knows it.
type person struct {
	id, tier, region, owner, number string
	amount                          int64
}

func (p person) doc() map[string]any {
	return map[string]any{"id": p.id, "tier": p.tier, "region": p.region, "owner": p.owner}
}

// randomScope draws a filter over account fields.
func randomScope(r *rand.Rand, depth int) filter.Expr {
	if depth > 0 && r.IntN(2) == 0 {
		a, b := randomScope(r, depth-1), randomScope(r, depth-1)
		switch r.IntN(3) {
		case 0:
			return filter.And(a, b)
		case 1:
			return filter.Or(a, b)
		default:
			return filter.Negate(a)
		}
	}
	switch r.IntN(4) {
	case 0:
		return filter.Eq("tier", string("ABC"[r.IntN(3)]))
	case 1:
		return filter.In("region", "华东", "EMEA")
	case 2:
		return filter.Ne("region", "华南")
	default:
		return filter.Exists("owner")
	}
}

// TestRandomPolicies: for random policies, every answer about accounts equals
// the answer computed on the visible subset: lists, counts, searches, single
// records, totals and ageing.
func TestRandomPolicies(t *testing.T) {
	s := newSpace(t, nil)
	r := rand.New(rand.NewPCG(7, 11))
	var all []person
	for k := range 24 {
		p := person{tier: string("ABC"[k%3]), region: []string{"华东", "华南", "EMEA", ""}[k%4], number: fmt.Sprintf("P-%02d", k), amount: int64(1 << k)}
		data := map[string]any{"name": fmt.Sprintf("客户%02d", k), "tier": p.tier}
		if p.region != "" {
			data["region"] = p.region
		}
		if k%5 != 0 {
			p.owner = "u1"
			data["owner"] = p.owner
		}
		p.id = s.create("customer", data).ID
		s.invoice(p.id, p.number, p.amount, s.today()-value.Date(5*k))
		all = append(all, p)
	}
	s.publish(twoSteps) // so that there are runs and messages to tell of
	s.eventually("every overdue invoice has its message", func() bool { return len(s.messages()) >= 20 })
	s.testerRole(filter.Eq("tier", "A"), nil)
	c := s.as("tester")
	for round := range 30 {
		allow, deny := randomScope(r, 2), filter.Expr(nil)
		if r.IntN(2) == 0 {
			deny = randomScope(r, 1)
		}
		s.testerRole(allow, deny)
		var want []string
		var total int64
		for _, p := range all {
			doc := p.doc()
			for k, v := range doc {
				if v == "" {
					delete(doc, k)
				}
			}
			if filter.Match(allow, doc) && (deny == nil || !filter.Match(deny, doc)) {
				want = append(want, p.number)
				total += p.amount
			}
		}
		slices.Sort(want)
		s.sees(c, fmt.Sprintf("round %d, %s without %s", round, filter.String(allow), describe(deny)), all, want, total)
	}
}

func describe(e filter.Expr) string {
	if e == nil {
		return "nothing"
	}
	return filter.String(e)
}

// sees compares what a client gets with what it should.
func (s *space) sees(c *client.Client, what string, all []person, want []string, total int64) {
	s.t.Helper()
	ctx := s.t.Context()
	var page struct {
		Items []struct {
			Data struct {
				Number string `json:"number"`
			} `json:"data"`
		} `json:"items"`
	}
	if err := c.Do(ctx, "GET", "/records/invoice?limit=200&sort=number", nil, &page); err != nil {
		s.t.Fatal(err)
	}
	got := []string{}
	for _, i := range page.Items {
		got = append(got, i.Data.Number)
	}
	if !slices.Equal(got, want) && len(got)+len(want) > 0 {
		s.t.Errorf("%s: sees %v, should see %v", what, got, want)
	}
	var customers struct {
		Count int64 `json:"count"`
	}
	if err := c.Do(ctx, "GET", "/records/customer/count", nil, &customers); err != nil || customers.Count != int64(len(want)) {
		s.t.Errorf("%s: counts %d customers, should count %d (%v)", what, customers.Count, len(want), err)
	}
	for _, p := range all {
		visible := slices.Contains(want, p.number)
		if err := c.Do(ctx, "GET", "/records/customer/"+p.id, nil, nil); (err == nil) != visible {
			s.t.Errorf("%s: %s: %v", what, p.number, err)
		}
		var hits struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := c.Do(ctx, "GET", "/records/invoice?search="+url.QueryEscape(p.number), nil, &hits); err != nil || (len(hits.Items) == 1) != visible {
			s.t.Errorf("%s: search %s: %d hits, %v", what, p.number, len(hits.Items), err)
		}
	}
	var ageing struct {
		Currencies []struct {
			Total int64 `json:"total"`
		} `json:"currencies"`
	}
	var today struct {
		Figures []struct {
			Outstanding int64 `json:"outstanding"`
		} `json:"figures"`
	}
	if err := c.Do(ctx, "GET", "/insight/ageing", nil, &ageing); err != nil {
		s.t.Fatal(err)
	}
	if err := c.Do(ctx, "GET", "/today", nil, &today); err != nil {
		s.t.Fatal(err)
	}
	var a, b int64
	for _, x := range ageing.Currencies {
		a += x.Total
	}
	for _, x := range today.Figures {
		b += x.Outstanding
	}
	if a != total || b != total {
		s.t.Errorf("%s: ageing %d, today %d, should be %d", what, a, b, total)
	}
	var cards, onBoard int64
	for _, col := range s.board(c, "?limit=100") {
		cards += col.Count
		onBoard += col.Totals["CNY"]
		if int64(len(col.Items)) != col.Count {
			s.t.Errorf("%s: column %s shows %d of %d cards", what, col.Key, len(col.Items), col.Count)
		}
	}
	if cards != int64(len(want)) || onBoard != total {
		s.t.Errorf("%s: the board has %d cards worth %d, should have %d worth %d", what, cards, onBoard, len(want), total)
	}
	s.tellsNothing(c, what, all, want)
}

// tellsNothing reads everything a person can ask for and looks for any byte of
// an account that is not theirs: ids, numbers and names.
func (s *space) tellsNothing(c *client.Client, what string, all []person, want []string) {
	s.t.Helper()
	day := s.today()
	for _, q := range []struct{ method, path, body string }{
		{"GET", "/boards/collection/cards?limit=100", ""},
		{"GET", "/boards/collection/cards?search=客户", ""},
		{"GET", "/today", ""},
		{"GET", "/records/customer?limit=200", ""},
		{"GET", "/records/invoice?limit=200", ""},
		{"GET", "/runs?limit=200", ""},
		{"GET", "/messages?limit=200", ""},
		{"GET", "/tasks?limit=200", ""},
		{"GET", "/notices", ""},
		{"GET", "/flows", ""},
		{"GET", "/flows/two/overlay", ""},
		{"GET", "/flows/two/impact", ""},
		{"GET", "/insight/ageing", ""},
		{"GET", "/insight/ageing/customers", ""},
		{"GET", "/insight/ageing/customers.csv", ""},
		{"POST", "/filters/preview", `{"form":"invoice","filter":{"field":"customer.name","op":"contains","value":"客户"}}`},
		{"POST", "/rehearsals/stream", `{"flow":"two","from":"` + day.String() + `","to":"` + (day + 20).String() + `"}`},
	} {
		raw := s.raw(c, q.method, q.path, q.body)
		for k, p := range all {
			if slices.Contains(want, p.number) {
				continue
			}
			for _, secret := range []string{p.id, p.number, fmt.Sprintf("客户%02d", k)} {
				if bytes.Contains(raw, []byte(secret)) {
					s.t.Errorf("%s: %s %s tells of %s", what, q.method, q.path, secret)
				}
			}
		}
	}
}

// raw is the body of an answer, whatever its status.
func (s *space) raw(c *client.Client, method, path, body string) []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, c.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // a test
	out, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// testerRole sets what the role "tester" may see; deny nil denies nothing.
func (s *space) testerRole(allow, deny filter.Expr) {
	s.t.Helper()
	ctx := s.t.Context()
	p, v, err := s.srv.Access.Rules(ctx, s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	p.Rules = slices.DeleteFunc(slices.Clone(p.Rules), func(r policies.Rule) bool { return r.Role == "tester" })
	if !p.HasRole("tester") {
		p.Roles = append(slices.Clone(p.Roles), policies.Role{Key: "tester"})
	}
	row := func(object, action string, e filter.Expr, effect policies.Effect) {
		if e != nil {
			p.Rules = append(p.Rules, policies.Rule{Role: "tester", Object: object, Action: action, Scope: policies.Scope(filter.String(e)), Effect: effect})
		}
	}
	for _, object := range []string{"customer", "contact", "invoice", "payment", "insight", "account", "run", "message", "task"} {
		row(object, "read", allow, policies.Allow)
		row(object, "read", deny, policies.Deny)
	}
	for _, object := range []string{"customer", "contact"} { // for the bin; there the rows above hold as well
		row(object, "delete", allow, policies.Allow)
	}
	p.Rules = append(p.Rules, policies.Rule{Role: "tester", Object: "flow", Action: "read", Scope: "all", Effect: policies.Allow})
	if _, err := s.srv.Access.SetRules(ctx, policies.SystemActor(s.key, "test"), p, v); err != nil {
		s.t.Fatal(err)
	}
}
