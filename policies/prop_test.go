package policies_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
)

var (
	roles   = []string{"r1", "r2", "r3"}
	objects = []string{"customer", "invoice", "record", "visit", "account", "audit", "*"}
	asking  = []string{"customer", "invoice", "visit", "survey", "account", "audit"}
	acts    = []string{"read", "update", "promise", "write", "export", "*"}
	tags    = []string{"personal", "amounts"}
	scopes  = []policies.Scope{
		"all", "own", "team", `{"field":"tier","op":"eq","value":"A"}`, `{"field":"region","op":"ne","value":"east"}`,
		`{"any":[{"field":"tier","op":"in","value":["A","B"]},{"field":"owner","op":"eq","value":"u2"}]}`,
		`{"not":{"field":"team","op":"exists"}}`, `{"any":[]}`, `{"all":[]}`, `{"any":[{}]}`, `{"not":{}}`,
	}
)

func randomPolicy(t *rapid.T) policies.Policy {
	p := policies.Policy{}
	for _, r := range roles {
		p.Roles = append(p.Roles, policies.Role{Key: r})
	}
	for range rapid.IntRange(0, 12).Draw(t, "rules") {
		r := policies.Rule{
			Role: rapid.SampledFrom(roles).Draw(t, "role"), Object: rapid.SampledFrom(objects).Draw(t, "object"),
			Action: rapid.SampledFrom(acts).Draw(t, "action"), Scope: policies.All, Effect: policies.Allow,
		}
		if r.Action == "promise" && r.Object != "*" {
			r.Object = "account"
		}
		if r.Object != "*" && r.Object != "audit" {
			r.Scope = rapid.SampledFrom(scopes).Draw(t, "scope")
		}
		if rapid.IntRange(0, 3).Draw(t, "effect") == 0 {
			r.Effect = policies.Deny
		}
		p.Rules = append(p.Rules, r)
	}
	for range rapid.IntRange(0, 4).Draw(t, "masks") {
		p.Masks = append(p.Masks, policies.Mask{Role: rapid.SampledFrom(roles).Draw(t, "role"), Access: rapid.SampledFrom(tags).Draw(t, "tag")})
	}
	return p
}

func randomActor(t *rapid.T) policies.Actor {
	return policies.Actor{
		ID: rapid.SampledFrom([]string{"u1", "u2", ""}).Draw(t, "id"), Workspace: ws,
		Roles: rapid.SliceOfN(rapid.SampledFrom(append([]string{"unknown"}, roles...)), 0, 3).Draw(t, "roles"),
		Teams: rapid.SliceOfN(rapid.SampledFrom([]string{"t1", "t2", ""}), 0, 2).Draw(t, "teams"),
	}
}

func randomAccount(t *rapid.T) map[string]any {
	m := map[string]any{}
	put := func(field string, values ...string) {
		if v := rapid.SampledFrom(append(values, "-")).Draw(t, field); v != "-" {
			m[field] = v
		}
	}
	put("owner", "u1", "u2", "u3", "")
	put("team", "t1", "t2", "t3", "")
	put("tier", "A", "B", "C")
	put("region", "east", "west")
	return m
}

// naive is the meaning of a policy, said as plainly as can be.
func naive(p policies.Policy, a policies.Actor, object, action string, account map[string]any) bool {
	builtin := slices.Contains(policies.Objects(), object)
	allowed := false
	for _, r := range p.Rules {
		covers := r.Object == "*" || r.Object == object || r.Object == "record" && !builtin
		does := r.Action == "*" || r.Action == action ||
			r.Action == "write" && slices.Contains([]string{"create", "update", "delete", "promise", "hold"}, action)
		if !slices.Contains(a.Roles, r.Role) || !covers || !does || !inScope(r.Scope, a, account) {
			continue
		}
		if r.Effect == policies.Deny {
			return false
		}
		allowed = true
	}
	return allowed
}

func inScope(s policies.Scope, a policies.Actor, account map[string]any) bool {
	owner, _ := account["owner"].(string)
	team, _ := account["team"].(string)
	own := owner != "" && owner == a.ID
	switch s {
	case "all":
		return true
	case "own":
		return own
	case "team":
		return own || team != "" && slices.Contains(a.Teams, team)
	}
	return filter.Match(filter.MustParse(string(s)), account)
}

// The filter, the explanation and the plain meaning agree on every account,
// and what the filter counts is the visible subset.
func TestViewIsExplainIsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomPolicy(t)
		e, err := policies.New(ws, p)
		if err != nil {
			t.Fatal(err)
		}
		accounts := rapid.SliceOfN(rapid.Custom(randomAccount), 0, 8).Draw(t, "accounts")
		for range 3 {
			a := randomActor(t)
			object, action := rapid.SampledFrom(asking).Draw(t, "object"), rapid.SampledFrom(acts[:5]).Draw(t, "action")
			agree(t, e, p, a, object, action, accounts)
		}
	})
}

func agree(t *rapid.T, e *policies.Engine, p policies.Policy, a policies.Actor, object, action string, accounts []map[string]any) {
	v, err := e.View(a, object, action)
	if (err == nil) != e.Can(a, object, action) || (err == nil) != e.Explain(a, object, action, nil).Allowed {
		t.Fatalf("View says %v, Can %v, Explain %+v", err, e.Can(a, object, action), e.Explain(a, object, action, nil))
	}
	if s := filter.Sound(v.Scope); s != nil {
		t.Fatalf("scope %s: %v", filter.String(v.Scope), s)
	}
	var counted, visible int
	for _, acc := range accounts {
		want := naive(p, a, object, action, acc)
		got := err == nil && filter.Match(v.Scope, acc)
		x := e.Explain(a, object, action, acc)
		if got != want || x.Allowed != want {
			t.Fatalf("%s %s of %v by %+v: filter %v, explain %v, naive %v; scope %s", object, action, acc, a, got, x.Allowed, want, filter.String(v.Scope))
		}
		for _, r := range x.Rules {
			if r.Holds && r.Effect == policies.Deny && (x.Allowed || !r.Decides) {
				t.Fatalf("a deny that holds does not decide: %+v", x)
			}
		}
		if got {
			counted++
		}
		if want {
			visible++
		}
	}
	if counted != visible {
		t.Fatalf("counted %d of %d visible", counted, visible)
	}
	if err == nil {
		masksAgree(t, p, a, object, action, v)
	}
}

// A tag is masked exactly if every role that allows the action masks it.
func masksAgree(t *rapid.T, p policies.Policy, a policies.Actor, object, action string, v policies.View) {
	for _, tag := range tags {
		all, some := true, false
		for _, r := range a.Roles {
			grants := slices.ContainsFunc(p.Rules, func(rule policies.Rule) bool {
				one := rule
				one.Scope = policies.All
				return rule.Role == r && rule.Effect == policies.Allow &&
					naive(policies.Policy{Rules: []policies.Rule{one}}, a, object, action, nil)
			})
			if grants {
				some = true
				all = all && slices.Contains(p.Masks, policies.Mask{Role: r, Access: tag})
			}
		}
		if want := all && some; v.Masked[tag] != want {
			t.Fatalf("masked[%s] = %v, want %v", tag, v.Masked[tag], want)
		}
	}
}

func TestUnknownRolesAreNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, err := policies.New(ws, randomPolicy(t))
		if err != nil {
			t.Fatal(err)
		}
		a := randomActor(t)
		a.Roles = rapid.SliceOf(rapid.StringMatching(`[a-z :*]{0,6}`)).Draw(t, "roles")
		a.Roles = slices.DeleteFunc(a.Roles, func(r string) bool { return slices.Contains(roles, r) })
		for _, o := range asking {
			if e.Can(a, o, "read") || e.Explain(a, o, "read", nil).Allowed {
				t.Fatalf("roles %q may read %s", a.Roles, o)
			}
		}
	})
}
