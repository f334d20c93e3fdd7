package e2e

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/workspace"
)

// TestPaymentAppliedLaterAndReversed: what is left of a payment is applied by
// the workspace's rule or to the named invoices, found by its filter, and a
// payment that is taken back opens its invoices again and may then be deleted.
func TestPaymentAppliedLaterAndReversed(t *testing.T) {
	s := newSpace(t, nil)
	_, err := s.srv.Spaces.Update(t.Context(), s.key, 0, func(w *workspace.Workspace) error {
		w.AllocationRule = ledger.CNCivilCode
		return nil
	})
	must(t, err)
	c := s.customer("华东贸易")
	a := s.invoice(c, "A-1", 100, s.today()-9)
	p := s.create("payment", map[string]any{"customer": c, "amount": 400, "currency": "CNY", "reference": "TT-1", "invoices": []string{a}})
	b, d, e := s.invoice(c, "B-1", 100, s.today()-5), s.invoice(c, "B-2", 300, s.today()-5), s.invoice(c, "B-3", 60, s.today()-9)
	s.settled(c)

	listed := func(filter string) []string {
		t.Helper()
		var page struct{ Items []record }
		must(t, s.c.Do(t.Context(), "GET", "/records/payment?sort=-valueDate&filter="+url.QueryEscape(filter), nil, &page))
		out := []string{}
		for _, r := range page.Items {
			out = append(out, r.ID)
		}
		return out
	}
	number := func(form, id, field string) int64 {
		t.Helper()
		var r record
		must(t, s.c.Do(t.Context(), "GET", "/records/"+form+"/"+id, nil, &r))
		var n int64
		must(t, json.Unmarshal(r.System[field], &n))
		return n
	}
	command := func(body map[string]any) error {
		return s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", body, nil)
	}
	const unapplied, reversed = `{"field":"unapplied","op":"gt","value":0}`, `{"field":"reversed","op":"eq","value":true}`

	if n := number("payment", p.ID, "unapplied"); n != 300 || !slices.Equal(listed(unapplied), []string{p.ID}) {
		t.Fatalf("%d unapplied, listed %v", n, listed(unapplied))
	}
	must(t, command(map[string]any{"type": "payment.allocate", "payment": p.ID, "items": []string{e}}))
	// 240 are left for two claims of 100 and 300 that are due on one day.
	must(t, command(map[string]any{"type": "payment.allocate", "payment": p.ID}))
	s.settled(c)
	if x, y, z := number("invoice", b, "open"), number("invoice", d, "open"), number("invoice", e, "open"); x != 40 || y != 120 || z != 0 {
		t.Errorf("open are %d, %d and %d", x, y, z)
	}
	if list := listed(unapplied); len(list) != 0 {
		t.Errorf("listed as unapplied: %v", list)
	}
	if key := keyOf(s.c.Do(t.Context(), "DELETE", "/records/payment/"+p.ID, nil, nil, "If-Match", "*")); key == "" {
		t.Error("a payment that stands was deleted")
	}

	if keyOf(command(map[string]any{"type": "payment.reverse", "payment": "none", "reason": "bounced"})) != "ledger.noPayment" {
		t.Error("a payment that is not there was reversed")
	}
	must(t, command(map[string]any{"type": "payment.reverse", "payment": p.ID, "reason": "bounced"}))
	s.settled(c)
	for id, open := range map[string]int64{a: 100, b: 100, d: 300, e: 60} {
		if n := number("invoice", id, "open"); n != open {
			t.Errorf("%d of %d are open", n, open)
		}
	}
	if !slices.Equal(listed(reversed), []string{p.ID}) || len(listed(unapplied)) != 0 {
		t.Errorf("listed as reversed %v, as unapplied %v", listed(reversed), listed(unapplied))
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/records/payment/"+p.ID, nil, nil, "If-Match", "*"))
	if list := listed(reversed); len(list) != 0 {
		t.Errorf("still listed: %v", list)
	}
	s.verify()
}
