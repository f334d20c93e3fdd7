package e2e

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/identity"
)

type liveFrame struct {
	Type    string `json:"type"`
	Seq     int64  `json:"seq"`
	Session string `json:"session"`
	Events  []struct {
		Type     string `json:"type"`
		ID       string `json:"id"`
		Customer string `json:"customer"`
	} `json:"events"`
	Doc    string `json:"doc"`
	People []struct {
		ID, At  string
		Editing bool
	} `json:"people"`
}

type socket struct {
	t    *testing.T
	conn *websocket.Conn
	raw  []string
}

func dial(t *testing.T, c *client.Client, query string) *socket {
	t.Helper()
	url := strings.Replace(c.URL, "http", "ws", 1) + "/api/v1/live" + query
	conn, res, err := websocket.DefaultDialer.Dial(url, http.Header{"Authorization": {"Bearer " + c.Token}})
	if err != nil {
		t.Fatalf("%v %v", err, res)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &socket{t: t, conn: conn}
}

// next reads frames until one fits; false when none came in time.
func (s *socket) next(fits func(liveFrame) bool, within time.Duration) (liveFrame, bool) {
	s.t.Helper()
	_ = s.conn.SetReadDeadline(time.Now().Add(within))
	for {
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			return liveFrame{}, false
		}
		s.raw = append(s.raw, string(raw))
		var f liveFrame
		if err := json.Unmarshal(raw, &f); err != nil {
			s.t.Fatal(err)
		}
		if fits(f) {
			return f, true
		}
	}
}

func about(customer string) func(liveFrame) bool {
	return func(f liveFrame) bool {
		for _, e := range f.Events {
			if e.Customer == customer {
				return true
			}
		}
		return false
	}
}

// TestLiveSocket: what changes is told within the scope only, and who comes
// back after a break goes on where it was.
func TestLiveSocket(t *testing.T) {
	s := newSpace(t, nil)
	seen, hidden := s.create("customer", map[string]any{"name": "Seen", "tier": "A"}).ID, s.customer("Hidden")
	s.testerRole(filter.Eq("tier", "A"), nil)
	all, narrow := dial(t, s.c, ""), dial(t, s.as("tester"), "")
	hello, ok := all.next(func(f liveFrame) bool { return f.Type == "hello" }, 5*time.Second)
	if !ok || hello.Session == "" {
		t.Fatalf("no hello: %+v", hello)
	}
	if _, ok := narrow.next(func(f liveFrame) bool { return f.Type == "hello" }, 5*time.Second); !ok {
		t.Fatal("no hello")
	}
	s.invoice(hidden, "H-1", 100, s.today())
	if _, ok := all.next(about(hidden), 5*time.Second); !ok {
		t.Error("who sees all was not told")
	}
	s.invoice(seen, "S-1", 100, s.today())
	if _, ok := narrow.next(about(seen), 5*time.Second); !ok {
		t.Error("who sees the account was not told")
	}
	for _, raw := range narrow.raw {
		if strings.Contains(raw, hidden) {
			t.Errorf("an invisible account was named: %s", raw)
		}
	}
	from, ok := all.next(about(seen), 5*time.Second)
	if !ok {
		t.Fatal("who sees all was not told of the second")
	}
	_ = all.conn.Close()
	s.invoice(hidden, "H-2", 100, s.today())
	back := dial(t, s.c, "?after="+strconv.FormatInt(from.Seq, 10))
	if _, ok := back.next(about(hidden), 5*time.Second); !ok {
		t.Error("what happened in the break was not told")
	}
	old := dial(t, s.c, "?after=17")
	if _, ok := old.next(func(f liveFrame) bool { return f.Type == "reset" }, 5*time.Second); !ok {
		t.Error("a sequence from long ago is not told to start anew")
	}
}

// TestPresenceSocket: two people at one flow see each other and where they are.
func TestPresenceSocket(t *testing.T) {
	s := newSpace(t, nil)
	key := s.newFlow("Meeting")
	a, b := dial(t, s.c, ""), dial(t, s.as("admin"), "")
	say := func(x *socket, v any) {
		t.Helper()
		if err := x.conn.WriteJSON(v); err != nil {
			t.Fatal(err)
		}
	}
	doc := "flow/" + key
	say(a, map[string]any{"type": "here", "doc": doc, "at": "start", "editing": true})
	// The two sockets are read side by side: who came first is only certain once it has been told.
	if _, ok := a.next(func(f liveFrame) bool { return f.Type == "presence" && len(f.People) == 1 }, 5*time.Second); !ok {
		t.Fatal("who came is not told")
	}
	say(b, map[string]any{"type": "here", "doc": doc, "at": "end"})
	f, ok := a.next(func(f liveFrame) bool { return f.Type == "presence" && len(f.People) == 2 }, 5*time.Second)
	if !ok || f.People[0].At != "start" || !f.People[0].Editing {
		t.Fatalf("presence %+v", f)
	}
	say(a, map[string]any{"type": "here", "doc": doc, "at": "end"})
	if _, ok := b.next(func(f liveFrame) bool {
		return f.Type == "presence" && len(f.People) == 2 && f.People[0].At == "end" && f.People[1].At == "end"
	}, 5*time.Second); !ok {
		t.Error("a move was not told")
	}
	_ = a.conn.Close()
	if _, ok := b.next(func(f liveFrame) bool { return f.Type == "presence" && len(f.People) == 1 }, 5*time.Second); !ok {
		t.Error("who left is still there")
	}
	none := &client.Client{URL: s.srv.URL, Token: "dfk_nobody"}
	if _, res, err := websocket.DefaultDialer.Dial(strings.Replace(none.URL, "http", "ws", 1)+"/api/v1/live", http.Header{"Authorization": {"Bearer " + none.Token}}); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger got in: %v", err)
	}
}

// TestSocketsEndWhileTheyAreHeard: connections that the server ends, because their
// key is revoked, while their tabs are still talking leave the server standing.
func TestSocketsEndWhileTheyAreHeard(t *testing.T) {
	s := newSpace(t, nil)
	k, secret, err := s.srv.Identity.CreateKey(t.Context(), policies.SystemActor(s.key, "test"), identity.NewKey{Name: "tab", Roles: []string{"admin"}})
	must(t, err)
	tab := &client.Client{URL: s.srv.URL, Token: secret}
	var talking sync.WaitGroup
	for range 12 {
		x := dial(t, tab, "")
		talking.Go(func() {
			for x.conn.WriteJSON(map[string]any{"type": "away"}) == nil { //nolint:revive // until the server has ended it
			}
		})
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/keys/"+k.ID, nil, nil))
	time.Sleep(600 * time.Millisecond) // the keys were looked at just now
	s.invoice(s.customer("News"), "L-1", 100, s.today())
	over := make(chan struct{})
	go func() { talking.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		t.Error("a connection with a revoked key goes on")
	}
}
