package wecombot

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

func TestRobot(t *testing.T) {
	var text string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Msgtype string
			Text    struct{ Content string }
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		switch {
		case r.URL.Path != "/cgi-bin/webhook/send" || r.URL.Query().Get("key") != "KEY":
			_, _ = w.Write([]byte(`{"errcode":93000,"errmsg":"invalid webhook url"}`))
		case in.Msgtype != "text":
			_, _ = w.Write([]byte(`{"errcode":40008,"errmsg":"invalid message type"}`))
		case len(in.Text.Content) > 2048:
			_, _ = w.Write([]byte(`{"errcode":40058,"errmsg":"content exceed max length"}`))
		default:
			text = in.Text.Content
			_, _ = w.Write([]byte(`{"errcode":0,"errmsg":"ok"}`))
		}
	}))
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	send := func(key, words string) (channel.Class, string) {
		raw, err := json.Marshal(channel.RobotSettings{URL: srv.URL + "/cgi-bin/webhook/send?key=" + key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.Send(t.Context(), raw, channel.Message{Text: words}); err == nil {
			return 0, "sent"
		}
		return channel.ClassOf(err)
	}
	if _, got := send("KEY", "提醒 𠮷"); got != "sent" || text != "提醒 𠮷" {
		t.Errorf("%s, %q", got, text)
	}
	if class, got := send("NO", "x"); class != channel.Permanent || got != "channel.badAddress" {
		t.Errorf("a wrong key: %v %s", class, got)
	}
	if class, got := send("KEY", strings.Repeat("长", 700)); class != channel.Permanent || got != "channel.contentRefused" {
		t.Errorf("a long text: %v %s", class, got)
	}
}
