package wechat

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

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

func TestTemplateMessage(t *testing.T) {
	var in struct {
		Touser, URL string
		TemplateID  string `json:"template_id"`
		ClientMsgID string `json:"client_msg_id"`
		Data        map[string]struct{ Value string }
	}
	answer := `{"errcode":0,"errmsg":"ok","msgid":200228332}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case r.URL.Path == "/cgi-bin/token" && q.Get("grant_type") == "client_credential" && q.Get("appid") == "wx1" && q.Get("secret") == "geheim":
			_, _ = w.Write([]byte(`{"access_token":"T","expires_in":7200}`))
		case r.URL.Path == "/cgi-bin/token" && q.Get("secret") == "elsewhere":
			_, _ = w.Write([]byte(`{"errcode":40164,"errmsg":"invalid ip 203.0.113.9, not in whitelist"}`))
		case r.URL.Path == "/cgi-bin/token":
			_, _ = w.Write([]byte(`{"errcode":40125,"errmsg":"invalid appsecret"}`))
		case r.URL.Path == "/cgi-bin/message/template/send" && q.Get("access_token") == "T":
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				t.Error(err)
			}
			_, _ = w.Write([]byte(answer))
		default:
			_, _ = w.Write([]byte(`{"errcode":40014,"errmsg":"invalid access_token"}`))
		}
	}))
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	set := func(secret string) json.RawMessage {
		b, err := json.Marshal(map[string]any{
			"appId": "wx1", "appSecret": secret, "endpoint": srv.URL,
			"templates": []map[string]any{{"template": "*", "code": "any"}, {"template": "overdue", "code": "mine", "variables": []string{"amount3=amount", "thing1=name"}}, {"template": "overdue", "language": "en", "code": "english"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	m := channel.Message{Key: "k", To: "oABC", Template: "overdue", Language: "zh-CN", Vars: map[string]string{"amount": "¥5.00", "name": "𠮷野"}}
	ref, err := c.Send(t.Context(), set("geheim"), m)
	if outcome(err) != "sent" || ref != "200228332" || in.TemplateID != "mine" || in.Data["thing1"].Value != "𠮷野" || in.Data["amount3"].Value != "¥5.00" || in.ClientMsgID != channel.ID("k") {
		t.Errorf("%s %v %+v", ref, err, in)
	}
	m.Language = "en"
	if _, err := c.Send(t.Context(), set("geheim"), m); err != nil || in.TemplateID != "english" {
		t.Errorf("%v %+v", err, in)
	}
	for a, want := range map[string]string{
		`{"errcode":43004,"errmsg":"require subscribe"}`: "permanent channel.notFollower", `{"errcode":40003,"errmsg":"invalid openid"}`: "permanent channel.badAddress",
		`{"errcode":45009,"errmsg":"reach max api daily quota limit"}`: "retry channel.rateLimited", `{"errcode":40037,"errmsg":"invalid template_id"}`: "permanent channel.templateRefused",
	} {
		answer = a
		if _, err := c.Send(t.Context(), set("geheim"), m); outcome(err) != want {
			t.Errorf("%s: got %s, want %s", a, outcome(err), want)
		}
	}
	if _, err := c.Send(t.Context(), set("wrong"), m); outcome(err) != "retry channel.badCredentials" {
		t.Errorf("a wrong secret: %v", err)
	}
	if _, err := c.Send(t.Context(), set("elsewhere"), m); outcome(err) != "retry channel.ipRefused" || channel.DetailOf(err) != "40164: invalid ip 203.0.113.9, not in whitelist" {
		t.Errorf("a server that is not on the list: %v", err)
	}
}
