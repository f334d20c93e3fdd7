package voice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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

func TestVoice(t *testing.T) {
	var got map[string]string
	status, answer := 200, `{"id":"call-1"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := hmac.New(sha256.New, []byte("geheim"))
		h.Write([]byte(r.Header.Get("Webhook-Id") + "." + r.Header.Get("Webhook-Timestamp") + "." + string(body)))
		if r.Header.Get("Webhook-Signature") != "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)) || r.Header.Get("Authorization") != "Bearer tok" {
			w.WriteHeader(401)
			return
		}
		_ = json.Unmarshal(body, &got)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	c.Callback = func(ws string) string { return "https://due.example/" + ws }
	m := channel.Message{Key: "k", Workspace: "ws", To: "010-8888 6666", Text: "您好 𠮷", Language: "zh-CN"}
	set := func(secret string) json.RawMessage {
		return json.RawMessage(`{"url":"` + srv.URL + `","token":"tok","secret":"` + secret + `","caller":"4001"}`)
	}
	ref, err := c.Send(t.Context(), set("geheim"), m)
	if outcome(err) != "sent" || ref != "call-1" || got["to"] != "+861088886666" || got["text"] != "您好 𠮷" || got["callback"] != "https://due.example/ws" || got["id"] != channel.ID("k") {
		t.Errorf("%s %v %v", ref, err, got)
	}
	for _, x := range []struct {
		status       int
		answer, want string
	}{
		{200, ``, "sent"},
		{200, `<x>`, "unknown channel.garbage"},
		{400, `{"error":"badNumber","message":"no such number"}`, "permanent channel.badNumber"},
		{200, `{"error":"rateLimited"}`, "retry channel.rateLimited"},
		{500, ``, "unknown channel.unknown"},
		{503, `busy`, "retry channel.refusedForNow"},
		{400, `{"error":"new"}`, "permanent channel.refused"},
	} {
		status, answer = x.status, x.answer
		if _, err := c.Send(t.Context(), set("geheim"), m); outcome(err) != x.want {
			t.Errorf("%d %s: %s, want %s", x.status, x.answer, outcome(err), x.want)
		}
	}
	if _, err := c.Send(t.Context(), set("wrong"), m); outcome(err) != "retry channel.badCredentials" {
		t.Errorf("a wrong secret: %v", err)
	}
	m.To = "nobody"
	if _, err := c.Send(t.Context(), set("geheim"), m); outcome(err) != "permanent channel.badNumber" {
		t.Errorf("not a number: %v", err)
	}
	if c.Check(json.RawMessage(`{"url":"file:///etc/passwd"}`)) == nil || !strings.Contains(outcome(func() error {
		_, err := New(httpcall.New(false, nil)).Send(t.Context(), set("geheim"), channel.Message{To: "13800138000"})
		return err
	}()), "privateAddress") {
		t.Error("an address of the server's own network is called")
	}
}
