package identity_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

func TestSetup(t *testing.T) {
	w := empty(t)
	ctx := t.Context()
	if needed, err := w.SetupNeeded(ctx); err != nil || !needed {
		t.Fatal(needed, err)
	}
	old, err := w.NewSetupToken(ctx)
	none(t, err)
	link, err := w.NewSetupToken(ctx)
	none(t, err)
	_, _, err = w.Setup(ctx, old, first("acme"), identity.From{})
	want(t, err, fault.Unauthenticated, "setup.token")
	bad := first("acme")
	bad.Password = "short"
	_, _, err = w.Setup(ctx, link, bad, identity.From{})
	want(t, err, fault.Invalid, "")
	_, _, err = w.Setup(ctx, link, first("No Key"), identity.From{})
	want(t, err, fault.Invalid, "")

	var wins atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if x, _, err := w.Setup(ctx, link, first("acme"), identity.From{}); err == nil && x.Workspace == "acme" {
				wins.Add(1)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d setups with one link", wins.Load())
	}
	_, err = w.NewSetupToken(ctx)
	want(t, err, fault.Conflict, "setup.done")
	x, _ := w.login(t, " ANN@acme.example ")
	if ok, err := w.access.Can(ctx, w.Actor(x), "role", "update"); err != nil || !ok {
		t.Errorf("the first admin may not manage roles: %v", err)
	}
}

func TestSetupLinkExpires(t *testing.T) {
	w := empty(t)
	link, err := w.NewSetupToken(t.Context())
	none(t, err)
	w.clock.add(7*24*time.Hour + time.Second)
	_, _, err = w.Setup(t.Context(), link, first("acme"), identity.From{})
	want(t, err, fault.Unauthenticated, "setup.token")
}

// A workspace from a setup that was interrupted is taken over.
func TestSetupAfterCrash(t *testing.T) {
	w := empty(t)
	_, err := w.spaces.Create(t.Context(), first("acme").Workspace)
	none(t, err)
	link, err := w.NewSetupToken(t.Context())
	none(t, err)
	_, _, err = w.Setup(t.Context(), link, first("acme"), identity.From{})
	none(t, err)
}

func TestPasswords(t *testing.T) {
	w, x, _ := setUp(t)
	for _, bad := range []string{"", "short-one", "password123", "PASSWORD123", "1234567890", "zyxwvutsrq", "aabbaabbaabb", "bob.smith2026", strings.Repeat("x1Y", 70)} {
		_, err := w.CreateUser(t.Context(), w.Actor(x), identity.NewUser{Email: "bob.smith@acme.example", Name: "Bob", Password: bad})
		if bad == "" {
			none(t, err)
			none(t, w.SetPassword(t.Context(), policies.Actor{System: true}, userID(t, w, "bob.smith@acme.example"), password))
			continue
		}
		want(t, err, fault.Invalid, "invalid.fields")
	}
}

func userID(t *testing.T, w *world, email string) string {
	t.Helper()
	p, err := w.ListUsers(t.Context(), "", store.Query{Filter: filter.Eq("email", email)})
	if err != nil || len(p.Users) != 1 {
		t.Fatalf("user %s: %v, %v", email, p, err)
	}
	return p.Users[0].ID
}

func TestSessionLife(t *testing.T) {
	w, _, _ := setUp(t)
	ctx := t.Context()
	x, token := w.login(t, adminEmail)
	got, err := w.Authenticate(ctx, token)
	none(t, err)
	if diff := cmp.Diff(x, got); diff != "" {
		t.Errorf("session (-login +request):\n%s", diff)
	}
	for csrf, ok := range map[string]bool{x.CSRF: true, token: false, "": false} {
		if identity.CheckCSRF(got, csrf) != ok || identity.CheckCSRF(identity.Session{}, csrf) {
			t.Errorf("CheckCSRF(%q), want %v", csrf, ok)
		}
	}
	_, err = w.Authenticate(ctx, token+"x")
	want(t, err, fault.Unauthenticated, "auth.session")

	for range 13 { // 13 × 11 h: kept alive by use
		w.clock.add(11 * time.Hour)
		_, err = w.Authenticate(ctx, token)
		none(t, err)
	}
	_, idle := w.login(t, adminEmail)
	w.clock.add(12 * time.Hour)
	_, err = w.Authenticate(ctx, idle)
	want(t, err, fault.Unauthenticated, "auth.session")
	w.clock.add(7*24*time.Hour - 12*time.Hour)
	_, err = w.Authenticate(ctx, token)
	want(t, err, fault.Unauthenticated, "auth.session")

	none(t, w.Sweep(ctx))
	n, err := w.store.In(workspace.System, "session").Count(ctx, nil, 0)
	if err != nil || n != 0 {
		t.Errorf("%d sessions after the sweep, %v", n, err)
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	w, x, token := setUp(t)
	_, secret, err := w.CreateKey(t.Context(), w.Actor(x), identity.NewKey{Name: "erp", Roles: []string{"integration"}})
	none(t, err)
	for _, c := range []string{"user", "session", "key", "login", "setup"} {
		none(t, w.store.In(workspace.System, c).Each(t.Context(), store.Query{}, func(d store.Doc) error {
			for _, s := range []string{password, token, secret, x.CSRF} {
				if strings.Contains(d.ID+string(d.Body), s) {
					t.Errorf("%s holds a secret: %s", c, d.Body)
				}
			}
			return nil
		}))
	}
}

func TestSessionsEnd(t *testing.T) {
	w, x, adminToken := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	bob := w.user(t, admin, "bob@acme.example", "sales")
	bobs, token := w.login(t, "bob@acme.example")
	_, second := w.login(t, "bob@acme.example")
	alive := func(token string, want bool) {
		t.Helper()
		if _, err := w.Authenticate(ctx, token); (err == nil) != want {
			t.Errorf("session alive = %v, want %v (%v)", err == nil, want, err)
		}
	}
	want(t, w.ChangePassword(ctx, bobs, "wrong-password", other), fault.Unauthenticated, "auth.bad")
	none(t, w.ChangePassword(ctx, bobs, password, other))
	alive(token, true) // the one that changed it stays
	alive(second, false)
	none(t, w.SetPassword(ctx, admin, bob.ID, password))
	alive(token, false)

	bobs, token = w.login(t, "bob@acme.example")
	want(t, w.RevokeSession(ctx, admin, admin.ID, bobs.ID), fault.NotFound, "session.none")
	list, err := w.ListSessions(ctx, bob.ID)
	if err != nil || len(list) != 1 || list[0].CSRF != "" || list[0].Agent != "test" {
		t.Errorf("sessions = %+v, %v", list, err)
	}
	none(t, w.RevokeSession(ctx, admin, bob.ID, bobs.ID))
	alive(token, false)

	_, token = w.login(t, "bob@acme.example")
	_, err = w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Disabled: ptr(true)}, 0)
	none(t, err)
	alive(token, false)
	_, _, err = w.Login(ctx, "bob@acme.example", password, identity.From{})
	want(t, err, fault.Unauthenticated, "auth.disabled")
	_, err = w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Disabled: ptr(false)}, 0)
	none(t, err)
	alive(token, false) // an ended session does not come back
	alive(adminToken, true)
}

func TestLockout(t *testing.T) {
	w, x, _ := setUp(t)
	ctx := t.Context()
	w.user(t, w.Actor(x), "bob@acme.example", "sales")
	fail := func(email, addr string) error {
		_, _, err := w.Login(ctx, email, "wrong-password", identity.From{Addr: addr})
		return err
	}
	for _, email := range []string{"bob@acme.example", "nobody@acme.example"} {
		for range 5 {
			want(t, fail(email, "192.0.2.9"), fault.Unauthenticated, "auth.bad")
		}
		err := fail(email, "192.0.2.9")
		want(t, err, fault.TooMany, "auth.locked")
		if fe, ok := err.(*fault.Error); !ok || fe.Params["seconds"] != 30 {
			t.Errorf("locked: %v", err)
		}
	}
	// Locked for the right password too, on another node, and after a restart.
	again := node(t, w.store, w.clock, identity.Options{})
	_, _, err := again.Login(ctx, "bob@acme.example", password, identity.From{Addr: "192.0.2.10"})
	want(t, err, fault.TooMany, "auth.locked")
	w.clock.add(31 * time.Second)
	want(t, fail("bob@acme.example", "192.0.2.9"), fault.Unauthenticated, "")
	w.clock.add(31 * time.Second) // the wait has doubled
	want(t, fail("bob@acme.example", "192.0.2.9"), fault.TooMany, "auth.locked")
	w.clock.add(30 * time.Second)
	w.login(t, "bob@acme.example")
	want(t, fail("bob@acme.example", "192.0.2.9"), fault.Unauthenticated, "") // counted from the start

	for i := range 40 { // one address, many accounts; an IPv6 network is one address
		err = fail(strings.Repeat("x", i+1)+"@acme.example", "2001:db8::"+strings.Repeat("1", i%4+1))
	}
	want(t, err, fault.TooMany, "auth.locked")
}

// Tries at the same moment do not get more guesses than one after the other.
func TestLockoutOfManyAtOnce(t *testing.T) {
	w, _, _ := setUp(t)
	var judged atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, _, err := w.Login(t.Context(), adminEmail, "wrong-password", identity.From{})
			if fault.KeyOf(err) == "auth.bad" {
				judged.Add(1)
			}
		})
	}
	wg.Wait()
	if judged.Load() > 5 {
		t.Errorf("%d guesses were judged", judged.Load())
	}
}

func TestDemoLogin(t *testing.T) {
	w, _, _ := setUp(t)
	_, _, err := w.DemoLogin(t.Context(), adminEmail, identity.From{})
	want(t, err, fault.Denied, "auth.demo")
	demo := node(t, w.store, w.clock, identity.Options{AllowDemo: true})
	_, token, err := demo.DemoLogin(t.Context(), adminEmail, identity.From{})
	none(t, err)
	_, err = w.Authenticate(t.Context(), token)
	none(t, err)
	_, _, err = demo.DemoLogin(t.Context(), "nobody@acme.example", identity.From{})
	want(t, err, fault.Unauthenticated, "auth.bad")
}

func TestEverythingIsLogged(t *testing.T) {
	w, x, _ := setUp(t)
	ctx, admin := t.Context(), w.Actor(x)
	bob := w.user(t, admin, "bob@acme.example", "sales")
	_, _, _ = w.Login(ctx, "bob@acme.example", "wrong-password", identity.From{})
	k, _, err := w.CreateKey(ctx, admin, identity.NewKey{Name: "erp", Roles: []string{"integration"}})
	none(t, err)
	none(t, w.RevokeKey(ctx, admin, k.ID))
	_, err = w.UpdateUser(ctx, admin, bob.ID, identity.UserChange{Teams: &[]string{"east"}}, bob.Version)
	none(t, err)
	p, err := w.log.List(ctx, "acme", audit.Query{})
	none(t, err)
	var got []string
	for _, e := range p.Entries {
		got = append(got, e.Object+" "+e.Action)
	}
	wanted := []string{"user update", "key delete", "key create", "session loginRefused", "user create", "session login", "user create"}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
	if r, err := w.log.Verify(ctx, "acme"); err != nil || !r.OK {
		t.Errorf("Verify = %+v, %v", r, err)
	}
}
