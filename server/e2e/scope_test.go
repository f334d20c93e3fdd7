package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
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
	row := func(object string, e filter.Expr, effect policies.Effect) {
		if e != nil {
			p.Rules = append(p.Rules, policies.Rule{Role: "tester", Object: object, Action: "read", Scope: policies.Scope(filter.String(e)), Effect: effect})
		}
	}
	for _, object := range []string{"customer", "invoice", "payment", "insight", "account"} {
		row(object, allow, policies.Allow)
		row(object, deny, policies.Deny)
	}
	if _, err := s.srv.Access.SetRules(ctx, policies.SystemActor(s.key, "test"), p, v); err != nil {
		s.t.Fatal(err)
	}
}
