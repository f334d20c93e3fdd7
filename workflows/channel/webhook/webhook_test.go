package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func settings(t *testing.T, s Settings) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// outcome is an error's class in words, "sent" for none.
func outcome(err error) string {
	if err == nil {
		return "sent"
	}
	class, reason := channel.ClassOf(err)
	return []string{"retry", "permanent", "unknown"}[class] + " " + reason
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	if got := outcome(err); got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

// verify is a receiver's check, written from the Standard Webhooks text and
// not from our code.
func verify(t *testing.T, r *http.Request, body []byte, secret string) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	signed := r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	for sig := range strings.FieldsSeq(r.Header.Get("webhook-signature")) {
		version, value, _ := strings.Cut(sig, ",")
		got, err := base64.StdEncoding.DecodeString(value)
		if version == "v1" && err == nil && hmac.Equal(got, mac.Sum(nil)) {
			return
		}
	}
	t.Errorf("no valid signature in %q", r.Header.Get("webhook-signature"))
}

func TestSignedMessage(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	calls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		verify(t, r, body, secret)
		if got := r.Header.Get("Webhook-Timestamp"); got != "1772452800" {
			t.Errorf("timestamp %s", got)
		}
		var in struct {
			Type string
			Data channel.Message
		}
		if err := json.Unmarshal(body, &in); err != nil || in.Type != "message" || in.Data.Subject != "提醒 𠮷" || in.Data.Amount != 120 {
			t.Errorf("body %s: %v", body, err)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer srv.Close()
	m := channel.Message{Key: "friendly/inv-1/first/1", Subject: "提醒 𠮷", Amount: 120}
	ref, err := New(httpcall.New(true, clock)).Send(t.Context(), settings(t, Settings{URL: srv.URL, Secret: secret}), m)
	expect(t, err, "sent")
	if ref != m.Key || calls != 1 {
		t.Errorf("ref %q after %d calls", ref, calls)
	}
	// A step's call goes elsewhere, signed with the same secret.
	body, err := json.Marshal(map[string]any{"type": "message", "data": m})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, New(httpcall.New(true, clock)).Call(t.Context(), settings(t, Settings{URL: "http://elsewhere.example", Secret: secret}), srv.URL, "k", body), "sent")
}

func TestKnownSignature(t *testing.T) {
	// The example of the Standard Webhooks libraries.
	got := channel.Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if got != "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("got %s", got)
	}
}

func TestAnswers(t *testing.T) {
	for status, want := range map[int]string{
		200: "sent", 201: "sent", 202: "sent",
		408: "retry channel.refusedForNow", 429: "retry channel.refusedForNow", 500: "retry channel.refusedForNow", 503: "retry channel.refusedForNow",
		400: "permanent channel.refused", 404: "permanent channel.refused", 410: "permanent channel.refused",
		504: "unknown channel.unknown",
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		if got := outcome(New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", nil)); got != want {
			t.Errorf("status %d: got %s, want %s", status, got, want)
		}
		srv.Close()
	}
}

// TestReceiversWords: what the receiver says stands beside its status, if it is
// written for people or programs.
func TestReceiversWords(t *testing.T) {
	for _, x := range []struct{ media, body, want string }{
		{"application/json", `{"error": "no such workspace"}`, `HTTP 422: {"error": "no such workspace"}`},
		{"text/plain; charset=utf-8", "没有\n此工作区", "HTTP 422: 没有 此工作区"},
		{"text/html", "<h1>Unprocessable</h1>", "HTTP 422"},
		{"text/plain", "\xff\xfe", "HTTP 422"},
		{"", "", "HTTP 422"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", x.media)
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(x.body))
		}))
		if got := channel.DetailOf(New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", nil)); got != x.want {
			t.Errorf("%s %q: got %q, want %q", x.media, x.body, got, x.want)
		}
		srv.Close()
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var reached atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer target.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		srv := httptest.NewServer(http.RedirectHandler(target.URL, status))
		expect(t, New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", []byte("x")), "permanent channel.refused")
		srv.Close()
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the target was called %d times", n)
	}
}

func TestConnectionRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() //nolint:errcheck // nobody listens there now
	expect(t, New(httpcall.New(true, clock)).Post(t.Context(), "http://"+l.Addr().String(), "", "id", nil), "retry channel.noConnection")
}

func TestBadAddress(t *testing.T) {
	for _, to := range []string{"ftp://example.com/x", "http://", "http://user:pw@example.com", "file:///etc/passwd", "http://[::1", "gopher://127.0.0.1:25"} {
		expect(t, New(httpcall.New(true, clock)).Post(t.Context(), to, "", "id", nil), "permanent channel.badAddress")
		if err := New(httpcall.New(true, clock)).Check(settings(t, Settings{URL: to})); err == nil {
			t.Errorf("%s passes as a setting", to)
		}
	}
}

// TestCutAfterRequest: the receiver has read the request and is gone before
// it answers, so the message may have been taken.
func TestCutAfterRequest(t *testing.T) {
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close() //nolint:errcheck // the cut
	}))
	defer srv.Close()
	expect(t, New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", []byte("{}")), "unknown channel.unknown")
	if n := calls.Load(); n != 1 {
		t.Errorf("%d calls, want 1: a repeat could be a second message", n)
	}
}

// TestCutOnReusedConnection: the transport repeats some requests on its own
// when a kept connection turns out closed; ours must not be among them.
func TestCutOnReusedConnection(t *testing.T) {
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if calls.Add(1) == 1 {
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close() //nolint:errcheck // the cut
	}))
	defer srv.Close()
	c := New(httpcall.New(true, clock))
	expect(t, c.Post(t.Context(), srv.URL, "", "1", []byte("{}")), "sent")
	expect(t, c.Post(t.Context(), srv.URL, "", "2", []byte("{}")), "unknown channel.unknown")
	if n := calls.Load(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

func TestNoAnswer(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer srv.Close()
	defer close(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	expect(t, New(httpcall.New(true, clock)).Post(ctx, srv.URL, "", "id", []byte("{}")), "unknown channel.unknown")
}

// TestHugeAnswer: what follows the status is of no interest and not waited for.
func TestHugeAnswer(t *testing.T) {
	var written atomic.Int64
	done := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(done)
		block := bytes.Repeat([]byte("x"), 64<<10)
		for range 1 << 14 { // one gibibyte
			n, err := w.Write(block)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	expect(t, New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", nil), "sent")
	<-done
	if n := written.Load(); n > 64<<20 {
		t.Errorf("the receiver got rid of %d bytes", n)
	}
}

func TestHugeHeader(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
	}))
	defer srv.Close()
	expect(t, New(httpcall.New(true, clock)).Post(t.Context(), srv.URL, "", "id", nil), "unknown channel.unknown")
}
