package e2e

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tiers"
)

// marked counts the accounts that wait to be scored.
func (s *space) marked() int64 {
	s.t.Helper()
	n, err := s.srv.Store.In(s.key, "tierDue").Count(s.t.Context(), filter.Gt("at", ""), 0)
	must(s.t, err)
	return n
}

// What was to be scored when a process ended is scored by the next one: the mark
// is in the store before the events count as delivered. The services here are
// made anew on the store of the shared server, whose own never hear of them.
func TestScoresOutliveTheProcess(t *testing.T) {
	s := newSpace(t, nil)
	s.nightOver()
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	again := func() *tiers.Service {
		return tiers.New(s.srv.Store, s.srv.Spaces, s.srv.Accounts, s.srv.Records, quiet)
	}
	c := s.create("customer", map[string]any{"name": "Left behind"}).ID
	// It is heard of by a process that ends within the three seconds of grace.
	d := accounts.Delivery{Workspace: s.key, Customer: c, Events: []ledger.Event{{Type: ledger.PaymentApplied}}}
	must(t, again().Deliver(t.Context(), d))
	if n := s.marked(); n != 1 {
		t.Fatalf("%d marks", n)
	}
	if err := again().ScoreDue(t.Context(), s.key, time.Now()); err != nil || s.marked() != 1 || s.tier(c).At != "" {
		t.Errorf("scored before its time: %v", err)
	}
	must(t, again().ScoreDue(t.Context(), s.key, time.Now().Add(4*time.Second)))
	if s.tier(c).At == "" || s.marked() != 0 {
		t.Errorf("not scored: %+v, %d marks", s.tier(c), s.marked())
	}
}

// Events that come while an account is being scored are not lost with the mark
// that is taken away, whichever process they reach.
func TestScoreMarkedMeanwhile(t *testing.T) {
	s := newSpace(t, nil)
	s.nightOver()
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	first := tiers.New(s.srv.Store, s.srv.Spaces, s.srv.Accounts, s.srv.Records, quiet)
	second := tiers.New(s.srv.Store, s.srv.Spaces, s.srv.Accounts, s.srv.Records, quiet)
	c := s.create("customer", map[string]any{"name": "Busy"}).ID
	d := accounts.Delivery{Workspace: s.key, Customer: c, Events: []ledger.Event{{Type: ledger.InvoiceBooked}}}
	must(t, first.Deliver(t.Context(), d))
	col := s.srv.Store.In(s.key, "tierDue")
	was, err := col.Get(t.Context(), c)
	must(t, err)
	// Its time has come, and a worker has begun.
	due, err := col.Replace(t.Context(), store.Doc{ID: c, Body: []byte(`{"at":"2020-01-01T00:00:00.000Z"}`)}, was.Ver)
	must(t, err)
	must(t, second.Deliver(context.Background(), d))
	now, err := col.Get(t.Context(), c)
	must(t, err)
	if now.Ver == due.Ver {
		t.Fatal("the worker would take away a mark that it has not seen")
	}
	// One whose customer is gone leaves no mark behind, and stops nobody.
	must(t, first.Deliver(t.Context(), accounts.Delivery{Workspace: s.key, Customer: "nobody", Events: d.Events}))
	must(t, second.ScoreDue(t.Context(), s.key, time.Now().Add(4*time.Second)))
	if s.marked() != 0 || s.tier(c).At == "" {
		t.Errorf("%d marks, card %+v", s.marked(), s.tier(c))
	}
}
