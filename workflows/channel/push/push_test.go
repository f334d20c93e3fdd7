package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// TestStandardExample is appendix A of RFC 8291.
func TestStandardExample(t *testing.T) {
	private, err := ecdh.P256().NewPrivateKey(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	sub := Subscription{P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", Auth: "BTBZMqHH6r4Tts7J_aSIgg"}
	got, err := seal(sub, []byte("When I grow up, I want to be a watermelon"), &secrets{private, decode("DGv6ra1nlYgDCS1FRnbzlw")})
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if s := base64.RawURLEncoding.EncodeToString(got); s != want {
		t.Errorf("got %s", s)
	}
}

// browser is one with keys of its own, behind a push service that checks the
// signed claim and what is sealed, by the standards and not by our code.
type browser struct {
	t      *testing.T
	key    *ecdh.PrivateKey
	auth   []byte
	public string // the VAPID key it subscribed with
	url    string
	status int
	notice map[string]string
	topic  string
}

func derive(salt, ikm []byte, info string, n int) []byte {
	h := hmac.New(sha256.New, salt)
	h.Write(ikm)
	h = hmac.New(sha256.New, h.Sum(nil))
	h.Write([]byte(info + "\x01"))
	return h.Sum(nil)[:n]
}

func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.status != 201 {
		w.WriteHeader(b.status)
		return
	}
	if !b.claimed(r) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" || len(body) < 103 || len(body) > 4096 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	salt, theirs := body[:16], body[21:86]
	peer, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil || body[20] != 65 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	shared, err := b.key.ECDH(peer)
	if err != nil {
		b.t.Error(err)
	}
	ikm := derive(b.auth, shared, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(theirs), 32)
	block, _ := aes.NewCipher(derive(salt, ikm, "Content-Encoding: aes128gcm\x00", 16))
	aead, _ := cipher.NewGCM(block)
	plain, err := aead.Open(nil, derive(salt, ikm, "Content-Encoding: nonce\x00", 12), body[86:], nil)
	if err != nil || plain[len(plain)-1] != 2 {
		b.t.Errorf("the notice does not open: %v", err)
	} else if err := json.Unmarshal(plain[:len(plain)-1], &b.notice); err != nil {
		b.t.Error(err)
	}
	b.topic = r.Header.Get("Topic")
	w.WriteHeader(http.StatusCreated)
}

func (b *browser) claimed(r *http.Request) bool {
	auth, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid t=")
	token, key, ok2 := strings.Cut(auth, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !ok2 || key != b.public || len(parts) != 3 {
		return false
	}
	point, sig := decode(key), decode(parts[2])
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	return err == nil && len(sig) == 64 && ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) &&
		json.Unmarshal(decode(parts[1]), &claims) == nil && strings.HasPrefix(b.url, claims.Aud) && strings.HasPrefix(claims.Sub, "mailto:") &&
		time.Until(time.Unix(claims.Exp, 0)) > 0 && time.Until(time.Unix(claims.Exp, 0)) <= 24*time.Hour
}

func (b *browser) subscription() map[string]any {
	enc := base64.RawURLEncoding
	return map[string]any{"endpoint": b.url + "/push/1", "p256dh": enc.EncodeToString(b.key.PublicKey().Bytes()), "auth": enc.EncodeToString(b.auth)}
}

func open(t *testing.T, public string) *browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, key: key, auth: []byte("0123456789abcdef"), public: public, status: 201}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	return b
}

func outcome(err error) string {
	if err == nil {
		return "sent"
	}
	class, reason := channel.ClassOf(err)
	return []string{"retry", "permanent", "unknown"}[class] + " " + reason
}

func TestPush(t *testing.T) {
	c := New(httpcall.New(true, nil))
	public, private, err := c.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(Settings{Subject: "mailto:ar@example.com", PublicKey: public, PrivateKey: private, Link: "https://pay.example/"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(raw); err != nil {
		t.Fatal(err)
	}
	one, two := open(t, public), open(t, public)
	m := channel.Message{Key: "k", Subject: "提醒 𠮷", Text: strings.Repeat("您好 𠮷 ", 400), Record: map[string]any{"push": []any{one.subscription(), two.subscription()}}}
	if c.Address(nil, m.Record) == "" || c.Address(nil, map[string]any{}) != "" || c.Address(nil, map[string]any{"push": "x"}) != "" {
		t.Error("the address of browsers")
	}
	send := func(want string) {
		t.Helper()
		if _, err := c.Send(t.Context(), raw, m); outcome(err) != want {
			t.Errorf("got %s (%v), want %s", outcome(err), err, want)
		}
	}
	send("sent")
	if one.notice["title"] != "提醒 𠮷" || one.notice["url"] != "https://pay.example/" || two.notice["tag"] != channel.ID("k") || one.topic != channel.ID("k") || !strings.HasSuffix(one.notice["body"], "…") {
		t.Errorf("%v, %v", one.notice, two.topic)
	}
	one.status = 410
	send("sent") // the other browser is there
	two.status = 410
	send("permanent channel.expired")
	two.status = 500
	send("unknown channel.unknown") // one that broke may have shown it
	one.status, two.status = 429, 429
	send("retry channel.rateLimited")
	one.status, one.public = 201, "other"
	m.Record = map[string]any{"push": []any{one.subscription()}}
	send("retry channel.badCredentials")
	// A subscription is text from a stranger: it leads nowhere but to the public.
	if _, err := New(httpcall.New(false, nil)).Send(t.Context(), raw, m); outcome(err) != "permanent channel.privateAddress" {
		t.Errorf("a private push service: %v", err)
	}
	for _, bad := range []map[string]any{{}, {"endpoint": "file:///x", "p256dh": "x", "auth": "x"}, {"endpoint": one.url, "p256dh": "AAAA", "auth": "AAAA"}} {
		m.Record = map[string]any{"push": []any{bad}}
		send("permanent channel.badAddress")
	}
	other, _, _ := c.NewKeys()
	if c.Check([]byte(`{"subject":"mailto:a@b.c","publicKey":"`+other+`","privateKey":"`+private+`"}`)) == nil {
		t.Error("keys that are no pair pass")
	}
}

func TestCheckSubscription(t *testing.T) {
	b := open(t, "")
	raw, _ := json.Marshal(b.subscription())
	var good Subscription
	if err := json.Unmarshal(raw, &good); err != nil || CheckSubscription(good) != nil {
		t.Fatal(err, CheckSubscription(good))
	}
	for _, change := range []func(*Subscription){
		func(s *Subscription) { s.Endpoint = "javascript:alert(1)" }, func(s *Subscription) { s.Endpoint = "https://a/" + strings.Repeat("x", 2000) },
		func(s *Subscription) { s.P256dh = "BAAA" }, func(s *Subscription) { s.Auth = "" }, func(s *Subscription) { s.Auth = "!!" },
	} {
		s := good
		change(&s)
		if CheckSubscription(s) == nil {
			t.Errorf("%+v passes", s)
		}
	}
}
