package e2e

import (
	"strings"
	"testing"
)

// TestBouncedPaymentResumes: through the real engine, a payment ends a run, and
// its reversal lets the run go on where it stood: the first message does not come
// again, the second does. A flow that no longer goes out stays silent.
func TestBouncedPaymentResumes(t *testing.T) {
	s := newSpace(t, fastDays(1.5))
	s.publish(twoSteps)
	command := func(customer string, body map[string]any) {
		t.Helper()
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+customer+"/commands", body, nil))
	}
	run := func(customer string) (r runLine) {
		t.Helper()
		var page struct{ Items []runLine }
		must(t, s.c.Do(t.Context(), "GET", "/runs?customer="+customer, nil, &page))
		if len(page.Items) == 1 {
			r = page.Items[0]
		}
		return r
	}
	sent := func(number string) map[string]int {
		by := map[string]int{}
		for _, m := range s.messages() {
			if m.Items[0].Number == number {
				by[m.Template]++
			}
		}
		return by
	}
	paid := func(name string) (customer, payment string) {
		t.Helper()
		customer = s.customer(name)
		inv := s.invoice(customer, name, 50000, s.today())
		s.eventually("the first message", func() bool { return sent(name)["overdue-friendly"] == 1 })
		p := s.create("payment", map[string]any{"customer": customer, "amount": 50000, "currency": "CNY", "invoices": []string{inv}})
		s.eventually("the payment ends the run", func() bool { return run(customer).Status == "done" })
		return customer, p.ID
	}
	c, p := paid("B-1")
	command(c, map[string]any{"type": "payment.reverse", "payment": p, "reason": "bounced"})
	s.eventually("the second message", func() bool { return sent("B-1")["overdue-clear"] == 1 })
	if by := sent("B-1"); by["overdue-friendly"] != 1 {
		t.Errorf("messages %v", by)
	}
	if said := strings.Join(s.timeline(c, "step"), "\n"); !strings.Contains(said, "Flow Two goes on: the invoice is open again · B-1") {
		t.Errorf("the timeline says %s", said)
	}

	c, p = paid("B-2")
	must(t, s.c.Do(t.Context(), "POST", "/flows/two/stop", nil, nil))
	command(c, map[string]any{"type": "payment.reverse", "payment": p, "reason": "bounced"})
	s.settled(c)
	if r := run(c); r.Status != "done" {
		t.Errorf("a run of a stopped flow goes on: %+v", r)
	}
	s.verify()
}
