package feishu

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
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

func TestRobot(t *testing.T) {
	var text, answer string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Timestamp, Sign string
			MsgType         string `json:"msg_type"`
			Content         struct{ Text string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.MsgType != "text" {
			t.Error(err)
		}
		ts, err := strconv.ParseInt(in.Timestamp, 10, 64)
		h := hmac.New(sha256.New, []byte(in.Timestamp+"\n"+"geheim"))
		h.Write(nil)
		if err != nil || time.Since(time.Unix(ts, 0)).Abs() > time.Hour || base64.StdEncoding.EncodeToString(h.Sum(nil)) != in.Sign {
			_, _ = w.Write([]byte(`{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time","data":{}}`))
			return
		}
		text = in.Content.Text
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	for a, want := range map[string]string{
		`{"code":0,"msg":"success","data":{},"StatusCode":0}`: "sent", `{"code":11232,"msg":"frequency limited"}`: "retry channel.rateLimited",
		`{"code":19001,"msg":"incoming webhook access token invalid"}`: "permanent channel.badAddress", `{"code":4711}`: "permanent channel.refused",
		`{"code":19022,"msg":"Ip Not Allowed"}`: "retry channel.ipRefused", `{"code":19024,"msg":"Key Words Not Found"}`: "retry channel.keywords",
		`{}`: "unknown channel.garbage", ``: "unknown channel.garbage",
	} {
		answer = a
		if _, err := c.Send(t.Context(), raw(channel.RobotSettings{URL: srv.URL, Secret: "geheim"}), channel.Message{Text: "提醒 𠮷"}); outcome(err) != want {
			t.Errorf("%s: got %s, want %s", a, outcome(err), want)
		}
	}
	if text != "提醒 𠮷" {
		t.Errorf("text %q", text)
	}
	if _, err := c.Send(t.Context(), raw(channel.RobotSettings{URL: srv.URL, Secret: "no"}), channel.Message{}); outcome(err) != "retry channel.badCredentials" {
		t.Errorf("a wrong secret: %v", err)
	}
}
