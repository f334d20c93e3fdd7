package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/server/store/mongotest"
	"github.com/dueflow/dueflow/server/vault"
)

const serveEnv = "DUEFLOW_E2E_SERVE" // settings of a server in a process of its own

// TestServeForParent is no test: it is the server that TestKilledServer kills.
func TestServeForParent(t *testing.T) {
	given := map[string]string{}
	if raw := os.Getenv(serveEnv); raw == "" || json.Unmarshal([]byte(raw), &given) != nil {
		t.Skip("only as a process of TestKilledServer")
	}
	cfg, err := config.Load(given)
	must(t, err)
	srv, err := app.Start(context.Background(), cfg, "test", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	must(t, err)
	fmt.Println("SERVES " + srv.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends, or kills us
	srv.Close()
}

// serveApart starts a server with settings in a process of its own, which ends
// with the test, or when it is killed.
func serveApart(t *testing.T, given map[string]string) (url string, p *os.Process) {
	t.Helper()
	raw, _ := json.Marshal(given)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeForParent$")
	child.Env = append(os.Environ(), serveEnv+"="+string(raw))
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	t.Cleanup(func() { _ = in.Close(); _ = child.Process.Kill(); _ = child.Wait() })
	for lines := bufio.NewScanner(out); url == "" && lines.Scan(); {
		url, _ = strings.CutPrefix(lines.Text(), "SERVES ")
		if !strings.HasPrefix(url, "http") {
			url = ""
		}
	}
	if url == "" {
		t.Fatal("the other process did not start")
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the child
	return url, child.Process
}

// TestKilledServer: of two server processes on one store one is killed (SIGKILL)
// in the middle of a burst. All that it acknowledged is in the ledger, and is
// told to somebody who listens at the other, whose sequence goes on.
func TestKilledServer(t *testing.T) {
	uri := mongotest.Start(t)
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	temporal, err := engine.StartEmbedded(t.TempDir(), quiet)
	must(t, err)
	t.Cleanup(temporal.Stop)
	given := map[string]string{
		"listen": "127.0.0.1:0", "mongodb-uri": uri, "mongodb-prefix": "kill_", "temporal-address": temporal.Address, "secret-key": vault.NewKey(),
	}
	given["data"] = t.TempDir()
	cfg, err := config.Load(given)
	must(t, err)
	second, err := app.Start(t.Context(), cfg, "test", quiet)
	must(t, err)
	t.Cleanup(second.Close)
	s := newSpaceOn(t, second, "kill", nil)

	given["data"] = t.TempDir()
	url, child := serveApart(t, given)

	ears := dial(t, s.c, "")
	first := &space{t: t, srv: second, key: s.key, c: &client.Client{URL: url, Token: s.c.Token, Language: "en"}}
	var customers []string
	for k := range 25 {
		customers = append(customers, first.customer(fmt.Sprintf("K%d", k)))
	}
	acknowledged := map[string]bool{}
	for k, c := range customers {
		if k == 15 { // it dies with work in its hands
			must(t, child.Kill())
		}
		err := first.c.Do(t.Context(), "POST", "/records/invoice", map[string]any{"data": map[string]any{
			"number": fmt.Sprintf("K-%d", k), "customer": c, "issueDate": s.today().String(), "dueDate": (s.today() + 9).String(), "amount": 100, "currency": "CNY",
		}}, nil)
		if err == nil {
			acknowledged[c] = true
		}
	}
	if len(acknowledged) < 15 || len(acknowledged) == len(customers) {
		t.Fatalf("%d of %d were acknowledged: the process was not killed in between", len(acknowledged), len(customers))
	}
	told, last := map[string]bool{}, int64(0)
	for len(told) < len(acknowledged) {
		f, ok := ears.next(func(f liveFrame) bool { return len(f.Events) > 0 || f.Type == "reset" }, 60*time.Second)
		if !ok || f.Type == "reset" {
			break
		}
		if f.Seq <= last {
			t.Errorf("the sequence went from %d to %d", last, f.Seq)
		}
		last = f.Seq
		for _, e := range f.Events {
			if e.Type == "account" && acknowledged[e.Customer] {
				told[e.Customer] = true
			}
		}
	}
	if len(told) != len(acknowledged) {
		t.Errorf("%d of %d acknowledged accounts were told of", len(told), len(acknowledged))
	}
	for c := range acknowledged {
		var page struct {
			Account struct{ Items []struct{ Open int64 } }
		}
		must(t, s.c.Do(t.Context(), "GET", "/customers/"+c, nil, &page))
		if len(page.Account.Items) != 1 || page.Account.Items[0].Open != 100 {
			t.Errorf("account %s: %+v", c, page.Account)
		}
	}
	s.verify()
}
