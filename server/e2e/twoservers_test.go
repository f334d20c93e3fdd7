package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/server/store/mongotest"
	"github.com/dueflow/dueflow/server/vault"
)

// TestTwoServers: two servers on one MongoDB-compatible store and one Temporal
// server, which asks for news or tells of them by change streams. What happens
// on one is told on the other, drafts are edited through both, money and
// messages agree; and when one goes, nothing is lost.
func TestTwoServers(t *testing.T) {
	t.Run("asking", func(t *testing.T) { twoServers(t, mongotest.Start(t)) })
	t.Run("change streams", func(t *testing.T) {
		db := mongotest.StartStreaming(t)
		twoServers(t, db.URI)
		if db.Opened() < 2 {
			t.Errorf("%d change streams for two servers", db.Opened())
		}
	})
}

func twoServers(t *testing.T, uri string) {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	temporal, err := engine.StartEmbedded(t.TempDir(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(temporal.Stop)
	key := vault.NewKey()
	start := func() *app.Server {
		t.Helper()
		cfg, err := config.Load(map[string]string{
			"data": t.TempDir(), "listen": "127.0.0.1:0", "mongodb-uri": uri, "mongodb-prefix": "two_", "temporal-address": temporal.Address,
			"secret-key": key, "allow-private": "true",
		})
		if err != nil {
			t.Fatal(err)
		}
		srv, err := app.Start(context.Background(), cfg, "test", quiet)
		if err != nil {
			t.Fatal(err)
		}
		return srv
	}
	first, second := start(), start()
	open := true
	t.Cleanup(func() {
		if open {
			first.Close()
		}
		second.Close()
	})
	s := newSpaceOn(t, first, "pair", nil)
	there := &client.Client{URL: second.URL, Token: s.c.Token, Language: "en"}

	ears := dial(t, there, "")
	if _, ok := ears.next(func(f liveFrame) bool { return f.Type == "hello" }, 5*time.Second); !ok {
		t.Fatal("no hello")
	}
	c := s.customer("Shared")
	inv := s.invoice(c, "T-1", 1000, s.today()-2)
	if _, ok := ears.next(about(c), 5*time.Second); !ok {
		t.Fatal("the second server was not told of what the first did")
	}
	s.settled(c)
	s.publish(twoSteps)
	s.eventually("one message, whoever sent it", func() bool { return len(s.messages()) == 1 })

	// Who works an account or looks at a flow shows on the other server too.
	if err := s.c.Do(t.Context(), "PUT", "/customers/"+c+"/working", nil, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("the working lock is known on both", func() bool {
		var out struct{ Columns []boardColumn }
		must(t, there.Do(t.Context(), "GET", "/boards/collection/cards", nil, &out))
		for _, col := range out.Columns {
			for _, card := range col.Items {
				if card.ID == c && card.Working != nil {
					return true
				}
			}
		}
		return false
	})
	if m := (&space{t: t, srv: second, key: s.key, c: there}).move(there, map[string]any{"customer": c, "from": "followUp", "to": "onHold", "reason": "on the second"}); !m.OK {
		t.Errorf("a move on the second server: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": c, "from": "followUp", "to": "promised", "amount": 1, "currency": "CNY", "date": s.today().String()}); m.OK || m.Problem.Key != "ledger.moved" {
		t.Errorf("a stale move on the first: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": c, "from": "onHold", "to": "followUp"}); !m.OK {
		t.Errorf("back: %+v", m)
	}
	doc := "flow/two"
	here, far := dial(t, s.c, ""), dial(t, there, "")
	for _, x := range []*socket{here, far} {
		if err := x.conn.WriteJSON(map[string]any{"type": "here", "doc": doc, "at": "start"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, x := range map[string]*socket{"first": here, "second": far} {
		if _, ok := x.next(func(f liveFrame) bool { return f.Type == "presence" && len(f.People) == 2 }, 10*time.Second); !ok {
			t.Errorf("on the %s server nobody sees the other", name)
		}
	}
	_ = here.conn.Close()
	if _, ok := far.next(func(f liveFrame) bool { return f.Type == "presence" && len(f.People) == 1 }, 10*time.Second); !ok {
		t.Error("who left the first server is still there on the second")
	}
	for _, raw := range far.raw {
		if strings.Contains(raw, `"met"`) {
			t.Errorf("a word between servers reached a client: %s", raw)
		}
	}

	key2 := s.newFlow("Both")
	editors := []*editor{{t: t, c: s.c, key: key2}, {t: t, c: there, key: key2}}
	var wg sync.WaitGroup
	for n, e := range editors {
		e.made, e.seq = map[string]string{}, map[string]int64{}
		e.open()
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 15 {
				e.edit(fmt.Sprintf("nodes/n%d_%d", n, k), json.RawMessage(`{"type":"end","v":1}`))
				e.edit("about", json.RawMessage(fmt.Sprintf(`{"en":"%d-%d"}`, n, k)))
			}
		}()
	}
	wg.Wait()
	final := &editor{t: t, c: there, key: key2}
	final.open()
	for n := range editors {
		for k := range 15 {
			if final.units[fmt.Sprintf("nodes/n%d_%d", n, k)] == nil {
				t.Errorf("the edit %d of editor %d was lost", k, n)
			}
		}
	}

	// A burst on the first server, which then goes: the second tells of all.
	var told []string
	var all []string
	for k := range 10 {
		all = append(all, s.customer(fmt.Sprintf("Burst %d", k)))
		s.invoice(all[k], fmt.Sprintf("U-%d", k), 10, s.today()+30)
	}
	first.Close()
	open = false
	for len(told) < len(all) {
		f, ok := ears.next(func(f liveFrame) bool { return len(f.Events) > 0 }, 15*time.Second)
		if !ok {
			break
		}
		for _, e := range f.Events {
			if e.Type == "account" && slices.Contains(all, e.Customer) && !slices.Contains(told, e.Customer) {
				told = append(told, e.Customer)
			}
		}
	}
	if len(told) != len(all) {
		t.Errorf("%d of %d accounts were told of after a server went", len(told), len(all))
	}
	s.srv, s.c = second, there
	s.create("payment", map[string]any{"customer": c, "amount": 1000, "currency": "CNY", "invoices": []string{inv}})
	s.eventually("the run ends on the server that is left", func() bool { r := s.runOf("two", inv); return r.Status == "done" && r.Outcome == "goal" })
	s.verify()
}
