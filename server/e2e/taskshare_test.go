package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

// callThenAsk asks a person to call, and another to approve what comes after it.
const callThenAsk = `{"format":"dueflow.flow/1","key":"callask","name":{"en":"Call, then ask"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":"00:00"}},
  "call":{"type":"task","v":1,"cfg":{"title":{"en":"Call them"},"due":{"value":DAYS,"unit":"day"},"waitForResult":false}},
  "ask":{"type":"approval","v":1,"cfg":{"title":{"en":"May we?"},"assign":{"role":"finance-manager"}}},
  "letter":{"type":"task","v":1,"cfg":{"title":{"en":"Write the letter"},"waitForResult":true}},
  "each":{"type":"task","v":1,"cfg":{"title":{"en":"File it"},"each":true}},
  "end":{"type":"end","v":1,"cfg":{}}},
 "edges":[{"from":"start","to":"call"},{"from":"call","to":"ask"},{"from":"ask","port":"approved","to":"letter"},{"from":"ask","port":"rejected","to":"each"},
  {"from":"letter","to":"end"},{"from":"each","to":"end"}]}`

type sharedTask struct {
	ID, Status, Due string
	Title           map[string]string
	Invoices        []struct{ ID, Name string }
	TakenBack       *struct{ Key string }
}

// work gives the open tasks of a customer as "title: numbers".
func (s *space) work(customer string) (lines []string, byTitle map[string]sharedTask) {
	s.t.Helper()
	var page struct{ Items []sharedTask }
	must(s.t, s.c.Do(s.t.Context(), "GET", "/tasks?status=open&limit=100&customer="+customer, nil, &page))
	byTitle = map[string]sharedTask{}
	for _, x := range page.Items {
		var numbers []string
		for _, i := range x.Invoices {
			numbers = append(numbers, i.Name)
		}
		slices.Sort(numbers)
		lines = append(lines, x.Title["en"]+": "+strings.Join(numbers, " "))
		byTitle[x.Title["en"]] = x
	}
	slices.Sort(lines)
	return lines, byTitle
}

func (s *space) hasWork(customer string, want ...string) map[string]sharedTask {
	s.t.Helper()
	var got []string
	var by map[string]sharedTask
	defer func() {
		if s.t.Failed() {
			s.t.Logf("open: %q", got)
		}
	}()
	s.eventually(strings.Join(want, ", "), func() bool { got, by = s.work(customer); return slices.Equal(got, want) })
	return by
}

// TestTasksFollowTheMoney: a customer's invoices share a task, are taken out of
// it once they are paid, and may be answered one by one; work for a debt that
// is settled ends, whether or not its run is still under way.
func TestTasksFollowTheMoney(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) { w.Calendar = "weekdays" })
	saturday := int(6-s.today().Weekday()) + 7
	s.publish(strings.Replace(callThenAsk, "DAYS", strconv.Itoa(saturday), 1))
	c := s.customer("Shared")
	id := map[string]string{}
	for _, n := range []string{"S-1", "S-2", "S-3", "S-4"} {
		id[n] = s.invoice(c, n, 100, s.today())
	}
	by := s.hasWork(c, "Call them: S-1 S-2 S-3 S-4", "May we?: S-1 S-2 S-3 S-4")
	if due, err := value.ParseDate(by["Call them"].Due); err != nil || due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
		t.Errorf("due on %s: %v", due.Weekday(), err)
	}

	paid := func(n string, amount int64) {
		s.create("payment", map[string]any{"customer": c, "amount": amount, "currency": "CNY", "invoices": []string{id[n]}})
	}
	paid("S-1", 100)
	by = s.hasWork(c, "Call them: S-2 S-3 S-4", "May we?: S-2 S-3 S-4")

	answer := func(result string, numbers ...string) error {
		var ids []string
		for _, n := range numbers {
			ids = append(ids, id[n])
		}
		return s.c.Do(t.Context(), "POST", "/tasks/"+by["May we?"].ID+"/complete", map[string]any{"result": result, "note": "seen " + result, "invoices": ids}, nil)
	}
	must(t, answer("approved", "S-2", "S-1"))
	must(t, answer("rejected", "S-3"))
	s.hasWork(c, "Call them: S-2 S-3 S-4", "File it: S-3", "May we?: S-4", "Write the letter: S-2")
	if err := answer("approved", "S-3"); keyOf(err) != "task.takenBack" {
		t.Errorf("answered otherwise: %v", err)
	}
	must(t, answer("rejected", "S-3")) // a repeat
	// What is answered while a run is paused is heard when it goes on.
	pause := func(action string) {
		must(t, s.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{s.runKey("callask", id["S-4"])}, "action": action}, nil))
	}
	pause("pause")
	s.eventually("paused", func() bool { return s.runOf("callask", id["S-4"]).Status == "paused" })
	must(t, answer("rejected"))
	s.hasWork(c, "Call them: S-2 S-3 S-4", "File it: S-3", "Write the letter: S-2")
	pause("resume")
	by = s.hasWork(c, "Call them: S-2 S-3 S-4", "File it: S-3", "File it: S-4", "Write the letter: S-2")

	paid("S-2", 100)
	s.hasWork(c, "Call them: S-3 S-4", "File it: S-3", "File it: S-4")
	paid("S-3", 40)
	paid("S-3", 60)
	s.hasWork(c, "Call them: S-4", "File it: S-4")
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "write.off", "invoice": id["S-4"], "amount": 100, "reason": "gone"}, nil))
	s.hasWork(c)

	if err := s.c.Do(t.Context(), "POST", "/tasks/"+by["Write the letter"].ID+"/complete", map[string]any{}, nil); keyOf(err) != "task.takenBack" {
		t.Errorf("done after it was taken back: %v", err)
	}
	var done struct{ Items []sharedTask }
	must(t, s.c.Do(t.Context(), "GET", "/tasks?status=done&customer="+c, nil, &done))
	back := map[string]int{}
	for _, x := range done.Items {
		if x.TakenBack != nil {
			back[x.Title["en"]+" "+x.TakenBack.Key]++
		}
	}
	if back["Call them paid"] != 1 || back["Write the letter stop:paid"] != 1 || back["File it paid"] != 2 || len(back) != 3 {
		t.Errorf("taken back: %v", back)
	}
	if got := s.timeline(c, "task.done"); len(got) != 3 || !slices.Contains(got, "Task done: May we? · S-2 · Approve · seen approved") {
		t.Errorf("done: %q", got)
	}
	if got := s.timeline(c, "task.takenBack"); len(got) != 4 || !slices.Contains(got, "Task no longer needed: Call them (paid) · S-4") {
		t.Errorf("taken back: %q", got)
	}
}
