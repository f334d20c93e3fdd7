package e2e

import (
	"slices"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/pack"
)

// TestPackRoles: a role of a pack is proposed with the rights that it would get,
// and given them only when an administrator ticks it; taking the pack out leaves
// the role to those who have it.
func TestPackRoles(t *testing.T) {
	s := newSpace(t, nil)
	upload := func(version, rules string) map[string]any {
		t.Helper()
		p, err := pack.Build(map[string][]byte{
			"pack.json":        []byte(`{"id":"with-role","version":"` + version + `","name":{"en":"With a role","zh-CN":"含角色"},"about":{"en":"x","zh-CN":"x"},"licence":"MIT","publisher":{"name":"Us"}}`),
			"roles/clerk.json": []byte(`{"key":"clerk","name":{"en":"Clerk","zh-CN":"文员"},"rules":` + rules + `}`),
		})
		must(t, err)
		file, err := p.Write()
		must(t, err)
		var up struct{ File string }
		must(t, s.c.Do(t.Context(), "POST", "/packs/files", map[string]any{"file": file}, &up))
		return map[string]any{"id": "with-role", "file": up.File, "accept": []string{"unsigned"}}
	}
	type plan struct {
		Hash    string
		Objects []struct{ Kind, As, Action string }
		Rights  []struct {
			Role        string
			Granted     bool
			Adds, Takes []policies.Rule
		}
	}
	look := func(body map[string]any) (p plan) {
		t.Helper()
		must(t, s.c.Do(t.Context(), "POST", "/packs/plan", body, &p))
		return p
	}
	apply := func(body map[string]any) {
		t.Helper()
		body["hash"] = look(body).Hash
		must(t, s.c.Do(t.Context(), "POST", "/packs/apply", body, nil))
		delete(body, "hash")
	}
	rows := func() (out []string) {
		t.Helper()
		p, _, err := s.srv.Access.Rules(t.Context(), s.key)
		must(t, err)
		for _, r := range p.Rules {
			if r.Role == "clerk" {
				out = append(out, r.Object+"/"+r.Action)
			}
		}
		slices.Sort(out)
		return out
	}
	before, _, err := s.srv.Access.Rules(t.Context(), s.key)
	must(t, err)
	first := upload("1.0.0", `[{"object":"task","action":"read","scope":"own","effect":"allow"},{"object":"customer","action":"read","scope":"team","effect":"allow"}]`)
	p := look(first)
	if len(p.Rights) != 1 || p.Rights[0].Granted || len(p.Rights[0].Adds) != 2 || len(p.Rights[0].Takes) != 0 || p.Objects[0].Action != "propose" {
		t.Fatalf("plan %+v", p)
	}
	apply(first)
	if got := rows(); len(got) != 0 {
		t.Fatalf("nobody granted %v", got)
	}
	first["grant"] = []string{"clerk"}
	apply(first)
	if got := rows(); !slices.Equal(got, []string{"customer/read", "task/read"}) {
		t.Errorf("granted %v", got)
	}
	// Nobody but who may change roles can grant.
	must(t, s.c.Do(t.Context(), "GET", "/roles", nil, nil))
	second := upload("1.1.0", `[{"object":"customer","action":"read","scope":"team","effect":"allow"},{"object":"customer","action":"export","scope":"team","effect":"allow"}]`)
	p = look(second)
	if len(p.Rights) != 1 || len(p.Rights[0].Adds) != 1 || p.Rights[0].Adds[0].Action != "export" || len(p.Rights[0].Takes) != 1 || p.Rights[0].Takes[0].Object != "task" {
		t.Errorf("what an upgrade would change: %+v", p.Rights)
	}
	apply(second)
	if got := rows(); !slices.Equal(got, []string{"customer/read", "task/read"}) {
		t.Errorf("an upgrade changed rights by itself: %v", got)
	}
	second["grant"] = []string{"clerk"}
	apply(second)
	if got := rows(); !slices.Equal(got, []string{"customer/export", "customer/read"}) {
		t.Errorf("granted anew %v", got)
	}
	s.put("POST", "/packs/with-role/uninstall", map[string]any{}, 0)
	if got := rows(); len(got) != 2 {
		t.Errorf("people may have the role: %v", got)
	}
	after, _, err := s.srv.Access.Rules(t.Context(), s.key)
	must(t, err)
	others := slices.DeleteFunc(slices.Clone(after.Rules), func(r policies.Rule) bool { return r.Role == "clerk" })
	if len(others) != len(before.Rules) {
		t.Errorf("rows of other roles: %d, were %d", len(others), len(before.Rules))
	}
	var log struct {
		Items []struct{ Object string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit?limit=20", nil, &log))
	if !slices.ContainsFunc(log.Items, func(e struct{ Object string }) bool { return e.Object == "role" }) {
		t.Error("the log says nothing of the role")
	}
}
