// Package accountstest lets tests run accounts as the server does.
package accountstest

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// New makes the service and its relay, which takes sinks until Start.
func New(s *store.Store, spaces *workspace.Service) (*accounts.Service, *accounts.Relay) {
	relay := accounts.NewRelay(s, slog.New(slog.NewTextHandler(io.Discard, nil)))
	return accounts.New(s, spaces, relay), relay
}

// Start delivers the accounts' events until the test ends, in a workspace that
// it makes.
func Start(t testing.TB, relay *accounts.Relay, spaces *workspace.Service, key string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { relay.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	if err := spaces.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := spaces.Create(ctx, workspace.Workspace{Key: key, Name: "Acme"}); err != nil {
		t.Fatal(err)
	}
}
