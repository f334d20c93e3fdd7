package e2e

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/dueflow/dueflow/server/workspace"
)

// codeAt is what an authenticator shows some steps from now.
func codeAt(t *testing.T, secret string, steps int) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	must(t, err)
	return c
}

type enrolment struct {
	Secret, URL string
	Size        int
	Rows        []string
}

// TestSecondFactor: enrolled with a code, wanted at every sign-in, no code
// twice, a recovery code once, and an administrator resets what was lost.
func TestSecondFactor(t *testing.T) {
	s := newSpace(t, nil)
	u := s.person("careful", "sales")
	b := s.enter(u)
	var e enrolment
	refused(t, "confirm before enrolling", b.do(t, "POST", "/session/totp/confirm", map[string]string{"code": "000000"}, nil), "totp.notBegun")
	must(t, b.do(t, "POST", "/session/totp", nil, &e))
	if e.Size < 21 || len(e.Rows) != e.Size || len(e.Rows[0]) != e.Size || e.Secret == "" {
		t.Fatalf("a picture of %d: %q", e.Size, e.URL)
	}
	refused(t, "a wrong code", b.do(t, "POST", "/session/totp/confirm", map[string]string{"code": "12345"}, nil), "auth.codeBad")
	var got struct{ Codes []string }
	must(t, b.do(t, "POST", "/session/totp/confirm", map[string]string{"code": codeAt(t, e.Secret, -1)}, &got))
	if len(got.Codes) != 10 {
		t.Fatalf("recovery codes %v", got.Codes)
	}
	b.get(t, "/session", 200) // the session that enrolled goes on

	out := nobody(t, s.srv.URL)
	in := func(code string) error {
		return out.do(t, "POST", "/session", map[string]string{"email": u.Email, "password": testPassword, "code": code}, nil)
	}
	refused(t, "without a code", in(""), "auth.code")
	refused(t, "the code that was used", in(codeAt(t, e.Secret, -1)), "auth.codeBad")
	must(t, in(codeAt(t, e.Secret, 0)))
	refused(t, "the same code again", in(codeAt(t, e.Secret, 0)), "auth.codeBad")
	must(t, in(got.Codes[0]))
	refused(t, "a recovery code again", in(got.Codes[0]), "auth.codeBad")
	// The right password does not make trying codes free.
	var last error
	for range 8 {
		if last = in(""); keyOf(last) == "auth.locked" {
			break
		}
		last = in("111111")
	}
	refused(t, "trying codes", last, "auth.locked")

	refused(t, "off with a wrong password", b.do(t, "POST", "/session/totp/drop", map[string]string{"password": "x"}, nil), "auth.locked")
	boss := s.enter(s.person("boss", "admin"))
	must(t, boss.do(t, "DELETE", "/users/"+u.ID+"/totp", nil, nil))
	b.get(t, "/session", 401)
}

// TestSecondFactorRequired: a role that asks for one lets nobody do anything
// before it is set up, and then it cannot be turned off.
func TestSecondFactorRequired(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) { w.TotpRoles = []string{"finance"} })
	b := s.enter(s.person("fin", "finance"))
	free := s.enter(s.person("seller", "sales"))
	var me struct{ MustEnrol, Totp bool }
	must(t, b.do(t, "GET", "/session", nil, &me))
	if !me.MustEnrol {
		t.Error("the role asks for a second factor, the session does not")
	}
	for _, path := range []string{"/today", "/records/customer", "/users/names", "/notices"} {
		refused(t, path, b.do(t, "GET", path, nil, nil), "totp.needed")
	}
	must(t, free.do(t, "GET", "/today", nil, nil))
	var e enrolment
	must(t, b.do(t, "POST", "/session/totp", nil, &e))
	must(t, b.do(t, "POST", "/session/totp/confirm", map[string]string{"code": codeAt(t, e.Secret, 0)}, nil))
	must(t, b.do(t, "GET", "/today", nil, nil))
	refused(t, "turning it off", b.do(t, "POST", "/session/totp/drop", map[string]string{"password": testPassword}, nil), "totp.required")
}
