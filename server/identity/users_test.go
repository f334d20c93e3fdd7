package identity_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

func TestUsers(t *testing.T) {
	w, x, _ := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	bob := w.user(t, admin, "Bob@Acme.example", "sales", "sales")
	if bob.Email != "bob@acme.example" || len(bob.Roles) != 1 {
		t.Errorf("user = %+v", bob)
	}
	_, err := w.CreateUser(ctx, admin, identity.NewUser{Email: "BOB@acme.example", Name: "B", Password: password})
	want(t, err, fault.Conflict, "user.exists")
	_, err = w.CreateUser(ctx, admin, identity.NewUser{Email: "no email", Name: "B"})
	want(t, err, fault.Invalid, "")
	_, err = w.CreateUser(ctx, admin, identity.NewUser{Email: "c@acme.example", Name: "C", Roles: []string{"king"}})
	want(t, err, fault.Invalid, "")

	_, err = w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Name: ptr("Bobby")}, bob.Version+1)
	want(t, err, fault.Conflict, "store.version")
	_, err = w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Email: ptr(adminEmail)}, bob.Version)
	want(t, err, fault.Conflict, "user.exists")
	got, err := w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Name: ptr("Bobby"), Teams: &[]string{"west", "east"}}, bob.Version)
	none(t, err)
	if diff := cmp.Diff([]string{"east", "west"}, got.Teams); diff != "" || got.Name != "Bobby" || got.Version != bob.Version+1 {
		t.Errorf("user = %+v", got)
	}
	p, err := w.ListUsers(ctx, "acme", store.Query{Limit: 1})
	none(t, err)
	if len(p.Users) != 1 || p.Users[0].Email != adminEmail || p.Next == "" {
		t.Errorf("page = %+v", p)
	}
	self, _ := w.login(t, "bob@acme.example")
	if self.Name != "Bobby" || len(self.Teams) != 2 {
		t.Errorf("session = %+v", self)
	}
	got, err = w.UpdateProfile(ctx, self, nil, ptr("en"))
	if err != nil || got.Language != "en" || got.Name != "Bobby" {
		t.Errorf("profile = %+v, %v", got, err)
	}
}

// Who may edit users but not roles cannot raise themselves or reach above.
func TestNoEscalation(t *testing.T) {
	w, x, _ := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	p, version, err := w.access.Rules(ctx, "acme")
	none(t, err)
	p.Roles = append(p.Roles[:len(p.Roles):len(p.Roles)], policies.Role{Key: "helpdesk", Name: "Help desk"})
	p.Rules = append(p.Rules[:len(p.Rules):len(p.Rules)], policies.Rule{Role: "helpdesk", Object: "user", Action: "*", Scope: "all", Effect: "allow"})
	_, err = w.access.SetRules(ctx, admin, p, version)
	none(t, err)
	desk := w.user(t, admin, "desk@acme.example", "helpdesk", "sales")
	by := policies.Actor{ID: desk.ID, Workspace: "acme", Roles: desk.Roles}

	_, err = w.CreateUser(ctx, by, identity.NewUser{Email: "c@acme.example", Name: "C", Roles: []string{"admin"}})
	want(t, err, fault.Denied, "policy.grant")
	_, err = w.UpdateUser(ctx, by, desk.ID, identity.UserChange{Roles: &[]string{"admin"}}, 0)
	want(t, err, fault.Denied, "policy.grant")
	want(t, w.SetPassword(ctx, by, admin.ID, other), fault.Denied, "policy.grant")
	_, err = w.UpdateUser(ctx, by, admin.ID, identity.UserChange{Roles: &[]string{}}, 0)
	want(t, err, fault.Denied, "policy.grant")
	_, _, err = w.CreateKey(ctx, by, identity.NewKey{Name: "k", Roles: []string{"admin"}})
	want(t, err, fault.Denied, "policy.grant")
	_, err = w.CreateUser(ctx, by, identity.NewUser{Email: "c@acme.example", Name: "C", Roles: []string{"sales"}})
	none(t, err)
}

func TestLastManagerStays(t *testing.T) {
	w, x, _ := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	for _, c := range []identity.UserChange{{Disabled: ptr(true)}, {Roles: &[]string{"sales"}}, {Leave: true}} {
		_, err := w.UpdateUser(ctx, admin, admin.ID, c, 0)
		want(t, err, fault.Conflict, "policy.noManager")
		_, err = w.UpdateUser(ctx, policies.Actor{System: true}, admin.ID, identity.UserChange{Disabled: ptr(true)}, 0)
		want(t, err, fault.Conflict, "policy.noManager")
	}
	second := w.user(t, admin, "bob@acme.example", "admin")
	_, err := w.UpdateUser(ctx, admin, admin.ID, identity.UserChange{Roles: &[]string{"sales"}}, 0)
	none(t, err)
	_, err = w.UpdateUser(ctx, policies.Actor{ID: second.ID, Workspace: "acme", Roles: second.Roles}, second.ID, identity.UserChange{Leave: true}, 0)
	want(t, err, fault.Conflict, "policy.noManager")
}

func TestWorkspacesStayApart(t *testing.T) {
	w, x, token := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	_, err := w.spaces.Create(ctx, workspace.Workspace{Key: "beta", Name: "Beta"})
	none(t, err)
	op := policies.SystemActor("beta", "cli")
	_, err = w.AddMember(ctx, op, adminEmail, identity.Membership{Roles: []string{"sales"}})
	none(t, err)
	_, err = w.AddMember(ctx, op, adminEmail, identity.Membership{})
	want(t, err, fault.Conflict, "user.member")
	boss := w.user(t, op, "boss@beta.example", "admin")
	beta := policies.Actor{ID: boss.ID, Workspace: "beta", Roles: boss.Roles}

	// Beta's admin cannot take the account of somebody who is also elsewhere.
	want(t, w.SetPassword(ctx, beta, admin.ID, other), fault.Denied, "user.shared")
	_, err = w.UpdateUser(ctx, beta, admin.ID, identity.UserChange{Email: ptr("x@beta.example")}, 0)
	want(t, err, fault.Denied, "user.shared")
	_, err = w.UpdateUser(ctx, admin, boss.ID, identity.UserChange{Name: ptr("x")}, 0)
	want(t, err, fault.NotFound, "user.none")
	_, err = w.GetUser(ctx, "acme", boss.ID)
	want(t, err, fault.NotFound, "user.none")
	u, err := w.GetUser(ctx, "beta", admin.ID)
	if err != nil || !u.Shared || !cmp.Equal(u.Roles, []string{"sales"}) {
		t.Errorf("user = %+v, %v", u, err)
	}

	moved, err := w.SwitchWorkspace(ctx, x, "beta")
	if err != nil || moved.Workspace != "beta" || moved.CSRF != x.CSRF || !cmp.Equal(moved.Roles, []string{"sales"}) {
		t.Errorf("moved = %+v, %v", moved, err)
	}
	_, err = w.SwitchWorkspace(ctx, x, "gamma")
	want(t, err, fault.NotFound, "workspace.none")
	_, err = w.UpdateUser(ctx, beta, admin.ID, identity.UserChange{Leave: true}, 0)
	none(t, err)
	if back, err := w.Authenticate(ctx, token); err != nil || back.Workspace != "acme" {
		t.Errorf("after leaving beta: %+v, %v", back, err)
	}
}

func TestKeys(t *testing.T) {
	w, x, _ := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	k, secret, err := w.CreateKey(ctx, admin, identity.NewKey{Name: "erp", Roles: []string{"integration"}, Expires: w.clock.now().Add(time.Hour)})
	none(t, err)
	_, _, err = w.CreateKey(ctx, admin, identity.NewKey{Name: "", Expires: w.clock.now()})
	want(t, err, fault.Invalid, "")
	a, err := w.ByKey(ctx, secret)
	none(t, err)
	if diff := cmp.Diff(policies.Actor{ID: k.ID, Name: "erp", Workspace: "acme", Roles: []string{"integration"}}, a); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "dfk_", secret + "x", secret[4:]} {
		_, err := w.ByKey(ctx, bad)
		want(t, err, fault.Unauthenticated, "auth.key")
	}
	list, err := w.ListKeys(ctx, "acme")
	if err != nil || len(list) != 1 || !list[0].UsedAt.Equal(w.clock.now()) || list[0].Start != secret[:8] {
		t.Errorf("keys = %+v, %v", list, err)
	}
	second := node(t, w.store, w.clock, identity.Options{})
	_, err = second.ByKey(ctx, secret)
	none(t, err)
	want(t, w.RevokeKey(ctx, policies.Actor{ID: "x", Workspace: "beta"}, k.ID), fault.NotFound, "key.none")
	none(t, w.RevokeKey(ctx, admin, k.ID))
	_, err = w.ByKey(ctx, secret)
	want(t, err, fault.Unauthenticated, "auth.key")
	w.clock.add(5 * time.Second)
	_, err = second.ByKey(ctx, secret)
	want(t, err, fault.Unauthenticated, "auth.key")

	_, secret, err = w.CreateKey(ctx, admin, identity.NewKey{Name: "brief", Roles: []string{"auditor"}, Expires: w.clock.now().Add(2 * time.Second)})
	none(t, err)
	_, err = w.ByKey(ctx, secret)
	none(t, err)
	w.clock.add(2 * time.Second) // the memory knows the expiry
	_, err = w.ByKey(ctx, secret)
	want(t, err, fault.Unauthenticated, "auth.key")
}
