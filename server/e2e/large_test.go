package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
)

// imported brings in n invoices, in turn of each of some customers, all due ten
// days ago.
func (s *space) imported(n int, customers ...string) {
	s.t.Helper()
	for from := 0; from < n; from += 500 {
		var rows []map[string]any
		for k := from; k < min(n, from+500); k++ {
			id := fmt.Sprintf("L-%04d", k)
			rows = append(rows, map[string]any{"line": k + 1, "externalId": id, "data": map[string]any{
				"number": id, "customer": customers[k%len(customers)], "issueDate": (s.today() - 40).String(), "dueDate": (s.today() - 10).String(), "amount": 100, "currency": "CNY",
			}})
		}
		var out struct {
			Items []struct{ Status, ID string }
		}
		must(s.t, s.c.Do(s.t.Context(), "POST", "/imports/invoice", map[string]any{"rows": rows}, &out))
		for k, r := range out.Items {
			if r.Status != "created" || r.ID == "" {
				s.t.Fatalf("row %d: %+v", from+k, r)
			}
		}
	}
	for _, c := range customers {
		s.settled(c)
	}
}

// remindedOf is the invoices that messages to a customer named, and how many
// messages that were.
func (s *space) remindedOf(customer string) (invoices, messages int) {
	s.t.Helper()
	st, err := s.srv.Accounts.Load(s.t.Context(), s.key, customer)
	must(s.t, err)
	seen := map[string]bool{}
	for _, i := range st.Intents {
		if i.Status == ledger.IntentSent {
			messages++
			for _, id := range i.Items {
				seen[id] = true
			}
		}
	}
	return len(seen), messages
}

// TestLargeAccount: a customer with more open invoices than fit into one
// question to the store is imported, reminded of all of them at once, and left
// alone when all is paid.
func TestLargeAccount(t *testing.T) {
	s := newSpace(t, nil)
	const n = 1200
	customer := s.create("customer", map[string]any{"name": "Large", "email": "large@example.com"}).ID
	s.imported(n, customer)
	st, err := s.srv.Accounts.Load(t.Context(), s.key, customer)
	must(t, err)
	if b := st.Balances(s.today()); len(st.Items) != n || b[0].Open != n*100 {
		t.Fatalf("%d invoices booked, %+v", len(st.Items), b)
	}
	s.publish(twoSteps)
	s.eventually("a message", func() bool {
		_, messages := s.remindedOf(customer)
		return messages > 0
	})
	if invoices, messages := s.remindedOf(customer); invoices != n || messages != 1 {
		t.Errorf("%d messages about %d of %d invoices", messages, invoices, n)
	}
	must(t, s.c.Do(t.Context(), "POST", "/records/payment", map[string]any{"data": map[string]any{
		"customer": customer, "amount": n * 100, "currency": "CNY", "valueDate": s.today().String(), "reference": "all",
	}}, nil))
	s.eventually("all runs have ended", func() bool {
		var page struct{ Items []runLine }
		must(t, s.c.Do(t.Context(), "GET", "/runs?status=open&limit=1", nil, &page))
		return len(page.Items) == 0
	})
	s.verify()
}

// TestStartsTogether: what customers owe lies all over the pages of a batch,
// and becomes one message for each all the same.
func TestStartsTogether(t *testing.T) {
	s := newSpace(t, nil)
	var customers []string
	for k := range 7 {
		customers = append(customers, s.customer(fmt.Sprint("Together ", k)))
	}
	s.imported(700, customers...)
	s.publish(twoSteps)
	for _, c := range customers {
		s.eventually("all are reminded of", func() bool {
			invoices, _ := s.remindedOf(c)
			return invoices == 100
		})
	}
	time.Sleep(300 * time.Millisecond)
	for _, c := range customers {
		if invoices, messages := s.remindedOf(c); messages != 1 {
			t.Errorf("%d messages about %d invoices of one customer", messages, invoices)
		}
	}
}
