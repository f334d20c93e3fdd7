package e2e

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
)

// screen is a person's browser with a push service in front, on a real socket:
// it checks the signed claim (RFC 8292) and opens what is sealed (RFC 8291) by
// the standards and not by our code.
type screen struct {
	t      *testing.T
	key    *ecdh.PrivateKey
	auth   []byte
	public string // the key it subscribed with
	url    string

	mu     sync.Mutex
	status int // what the service answers; 201 takes the notice
	calls  int
	shown  []map[string]string // the last of each tag stays, as screens do
}

func newScreen(t *testing.T, public string) *screen {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	x := &screen{t: t, key: key, auth: []byte("0123456789abcdef"), public: public, status: http.StatusCreated}
	srv := httptest.NewServer(x)
	t.Cleanup(srv.Close)
	x.url = srv.URL
	return x
}

func (x *screen) subscription() map[string]any {
	enc := base64.RawURLEncoding
	return map[string]any{"endpoint": x.url + "/send/1", "p256dh": enc.EncodeToString(x.key.PublicKey().Bytes()), "auth": enc.EncodeToString(x.auth)}
}

func (x *screen) answers(status int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.status = status
}

func (x *screen) seen() (calls int, titles []string, last map[string]string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range x.shown {
		titles, last = append(titles, n["title"]), n
	}
	return x.calls, titles, last
}

func (x *screen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calls++
	if x.status != http.StatusCreated {
		w.WriteHeader(x.status)
		return
	}
	if err := x.claimed(r.Header.Get("Authorization")); err != nil {
		x.t.Error(err)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(r.Body)
	notice, err := x.open(r.Header, body)
	if err != nil {
		x.t.Error(err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	x.shown = append(slices.DeleteFunc(x.shown, func(n map[string]string) bool { return n["tag"] == notice["tag"] }), notice)
	w.WriteHeader(http.StatusCreated)
}

// claimed checks who calls: a token for this service, signed with the key that
// the browser subscribed with.
func (x *screen) claimed(auth string) error {
	auth, ok := strings.CutPrefix(auth, "vapid t=")
	token, key, ok2 := strings.Cut(auth, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !ok2 || key != x.public || len(parts) != 3 {
		return fmt.Errorf("no claim, or another key: %q", auth)
	}
	point, sig := unbase(key), unbase(parts[2])
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil || len(sig) != 64 {
		return fmt.Errorf("key or signature: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	err = json.Unmarshal(unbase(parts[1]), &claims)
	left := time.Until(time.Unix(claims.Exp, 0))
	if err != nil || !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) || claims.Aud != x.url || !strings.Contains(claims.Sub, ":") || left <= 0 || left > 24*time.Hour {
		return fmt.Errorf("a bad claim: %+v, %w", claims, err)
	}
	return nil
}

func (x *screen) open(head http.Header, body []byte) (map[string]string, error) {
	if head.Get("Content-Encoding") != "aes128gcm" || head.Get("TTL") == "" || head.Get("Topic") == "" || len(body) < 103 || len(body) > 4096 || body[20] != 65 {
		return nil, fmt.Errorf("not a sealed notice: %v, %d bytes", head, len(body))
	}
	salt, theirs := body[:16], body[21:86]
	peer, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	shared, err := x.key.ECDH(peer)
	if err != nil {
		return nil, err
	}
	ikm, err := hkdf.Key(sha256.New, shared, x.auth, "WebPush: info\x00"+string(x.key.PublicKey().Bytes())+string(theirs), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nonce, body[86:], nil)
	if err != nil {
		return nil, err
	}
	var notice map[string]string
	return notice, json.Unmarshal(plain[:len(plain)-1], &notice)
}

func unbase(s string) []byte {
	raw, _ := base64.RawURLEncoding.DecodeString(s)
	return raw
}

type noticeBrowser struct {
	Key     string
	On, May bool
}

func (b *browser) noticeBrowser(t *testing.T) (out noticeBrowser) {
	t.Helper()
	must(t, b.do(t, "GET", "/notices/browser", nil, &out))
	return out
}

// agree is a browser that shows the notices of who is signed in.
func (b *browser) agree(t *testing.T) *screen {
	t.Helper()
	x := newScreen(t, b.noticeBrowser(t).Key)
	must(t, b.do(t, "PUT", "/notices/browser", x.subscription(), nil))
	return x
}

var pushMentions = map[string]any{"kinds": map[string]any{"mention": map[string]any{"app": true, "mail": "never", "push": true}}}

// TestNoticesInBrowsers: quiet by default; who asks for it sees mentions in the
// browsers that agreed, each once, with a title and nothing more, and nothing of
// accounts they may not see any more.
func TestNoticesInBrowsers(t *testing.T) {
	s := newSpace(t, nil)
	ann := s.member("ann", []string{"finance"}, nil)
	b := s.enter(ann)
	if n := b.noticeBrowser(t); n.On || !n.May || len(n.Key) < 80 {
		t.Errorf("at first %+v", n)
	}
	desktop := b.agree(t)
	phone := s.enter(ann).agree(t)
	if n := b.noticeBrowser(t); !n.On || n.Key != phone.public {
		t.Errorf("agreed: %+v", n)
	}
	c := s.customer("Push 客户")
	note := func(text string) {
		t.Helper()
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/notes", map[string]any{"text": text, "mentions": []string{ann.ID}}, nil))
	}
	note("before it was asked for")
	must(t, b.do(t, "PUT", "/notices/settings", pushMentions, nil))
	note("Please look, 5,000.00 are missing")
	both := func(want int) func() bool {
		return func() bool {
			_, one, _ := desktop.seen()
			_, two, _ := phone.seen()
			return len(one) == want && len(two) == want
		}
	}
	s.eventually("both browsers show it", both(1))
	_, titles, n := desktop.seen()
	if titles[0] != "You were mentioned: Push 客户" || n["body"] != "" || n["url"] != "/customers/"+c || strings.Contains(fmt.Sprint(n), "5,000") {
		t.Errorf("shown %v", n)
	}
	if !slices.ContainsFunc(b.notices(t), func(n noticeLine) bool { return n.Kind == "mention" && strings.Contains(n.Text, "5,000") }) {
		t.Error("the app has it too")
	}
	// A service that is busy is asked again, the other browser is not.
	phone.answers(http.StatusTooManyRequests)
	note("second")
	s.eventually("one browser shows it, the other was asked", func() bool {
		_, l, _ := desktop.seen()
		asked, _, _ := phone.seen()
		return len(l) == 2 && asked >= 2
	})
	phone.answers(http.StatusCreated)
	s.wakeUntil("the other one too", both(2))
	if calls, _, _ := desktop.seen(); calls != 2 {
		t.Errorf("%d calls for two notices", calls)
	}
	// What happened meanwhile to the account is not told: the scope counts when
	// it is shown. The service is down until the scope has changed.
	desktop.answers(http.StatusServiceUnavailable)
	phone.answers(http.StatusServiceUnavailable)
	before, _, _ := phone.seen()
	note("third")
	s.eventually("tried", func() bool { calls, _, _ := phone.seen(); return calls > before })
	s.testerRole(filter.Eq("tier", "A"), nil)
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+ann.ID, map[string]any{"roles": []string{"tester"}}, nil))
	desktop.answers(http.StatusCreated)
	phone.answers(http.StatusCreated)
	s.wakeUntil("it waits no more", func() bool { return s.waitingForBrowsers() == 0 })
	if !both(2)() {
		t.Error("a mention on an account that is hidden now was shown")
	}
}

// wakeUntil has the house look again and again, as it does by itself every few
// minutes while something waits.
func (s *space) wakeUntil(what string, ok func() bool) {
	s.t.Helper()
	s.eventually(what, func() bool {
		must(s.t, s.srv.House.Start(s.t.Context(), s.key))
		time.Sleep(100 * time.Millisecond)
		return ok()
	})
}

func (s *space) waitingForBrowsers() int {
	s.t.Helper()
	list, err := s.srv.Desk.ToPush(s.t.Context(), s.key, 100)
	must(s.t, err)
	return len(list)
}

// TestBrowsersEnd: a browser is forgotten when its push service says so, when
// its person signs out or is disabled, when somebody else signs in there, and
// when there are too many; programs and demos have none.
func TestBrowsersEnd(t *testing.T) {
	s := newSpace(t, nil)
	ann, ben := s.member("ann", []string{"finance"}, nil), s.member("ben", []string{"finance"}, nil)
	browsersOf := func(user string) int {
		t.Helper()
		list, err := s.srv.Identity.Browsers(t.Context(), s.key, user)
		must(t, err)
		return len(list)
	}
	one := s.enter(ann)
	must(t, one.do(t, "PUT", "/notices/settings", pushMentions, nil))
	x := one.agree(t)
	for _, gone := range []int{http.StatusNotFound, http.StatusGone} {
		x.answers(gone)
		must(t, one.do(t, "PUT", "/notices/browser", x.subscription(), nil))
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+s.customer("Gone")+"/notes", map[string]any{"text": "x", "mentions": []string{ann.ID}}, nil))
		s.eventually("it is forgotten", func() bool { return browsersOf(ann.ID) == 0 && s.waitingForBrowsers() == 0 })
	}
	if one.noticeBrowser(t).On {
		t.Error("a browser that is gone is on")
	}
	// Somebody else in the same browser.
	must(t, one.do(t, "PUT", "/notices/browser", x.subscription(), nil))
	other := s.enter(ben)
	must(t, other.do(t, "PUT", "/notices/browser", x.subscription(), nil))
	if browsersOf(ann.ID) != 0 || browsersOf(ben.ID) != 1 {
		t.Errorf("ann has %d, ben %d", browsersOf(ann.ID), browsersOf(ben.ID))
	}
	must(t, other.do(t, "DELETE", "/notices/browser", nil, nil))
	if browsersOf(ben.ID) != 0 {
		t.Error("ben took it back")
	}
	// Signing out, and too many.
	other.agree(t)
	must(t, other.do(t, "DELETE", "/session", nil, nil))
	if n := browsersOf(ben.ID); n != 0 {
		t.Errorf("%d after signing out", n)
	}
	for range 7 {
		s.enter(ann).agree(t)
	}
	if n := browsersOf(ann.ID); n != 5 {
		t.Errorf("%d browsers of one person", n)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+ann.ID, map[string]any{"disabled": true}, nil))
	if n := browsersOf(ann.ID); n != 0 {
		t.Errorf("%d of somebody who is disabled", n)
	}
	refused(t, "a program", s.c.Do(t.Context(), "PUT", "/notices/browser", x.subscription(), nil), "push.session")
	third := s.enter(ben)
	for _, change := range []struct{ field, value, at string }{{"endpoint", "javascript:alert(1)", "/endpoint"}, {"p256dh", "AAAA", "/p256dh"}, {"auth", "AAAA", "/auth"}} {
		bad := x.subscription()
		bad[change.field] = change.value
		if err := third.do(t, "PUT", "/notices/browser", bad, nil); !strings.HasPrefix(pointers(err), change.at) && !strings.HasPrefix(pointers(err), "/body"+change.at) {
			t.Errorf("%s: %v", change.field, err)
		}
	}
}
