package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// provider is an OpenID provider that speaks the protocol over a socket: it
// lets the person in that it is told of, once a code.
type provider struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu     sync.Mutex
	person map[string]any // the claims of whoever signs in next
	codes  map[string]url.Values
	faulty string // what to get wrong: nonce, audience, key
}

func openProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p := &provider{key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/me", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one", "n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" || !strings.Contains(q.Get("scope"), "openid") {
			http.Error(w, "not a good request", http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		code := rand.Text()
		p.codes[code] = q
		p.mu.Unlock()
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", p.token)
	return p
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if id == "" {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if !ok || b64(sum[:]) != q.Get("code_challenge") || r.PostFormValue("redirect_uri") != q.Get("redirect_uri") || id != "dueflow" || secret != "pr0vider-geheim" {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "dueflow", "nonce": q.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	for k, v := range p.person {
		claims[k] = v
	}
	key := p.key
	switch p.faulty {
	case "nonce":
		claims["nonce"] = "another"
	case "audience":
		claims["aud"] = "somebody-else"
	case "key":
		key, _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed(key, claims)})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func signed(key *rsa.PrivateKey, claims map[string]any) string {
	body, _ := json.Marshal(claims)
	text := b64([]byte(`{"alg":"RS256","kid":"one","typ":"JWT"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return text + "." + b64(sig)
}

func (p *provider) is(person map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person = person
}

// through goes the whole way over the provider and gives the page it ends at.
func (b *browser) through(t *testing.T, ws string) string {
	t.Helper()
	res, err := b.http.Get(b.url + "/session/oidc/" + ws + "?return=/board")
	must(t, err)
	_ = res.Body.Close()
	b.csrf = ""
	_ = b.do(t, "GET", "/session", nil, nil) // for its token, if there is one
	return res.Request.URL.RequestURI()
}

// TestProvider: the whole code flow over a socket; groups become roles at every
// sign-in, and what is forged, replayed or of somebody else lets nobody in.
func TestProvider(t *testing.T) {
	p := openProvider(t)
	s := newSpace(t, nil)
	settings := map[string]any{
		"enabled": true, "label": "Acme SSO", "issuer": p.URL, "clientId": "dueflow", "secret": "pr0vider-geheim", "create": true,
		"groups": []any{map[string]any{"group": "ar-team", "roles": []string{"collector"}, "teams": []string{"north"}}, map[string]any{"group": "ar-heads", "roles": []string{"finance-manager"}}},
	}
	var stored struct{ Secret string }
	must(t, s.c.Do(t.Context(), "PUT", "/workspace/oidc", settings, &stored, "If-Match", `"0"`))
	if stored.Secret != "•••" {
		t.Errorf("the secret is shown: %q", stored.Secret)
	}
	low := s.as("finance")
	refused(t, "settings by who may not", low.Do(t.Context(), "PUT", "/workspace/oidc", settings, nil, "If-Match", `"1"`), "policy.denied")

	me := func(b *browser) (out struct {
		User  struct{ Email, Name string }
		Roles []string
	},
	) {
		must(t, b.do(t, "GET", "/session", nil, &out))
		return out
	}
	mail := "li@" + s.key + ".example"
	p.is(map[string]any{"sub": "u1", "email": mail, "email_verified": true, "name": "李 Li", "groups": []string{"ar-team", "football"}})
	b := nobody(t, s.srv.URL)
	if at := b.through(t, s.key); at != "/board" {
		t.Fatalf("ended at %s", at)
	}
	if x := me(b); x.User.Email != mail || x.User.Name != "李 Li" || len(x.Roles) != 1 || x.Roles[0] != "collector" {
		t.Errorf("came in as %+v", x)
	}
	// Another group next time, another email: the same person, other roles.
	p.is(map[string]any{"sub": "u1", "email": "other@" + s.key + ".example", "email_verified": true, "groups": []string{"ar-heads"}})
	b.through(t, s.key)
	if x := me(b); x.User.Email != mail || x.Roles[0] != "finance-manager" {
		t.Errorf("came back as %+v", x)
	}
	fails := func(what string, person map[string]any, key string) {
		t.Helper()
		p.is(person)
		guest := nobody(t, s.srv.URL)
		if at := guest.through(t, s.key); at != "/login?problem="+key {
			t.Errorf("%s: ended at %s", what, at)
		}
		guest.get(t, "/session", 401)
	}
	fails("in no mapped group", map[string]any{"sub": "u2", "email": "x@" + s.key + ".example", "email_verified": true, "groups": []string{"football"}}, "oidc.noRole")
	fails("without a verified email", map[string]any{"sub": "u3", "email": mail, "groups": []string{"ar-team"}}, "oidc.noEmail")
	// Somebody who belongs to another workspace too is not this provider's to open.
	far := newSpace(t, nil)
	both := far.person("both", "admin")
	must(t, s.c.Do(t.Context(), "POST", "/invitations", map[string]any{"email": both.Email, "roles": []string{"sales"}}, nil))
	fails("of another workspace", map[string]any{"sub": "u4", "email": both.Email, "email_verified": true, "groups": []string{"ar-heads"}}, "oidc.shared")
	good := map[string]any{"sub": "u1", "email": mail, "email_verified": true, "groups": []string{"ar-team"}}
	for _, f := range []string{"nonce", "audience", "key"} {
		p.faulty = f
		fails("with a wrong "+f, good, "oidc.refused")
	}
	p.faulty = ""

	// A return that another browser began, and one that is forged.
	for _, q := range []string{"?state=x&code=y", "?state=&code=", ""} {
		guest := nobody(t, s.srv.URL)
		res, err := guest.http.Get(guest.url + "/session/oidc/back" + q)
		must(t, err)
		_ = res.Body.Close()
		if at := res.Request.URL.RequestURI(); at != "/login?problem=oidc.state" {
			t.Errorf("forged %q: ended at %s", q, at)
		}
	}
	// The session of a provider stays in its workspace.
	if _, err := s.srv.Identity.AddMember(t.Context(), sysActor(far.key), mail, memberOf("sales")); err != nil {
		t.Fatal(err)
	}
	refused(t, "to another workspace", b.do(t, "PATCH", "/session", map[string]string{"workspace": far.key}, nil), "workspace.none")
}
