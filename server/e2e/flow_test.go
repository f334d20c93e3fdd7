package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
)

// TestMainJob: invoices, a published flow, one merged message, and a payment
// that ends the runs.
func TestMainJob(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("华东贸易")
	a, b := s.invoice(c, "A-1", 1000, s.today()-5), s.invoice(c, "A-2", 500, s.today()-2)
	s.settled(c)
	s.publish(twoSteps)
	s.eventually("both runs wait after their message", func() bool {
		n := 0
		for _, r := range s.runs() {
			if r.Node == "wait" {
				n++
			}
		}
		return n == 2
	})
	s.eventually("the message is stored", func() bool { return len(s.messages()) > 0 }) // MongoDB stores a step piece by piece
	if m := s.messages(); len(m) != 1 || len(m[0].Items) != 2 || m[0].Amount != 1500 || m[0].Status != "sent" {
		t.Fatalf("messages %+v", m)
	}
	s.create("payment", map[string]any{"customer": c, "amount": 1500, "currency": "CNY", "invoices": []string{a, b}})
	s.eventually("paid runs end", func() bool {
		for _, r := range s.runs() {
			if r.Status != "done" || r.Outcome != "goal" {
				return false
			}
		}
		return true
	})
	s.verify()
}

// TestLetterAboutBothSidesOfDue: one message for a bill that is past due and one
// that is coming due; what the words say of the first is not said of the other.
func TestLetterAboutBothSidesOfDue(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("华东贸易")
	s.invoice(c, "B-2", 500, s.today()+4)
	s.invoice(c, "B-1", 1000, s.today()-4)
	s.settled(c)
	s.publish(`{"format":"dueflow.flow/1","key":"sides","name":{"en":"Sides"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","on":["payment.recorded"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","offset":{"value":-9,"unit":"day"},"at":"00:00"}},
  "due":{"type":"branch","v":1,"cfg":{"cases":[{"port":"past","when":{"field":"invoice.dpd","op":"gt","value":0}}]}},
  "late":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-clear"}},
  "soon":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"due-soon-friendly"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"due"},{"from":"due","port":"past","to":"late"},{"from":"due","port":"else","to":"soon"},{"from":"late","to":"end"},{"from":"soon","to":"end"}]}`)
	s.eventually("a message", func() bool { return len(s.messages()) == 1 })
	m := s.messages()[0]
	if m.Template != "overdue-clear" || m.Amount != 1500 || len(m.Items) != 2 {
		t.Fatalf("%+v", m)
	}
	above, below, found := strings.Cut(m.Text, "due later and not counted above")
	if !found || !strings.Contains(above, "B-1") || !strings.Contains(above, "Total: CNY 10.00") || strings.Contains(above, "B-2") ||
		strings.Contains(m.Text, "CNY 15.00") || !strings.Contains(below, "B-2") || !strings.Contains(below, "CNY 5.00") {
		t.Errorf("text:\n%s", m.Text)
	}
	if n := strings.Count(m.HTML, "<table"); n != 2 {
		t.Errorf("%d tables in\n%s", n, m.HTML)
	}
	s.verify()
}

// TestNewInvoiceEntersALiveFlow: what is booked after publishing is enrolled too.
func TestNewInvoiceEntersALiveFlow(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Later")
	s.publish(twoSteps)
	s.invoice(c, "L-1", 100, s.today()-1)
	s.eventually("a message for the new invoice", func() bool { return len(s.messages()) == 1 })
}

// TestHoldAndPromise: a promise holds the step back, a broken hold lets it go on.
func TestHoldAndPromise(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Held")
	inv := s.invoice(c, "H-1", 1000, s.today()-1)
	cmd := func(body map[string]any) {
		t.Helper()
		if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", body, nil); err != nil {
			t.Fatal(err)
		}
	}
	cmd(map[string]any{"type": "hold.set", "reason": "meeting"})
	s.publish(twoSteps)
	s.eventually("held back", func() bool { r := s.runs(); return len(r) == 1 && r[0].Reason != nil && r[0].Reason.Key == "hold" })
	cmd(map[string]any{"type": "promise.make", "amount": 1000, "currency": "CNY", "date": (s.today() + 3).String(), "items": []string{inv}, "key": "p1"})
	cmd(map[string]any{"type": "hold.lift"})
	s.eventually("promised", func() bool { r := s.runs(); return r[0].Reason != nil && r[0].Reason.Key == "promised" })
	// The list of what was held has the present reason, and the one before it.
	list := held(t, s.c, "")
	if len(list.Items) != 1 || list.Items[0].Reason.Key != "promised" || len(list.Items[0].Earlier) != 1 || list.Items[0].Earlier[0].Reason.Key != "hold" || list.Items[0].Earlier[0].Since == "" {
		t.Errorf("held: %+v", list.Items)
	}
	cmd(map[string]any{"type": "promise.cancel", "promise": "p1"})
	s.eventually("sent", func() bool { return len(s.messages()) == 1 })
	s.verify()
}

// TestRepeatableFlow: with re-entry, an event starts a run for a subject that
// has none open, and only for it; another subject's ended run changes nothing.
func TestRepeatableFlow(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Again")
	a, b := s.invoice(c, "R-1", 1000, s.today()+30), s.invoice(c, "R-2", 1000, s.today()+30)
	s.publish(`{"format":"dueflow.flow/1","key":"thanks","name":{"en":"Thanks"},"subject":{"form":"invoice","reentry":"again"},
 "nodes":{"start":{"type":"trigger.event","v":1,"cfg":{"on":"payment.recorded"}},
  "big":{"type":"branch","v":1,"cfg":{"cases":[{"port":"yes","when":{"field":"invoice.open","op":"lt","value":500}}]}},
  "wait":{"type":"wait","v":1,"cfg":{"for":{"value":3,"unit":"day"}}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"big"},{"from":"big","port":"yes","to":"end"},{"from":"big","port":"else","to":"wait"},{"from":"wait","to":"end"}]}`)
	pay := func(invoice string, amount int64) {
		s.create("payment", map[string]any{"customer": c, "amount": amount, "currency": "CNY", "invoices": []string{invoice}})
	}
	count := func(open, done int) func() bool {
		return func() bool {
			o, d := 0, 0
			for _, r := range s.runs() {
				if r.Status == "done" {
					d++
				} else if r.Node == "wait" {
					o++
				}
			}
			return o == open && d == done
		}
	}
	pay(a, 100) // stays: 900 open
	s.eventually("one waits", count(1, 0))
	pay(b, 600) // ends at once
	s.eventually("the other ended", count(1, 1))
	pay(a, 100) // has an open run: nothing new
	pay(b, 100) // its run has ended: a second one, which ends too
	s.eventually("b ran again, a did not", count(1, 2))
}

// asking begins with a task whose result leads on, where twoSteps sends.
var asking = strings.NewReplacer(`"key":"two"`, `"key":"ask"`,
	`"first":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-friendly"}}`,
	`"first":{"type":"task","v":1,"cfg":{"title":{"en":"Call"},"waitForResult":true,"results":[{"key":"reached"},{"key":"gone"}]}}`,
	`{"from":"first","to":"wait"}`, `{"from":"first","to":"wait"},{"from":"first","port":"gone","to":"end"}`,
).Replace(twoSteps)

// TestTaskResultLeadsOn: a flow waits for a person and follows the result.
func TestTaskResultLeadsOn(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Task")
	s.invoice(c, "T-1", 100, s.today())
	s.publish(asking)
	type taskLine struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	var page struct {
		Items []taskLine `json:"items"`
	}
	s.eventually("a task", func() bool {
		return s.c.Do(t.Context(), "GET", "/tasks", nil, &page) == nil && len(page.Items) == 1
	})
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+page.Items[0].ID+"/complete", map[string]any{"result": "bored"}, nil); keyOf(err) != "invalid.fields" {
		t.Errorf("a result that is none: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+page.Items[0].ID+"/complete", map[string]any{"result": "gone"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("ended by the result's port", func() bool { r := s.runs(); return len(r) == 1 && r[0].Status == "done" && r[0].Outcome == "ended" })
}

// TestControls: pause, resume, run now, stop over the API.
func TestControls(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Control")
	s.invoice(c, "X-1", 100, s.today()+20)
	s.publish(twoSteps)
	s.eventually("waits", func() bool { r := s.runs(); return len(r) == 1 && r[0].WakeAt != "" })
	id := s.runs()[0].ID
	act := func(action, status string) {
		t.Helper()
		if err := s.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{id}, "action": action}, nil); err != nil {
			t.Fatal(err)
		}
		s.eventually(action, func() bool { return s.runs()[0].Status == status })
	}
	act("pause", "paused")
	act("resume", "active")
	if err := s.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{id}, "action": "runNow"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("sent now", func() bool { return len(s.messages()) == 1 && s.runs()[0].Node == "wait" })
	act("stop", "done")
}

// TestMigrationKeepsCounters: publishing a changed flow moves runs to it at
// their step, without a second first message.
func TestMigrationKeepsCounters(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Move")
	s.invoice(c, "M-1", 100, s.today())
	s.publish(twoSteps)
	s.eventually("waits", func() bool { r := s.runs(); return len(r) == 1 && r[0].Node == "wait" })
	doc := strings.Replace(twoSteps, `"value":3,"unit":"day"`, `"value":0,"unit":"day"`, 1)
	var f struct {
		DraftVersion int64 `json:"draftVersion"`
	}
	if err := s.c.Do(t.Context(), "GET", "/flows/two", nil, &f); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "PUT", "/flows/two", map[string]any{"document": json.RawMessage(doc)}, nil); keyOf(err) != "store.version" {
		t.Errorf("saving without the version it was read at: %v", err)
	}
	if err := s.c.Do(t.Context(), "PUT", "/flows/two", map[string]any{"document": json.RawMessage(doc)}, nil, "If-Match", fmt.Sprintf(`"%d"`, f.DraftVersion)); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "POST", "/flows/two/publish", map[string]string{"running": "move"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("goes on in the new version", func() bool { r := s.runs(); return len(r) == 1 && r[0].Status == "done" })
	if m := s.messages(); len(m) != 2 {
		t.Errorf("%d messages", len(m))
	}
}

// TestDemoClock: on a clock whose day lasts a fifth of a second, the flow with
// its three days of waiting ends within seconds.
func TestDemoClock(t *testing.T) {
	s := newSpace(t, fastDays(0.3))
	c := s.customer("Demo")
	s.invoice(c, "D-1", 100, s.today()+2)
	s.publish(twoSteps)
	s.eventually("ended after both messages", func() bool { r := s.runs(); return len(r) == 1 && r[0].Status == "done" && len(s.messages()) == 2 })
	s.verify()
}

// TestPaymentsDuringSends: payments arrive while sends are under way, many
// times over; no message is granted after its payment was acknowledged. The
// journal of each account tells the order.
func TestPaymentsDuringSends(t *testing.T) {
	const accounts = 1000
	s := newSpace(t, nil)
	today := s.today()
	ctx := t.Context()
	var mu sync.Mutex
	acknowledged := map[string]int64{} // invoice → ledger version of the payment
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Go(func() {
			for k := range next {
				c, inv := fmt.Sprintf("race-%d", k), fmt.Sprintf("inv-%d", k)
				if _, _, err := s.srv.Accounts.Execute(ctx, s.key, c, "test", ledger.BookInvoice{Invoice: inv, Number: inv, Currency: "CNY", Amount: 100, Issue: today - 9, Due: today - 1}); err != nil {
					t.Error(err)
					return
				}
				var race sync.WaitGroup
				race.Go(func() {
					time.Sleep(time.Duration(rand.IntN(1500)) * time.Microsecond)
					_, st, err := s.srv.Accounts.Execute(ctx, s.key, c, "test", ledger.ApplyPayment{Payment: "p-" + inv, Amount: 100, Currency: "CNY", Value: today})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acknowledged[inv] = st.Seq
					mu.Unlock()
				})
				race.Go(func() {
					for n := range 3 {
						var d ledger.Decision
						_, _, err := s.srv.Accounts.Execute(ctx, s.key, c, "flow", ledger.Intend{
							Key: fmt.Sprintf("%s/send/%d", inv, n), Items: []string{inv}, Currency: "CNY", Channel: "sandbox", Out: &d,
							Rules: ledger.Rules{Location: time.UTC, Window: value.Window{From: 0, To: 1440, Days: "every"}},
						})
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						paid := acknowledged[inv]
						mu.Unlock()
						if d.Verdict == ledger.Granted && paid != 0 && d.Seq > paid {
							t.Errorf("%s: message at %d after payment at %d", inv, d.Seq, paid)
						}
					}
				})
				race.Wait()
			}
		})
	}
	for k := range accounts {
		next <- k
	}
	close(next)
	wg.Wait()
	v, err := s.srv.Core.Verify(ctx, s.key)
	if err != nil {
		t.Fatal(err)
	}
	r := v.(*app.Verification)
	if r.Violations != 0 || r.Accounts != accounts {
		t.Fatalf("%+v", r)
	}
	if r.Messages == 0 || r.Messages == 3*accounts {
		t.Errorf("%d messages: the race was no race", r.Messages)
	}
	t.Logf("%d accounts, %d messages granted before their payment, 0 after", r.Accounts, r.Messages)
}
