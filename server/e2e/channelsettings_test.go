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
)

// TestPushAgreement: a customer agrees by a link of their own and of nobody else's.
func TestPushAgreement(t *testing.T) {
	s := newSpace(t, nil)
	var keys struct{ PublicKey, PrivateKey string }
	if err := s.c.Do(t.Context(), "POST", "/channel-settings/push/keys", map[string]any{}, &keys); err != nil {
		t.Fatal(err)
	}
	set := map[string]any{"subject": "mailto:a@example.com", "publicKey": keys.PublicKey, "privateKey": keys.PrivateKey}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/push", set, nil, "If-Match", s.revision("push")); err != nil {
		t.Fatal(err)
	}
	c := s.create("customer", map[string]any{"name": "Anna"}).ID
	var link struct{ Path string }
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/push-link", map[string]any{}, &link); err != nil {
		t.Fatal(err)
	}
	_, mine, _ := strings.Cut(link.Path, "#")
	var key struct{ Key string }
	anybody := *s.c
	anybody.Token = ""
	if err := anybody.Do(t.Context(), "GET", "/push/"+mine, nil, &key); err != nil || key.Key != keys.PublicKey {
		t.Fatalf("%v, %v", key, err)
	}
	sub := map[string]any{"endpoint": "https://push.example/1", "p256dh": keys.PublicKey, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine+"x", sub, nil); statusOf(err) != 404 {
		t.Errorf("a wrong link: %v", err)
	}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine, map[string]any{"endpoint": "javascript:1", "p256dh": keys.PublicKey, "auth": "x"}, nil); statusOf(err) != 422 {
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
