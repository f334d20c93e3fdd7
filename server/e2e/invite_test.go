package e2e

import (
	"encoding/json"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// mailSettings are the channel settings that lead to a post office.
func mailSettings(o *postOffice) func(*workspace.Workspace) {
	return func(w *workspace.Workspace) {
		raw, _ := json.Marshal(map[string]any{"host": "127.0.0.1", "port": o.port, "from": "Dueflow <house@example.com>", "tls": "none"})
		w.Channels = map[string]json.RawMessage{"email": raw}
	}
}

// textOf is a letter's text with its transfer encoding undone.
func (l letter) text() string {
	raw, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(strings.ReplaceAll(string(l.data), "\r\n", "\n"))))
	return string(raw)
}

// linkIn finds the secret of a link to a page in a letter.
func (l letter) linkIn(page string) string {
	_, rest, ok := strings.Cut(l.text(), page+"#")
	if !ok {
		return ""
	}
	end := strings.IndexAny(rest, " \r\n\"<")
	if end < 0 {
		return ""
	}
	return rest[:end]
}

type invited struct {
	Invitation struct{ ID, Email string }
	Link       struct{ Path, Mail string }
}

func (i invited) token() string { _, t, _ := strings.Cut(i.Link.Path, "#"); return t }

// TestInvitation: a link goes out by the workspace's e-mail, lets one person in
// once with the roles they were given, and is worth nothing after it was sent
// anew, taken back or used.
func TestInvitation(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	boss := s.enter(s.person("boss", "admin"))
	in := map[string]any{"email": "New@" + s.key + ".example", "roles": []string{"sales"}, "teams": []string{"north"}}
	var one, two invited
	must(t, boss.do(t, "POST", "/invitations", in, &one))
	if one.Link.Mail != "sent" || len(office.taken()) != 1 {
		t.Fatalf("mail %q, %d letters", one.Link.Mail, len(office.taken()))
	}
	l := office.taken()[0]
	if l.to != "new@"+s.key+".example" || l.linkIn("/join") != one.token() || !strings.Contains(l.text(), "boss invites you") {
		t.Errorf("letter to %s: %s", l.to, l.text())
	}
	refused(t, "invited twice", boss.do(t, "POST", "/invitations", in, nil), "invite.exists")
	must(t, boss.do(t, "POST", "/invitations/"+one.Invitation.ID+"/resend", nil, &two))
	guest := nobody(t, s.srv.URL)
	look := func(token string) error {
		return guest.do(t, "POST", "/session/invitation/look", map[string]string{"token": token}, nil)
	}
	refused(t, "the older link", look(one.token()), "invite.link")
	must(t, look(two.token()))
	come := map[string]string{"token": two.token(), "name": "Neu 新", "password": "short"}
	if err := guest.do(t, "POST", "/session/invitation", come, nil); pointers(err) != "/password minLength" {
		t.Errorf("a short password: %v", err)
	}
	come["password"] = testPassword
	var me struct {
		Roles []string
		Can   map[string]bool
	}
	must(t, guest.do(t, "POST", "/session/invitation", come, &me))
	if len(me.Roles) != 1 || me.Roles[0] != "sales" || me.Can["role.write"] {
		t.Errorf("came in as %+v", me)
	}
	refused(t, "the link once more", look(two.token()), "invite.link")
	refused(t, "sales inviting", guest.do(t, "POST", "/invitations", in, nil), "policy.denied")

	in["email"] = "gone@" + s.key + ".example"
	must(t, boss.do(t, "POST", "/invitations", in, &one))
	var list struct{ Items []struct{ ID string } }
	must(t, boss.do(t, "GET", "/invitations", nil, &list))
	if len(list.Items) != 1 {
		t.Errorf("%d pending", len(list.Items))
	}
	must(t, boss.do(t, "DELETE", "/invitations/"+one.Invitation.ID, nil, nil))
	refused(t, "one taken back", look(one.token()), "invite.link")
	for _, forged := range []string{"", ".", one.Invitation.ID + ".", strings.Repeat("x", 5000), "a/b.c"} {
		refused(t, "forged "+forged[:min(len(forged), 20)], look(forged), "invite.link")
	}
}

// TestInvitationOfWhoLeft: what somebody invited who may do so no more lets
// nobody in; a person of another workspace comes with their own password.
func TestInvitationOfWhoLeft(t *testing.T) {
	s, other := newSpace(t, nil), newSpace(t, nil)
	s.person("keeper", "admin")
	leaver := s.person("leaver", "admin")
	var a, b invited
	browser := s.enter(leaver)
	must(t, browser.do(t, "POST", "/invitations", map[string]any{"email": "x@" + s.key + ".example", "roles": []string{"admin"}}, &a))
	if a.Link.Mail != "none" {
		t.Errorf("mail %q in a workspace without e-mail", a.Link.Mail)
	}
	if err := s.c.Do(t.Context(), "PUT", "/users/"+leaver.ID, map[string]any{"disabled": true}, nil); err != nil {
		t.Fatal(err)
	}
	guest := nobody(t, s.srv.URL)
	refused(t, "invited by who left", guest.do(t, "POST", "/session/invitation", map[string]string{"token": a.token(), "name": "X", "password": testPassword}, nil), "invite.void")

	known := other.person("known", "sales")
	must(t, s.c.Do(t.Context(), "POST", "/invitations", map[string]any{"email": known.Email, "roles": []string{"collector"}}, &b))
	come := map[string]string{"token": b.token(), "password": "not their password"}
	refused(t, "with another password", guest.do(t, "POST", "/session/invitation", come, nil), "auth.bad")
	come["password"] = testPassword
	var me struct {
		Workspace  struct{ Key string }
		Workspaces []struct{ Key string }
		Roles      []string
	}
	must(t, guest.do(t, "POST", "/session/invitation", come, &me))
	if me.Workspace.Key != s.key || len(me.Workspaces) != 2 || me.Roles[0] != "collector" {
		t.Errorf("joined as %+v", me)
	}
}

// TestSecretsAreNotKept: what is shown once (links, keys, the secret of a second
// factor, recovery codes) is nowhere in the store, whether or not the request
// could be repeated.
func TestSecretsAreNotKept(t *testing.T) {
	s := newSpace(t, nil)
	boss := s.person("boss", "admin")
	b := s.enter(boss)
	b.idem = true
	var one invited
	must(t, b.do(t, "POST", "/invitations", map[string]any{"email": "a@" + s.key + ".example", "roles": []string{"sales"}}, &one))
	var again struct{ Path string }
	must(t, b.do(t, "POST", "/users/"+boss.ID+"/reset", nil, &again))
	var key struct{ Secret string }
	must(t, b.do(t, "POST", "/keys", map[string]any{"name": "k", "role": "sales"}, &key))
	var e enrolment
	must(t, b.do(t, "POST", "/session/totp", nil, &e))
	var codes struct{ Codes []string }
	must(t, b.do(t, "POST", "/session/totp/confirm", map[string]string{"code": codeAt(t, e.Secret, 0)}, &codes))
	words := append([]string{one.token(), again.Path, key.Secret, e.Secret, testPassword}, codes.Codes...)
	for _, w := range []string{one.token(), strings.TrimPrefix(again.Path, "/reset#")} {
		_, secret, _ := strings.Cut(w, ".")
		words = append(words, secret)
	}
	for _, collection := range []string{"idem", "invitation", "reset", "user", "session", "key", "audit"} {
		for _, ws := range []string{workspace.System, s.key} {
			_ = s.srv.Store.In(ws, collection).Each(t.Context(), store.Query{Limit: 500}, func(d store.Doc) error {
				for _, w := range words {
					if strings.Contains(string(d.Body), w) {
						t.Errorf("%s/%s/%s holds %.6s…", ws, collection, d.ID, w)
					}
				}
				return nil
			})
		}
	}
}

// TestPasswordReset: the answer is the same for everybody; the link goes to the
// person alone, works once, ends their sessions, and not after another one.
func TestPasswordReset(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	u := s.person("forgetful", "sales")
	inside := s.enter(u)
	out := nobody(t, s.srv.URL)
	ask := func(email string) error {
		return out.do(t, "POST", "/session/reset/ask", map[string]string{"email": email}, nil)
	}
	must(t, ask("stranger@"+s.key+".example"))
	must(t, ask(u.Email))
	s.eventually("a letter", func() bool { return len(office.taken()) == 1 })
	link := office.taken()[0].linkIn("/reset")
	set := func(token, password string) error {
		return out.do(t, "POST", "/session/reset", map[string]string{"token": token, "password": password}, nil)
	}
	if err := set(link, "short"); pointers(err) != "/password minLength" {
		t.Errorf("a short one: %v", err)
	}
	refused(t, "a forged link", set(u.ID+".x", "another horse battery"), "reset.link")
	must(t, set(link, "another horse battery"))
	refused(t, "the link again", set(link, testPassword), "reset.link")
	inside.get(t, "/session", 401)
	signIn(t, s, u.Email, "another horse battery")

	// Asking without end is refused, for addresses that exist and others alike.
	for _, email := range []string{u.Email, "stranger@" + s.key + ".example"} {
		var last error
		for range 6 {
			last = ask(email)
		}
		refused(t, "asking "+email, last, "auth.locked")
	}
	// An administrator hands a link over; another password ends it.
	boss := s.enter(s.person("boss", "admin"))
	var given struct{ Path, Mail string }
	must(t, boss.do(t, "POST", "/users/"+u.ID+"/reset", nil, &given))
	_, token, _ := strings.Cut(given.Path, "#")
	must(t, s.srv.Identity.SetPassword(t.Context(), sysActor(s.key), u.ID, "a third horse battery"))
	refused(t, "after another password", set(token, testPassword), "reset.link")
}
