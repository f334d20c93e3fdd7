package accounts_test

import (
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/accounts/accountstest"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const ws = "acme"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) *accounts.Service {
	t.Helper()
	st := sqlitetest.Open(t, "")
	spaces := workspace.New(st, func() time.Time { return noon }, accounts.Specs, vault.Temporary())
	s, relay := accountstest.New(st, spaces)
	accountstest.Start(t, relay, spaces, ws)
	return s
}

func book(id string) ledger.Command {
	day := value.DateOf(noon)
	return ledger.BookInvoice{Invoice: id, Number: id, Currency: "CNY", Amount: 1000, Issue: day - 40, Due: day - 10}
}

func pay(id string) ledger.Command {
	return ledger.ApplyPayment{Payment: "p-" + id, Amount: 1000, Currency: "CNY", Value: value.DateOf(noon), Invoices: []string{id}}
}

func wish(id string, out *ledger.Decision) ledger.Command {
	rules := ledger.Rules{Window: value.Window{To: 1440, Days: "every"}, Location: time.UTC}
	return ledger.Intend{Key: "k-" + id, Items: []string{id}, Currency: "CNY", Channel: "sandbox", Rules: rules, Out: out}
}

// TestAccountIsOvertaken: a holder that has seen an account decides on what is
// stored now, whether what it remembers would have granted or refused.
func TestAccountIsOvertaken(t *testing.T) {
	s, ctx := open(t), t.Context()
	do := func(customer string, c ledger.Command) {
		t.Helper()
		if _, _, err := s.Execute(ctx, ws, customer, "anna", c); err != nil {
			t.Fatal(err)
		}
	}
	seen := func(customer string) *accounts.Account {
		t.Helper()
		a := s.Account(ws, customer)
		if _, err := a.Load(ctx); err != nil {
			t.Fatal(err)
		}
		return a
	}
	intend := func(a *accounts.Account, id string) ledger.Decision {
		t.Helper()
		var d ledger.Decision
		if _, _, err := a.Execute(ctx, "flow", wish(id, &d)); err != nil {
			t.Fatal(err)
		}
		return d
	}

	do("paid", book("i"))
	a := seen("paid")
	do("paid", pay("i"))
	if d := intend(a, "i"); d.Verdict != ledger.Refused {
		t.Errorf("paid meanwhile, and yet %+v", d)
	}

	a = seen("booked") // nothing is owed yet
	do("booked", book("i"))
	if d := intend(a, "i"); d.Verdict != ledger.Granted {
		t.Errorf("booked meanwhile, and yet %+v", d)
	}
	// What the holder wrote itself is what it goes on from.
	_, st, err := a.Execute(ctx, "flow", ledger.EndMessage{Key: "k-i", Status: ledger.IntentSent})
	if err != nil || st.Intents["k-i"].Status != ledger.IntentSent {
		t.Fatalf("%+v, %v", st, err)
	}
	stored, err := s.Load(ctx, ws, "booked")
	if err != nil || stored.Seq != st.Seq || stored.Head != st.Head {
		t.Errorf("remembered %d %s, stored %d %s, %v", st.Seq, st.Head, stored.Seq, stored.Head, err)
	}

	do("refused", book("i"))
	a = seen("refused")
	if _, _, err := a.Execute(ctx, "anna", ledger.BookInvoice{Invoice: "j", Number: "j", Currency: "CNY", Amount: -1}); err == nil {
		t.Fatal("a negative invoice was booked")
	}
	if d := intend(a, "i"); d.Verdict != ledger.Granted {
		t.Errorf("after a refused command: %+v", d)
	}
}

// TestAccountsRace: holders that all remember the same state book one after the
// other; nothing is lost and the chain of events is whole.
func TestAccountsRace(t *testing.T) {
	s, ctx := open(t), t.Context()
	const n = 16
	var ready, end sync.WaitGroup
	ready.Add(n)
	for k := range n {
		end.Go(func() {
			a := s.Account(ws, "c")
			_, err := a.Load(ctx)
			ready.Done()
			ready.Wait()
			if err == nil {
				_, _, err = a.Execute(ctx, "anna", book(string(rune('a'+k))))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	end.Wait()
	events, st, err := s.Events(ctx, ws, "c")
	if err != nil || len(events) != n || len(st.Items) != n || st.Seq != n {
		t.Fatalf("%d events, %d invoices, %v", len(events), len(st.Items), err)
	}
	for k := range events {
		if events[k].Seq != int64(k+1) || k > 0 && events[k].Prev != events[k-1].Hash {
			t.Errorf("event %d does not follow the one before it: %+v", k, events[k])
		}
	}
}
