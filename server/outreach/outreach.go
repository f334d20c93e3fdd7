// Package outreach is what happens to messages after they were handed over:
// those that wait for a person (calls, letters, mass messages to confirm), what
// providers tell of deliveries, and what customers answer. Sending itself is
// workflows/activity.
package outreach

import (
	"context"
	"log/slog"
	"sync"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
)

// Deps are what this room asks of others.
type Deps struct {
	Log      *slog.Logger
	Store    *store.Store
	Spaces   *workspace.Service
	Accounts *accounts.Service
	Messages *messages.Service
	Tasks    *tasks.Service
	Records  *records.Service
	Channels channel.Registry
	Vault    *vault.Vault
	// Give makes a task; Told tells flows of an event.
	Give func(ctx context.Context, ws string, t activity.Task) error
	Told func(ctx context.Context, ws, customer string, e node.Event) error
	// PublicURL is where the world reaches this server, "" when it is not known.
	PublicURL string
}

// Service is outreach.
type Service struct {
	Deps
	mu    sync.Mutex
	after map[string]string // where the last round of asking a channel ended
}

// New makes the service.
func New(d Deps) *Service { return &Service{Deps: d, after: map[string]string{}} }

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection, Indexes: []store.Index{store.OnText("customer", "at")}}}

// by is who ends messages, in the journal.
const by = "outreach"

// end notes, in the ledger and on the message, how one ended that waited.
func (s *Service) end(ctx context.Context, ws string, e messages.Entry, status, why, detail string) error {
	c := ledger.EndMessage{Key: e.Key, Status: status, Ref: e.Ref, Reason: why}
	if e.Channel == "call" {
		c.Result = detail
	}
	if _, _, err := s.Accounts.Execute(ctx, ws, e.Customer, by, c); err != nil {
		return err
	}
	return s.Messages.End(ctx, ws, e.ID, status, why, detail)
}

// Dead marks an address of a customer that never again takes messages of a
// channel; sending passes over it from now on.
func (s *Service) Dead(ctx context.Context, ws, customer, ch, address string) error {
	if address == "" {
		return nil
	}
	return s.Records.AddMark(ctx, ws, customer, activity.Unreachable, ch+":"+channel.Same(address))
}
