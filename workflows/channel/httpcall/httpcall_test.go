package httpcall

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
)

func TestNoAddress(t *testing.T) {
	for _, to := range []string{"https://good.example@evil.example/", "file:///etc/passwd", "https://", "gopher://x", "\x00"} {
		_, err := New(true, nil).Do(t.Context(), Call{URL: to})
		expect(t, err, "permanent channel.badAddress")
	}
}

func TestJSON(t *testing.T) {
	var answer string
	status := 200
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	d := New(true, nil)
	for _, c := range []struct {
		status       int
		answer, want string
	}{
		{200, `{"a":1}`, "sent"},
		{200, `<html>busy</html>`, "unknown channel.garbage"},
		{200, ``, "unknown channel.garbage"},
		{500, `{}`, "unknown channel.unknown"},
		{502, ``, "unknown channel.unknown"},
		{503, ``, "retry channel.refusedForNow"},
		{429, ``, "retry channel.rateLimited"},
		{401, ``, "retry channel.badCredentials"},
		{404, ``, "permanent channel.refused"},
		{302, ``, "permanent channel.refused"},
	} {
		status, answer = c.status, c.answer
		var out map[string]any
		expect(t, d.JSON(t.Context(), srv.URL, map[string]any{}, &out), c.want)
	}
}

// TestNoSecretInErrors: addresses of providers hold tokens, and errors get
// into logs.
func TestNoSecretInErrors(t *testing.T) {
	_, err := New(true, nil).Do(t.Context(), Call{URL: "http://127.0.0.1:1/robot/send?access_token=geheim"})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("the error is %v", err)
	}
}

func TestTokens(t *testing.T) {
	var k Tokens
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	n := 0
	get := func(at time.Time) string {
		s, err := k.Get(t.Context(), "a", at, func(context.Context) (string, time.Duration, error) {
			n++
			return strings.Repeat("t", n), 2 * time.Hour, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if get(now) != "t" || get(now.Add(time.Hour)) != "t" {
		t.Error("a token that holds was fetched again")
	}
	if get(now.Add(2*time.Hour-time.Minute)) != "tt" {
		t.Error("a token was used until its last moment")
	}
	k.Drop("a", "t") // an old one: another caller has a newer by now
	if get(now.Add(2*time.Hour)) != "tt" {
		t.Error("dropping an old token dropped the new one")
	}
	k.Drop("a", "tt")
	if get(now.Add(2*time.Hour)) != "ttt" {
		t.Error("a refused token is used again")
	}
	_, err := k.Get(t.Context(), "b", now, func(context.Context) (string, time.Duration, error) {
		return "", 0, channel.Fail(channel.Unknown, "channel.unknown", errors.New("hung"))
	})
	expect(t, err, "retry channel.noConnection")
}
