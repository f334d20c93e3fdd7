package policies_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

const ws = "acme"

func engine(t testing.TB, p policies.Policy) *policies.Engine {
	t.Helper()
	e, err := policies.New(ws, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func as(id string, roles ...string) policies.Actor {
	return policies.Actor{ID: id, Workspace: ws, Roles: roles}
}

func TestShippedRoles(t *testing.T) {
	e := engine(t, policies.Shipped())
	for _, tt := range []struct {
		role, object, action string
		want                 bool
	}{
		{"admin", "role", "update", true},
		{"admin", "site-visit", "delete", true},
		{"finance-manager", "flow", "publish", true},
		{"finance-manager", "role", "update", false},
		{"finance", "flow", "update", false},
		{"finance", "customer", "update", true},
		{"finance", "customer", "delete", false},
		{"finance", "batch", "review", false},
		{"sales-manager", "batch", "review", true},
		{"sales", "invoice", "read", true},
		{"sales", "invoice", "update", false},
		{"sales", "customer", "export", false},
		{"sales", "site-visit", "create", true},
		{"collector", "account", "promise", true},
		{"collector", "account", "credit", false},
		{"finance", "account", "payment", true},
		{"finance", "account", "credit", false},
		{"finance-manager", "account", "credit", true},
		{"integration", "account", "promise", false},
		{"auditor", "account", "hold", false},
		{"auditor", "audit", "read", true},
		{"auditor", "key", "read", false},
		{"auditor", "customer", "update", false},
		{"integration", "invoice", "create", true},
		{"integration", "invoice", "delete", false},
		{"integration", "user", "read", false},
		{"nobody", "customer", "read", false},
		{"set:admin", "customer", "read", false},
	} {
		if got := e.Can(as("u", tt.role), tt.object, tt.action); got != tt.want {
			t.Errorf("Can(%s, %s, %s) = %v, want %v", tt.role, tt.object, tt.action, got, tt.want)
		}
	}
	if e.Can(policies.Actor{}, "customer", "read") {
		t.Error("the zero actor may read")
	}
	other := policies.Actor{ID: "u", Workspace: "other", Roles: []string{"admin"}}
	if e.Can(other, "customer", "read") || e.Explain(other, "customer", "read", nil).Allowed {
		t.Error("an admin of another workspace may read")
	}
	if !e.Can(policies.SystemActor(ws, "engine"), "customer", "read") {
		t.Error("the system may not read")
	}
}

// Two roles whose joined keys look like one must not share an answer.
func TestRoleSetsDoNotMix(t *testing.T) {
	e := engine(t, policies.Shipped())
	if !e.Can(as("u", "admin", "sales"), "role", "update") {
		t.Fatal("admin and sales may not manage roles")
	}
	if e.Can(as("u", "admin sales"), "role", "update") {
		t.Error(`the role "admin sales" passes for two roles`)
	}
}

func TestScopes(t *testing.T) {
	e := engine(t, policies.Shipped())
	me := policies.Actor{ID: "ann", Workspace: ws, Roles: []string{"collector"}, Teams: []string{"east", ""}}
	for _, tt := range []struct {
		name  string
		actor policies.Actor
		want  string
	}{
		{"all", as("ann", "finance"), `{}`},
		{"own", as("ann", "sales"), `{"field":"owner","op":"eq","value":"ann"}`},
		{"own without an id", as("", "sales"), `{"any":[]}`},
		{"team", me, `{"any":[{"field":"owner","op":"eq","value":"ann"},{"field":"team","op":"in","value":["east"]}]}`},
		{"team without teams", as("ann", "collector"), `{"field":"owner","op":"eq","value":"ann"}`},
		{"all wins over own", as("ann", "sales", "finance"), `{}`},
	} {
		v, err := e.View(tt.actor, "customer", "read")
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := filter.String(v.Scope); got != tt.want {
			t.Errorf("%s: scope = %s, want %s", tt.name, got, tt.want)
		}
	}
	_, err := e.View(as("ann", "sales"), "customer", "delete")
	if !fault.Is(err, fault.Denied) || fault.KeyOf(err) != "policy.denied" {
		t.Errorf("View of nothing: %v", err)
	}
}

func TestDenyOverrides(t *testing.T) {
	p := policies.Shipped()
	p.Rules = append(
		p.Rules,
		policies.Rule{Role: "sales", Object: "customer", Action: "read", Scope: `{"field":"tier","op":"eq","value":"A"}`, Effect: policies.Deny},
		policies.Rule{Role: "collector", Object: "customer", Action: "read", Scope: policies.All, Effect: policies.Deny},
	)
	e := engine(t, p)
	v, err := e.View(as("ann", "sales", "finance"), "customer", "read")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := filter.String(v.Scope), `{"not":{"field":"tier","op":"eq","value":"A"}}`; got != want {
		t.Errorf("scope = %s, want %s", got, want)
	}
	if e.Can(as("ann", "finance", "collector"), "customer", "read") {
		t.Error("a deny of all accounts does not override")
	}
	x := e.Explain(as("ann", "sales", "finance"), "customer", "read", map[string]any{"owner": "ann", "tier": "A"})
	var decisive []policies.Effect
	for _, r := range x.Rules {
		if r.Decides {
			decisive = append(decisive, r.Effect)
		}
	}
	if diff := cmp.Diff([]policies.Effect{policies.Deny}, decisive); diff != "" || x.Allowed || x.Reason != "denied" || len(x.Rules) != 3 {
		t.Errorf("Explain = %+v", x)
	}
}

func TestMasks(t *testing.T) {
	p := policies.Shipped()
	p.Masks = append(p.Masks, policies.Mask{Role: "sales", Access: "amounts"}, policies.Mask{Role: "sales", Access: "personal"})
	e := engine(t, p)
	for _, tt := range []struct {
		roles []string
		want  map[string]bool
	}{
		{[]string{"finance"}, nil},
		{[]string{"auditor"}, map[string]bool{"personal": true}},
		{[]string{"sales"}, map[string]bool{"personal": true, "amounts": true}},
		{[]string{"sales", "auditor"}, map[string]bool{"personal": true}},
		{[]string{"sales", "auditor", "finance"}, nil},
		// A role that does not grant the object unmasks nothing of it.
		{[]string{"sales", "nobody"}, map[string]bool{"personal": true, "amounts": true}},
	} {
		v, err := e.View(as("ann", tt.roles...), "invoice", "read")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, v.Masked); diff != "" {
			t.Errorf("%v: masked (-want +got):\n%s", tt.roles, diff)
		}
	}
}

func TestCheck(t *testing.T) {
	rule := func(f func(*policies.Rule)) policies.Policy {
		r := policies.Rule{Role: "clerk", Object: "customer", Action: "read", Scope: "own", Effect: "allow"}
		f(&r)
		return policies.Policy{Roles: []policies.Role{{Key: "clerk"}}, Rules: []policies.Rule{r}}
	}
	fields := func(f string) (filter.Type, bool) { return filter.Text, f == "tier" }
	for _, tt := range []struct {
		at, rule string
		p        policies.Policy
	}{
		{"/roles/1/key", "unique", policies.Policy{Roles: []policies.Role{{Key: "a"}, {Key: "a"}}}},
		{"/roles/0/key", "roleKey", policies.Policy{Roles: []policies.Role{{Key: "a b"}}}},
		{"/masks/0/role", "unknownRole", policies.Policy{Masks: []policies.Mask{{Role: "x", Access: "personal"}}}},
		{"/rules/0/role", "unknownRole", rule(func(r *policies.Rule) { r.Role = "x" })},
		{"/rules/0/object", "object", rule(func(r *policies.Rule) { r.Object = "a b" })},
		{"/rules/0/action", "enum", rule(func(r *policies.Rule) { r.Action = "look" })},
		{"/rules/0/action", "enum", rule(func(r *policies.Rule) { r.Action = "promise" })},
		{"", "", rule(func(r *policies.Rule) { r.Object, r.Action = "account", "promise" })},
		{"/rules/0/effect", "enum", rule(func(r *policies.Rule) { r.Effect = "maybe" })},
		{"/rules/0/scope", "scope", rule(func(r *policies.Rule) { r.Scope = "" })},
		{"/rules/0/scope", "scope", rule(func(r *policies.Rule) { r.Scope = "{}" })},
		{"/rules/0/scope", "scope", rule(func(r *policies.Rule) { r.Scope = `{"field":"x","op":"eq","value":"A"}` })},
		{"/rules/0/scope", "scope", rule(func(r *policies.Rule) { r.Scope = policies.Scope(strings.Repeat(" ", policies.MaxScope) + "{}") })},
		{"/rules/0/scope", "scopeObject", rule(func(r *policies.Rule) { r.Object = "*" })},
		{"/rules/0/scope", "scopeObject", rule(func(r *policies.Rule) { r.Object = "flow" })},
		{"", "", rule(func(r *policies.Rule) { r.Scope = `{"field":"tier","op":"eq","value":"A"}` })},
		{"", "", rule(func(r *policies.Rule) { r.Object = "site-visit" })},
		{"", "", policies.Shipped()},
	} {
		var got fault.Field
		if fe, ok := tt.p.Check(fields).(*fault.Error); ok {
			got = fe.Fields[0]
		}
		if got.Pointer != tt.at || got.Rule != tt.rule {
			t.Errorf("Check = %q %q, want %q %q", got.Pointer, got.Rule, tt.at, tt.rule)
		}
	}
}

func TestScopeJSON(t *testing.T) {
	in := []policies.Rule{
		{Role: "a", Object: "customer", Action: "read", Scope: policies.Own, Effect: policies.Allow},
		{Role: "a", Object: "customer", Action: "read", Scope: `{"field":"tier","op":"eq","value":"A"}`, Effect: policies.Deny},
	}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"scope":{"field"`) || !strings.Contains(string(raw), `"scope":"own"`) {
		t.Errorf("json = %s", raw)
	}
	var out []policies.Rule
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkView(b *testing.B) {
	e := engine(b, policies.Shipped())
	me := policies.Actor{ID: "ann", Workspace: ws, Roles: []string{"sales", "collector"}, Teams: []string{"east", "west"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.View(me, "customer", "read"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCan(b *testing.B) {
	e := engine(b, policies.Shipped())
	me := as("ann", "sales", "collector")
	b.ReportAllocs()
	for b.Loop() {
		e.Can(me, "customer", "read")
	}
}

func BenchmarkFirst(b *testing.B) {
	me := as("ann", "sales", "collector")
	e := engine(b, policies.Shipped())
	for b.Loop() {
		e.Explain(me, "customer", "read", nil)
	}
}
