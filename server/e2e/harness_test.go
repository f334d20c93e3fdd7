// Package e2e runs the whole server in-process, engine included, and talks to
// it over its real HTTP interface.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/workspace"
)

// shared is one server for all tests of the package: starting an engine takes
// a while, workspaces keep the tests apart.
var shared struct {
	once sync.Once
	srv  *app.Server
	err  error
	n    int
	mu   sync.Mutex
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "dueflow-e2e-")
	if err != nil {
		panic(err)
	}
	code := run(m, dir)
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func run(m *testing.M, dir string) int {
	dataDir = dir
	if err := trustShelf(dir); err != nil {
		panic(err)
	}
	code := m.Run()
	if shared.srv != nil {
		shared.srv.Close()
	}
	return code
}

var dataDir string

func server(t *testing.T) *app.Server {
	t.Helper()
	shared.once.Do(func() {
		given := map[string]string{"data": dataDir, "listen": "127.0.0.1:0", "allow-private": "true", "entry-limit": "100000", "catalog": catalogFolder(t)}
		if uri := os.Getenv("DUEFLOW_TEST_MONGODB_URI"); uri != "" {
			given["mongodb-uri"] = uri
			given["mongodb-prefix"] = fmt.Sprintf("e2e%d_", time.Now().Unix())
		}
		cfg, err := config.Load(given)
		if err != nil {
			shared.err = err
			return
		}
		shared.srv, shared.err = app.Start(context.Background(), cfg, "test", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.srv
}

// space is a workspace of a test with an admin's key.
type space struct {
	t   *testing.T
	srv *app.Server
	key string
	c   *client.Client
}

// newSpace makes a workspace that may send at any time, unless change says otherwise.
func newSpace(t *testing.T, change func(*workspace.Workspace)) *space {
	t.Helper()
	srv := server(t)
	shared.mu.Lock()
	shared.n++
	key := fmt.Sprintf("t%d", shared.n)
	shared.mu.Unlock()
	return newSpaceOn(t, srv, key, change)
}

// fastDays is a clock on which a day takes so many seconds, from now on.
func fastDays(seconds float64) func(*workspace.Workspace) {
	now := time.Now()
	return func(w *workspace.Workspace) { w.Demo = &clock.Demo{Epoch: now, Start: now, DaySeconds: seconds} }
}

func newSpaceOn(t *testing.T, srv *app.Server, key string, change func(*workspace.Workspace)) *space {
	t.Helper()
	w := workspace.Workspace{
		Key: key, Name: "Test " + key, Language: "en", Timezone: "Asia/Shanghai", Calendar: "everyday", Currency: "CNY",
		Window: value.Window{From: 0, To: 1440, Days: "every"}, Budgets: []ledger.Budget{},
	}
	if change != nil {
		change(&w)
	}
	if _, err := srv.Spaces.Create(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	s := &space{t: t, srv: srv, key: key}
	s.c = s.as("admin")
	return s
}

// as is a client with a key of a role.
func (s *space) as(role string) *client.Client {
	s.t.Helper()
	_, secret, err := s.srv.Identity.CreateKey(s.t.Context(), policies.SystemActor(s.key, "test"), identity.NewKey{Name: role, Roles: []string{role}})
	if err != nil {
		s.t.Fatal(err)
	}
	return &client.Client{URL: s.srv.URL, Token: secret, Language: "en"}
}

type record struct {
	ID      string                     `json:"id"`
	Version int64                      `json:"version"`
	Data    map[string]json.RawMessage `json:"data"`
	System  map[string]json.RawMessage `json:"system"`
}

func (s *space) create(form string, data map[string]any) record {
	s.t.Helper()
	var r record
	if err := s.c.Do(s.t.Context(), "POST", "/records/"+form, map[string]any{"data": data}, &r); err != nil {
		s.t.Fatalf("create %s: %v", form, err)
	}
	return r
}

func (s *space) customer(name string) string {
	return s.create("customer", map[string]any{"name": name, "email": "c@example.com", "tier": "B"}).ID
}

func (s *space) invoice(customer, number string, amount int64, due value.Date) string {
	return s.create("invoice", map[string]any{
		"number": number, "customer": customer, "issueDate": (due - 30).String(), "dueDate": due.String(), "amount": amount, "currency": "CNY",
	}).ID
}

func (s *space) today() value.Date {
	w, err := s.srv.Spaces.Get(s.t.Context(), s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	_, today := s.srv.Spaces.Now(w)
	return today
}

func (s *space) publish(doc string) {
	s.t.Helper()
	var head struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal([]byte(doc), &head); err != nil {
		s.t.Fatal(err)
	}
	if err := s.c.Do(s.t.Context(), "PUT", "/flows/"+head.Key, map[string]any{"document": json.RawMessage(doc)}, nil); err != nil {
		s.t.Fatal(err)
	}
	if err := s.c.Do(s.t.Context(), "POST", "/flows/"+head.Key+"/publish", map[string]string{}, nil); err != nil {
		s.t.Fatal(err)
	}
}

type message struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Template string `json:"template"`
	Amount   int64  `json:"amount"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
	HTML     string `json:"html"`
	Items    []struct {
		Number string `json:"number"`
	} `json:"items"`
}

func (s *space) messages() []message {
	s.t.Helper()
	var page struct {
		Items []message `json:"items"`
	}
	if err := s.c.Do(s.t.Context(), "GET", "/messages?limit=200", nil, &page); err != nil {
		s.t.Fatal(err)
	}
	return page.Items
}

type runLine struct {
	ID   string `json:"id"`
	Flow struct {
		Key string `json:"key"`
	} `json:"flow"`
	Subject struct {
		Label string `json:"label"`
	} `json:"subject"`
	Node   string `json:"node"`
	Status string `json:"status"`
	WakeAt string `json:"wakeAt"`
	Reason *struct {
		Key string `json:"key"`
	} `json:"reason"`
	Outcome string `json:"outcome"`
}

func (s *space) runs() []runLine {
	s.t.Helper()
	var page struct {
		Items []runLine `json:"items"`
	}
	if err := s.c.Do(s.t.Context(), "GET", "/runs?limit=500", nil, &page); err != nil {
		s.t.Fatal(err)
	}
	return page.Items
}

// eventually waits for something that the engine does in its own time.
func (s *space) eventually(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		if ok() {
			return
		}
	}
	s.t.Fatalf("not reached: %s; runs %+v", what, s.runs())
}

// settled waits until an account's events have all been delivered, so that what
// is published next finds it at rest.
func (s *space) settled(customer string) {
	s.t.Helper()
	s.eventually("events delivered", func() bool {
		d, err := s.srv.Store.In(s.key, accounts.Collection).Get(s.t.Context(), customer)
		if err != nil {
			s.t.Fatal(err)
		}
		var doc struct {
			Pending []json.RawMessage `json:"pending"`
		}
		if err := json.Unmarshal(d.Body, &doc); err != nil {
			s.t.Fatal(err)
		}
		return len(doc.Pending) == 0
	})
}

func (s *space) verify() {
	s.t.Helper()
	v, err := s.srv.Core.Verify(s.t.Context(), s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	if r := v.(*app.Verification); r.Violations != 0 {
		s.t.Errorf("violations: %+v", r.Details)
	}
}

// twoSteps sends on the due date and again after a wait.
const twoSteps = `{"format":"dueflow.flow/1","key":"two","name":{"en":"Two"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","on":["payment.recorded"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":"00:00"}},
  "first":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-friendly"}},
  "wait":{"type":"wait","v":1,"cfg":{"for":{"value":3,"unit":"day"}}},
  "second":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-clear"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"first"},{"from":"first","to":"wait"},{"from":"wait","to":"second"},{"from":"second","to":"end"}]}`

func keyOf(err error) string {
	if p, ok := err.(*client.Problem); ok {
		return p.Key
	}
	return ""
}

func pointers(err error) string {
	p, ok := err.(*client.Problem)
	if !ok {
		return ""
	}
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Pointer+" "+e.Rule)
	}
	return strings.Join(out, ", ")
}
