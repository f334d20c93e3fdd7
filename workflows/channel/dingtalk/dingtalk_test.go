package dingtalk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

func outcome(err error) string {
	if err == nil {
		return "sent"
	}
	class, reason := channel.ClassOf(err)
	return []string{"retry", "permanent", "unknown"}[class] + " " + reason
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// robot checks calls as DingTalk does: the signature is that of the timestamp,
// no older than an hour.
func robot(t *testing.T, secret string, got *string, answer *string) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("access_token") != "TOK" {
			_, _ = w.Write([]byte(`{"errcode":300001,"errmsg":"token is not exist"}`))
			return
		}
		ms, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
		h := hmac.New(sha256.New, []byte(secret))
		_, _ = fmt.Fprintf(h, "%d\n%s", ms, secret)
		if err != nil || time.Since(time.UnixMilli(ms)).Abs() > time.Hour || base64.StdEncoding.EncodeToString(h.Sum(nil)) != q.Get("sign") {
			_, _ = w.Write([]byte(`{"errcode":310000,"errmsg":"sign not match"}`))
			return
		}
		var in struct {
			Msgtype string
			Text    struct{ Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Msgtype != "text" {
			t.Error(err, in)
		}
		*got = in.Text.Content
		_, _ = w.Write([]byte(*answer))
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestRobot(t *testing.T) {
	var got, answer string
	srv := robot(t, "SECgeheim+/", &got, &answer)
	c := New(httpcall.New(true, nil))
	to := srv.URL + "/robot/send?access_token=TOK"
	for answer_, want := range map[string]string{
		`{"errcode":0,"errmsg":"ok"}`: "sent", `{"errcode":130101,"errmsg":"send too fast"}`: "retry channel.rateLimited",
		`{"errcode":-1,"errmsg":"busy"}`: "retry channel.refusedForNow", `{"errcode":400013,"errmsg":"group dismissed"}`: "permanent channel.badAddress",
		`{"errcode":310000,"errmsg":"keywords not in content"}`: "retry channel.keywords", `{"errcode":310000,"errmsg":"invalid timestamp"}`: "retry channel.badCredentials",
		`{"errcode":310000,"errmsg":"ip 203.0.113.7 not in whitelist"}`: "retry channel.ipRefused",
		`{}`: "unknown channel.garbage", `<html>`: "unknown channel.garbage",
	} {
		answer = answer_
		_, err := c.Send(t.Context(), raw(channel.RobotSettings{URL: to, Secret: "SECgeheim+/"}), channel.Message{Text: "提醒 𠮷"})
		if outcome(err) != want {
			t.Errorf("%s: got %s (%v), want %s", answer, outcome(err), err, want)
		}
	}
	if got != "提醒 𠮷" {
		t.Errorf("text %q", got)
	}
	if _, err := c.Send(t.Context(), raw(channel.RobotSettings{URL: to, Secret: "wrong"}), channel.Message{Text: "x"}); outcome(err) != "retry channel.badCredentials" {
		t.Errorf("a wrong secret: %v", err)
	}
	if _, err := c.Send(t.Context(), raw(channel.RobotSettings{URL: srv.URL + "/robot/send?access_token=no"}), channel.Message{Text: "x"}); outcome(err) != "permanent channel.badAddress" {
		t.Errorf("a wrong token: %v", err)
	}
}

// TestAddress: a customer's own group is used only where it is one of
// DingTalk's; its token is not an address to be stored.
func TestAddress(t *testing.T) {
	c := New(httpcall.New(false, nil))
	set := raw(channel.RobotSettings{URL: "https://oapi.dingtalk.com/robot/send?access_token=t"})
	for own, want := range map[string]string{
		"https://oapi.dingtalk.com/robot/send?access_token=x": channel.Group, "http://oapi.dingtalk.com/robot": "", "https://oapi.dingtalk.com.evil.example/": "",
		"https://oapi.dingtalk.com@169.254.169.254/": "", "http://169.254.169.254/": "", "https://oapi.dingtalk.com:8443/": "", "": "",
	} {
		if got := c.Address(nil, map[string]any{"groupBot": own}); got != want {
			t.Errorf("%q: address %q, want %q", own, got, want)
		}
		if got := c.Address(set, map[string]any{"groupBot": own}); got != channel.Group {
			t.Errorf("%q: address %q with a group in the settings", own, got)
		}
	}
	// And what a record names is not called when it is none of them.
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a customer's record sent us elsewhere") }))
	defer srv.Close()
	_, err := c.Send(t.Context(), raw(map[string]any{}), channel.Message{Text: "x", Record: map[string]any{"groupBot": srv.URL}})
	if outcome(err) != "permanent channel.badAddress" {
		t.Errorf("%v", err)
	}
}
