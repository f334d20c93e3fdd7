package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/live"
)

// TestForgedPlaces: cursors and sequence numbers that nobody gave out are
// refused with their place, or begin anew; none is an error of ours.
func TestForgedPlaces(t *testing.T) {
	s := newSpace(t, nil)
	s.customer("One")
	other := newSpace(t, nil)
	for k := range 3 {
		other.customer(fmt.Sprint("Other ", k))
	}
	var page struct{ Next string }
	must(t, other.c.Do(t.Context(), "GET", "/records/customer?limit=1", nil, &page))
	if page.Next == "" {
		t.Fatal("no cursor to steal")
	}
	for _, cursor := range []string{"AAAA", "../../etc", strings.Repeat("x", 3000), "eyJrIjpbIngiXX0", "\x00", "null", "-1", "9e99"} {
		for _, path := range []string{"/records/customer", "/records/invoice", "/boards/collection/cards?column=followUp", "/tasks", "/messages", "/notices", "/runs", "/users", "/audit"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			err := s.c.Do(t.Context(), "GET", path+sep+"cursor="+url.QueryEscape(cursor), nil, nil)
			if status := statusIn(err); err == nil || status < 400 || status >= 500 {
				t.Errorf("%s with cursor %.12q: %v", path, cursor, err)
			}
		}
	}
	// A cursor of another workspace opens nothing of it.
	var items struct {
		Items []struct{ Data struct{ Name string } }
	}
	if err := s.c.Do(t.Context(), "GET", "/records/customer?cursor="+url.QueryEscape(page.Next), nil, &items); err == nil {
		for _, i := range items.Items {
			if strings.HasPrefix(i.Data.Name, "Other") {
				t.Errorf("a stolen cursor shows %s", i.Data.Name)
			}
		}
	}
	for _, after := range []string{"-1", "17", "9223372036854775807", "99999999999999999999", "x"} {
		sock := dial(t, s.c, "?after="+after)
		if _, ok := sock.next(func(f liveFrame) bool { return f.Type == "reset" || f.Type == "hello" }, 5*time.Second); !ok {
			t.Errorf("after=%s: nothing", after)
		}
		s.customer("After " + after)
		if _, ok := sock.next(func(f liveFrame) bool { return f.Type == "reset" || len(f.Events) > 0 }, 5*time.Second); !ok {
			t.Errorf("after=%s: deaf from then on", after)
		}
	}
}

func statusIn(err error) int {
	var status int
	if err != nil {
		_, _ = fmt.Sscanf(err.Error(), "%d", &status)
	}
	return status
}

// TestDeafSocket: one who never reads is dropped, memory stays bounded in a
// flood, and others are told all the while.
func TestDeafSocket(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	s := newSpace(t, nil)
	u, err := url.Parse(s.srv.URL)
	must(t, err)
	var deaf []net.Conn
	for range 20 {
		c, err := net.Dial("tcp", u.Host)
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		_ = c.(*net.TCPConn).SetReadBuffer(1024)
		_, err = fmt.Fprintf(c, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n", u.Host, s.c.Token)
		must(t, err)
		deaf = append(deaf, c)
	}
	ears := s.enter(s.person("reader", "admin")).listen(t)
	before := heap()
	events := 0
	end := time.Now().Add(20 * time.Second)
	for n := 0; time.Now().Before(end); n++ {
		for k := range 2000 { // distinct ones: nothing is folded together
			s.srv.Live.Publish(s.key, live.Event{Type: "task", ID: fmt.Sprintf("%s-%d-%d", strings.Repeat("x", 60), n, k)})
			events++
		}
		ears.take() // what the reader has heard is no memory of the server's
		time.Sleep(50 * time.Millisecond)
	}
	if grown := heap() - before; grown > 64<<20 {
		t.Errorf("%d MiB more after %d events", grown>>20, events)
	}
	// Somebody who reads is still told.
	c := s.customer("Audible")
	s.invoice(c, "A-1", 1, s.today())
	heard := ""
	s.eventually("who reads is told in a flood", func() bool {
		heard += ears.take()
		return strings.Contains(heard, c)
	})
	gone := 0
	for range 40 {
		gone = 0
		for _, c := range deaf {
			if _, err := c.Write([]byte{0x89, 0x80, 0, 0, 0, 0}); err != nil { // a masked ping
				gone++
			}
		}
		if gone == len(deaf) {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	if gone != len(deaf) {
		t.Errorf("%d of %d deaf sockets were dropped", gone, len(deaf))
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestRightsTakenAway: a person's session and open socket hear and do nothing
// more within a second of a role taken from them, and a policy that would lock
// out the last administrator is refused.
func TestRightsTakenAway(t *testing.T) {
	s := newSpace(t, nil)
	u := s.person("soon", "finance-manager")
	b := s.enter(u)
	ears := b.listen(t)
	c := s.customer("Later hidden")
	time.Sleep(500 * time.Millisecond)
	if !strings.Contains(ears.take(), c) {
		t.Fatal("the socket does not tell")
	}
	s.testerRole(filter.Eq("tier", "A"), nil) // the customers here are B
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+u.ID, map[string]any{"roles": []string{"tester"}}, nil))
	time.Sleep(time.Second)
	ears.take()
	d := s.customer("Hidden now")
	time.Sleep(700 * time.Millisecond)
	if said := ears.take(); strings.Contains(said, d) {
		t.Errorf("the socket still tells: %s", said)
	}
	var moves struct{ Items []moved }
	must(t, b.do(t, "POST", "/boards/moves", map[string]any{"moves": []any{map[string]any{"customer": c, "from": "current", "to": "onHold", "reason": "x"}}}, &moves))
	if m := moves.Items[0]; m.OK || m.Card != nil || m.Problem == nil {
		t.Errorf("a move after the role was taken: %+v", m)
	}

	boss := s.person("boss", "admin")
	in := s.enter(boss)
	refused(t, "the last administrator gives it up", in.do(t, "PUT", "/users/"+boss.ID, map[string]any{"roles": []string{"sales"}}, nil), "policy.noManager")
	var roles struct {
		Version int64
		Policy  struct {
			Roles json.RawMessage  `json:"roles"`
			Rules []map[string]any `json:"rules"`
			Masks json.RawMessage  `json:"masks"`
		}
	}
	must(t, in.do(t, "GET", "/roles", nil, &roles))
	kept := []map[string]any{}
	for _, r := range roles.Policy.Rules {
		if r["role"] != "admin" {
			kept = append(kept, r)
		}
	}
	roles.Policy.Rules = kept
	if err := s.c.Do(t.Context(), "PUT", "/roles", roles.Policy, nil, "If-Match", fmt.Sprintf(`"%d"`, roles.Version)); keyOf(err) != "policy.noManager" {
		t.Errorf("a policy without managers: %v", err)
	}
	in.get(t, "/roles", http.StatusOK)
	// What was shown can be saved again, scopes with conditions and all.
	var again struct {
		Version int64
		Policy  json.RawMessage
	}
	must(t, in.do(t, "GET", "/roles", nil, &again))
	must(t, s.c.Do(t.Context(), "PUT", "/roles", again.Policy, nil, "If-Match", fmt.Sprintf(`"%d"`, again.Version)))
	for _, bad := range []string{`{"rules":[{"scope":17}]}`, `[]`, `{"rules":[{"role":"sales","object":"customer","action":"read","effect":"allow","scope":{"field":"nothing","op":"eq","value":1}}]}`} {
		if err := s.c.Do(t.Context(), "PUT", "/roles", json.RawMessage(bad), nil, "If-Match", fmt.Sprintf(`"%d"`, again.Version+1)); err == nil || statusIn(err) != 422 {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
