package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/workflows/channel"
)

// pushKey sets web push up, and gives the key that browsers agree to.
func (s *space) pushKey() (public string) {
	s.t.Helper()
	var keys struct{ PublicKey, PrivateKey string }
	must(s.t, s.c.Do(s.t.Context(), "POST", "/channel-settings/push/keys", map[string]any{}, &keys))
	set := map[string]any{"subject": "mailto:a@example.com", "publicKey": keys.PublicKey, "privateKey": keys.PrivateKey}
	must(s.t, s.c.Do(s.t.Context(), "PUT", "/channel-settings/push", set, nil, "If-Match", s.revision("push")))
	return keys.PublicKey
}

// TestPushAgreement: a customer agrees by a link of their own and of nobody else's.
func TestPushAgreement(t *testing.T) {
	s := newSpace(t, nil)
	public := s.pushKey()
	c := s.create("customer", map[string]any{"name": "Anna"}).ID
	var link struct{ Path string }
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/push-link", map[string]any{}, &link); err != nil {
		t.Fatal(err)
	}
	_, mine, _ := strings.Cut(link.Path, "#")
	var key struct{ Key string }
	anybody := *s.c
	anybody.Token = ""
	if err := anybody.Do(t.Context(), "GET", "/push/"+mine, nil, &key); err != nil || key.Key != public {
		t.Fatalf("%v, %v", key, err)
	}
	sub := map[string]any{"endpoint": "https://push.example/1", "p256dh": public, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine+"x", sub, nil); statusOf(err) != 404 {
		t.Errorf("a wrong link: %v", err)
	}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine, map[string]any{"endpoint": "javascript:1", "p256dh": public, "auth": "x"}, nil); statusOf(err) != 422 {
		t.Errorf("not a subscription: %v", err)
	}
	for range 2 {
		if err := anybody.Do(t.Context(), "POST", "/push/"+mine, sub, nil); err != nil {
			t.Fatal(err)
		}
	}
	customer, _, err := s.srv.World.Subjects(t.Context(), s.key, c, nil)
	if got := s.srv.Channels["push"].Address(nil, customer); err != nil || got == "" || fmt.Sprint(len(customer["push"].([]any))) != "1" {
		t.Errorf("%q %v %v", got, customer["push"], err)
	}
	sub["leave"] = true
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine, sub, nil); err != nil {
		t.Fatal(err)
	}
	if customer, _, _ = s.srv.World.Subjects(t.Context(), s.key, c, nil); s.srv.Channels["push"].Address(nil, customer) != "" {
		t.Error("a browser that left is still there")
	}
}

// TestPushTest: who sets web push up sees a notice in their own browser; other
// channels know no browsers.
func TestPushTest(t *testing.T) {
	shown := 0
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Authorization"), "vapid t=") {
			shown++
		}
		w.WriteHeader(http.StatusCreated)
	}))
	defer service.Close()
	s := newSpace(t, nil)
	public := s.pushKey()
	hook := map[string]any{"url": service.URL}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/webhook", hook, nil, "If-Match", s.revision("webhook")); err != nil {
		t.Fatal(err)
	}
	var out struct{ Status string }
	test := func(key, endpoint string) error {
		browser := map[string]any{"endpoint": endpoint, "p256dh": public, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"}
		return s.c.Do(t.Context(), "POST", "/channel-settings/"+key+"/test", map[string]any{"browser": browser}, &out)
	}
	if err := test("push", service.URL+"/send/1"); err != nil || out.Status != "sent" || shown != 1 {
		t.Errorf("%+v, %d shown, %v", out, shown, err)
	}
	if err := test("push", "javascript:1"); statusOf(err) != 422 {
		t.Errorf("not an address: %v", err)
	}
	if err := test("webhook", service.URL); statusOf(err) != 422 || shown != 1 {
		t.Errorf("a browser for a webhook: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/channel-settings/push/test", map[string]any{}, &out); statusOf(err) != 422 {
		t.Errorf("no browser: %v", err)
	}
}

// TestTestInItsLanguage: a registered text is tried in the language that it is
// registered for, with a value for every variable.
func TestTestInItsLanguage(t *testing.T) {
	var sent map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&sent)
		_, _ = io.WriteString(w, `{"Response":{"SendStatusSet":[{"SerialNo":"S1","Code":"Ok"}]}}`)
	}))
	defer srv.Close()
	s := newSpace(t, nil)
	row := func(code, lang string) map[string]any {
		return map[string]any{"template": "overdue-sms", "code": code, "language": lang, "variables": channel.VarNames}
	}
	set := map[string]any{
		"provider": "tencent", "secretId": "A", "secretKey": "geheim", "appId": "1", "sign": "S", "endpoint": srv.URL,
		"templates": []map[string]any{row("EN", "en"), row("ZH", "zh-CN")},
	}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/sms", set, nil, "If-Match", s.revision("sms")); err != nil {
		t.Fatal(err)
	}
	for lang, code := range map[string]string{"en": "EN", "zh-CN": "ZH"} {
		var out struct{ Status string }
		in := map[string]any{"to": "13800138000", "template": "overdue-sms", "language": lang}
		if err := s.c.Do(t.Context(), "POST", "/channel-settings/sms/test", in, &out); err != nil || out.Status != "sent" || sent["TemplateId"] != code {
			t.Errorf("%s: %+v, %v, %v", lang, out, sent["TemplateId"], err)
		}
		values, _ := sent["TemplateParamSet"].([]any)
		for k, v := range values {
			if v == "" {
				t.Errorf("%s: no value for %s", lang, channel.VarNames[k])
			}
		}
		if len(values) != len(channel.VarNames) || strings.Contains(fmt.Sprint(values), "测试") != (lang == "zh-CN") {
			t.Errorf("%s: %v", lang, values)
		}
	}
}

// TestChannelSettings: secrets go in and never come out; a wrong field says
// where; a test goes out and says what came of it.
func TestChannelSettings(t *testing.T) {
	status, answer := 201, `{"sid":"SM1","status":"queued"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, token, _ := r.BasicAuth(); token != "geheim" {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `{"code":20003,"message":"Authenticate"}`)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	s := newSpace(t, nil)
	set := func(v map[string]any) error {
		return s.c.Do(t.Context(), "PUT", "/channel-settings/sms", v, nil, "If-Match", s.revision("sms"))
	}
	good := map[string]any{"provider": "twilio", "accountSid": "A", "authToken": "geheim", "from": "+1555", "endpoint": srv.URL, "rate": 2}
	if err := set(map[string]any{"provider": "twilio", "accountSid": "A"}); statusOf(err) != 422 || !strings.Contains(pointers(err), "required") {
		t.Errorf("half of it: %v", err)
	}
	if err := set(good); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items []struct {
			Key      string
			Set      bool
			Hook     string
			Schema   json.RawMessage
			Settings map[string]any
		}
	}
	if err := s.c.Do(t.Context(), "GET", "/channel-settings", nil, &list); err != nil || len(list.Items) < 14 {
		t.Fatalf("%d channels, %v", len(list.Items), err)
	}
	for _, c := range list.Items {
		if c.Key != "sms" {
			continue
		}
		if !c.Set || c.Settings["authToken"] != "•••" || c.Settings["accountSid"] != "A" || !strings.HasPrefix(c.Hook, "/api/v1/hooks/"+s.key+"/sms/") {
			t.Errorf("%+v", c)
		}
	}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/sms", good, nil, "If-Match", `"1"`); statusOf(err) != 409 {
		t.Errorf("settings that somebody else has changed: %v", err)
	}
	good["authToken"], good["rate"] = "•••", 3
	if err := set(good); err != nil {
		t.Fatal(err)
	}
	var out struct{ Status, Detail, Ref string }
	test := func(body map[string]any) error {
		return s.c.Do(t.Context(), "POST", "/channel-settings/sms/test", body, &out)
	}
	if err := test(map[string]any{"to": "13800138000"}); err != nil || out.Status != "sent" || out.Ref != "SM1" {
		t.Errorf("%+v, %v", out, err)
	}
	status, answer = 400, `{"code":21211,"message":"Invalid 'To'","status":400}`
	if err := test(map[string]any{"to": "13800138000"}); err != nil || out.Status != "failed" || !strings.Contains(out.Detail, "21211") {
		t.Errorf("%+v, %v", out, err)
	}
	if err := test(map[string]any{"to": "nonsense"}); statusOf(err) != 422 {
		t.Errorf("%+v, %v", out, err)
	}
	old, _ := s.srv.Spaces.Get(t.Context(), s.key)
	was := s.srv.Outreach.Hook(old, "sms")
	if err := s.c.Do(t.Context(), "POST", "/channel-settings/sms/hook", map[string]any{}, nil); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.tell("sms", "application/x-www-form-urlencoded", "MessageSid=SM1", func(string) string { return was }); status != 404 {
		t.Errorf("the old address answers %d", status)
	}
	if err := s.as("sales").Do(t.Context(), "GET", "/channel-settings", nil, nil); statusOf(err) != 403 {
		t.Errorf("sales may see settings: %v", err)
	}
}

func statusOf(err error) int {
	if p, ok := err.(*client.Problem); ok {
		return p.Status
	}
	return 0
}
