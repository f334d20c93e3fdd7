package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/cli"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/mongotest"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const moveEnv = "DUEFLOW_E2E_MOVE" // arguments of a command in a process of its own

// TestMoveForParent is no test: it is the command that TestMovedStore kills.
func TestMoveForParent(t *testing.T) {
	var args []string
	if raw := os.Getenv(moveEnv); raw == "" || json.Unmarshal([]byte(raw), &args) != nil {
		t.Skip("only as a process of TestMovedStore")
	}
	os.Exit(cli.Run(context.Background(), "test", args, os.Stdout, os.Stderr))
}

// mover moves the store of a drill about.
type mover struct {
	*drill
	uri string
}

func (m *mover) types(args ...string) (out, errs string, code int) {
	m.t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(m.t.Context(), "test", args, &o, &e)
	return o.String(), e.String(), code
}

func (m *mover) refused(want string, args ...string) {
	m.t.Helper()
	if _, errs, code := m.types(args...); code != 1 || !strings.Contains(errs, want) {
		m.t.Errorf("dueflow %s: %d %s; want %q", strings.Join(args, " "), code, errs, want)
	}
}

// moved runs a move to its end and gives what it says.
func (m *mover) moved(args ...string) app.Moved {
	m.t.Helper()
	out, errs, code := m.types(append(args, "--json")...)
	var r app.Moved
	if code != 0 || json.Unmarshal([]byte(out), &r) != nil {
		m.t.Fatalf("dueflow %s: %d %s%s", strings.Join(args, " "), code, out, errs)
	}
	return r
}

// halfMoved kills the command as soon as the target has its mark.
func (m *mover) halfMoved(args ...string) {
	m.t.Helper()
	raw, _ := json.Marshal(args)
	child := exec.CommandContext(m.t.Context(), os.Args[0], "-test.run=^TestMoveForParent$")
	child.Env = append(os.Environ(), moveEnv+"="+string(raw))
	child.Stderr = os.Stderr
	must(m.t, child.Start())
	s := m.database("dueflow_")
	m.until("the target is marked", func() bool {
		all, err := s.Workspaces(m.t.Context())
		must(m.t, err)
		return slices.Contains(all, "_move") && len(all) > 1
	})
	must(m.t, child.Process.Kill())
	var ended *exec.ExitError
	if err := child.Wait(); !errors.As(err, &ended) || ended.Success() {
		m.t.Fatalf("the command came to its end: %v", err)
	}
}

func (m *mover) database(prefix string) *store.Store {
	m.t.Helper()
	d, err := mongostore.Open(m.t.Context(), mongostore.Options{URI: m.uri, Prefix: prefix})
	must(m.t, err)
	s := store.New(d)
	m.t.Cleanup(func() { _ = s.Close() })
	return s
}

// startsNot wants a server on the drill's store to be refused.
func (m *mover) startsNot(key string) {
	m.t.Helper()
	cfg, err := config.Load(m.given)
	must(m.t, err)
	srv, err := app.Start(m.t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err == nil {
		srv.Close()
	}
	if fault.KeyOf(err) != key {
		m.t.Errorf("the server starts, or not for this: %v, want %s", err, key)
	}
}

// state is what must be the same after a move: records with their versions (but for
// those of a run that goes on), what is owed, messages, and what the audit log says.
func (m *mover) state(but string) map[string]any {
	m.t.Helper()
	out := map[string]any{}
	get := func(path string) any {
		var v any
		must(m.t, m.c.Do(m.t.Context(), "GET", path, nil, &v))
		return v
	}
	for _, form := range []string{"customer", "invoice", "payment"} {
		items := get("/records/" + form + "?limit=200").(map[string]any)["items"].([]any)
		for _, r := range items {
			rec := r.(map[string]any)
			if raw := fmt.Sprint(rec["data"]); !strings.Contains(raw, but) {
				out[form+" "+rec["id"].(string)] = rec
			}
		}
	}
	out["ageing"] = get("/insight/ageing?asOf=2026-05-01")
	found := get("/records/customer?search=" + url.QueryEscape("王芳")).(map[string]any)["items"].([]any)
	out["found"] = len(found)
	return out
}

func (m *mover) same(before map[string]any, but string) {
	m.t.Helper()
	now := m.state(but)
	for k, v := range before {
		if !reflect.DeepEqual(now[k], v) {
			m.t.Errorf("%s:\n was %v\n  is %v", k, v, now[k])
		}
	}
	if len(now) != len(before) {
		m.t.Errorf("%d things, there were %d", len(now), len(before))
	}
}

// TestMovedStore: a store with waiting runs goes from a data directory to MongoDB and
// back. Records keep their versions, runs go on and send once, and the books hold.
func TestMovedStore(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	first, key := t.TempDir(), filepath.Join(t.TempDir(), "secret.key")
	m := &mover{&drill{t: t, given: map[string]string{"data": first, "listen": "127.0.0.1:0"}}, mongotest.Start(t)}
	forth := []string{"move", "--data", first, "--mongodb-uri", m.uri}
	start := time.Now()
	var waits, rests string
	steps := strings.NewReplacer(`{"value":3,"unit":"day"}`, `{"value":5,"unit":"minute"}`).Replace(twoSteps)
	at := func(node, status string) (n int) {
		for _, r := range m.runs() {
			if r.Node == node && r.Status == status {
				n++
			}
		}
		return n
	}
	done := func() (n int) {
		for _, r := range m.runs() {
			if r.Status == "done" {
				n++
			}
		}
		return n
	}
	control := func(action string) {
		must(t, m.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{rests}, "action": action}, nil))
	}
	m.inProcess(func(srv *app.Server) {
		m.space = newSpaceOn(t, srv, "goes", func(w *workspace.Workspace) {
			// A minute lasts six seconds, and no night comes.
			w.Demo = &clock.Demo{Epoch: start, Start: time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC), DaySeconds: 8640}
			w.Channels = map[string]json.RawMessage{"webhook": json.RawMessage(`{"url":"https://example.com/x","secret":"sealed"}`)}
		})
		book := func(name, number string) string {
			c := m.customer(name)
			m.create("invoice", map[string]any{"number": number, "customer": c, "issueDate": "2026-01-05", "dueDate": "2026-03-10", "amount": 1000, "currency": "CNY"})
			return c
		}
		book("Waits", "G-1")
		book("小王芳菲", "G-2")
		paid := m.customer("Pays")
		m.invoice(paid, "G-3", 5000, m.today()+20) // not due: no run
		m.create("payment", map[string]any{"reference": "P-1", "customer": paid, "amount": 2000, "currency": "CNY", "valueDate": "2026-03-09"})
		m.publish(steps)
		m.until("all wait after their first message", func() bool { return at("wait", "active") >= 2 && len(m.messages()) >= 2 })
		for _, r := range m.runs() {
			if strings.Contains(r.Subject.Label, "G-2") {
				rests = r.ID
			}
			if strings.Contains(r.Subject.Label, "G-1") {
				waits = r.ID
			}
		}
		control("pause")
		m.until("one rests", func() bool { return at("wait", "paused") == 1 })
		m.settled(paid)
		m.refused("already runs on the data directory", forth...)
	})
	if waits == "" || rests == "" {
		t.Fatal("no runs")
	}
	sent := 0
	var before map[string]any
	m.inProcess(func(srv *app.Server) {
		m.srv, m.c.URL = srv, srv.URL
		before, sent = m.state("G-1"), len(m.messages())
	})

	taken := m.database("taken_")
	must(t, taken.Ensure(t.Context(), "theirs", store.Spec{Name: "x"}))
	m.refused("theirs", append(forth, "--mongodb-prefix", "taken_")...)
	m.refused("does not answer", "move", "--data", first, "--mongodb-uri", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300")
	m.refused("nothing to move", "move", "--data", t.TempDir(), "--mongodb-uri", m.uri)
	m.refused("Name the database", "move", "--data", first)
	t.Run("another key", func(t *testing.T) {
		t.Setenv("DUEFLOW_SECRET_KEY", vault.NewKey())
		m.refused("does not open with this key", forth...)
	})

	m.halfMoved(forth...)
	m.given["mongodb-uri"] = m.uri
	m.startsNot("move.half")
	if out, _, code := m.types("doctor", "--data", first, "--mongodb-uri", m.uri); code != 1 || !strings.Contains(out, "FAIL store opens Here is only half") {
		t.Errorf("doctor: %s", out)
	}
	r := m.moved(forth...)
	if len(r.Spaces) != 2 || r.Spaces[1].Workspace != "goes" || r.Spaces[1].Documents < 10 || r.Key != filepath.Join(first, "secret.key") {
		t.Errorf("moved: %+v", r)
	}
	delete(m.given, "mongodb-uri")
	m.startsNot("move.gone")
	m.refused("was moved to mongodb://", forth...)
	if out, _, code := m.types("doctor", "--data", first); code != 1 || !strings.Contains(out, "FAIL store is in use The data here was moved") {
		t.Errorf("doctor: %s", out)
	}
	raw, err := os.ReadFile(filepath.Join(first, "secret.key"))
	must(t, err)
	must(t, os.WriteFile(key, raw, 0o600))
	if out, _, code := m.types("doctor", "--data", first, "--mongodb-uri", m.uri); code != 0 || !strings.Contains(out, "ok   goes audit chain") {
		t.Errorf("doctor: %s", out)
	}

	// On MongoDB, with an engine that knows nothing.
	m.given["mongodb-uri"], m.given["data"], m.given["secret-key"] = m.uri, t.TempDir(), strings.TrimSpace(string(raw))
	second := t.TempDir()
	back := []string{"move", "--back", "--data", second, "--mongodb-uri", m.uri}
	m.inProcess(func(srv *app.Server) {
		m.srv, m.c.URL = srv, srv.URL
		m.same(before, "G-1")
		m.until("the one that waited goes on", func() bool { return len(m.messages()) == sent+1 })
		m.until("it is at its end", func() bool { return done() == 1 })
		m.verify()
		m.refused("stored secrets is missing", append(slices.Clone(back), "--data", t.TempDir())...)
		must(t, os.WriteFile(filepath.Join(second, "secret.key"), raw, 0o600))
		m.refused("Servers at work on the database: 1", back...)
		before = m.state("G-1")
	})
	must(t, os.MkdirAll(filepath.Join(second, "engine"), 0o700))
	must(t, os.WriteFile(filepath.Join(second, "engine", "engine.db"), nil, 0o600))
	m.refused("must not stand beside a newer store", back...)
	must(t, os.RemoveAll(filepath.Join(second, "engine")))
	m.refused(first+" holds data already: _move, _system, goes", "move", "--back", "--data", withoutEngine(t, first), "--mongodb-uri", m.uri)
	if r := m.moved(back...); len(r.Spaces) != 2 {
		t.Errorf("moved back: %+v", r)
	}
	m.startsNot("move.gone")

	// And on files again.
	m.given = map[string]string{"data": second, "listen": "127.0.0.1:0"}
	m.inProcess(func(srv *app.Server) {
		m.srv, m.c.URL = srv, srv.URL
		m.same(before, "G-1")
		control("resume")
		m.until("the one that rested goes on", func() bool { return len(m.messages()) == sent+2 && done() == 2 })
		m.verify()
	})
	if out, _, code := m.types("doctor", "--data", second); code != 0 || !strings.Contains(out, "ok   goes audit chain") {
		t.Errorf("doctor: %s", out)
	}
}

// withoutEngine takes the engine's file out of a data directory.
func withoutEngine(t *testing.T, dir string) string {
	t.Helper()
	must(t, os.RemoveAll(filepath.Join(dir, "engine")))
	return dir
}
