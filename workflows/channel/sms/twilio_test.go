package sms

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

func TestTwilio(t *testing.T) {
	var form url.Values
	status, answer := 201, `{"sid":"SM1","status":"queued","error_code":null}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, token, _ := r.BasicAuth()
		if user != "AC1" || token != "geheim" {
			w.WriteHeader(401)
			_, _ = w.Write([]byte(`{"code":20003,"message":"Authenticate","status":401}`))
			return
		}
		if r.URL.Path != "/2010-04-01/Accounts/AC1/Messages.json" || r.ParseForm() != nil {
			w.WriteHeader(404)
			return
		}
		form = r.PostForm
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	c.Callback = func(ws string) string { return "https://due.example/hooks/" + ws }
	settings := func(token string) json.RawMessage {
		return raw(t, map[string]any{"provider": "twilio", "accountSid": "AC1", "authToken": token, "from": "+15550100", "endpoint": srv.URL})
	}
	m := message()
	m.To = "+447400123456"
	for _, x := range []struct {
		status       int
		answer, want string
	}{
		{201, `{"sid":"SM1","status":"queued","error_code":null}`, "sent"},
		{400, `{"code":21211,"message":"Invalid 'To'","status":400}`, "permanent badNumber"},
		{400, `{"code":21610,"message":"unsubscribed"}`, "permanent blacklisted"},
		{429, `{"code":20429,"message":"Too Many Requests"}`, "retry rateLimited"},
		{400, `{"code":21617,"message":"too long"}`, "permanent contentRefused"},
		{500, `oops`, "unknown unknown"},
		{201, `{}`, "unknown garbage"},
		{503, ``, "retry refusedForNow"},
	} {
		status, answer = x.status, x.answer
		if _, err := c.Send(t.Context(), settings("geheim"), m); outcome(err) != x.want {
			t.Errorf("%d %s: got %s, want %s", x.status, x.answer, outcome(err), x.want)
		}
	}
	if form.Get("To") != m.To || form.Get("Body") != m.Text || form.Get("From") != "+15550100" || form.Get("StatusCallback") != "https://due.example/hooks/ws" {
		t.Errorf("form %v", form)
	}
	if _, err := c.Send(t.Context(), settings("wrong"), m); outcome(err) != "retry badCredentials" {
		t.Errorf("a wrong token gives %v", err)
	}
}

// TestTwilioSignature is the worked example of Twilio's security page.
func TestTwilioSignature(t *testing.T) {
	form := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	if got := twilioSignature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Errorf("signature %s", got)
	}
}

func TestTwilioNews(t *testing.T) {
	s := raw(t, map[string]any{"provider": "twilio", "accountSid": "AC1", "authToken": "geheim", "from": "MG1"})
	const at = "https://due.example/h"
	call := func(signed bool, kv ...string) ([]channel.News, error) {
		form := url.Values{}
		for k := 0; k < len(kv); k += 2 {
			form.Set(kv[k], kv[k+1])
		}
		in := channel.Inbound{URL: at, Header: http.Header{}, Body: []byte(form.Encode())}
		if signed {
			in.Header.Set("X-Twilio-Signature", twilioSignature("geheim", at, form))
		}
		news, _, err := New(nil).Receive(s, in)
		return news, err
	}
	if n, err := call(true, "MessageSid", "SM1", "MessageStatus", "delivered"); err != nil || len(n) != 1 || n[0].Kind != channel.Delivered || n[0].Ref != "SM1" {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err := call(true, "MessageSid", "SM1", "MessageStatus", "undelivered", "ErrorCode", "30005"); err != nil || len(n) != 1 || !n[0].Lasting {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err := call(true, "MessageSid", "SM1", "MessageStatus", "sent"); err != nil || len(n) != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err := call(true, "MessageSid", "SM9", "From", "+4474", "Body", "STOP"); err != nil || len(n) != 1 || n[0].Text != "STOP" {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := call(false, "MessageSid", "SM1", "MessageStatus", "delivered"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an unsigned call: %v", err)
	}
}

func TestSettings(t *testing.T) {
	for name, s := range map[string]map[string]any{
		"no provider": {}, "unknown provider": {"provider": "x"}, "half of aliyun": {"provider": "aliyun", "accessKeyId": "a"},
		"tencent's keys for twilio": {"provider": "twilio", "secretId": "a", "secretKey": "b"}, "a file": {"provider": "twilio", "accountSid": "a", "authToken": "b", "from": "1", "endpoint": "file:///etc/passwd"},
		"unknown field": {"provider": "twilio", "accountSid": "a", "authToken": "b", "from": "1", "x": 1}, "rate": {"provider": "twilio", "accountSid": "a", "authToken": "b", "from": "1", "rate": 0},
	} {
		if err := New(nil).Check(raw(t, s)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if err := New(nil).Check(raw(t, map[string]any{"provider": "twilio", "accountSid": "a", "authToken": "b", "from": "1", "rate": 0.5, "cost": 5})); err != nil {
		t.Error(err)
	}
	if !New(nil).Info().Secret("authToken") || New(nil).Info().Secret("from") {
		t.Error("secrets are not told from the rest")
	}
	// A server that refuses private addresses refuses them here too.
	s := raw(t, map[string]any{"provider": "twilio", "accountSid": "a", "authToken": "b", "from": "1", "endpoint": "http://169.254.169.254"})
	if _, err := New(httpcall.New(false, nil)).Send(t.Context(), s, message()); outcome(err) != "permanent privateAddress" {
		t.Errorf("%v", err)
	}
	m := message()
	for _, to := range []string{"010-88886666", "abc", "", "+1", "12345678901234567"} {
		m.To = to
		if _, err := New(httpcall.New(false, nil)).Send(t.Context(), s, m); outcome(err) != "permanent badNumber" {
			t.Errorf("%q: %v", to, err)
		}
	}
}
