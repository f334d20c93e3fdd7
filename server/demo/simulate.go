package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// The kinds of events of a day.
const (
	Pays     = "pays"     // settles an invoice
	PaysPart = "paysPart" // about half of one
	Orders   = "orders"   // a new invoice
	Promises = "promises" // to pay in a few days
)

// Event is something that happens on a day. ID is made of the day, so that it
// happens once. Customers are who may do it, the first that can does.
type Event struct {
	ID        string
	Kind      string
	Customers []int // indexes
	seed      uint64
}

// Events are what happens on a day: the same for the same day, wherever and
// how often it is asked. Little happens on weekends.
func Events(day value.Date) []Event {
	r := rand.New(rand.NewPCG(77, uint64(day)))
	var out []Event
	add := func(kind string, times int) {
		for range times {
			e := Event{ID: fmt.Sprintf("demo-%s-%d", day, len(out)+1), Kind: kind, seed: r.Uint64()}
			e.Customers = r.Perm(customers)[:8]
			out = append(out, e)
		}
	}
	if wd := day.Weekday(); wd == 0 || wd == 6 {
		add(Pays, r.IntN(3))
		return out
	}
	add(Pays, 4+r.IntN(4))
	add(PaysPart, r.IntN(2))
	add(Orders, 4+r.IntN(3))
	add(Promises, r.IntN(2))
	return out
}

// Done is what an event turned into.
type Done struct {
	Event    string `json:"event"`
	Kind     string `json:"kind"`
	Customer string `json:"customer"`
	Invoice  string `json:"invoice,omitempty"`
	Amount   int64  `json:"amount"`
}

// Simulate lets a day happen in a workspace that was seeded. It may be called
// again for the same day, and not for days that are still to come.
func Simulate(ctx context.Context, d Deps, ws string, day value.Date) ([]Done, error) {
	today, err := d.today(ctx, ws)
	if err != nil {
		return nil, err
	}
	if day > today {
		return nil, fault.At("/day", "notInFuture", today.String())
	}
	var out []Done
	for _, e := range Events(day) {
		done, err := d.happen(ctx, ws, day, today, e)
		if err != nil {
			return out, err
		}
		if done != nil {
			out = append(out, *done)
		}
	}
	return out, nil
}

// happen does an event for the first customer that can; nil when none can, or
// when it has happened before.
func (d Deps) happen(ctx context.Context, ws string, day, today value.Date, e Event) (*Done, error) {
	if e.Kind == Orders {
		return d.order(ctx, ws, day, e)
	}
	ids := make([]string, len(e.Customers))
	for k, n := range e.Customers {
		ids[k] = profileOf(n).id()
	}
	states, err := d.Accounts.LoadMany(ctx, ws, ids)
	if err != nil {
		return nil, err
	}
	for _, st := range states {
		if st.Payments[e.ID] != nil || st.Promises[e.ID] != nil {
			return nil, nil //nolint:nilnil // it has happened
		}
	}
	for k, n := range e.Customers {
		st := states[ids[k]]
		if invoice := ripe(st, day); invoice != "" {
			return d.settle(ctx, ws, day, today, e, profileOf(n), st.Items[invoice], invoice)
		}
	}
	return nil, nil //nolint:nilnil // nobody owes enough
}

// ripe is the invoice that a customer pays next: one that a message reminded
// of, the latest first, else the one longest due; "" when nothing is due.
func ripe(st *ledger.State, day value.Date) string {
	intents := make([]*ledger.Intent, 0, len(st.Intents))
	for _, i := range st.Intents {
		if i.Status == ledger.IntentSent {
			intents = append(intents, i)
		}
	}
	sort.Slice(intents, func(a, b int) bool { return intents[a].Seq > intents[b].Seq })
	for _, i := range intents {
		for _, id := range i.Items {
			if it := st.Items[id]; it != nil && it.Open() > 0 {
				return id
			}
		}
	}
	for _, id := range st.OpenItems() {
		if st.Items[id].NextDue() <= day+1 {
			return id
		}
	}
	return ""
}

func (d Deps) settle(ctx context.Context, ws string, day, today value.Date, e Event, p profile, i *ledger.Item, invoice string) (*Done, error) {
	done := &Done{Event: e.ID, Kind: e.Kind, Customer: p.id(), Invoice: invoice, Amount: i.Open()}
	if e.Kind == Promises {
		return done, d.execute(ctx, ws, p.id(), ledger.MakePromise{
			Promise: e.ID, Amount: i.Open(), Currency: i.Currency, Date: max(day, today) + 2 + value.Date(e.seed%5), Items: []string{invoice},
		})
	}
	if e.Kind == PaysPart && i.Open() > 1 {
		done.Amount = i.Open() / 2
	}
	if fresh, err := d.fresh(ctx, ws, "payment", e.ID); err != nil || !fresh {
		return nil, err
	}
	return done, d.create(ctx, ws, "payment", e.ID, map[string]any{
		"customer": p.id(), "amount": done.Amount, "currency": string(i.Currency), "valueDate": day.String(), "reference": "TT-" + e.ID, "externalId": e.ID,
		"invoices": []string{invoice},
	})
}

func (d Deps) order(ctx context.Context, ws string, day value.Date, e Event) (*Done, error) {
	if fresh, err := d.fresh(ctx, ws, "invoice", e.ID); err != nil || !fresh {
		return nil, err
	}
	h := &history{profile: profileOf(e.Customers[0]), rand: rand.New(rand.NewPCG(e.seed, 1)), today: day}
	done := &Done{Event: e.ID, Kind: e.Kind, Customer: h.id(), Invoice: e.ID, Amount: h.amount()}
	return done, d.create(ctx, ws, "invoice", e.ID, map[string]any{
		"number": "INV-" + e.ID[len("demo-"):], "externalId": e.ID, "customer": h.id(), "issueDate": day.String(),
		"dueDate": (day + value.Date(h.between(5, 30))).String(), "amount": done.Amount, "currency": h.currency,
	})
}
