package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/identity"
)

const testPassword = "correct horse battery"

// person makes somebody who signs in with testPassword; the address is unique
// to the workspace.
func (s *space) person(name string, roles ...string) identity.User {
	s.t.Helper()
	u, err := s.srv.Identity.CreateUser(s.t.Context(), policies.SystemActor(s.key, "test"), identity.NewUser{
		Email: name + "@" + s.key + ".example", Name: name, Password: testPassword, Roles: roles,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// nobody is a browser that has not signed in.
func nobody(t *testing.T, url string) *browser {
	return &browser{url: url + "/api/v1", http: &http.Client{Jar: newJar(t)}}
}

// enter is a browser of a person of the workspace.
func (s *space) enter(u identity.User) *browser {
	s.t.Helper()
	return signIn(s.t, s, u.Email, testPassword)
}

// do sends a request as the web interface does. Errors are *client.Problem.
func (b *browser) do(t *testing.T, method, path string, in, out any) error {
	t.Helper()
	var body io.Reader = http.NoBody
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", b.csrf)
	req.Header.Set("Accept-Language", "en")
	if b.idem {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	res, err := b.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= 400 {
		p := &client.Problem{Detail: string(raw)}
		_ = json.Unmarshal(raw, p)
		p.Status = res.StatusCode
		return p
	}
	var head struct {
		CSRF string `json:"csrf"`
	}
	if json.Unmarshal(raw, &head) == nil && head.CSRF != "" {
		b.csrf = head.CSRF
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, raw)
	}
	return nil
}

// refused wants a problem with a key.
func refused(t *testing.T, what string, err error, key string) {
	t.Helper()
	if keyOf(err) != key {
		t.Errorf("%s: %v (%s), want %s", what, err, keyOf(err), key)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sysActor(ws string) policies.Actor { return policies.SystemActor(ws, "test") }

func memberOf(roles ...string) identity.Membership { return identity.Membership{Roles: roles} }

func containsOne(text, part string) bool { return strings.Contains(text, part) }
