package wecomapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
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

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// wecom is a WeCom API: tokens are given for the right secret, and only the
// newest one is good.
type wecom struct {
	mu             sync.Mutex
	given, sent    int
	expire, always bool
	answer         string
	last           map[string]any
}

func (s *wecom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	switch r.URL.Path {
	case "/cgi-bin/gettoken":
		if q.Get("corpid") != "CORP" || q.Get("corpsecret") != "geheim" {
			_, _ = w.Write([]byte(`{"errcode":40001,"errmsg":"invalid credential"}`))
			return
		}
		s.given++
		_, _ = fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","access_token":"T%d","expires_in":7200}`, s.given)
	case "/cgi-bin/message/send":
		if q.Get("access_token") != fmt.Sprintf("T%d", s.given) || s.expire || s.always {
			s.expire = false
			_, _ = w.Write([]byte(`{"errcode":42001,"errmsg":"access_token expired"}`))
			return
		}
		s.sent++
		_ = json.NewDecoder(r.Body).Decode(&s.last)
		_, _ = w.Write([]byte(s.answer))
	default:
		w.WriteHeader(404)
	}
}

func TestApplication(t *testing.T) {
	api := &wecom{answer: `{"errcode":0,"errmsg":"ok","invaliduser":"","msgid":"M1"}`}
	srv := httptest.NewServer(api)
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	set := raw(Settings{CorpID: "CORP", CorpSecret: "geheim", AgentID: 7, Endpoint: srv.URL})
	m := channel.Message{To: "lisi", Text: "提醒 𠮷"}
	send := func(want string) string {
		t.Helper()
		ref, err := c.Send(t.Context(), set, m)
		if outcome(err) != want {
			t.Errorf("got %s (%v), want %s", outcome(err), err, want)
		}
		return ref
	}
	if ref := send("sent"); ref != "M1" || api.last["touser"] != "lisi" || api.last["agentid"] != 7.0 {
		t.Errorf("%s %v", ref, api.last)
	}
	send("sent")
	if api.given != 1 {
		t.Errorf("%d tokens for two messages", api.given)
	}
	api.expire = true
	send("sent")
	if api.given != 2 || api.sent != 3 {
		t.Errorf("%d tokens, %d messages after an expiry", api.given, api.sent)
	}
	api.always = true
	send("retry channel.badCredentials") // a token that is never good is not fetched for ever
	if api.given != 3 {
		t.Errorf("%d tokens", api.given)
	}
	api.always = false
	for answer, want := range map[string]string{
		`{"errcode":0,"errmsg":"ok","invaliduser":"lisi"}`: "permanent channel.badAddress", `{"errcode":81013,"errmsg":"user & party & tag all invalid"}`: "permanent channel.badAddress",
		`{"errcode":45009,"errmsg":"api freq out of limit"}`: "retry channel.rateLimited", `{"errcode":60020,"errmsg":"not allow to access from your ip"}`: "retry channel.ipRefused",
		`{"errmsg":"?"}`: "unknown channel.garbage", `<x>`: "unknown channel.garbage",
	} {
		api.answer = answer
		send(want)
	}
	set = raw(Settings{CorpID: "CORP", CorpSecret: "wrong", AgentID: 7, Endpoint: srv.URL})
	send("retry channel.badCredentials")
}
