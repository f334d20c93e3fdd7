package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/store"
)

// TestUnbookedRecordIsHealed: a record that a process stored and died before
// booking is booked later; one that the ledger refuses disappears.
func TestUnbookedRecordIsHealed(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Crash")
	col := s.srv.Store.In(s.key, "r_invoice")
	for id, amount := range map[string]int{"good": 700, "bad": -5} {
		body := fmt.Sprintf(`{"number":%q,"customer":%q,"issueDate":"2026-01-05","dueDate":"2026-02-05","amount":%d,"currency":"CNY","status":"open","open":%d,"_unbooked":"2020-01-01T00:00:00.000Z","_by":"u"}`, id, c, amount, amount)
		if _, err := col.Insert(t.Context(), id, json.RawMessage(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.srv.Records.Heal(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	st, err := s.srv.Accounts.Load(t.Context(), s.key, c)
	if err != nil || st.Items["good"] == nil || st.Items["good"].Open() != 700 {
		t.Errorf("not booked: %+v, %v", st, err)
	}
	err = s.c.Do(t.Context(), "GET", "/records/invoice/bad", nil, nil)
	if p, ok := err.(*client.Problem); !ok || p.Status != 404 {
		t.Errorf("what the ledger refuses is still there: %v", err)
	}
	d, err := col.Get(t.Context(), "good")
	if err != nil {
		t.Fatal(err)
	}
	var left map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &left); err != nil || left["_unbooked"] != nil {
		t.Errorf("still marked: %s", d.Body)
	}
}

// TestPublishedWhileAnInvoiceIsBooked: a flow that finds an invoice between its
// storing and its booking does not take it for paid.
func TestPublishedWhileAnInvoiceIsBooked(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Just now")
	col := s.srv.Store.In(s.key, "r_invoice")
	since := value.Instant(s.srv.Spaces.RealNow())
	body := fmt.Sprintf(`{"number":"J-1","customer":%q,"issueDate":%q,"dueDate":%q,"amount":700,"currency":"CNY","status":"open","open":700,"_unbooked":%q,"_by":"u"}`, c, s.today()-30, s.today(), since)
	d, err := col.Insert(t.Context(), "new", json.RawMessage(body))
	must(t, err)
	s.publish(twoSteps)
	s.eventually("a run waits for the booking", func() bool {
		runs := s.runs()
		return len(runs) == 1 && runs[0].Status == "active" && runs[0].Node == "start"
	})
	longAgo := strings.Replace(body, since, "2020-01-01T00:00:00.000Z", 1)
	_, err = col.Replace(t.Context(), store.Doc{ID: "new", Body: json.RawMessage(longAgo)}, d.Ver)
	must(t, err)
	must(t, s.srv.Records.Heal(t.Context(), s.key))
	s.eventually("it is reminded of", func() bool { return len(s.messages()) == 1 })
}
