package e2e

import (
	"testing"
)

// TestBrokenPromiseResumes: on a fast clock and through the real engine a flow
// waits while a promise is open, goes on with the step it stood at when the
// promise breaks, and never begins anew; a dispute past its deadline becomes a
// task of its owner, then of the managers, and both end with the dispute.
func TestBrokenPromiseResumes(t *testing.T) {
	s := newSpace(t, fastDays(1.5))
	owner := s.member("owner", []string{"finance"}, nil)
	c := s.customer("Promises")
	inv := s.invoice(c, "D-1", 50000, s.today()-1)
	s.publish(twoSteps)
	s.eventually("the first message", func() bool { return len(s.messages()) == 1 })
	command := func(body map[string]any) {
		t.Helper()
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", body, nil))
	}
	promised := s.today() + 5
	command(map[string]any{"type": "promise.make", "amount": 50000, "currency": "CNY", "date": promised.String()})
	s.eventually("broken", func() bool { return s.promise(c) == "broken" })
	if today := s.today(); today < promised+2 {
		t.Errorf("broken on %s, promised for %s", today, promised)
	}
	s.eventually("the second message", func() bool { return len(s.messages()) == 2 })
	by := map[string]int{}
	for _, m := range s.messages() {
		by[m.Template]++
	}
	if by["overdue-friendly"] != 1 || by["overdue-clear"] != 1 {
		t.Errorf("messages %v", by)
	}

	var made struct {
		Events []struct{ Dispute, Owner, Deadline string }
	}
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{
		"type": "dispute.open", "invoice": inv, "amount": 20000, "reason": "damaged", "owner": owner.ID, "deadline": (s.today() + 1).String(),
	}, &made))
	b := s.enter(owner)
	mine := func() int {
		var page struct{ Items []taskLine }
		must(t, b.do(t, "GET", "/tasks?status=open&mine=true", nil, &page))
		return len(page.Items)
	}
	s.eventually("the owner's task", func() bool { return mine() == 1 })
	s.eventually("the managers' task", func() bool { return len(s.tasks("status=open&customer="+c)) == 2 })
	command(map[string]any{"type": "dispute.close", "invoice": inv, "dispute": made.Events[0].Dispute, "outcome": "rejected"})
	s.eventually("no task is left", func() bool { return len(s.tasks("status=open&customer="+c)) == 0 })
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "dispute.open", "invoice": inv, "amount": 1, "reason": "x", "owner": "nobody"}, nil); pointers(err) != "/owner reference" {
		t.Errorf("an unknown owner: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "dispute.open", "invoice": inv, "amount": 1, "reason": "x", "deadline": "2020-01-01"}, nil); pointers(err) != "/deadline notInPast" {
		t.Errorf("a deadline in the past: %v", err)
	}
	s.verify()
}

func (s *space) promise(customer string) string {
	var page struct {
		Account struct{ Promises []struct{ Status string } }
	}
	must(s.t, s.c.Do(s.t.Context(), "GET", "/customers/"+customer, nil, &page))
	if len(page.Account.Promises) == 0 {
		return ""
	}
	return page.Account.Promises[0].Status
}
