package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/identity"
)

// maskedPerson sees all accounts, but neither amounts nor personal data.
func (s *space) maskedPerson() identity.User {
	s.t.Helper()
	p, v, err := s.srv.Access.Rules(s.t.Context(), s.key)
	must(s.t, err)
	p.Roles = append(slices.Clone(p.Roles), policies.Role{Key: "masked"})
	p.Rules = append(slices.Clone(p.Rules), policies.Rule{Role: "masked", Object: "*", Action: "*", Scope: policies.All, Effect: policies.Allow})
	p.Masks = append(slices.Clone(p.Masks), policies.Mask{Role: "masked", Access: "amounts"}, policies.Mask{Role: "masked", Access: "personal"})
	_, err = s.srv.Access.SetRules(s.t.Context(), sysActor(s.key), p, v)
	must(s.t, err)
	return s.person("masked", "masked")
}

// twin is a customer whose hidden values can be told to be those of another.
type twin struct {
	id, invoice string
	data, bill  map[string]any
}

// wear gives a twin other hidden values, by somebody who may see them.
func (s *space) wear(x twin, secret map[string]any) {
	s.t.Helper()
	put := func(path string, data map[string]any) {
		var r record
		must(s.t, s.c.Do(s.t.Context(), "GET", path, nil, &r))
		must(s.t, s.c.Do(s.t.Context(), "PUT", path, map[string]any{"data": data}, nil, "If-Match", fmt.Sprintf(`"%d"`, r.Version)))
	}
	for _, f := range []string{"email", "phone", "creditLimit"} {
		x.data[f] = secret[f]
	}
	x.bill["amount"] = secret["amount"]
	put("/records/customer/"+x.id, x.data)
	put("/records/invoice/"+x.invoice, x.bill)
	s.settled(x.id)
}

// restless is what differs by time and not by value.
var restless = regexp.MustCompile(`"(version|ledgerVersion|seq)":\d+|"(requestId|updatedAt|at|now|next|nextAllowed|generatedAt)":"[^"]*"`)

// maskedQuestions are all ways to order and to choose by a field that is hidden.
func maskedQuestions(t *testing.T) []string {
	t.Helper()
	var out []string
	ask := func(path string, q ...string) {
		v := url.Values{}
		for i := 0; i < len(q); i += 2 {
			v.Set(q[i], q[i+1])
		}
		out = append(out, path+"?"+v.Encode())
	}
	for _, f := range form.Builtin() {
		if !slices.Contains([]string{"customer", "invoice"}, f.Key) {
			continue
		}
		fields := []string{"open", "amount", "email", "phone", "creditLimit", "collectable", "_open.CNY", "dpd", "_item", "instalments", "customer.open", "customer.email", "customer.creditLimit"}
		for _, field := range fields {
			for _, sort := range []string{field, "-" + field} {
				ask("/records/"+f.Key, "sort", sort, "limit", "50")
				ask("/exports/"+f.Key, "sort", sort)
			}
			for _, test := range []string{`"op":"gt","value":300`, `"op":"eq","value":100`, `"op":"eq","value":"one@secret.example"`, `"op":"contains","value":"one"`, `"op":"exists","value":true`} {
				filter := fmt.Sprintf(`{"field":%q,%s}`, field, test)
				ask("/records/"+f.Key, "filter", filter)
				ask("/records/"+f.Key+"/count", "filter", filter)
				ask("/exports/"+f.Key, "filter", filter)
				ask("/boards/collection/cards", "filter", filter)
			}
		}
		for _, word := range []string{"one@secret", "one@secret.example", "13900001111", "777100"} {
			ask("/records/"+f.Key, "search", word)
			ask("/boards/collection/cards", "search", word)
		}
	}
	return append(out, "/boards/collection/cards", "/boards/big/cards", "/today", "/review", "/customers/{a}", "/insight/ageing", "/insight/ageing/customers", "/insight/ageing/customers.csv", "/tasks", "/messages", "/notices")
}

// TestMaskedValuesOrderNothing: who may not see a value cannot tell it from any
// order, choice, count or search either: whatever the hidden values are, the
// answers are the same, byte for byte.
func TestMaskedValuesOrderNothing(t *testing.T) {
	s := newSpace(t, nil)
	one := map[string]any{"email": "one@secret.example", "phone": "13900001111", "creditLimit": 777100, "amount": 100}
	two := map[string]any{"email": "two@secret.example", "phone": "13900002222", "creditLimit": 999900, "amount": 900}
	var twins []twin
	for k, secret := range []map[string]any{one, two} {
		x := twin{data: map[string]any{"name": fmt.Sprint("Twin ", k), "tier": "B"}}
		for _, f := range []string{"email", "phone", "creditLimit"} {
			x.data[f] = secret[f]
		}
		x.id = s.create("customer", x.data).ID
		x.bill = map[string]any{"number": fmt.Sprint("TW-", k), "customer": x.id, "issueDate": (s.today() - 40).String(), "dueDate": (s.today() - 10).String(), "amount": secret["amount"], "currency": "CNY"}
		x.invoice = s.create("invoice", x.bill).ID
		s.settled(x.id)
		twins = append(twins, x)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/boards/big", map[string]any{
		"name": map[string]string{"en": "Big"}, "columns": []string{"followUp"}, "sort": "-open", "shared": true,
		"filter": map[string]any{"field": "creditLimit", "op": "gt", "value": 800000},
	}, nil))
	b := s.enter(s.maskedPerson())
	questions := maskedQuestions(t)
	answers := func() []string {
		var out []string
		for _, q := range questions {
			out = append(out, restless.ReplaceAllString(b.bodyOf(t, strings.ReplaceAll(q, "{a}", twins[0].id)), ""))
		}
		return out
	}
	before := answers()
	s.wear(twins[0], two)
	s.wear(twins[1], one)
	after := answers()
	good := 0
	for i, q := range questions {
		if before[i] != after[i] {
			t.Errorf("GET %s tells hidden values apart:\n %s\n %s", q, cut(before[i]), cut(after[i]))
		}
		for _, word := range []string{"secret.example", "1390000", "777100", "999900"} {
			if strings.Contains(strings.ReplaceAll(before[i], url.QueryEscape(word), ""), word) && !strings.Contains(q, word) {
				t.Errorf("GET %s shows %s: %s", q, word, cut(before[i]))
			}
		}
		if strings.Contains(before[i], "Twin 0") {
			good++
		}
	}
	if good < 5 {
		t.Errorf("only %d answers showed an account: the test proves little", good)
	}
	// Who may see them gets other answers: else the values were not swapped.
	var list struct{ Items []record }
	must(t, s.c.Do(t.Context(), "GET", "/records/customer?sort=-open", nil, &list))
	if len(list.Items) != 2 || list.Items[0].ID != twins[0].id {
		t.Errorf("the swap: %+v", list.Items)
	}
}

func cut(s string) string { return s[:min(len(s), 500)] }

// bodyOf is the status and body of an answer.
func (b *browser) bodyOf(t *testing.T, path string) string {
	t.Helper()
	var raw json.RawMessage
	err := b.do(t, "GET", path, nil, &raw)
	if err != nil {
		return strings.ReplaceAll(fmt.Sprintf("%+v", err), "\n", " ")
	}
	return string(raw)
}
