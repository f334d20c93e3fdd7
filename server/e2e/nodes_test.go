package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
)

// byCall starts on a signed call; tier A is asked for approval and escalated,
// the rest is scored and stops other flows.
const byCall = `{"format":"dueflow.flow/1","key":"called","name":{"en":"Called"},"subject":{"form":"invoice"},
 "nodes":{"start":{"type":"trigger.webhook","v":1,"cfg":{}},
  "tier":{"type":"switch.tier","v":1,"cfg":{"tiers":["A"]}},
  "ask":{"type":"approval","v":1,"cfg":{"title":{"en":"May we?"},"assign":{"role":"finance"}}},
  "up":{"type":"escalate","v":1,"cfg":{"to":{"role":"finance-manager"},"title":{"en":"Take over"}}},
  "score":{"type":"score","v":1,"cfg":{}},"stop":{"type":"stop","v":1,"cfg":{"scope":"customer"}},"end":{"type":"end","v":1,"cfg":{}}},
 "edges":[{"from":"start","to":"tier"},{"from":"tier","port":"A","to":"ask"},{"from":"tier","port":"else","to":"score"},
  {"from":"ask","port":"approved","to":"up"},{"from":"ask","port":"rejected","to":"end"},{"from":"up","to":"end"},{"from":"score","to":"stop"}]}`

// call sends a signed call and gives the status and whether a run began.
func (s *space) call(path, secret, id string, at time.Time, body map[string]string) (int, bool) {
	s.t.Helper()
	raw, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(s.t.Context(), "POST", s.srv.URL+path, bytes.NewReader(raw))
	ts := strconv.FormatInt(at.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Webhook-Id", id)
	req.Header.Set("Webhook-Timestamp", ts)
	req.Header.Set("Webhook-Signature", "v1,"+channel.Signature(secret, id, ts, raw))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // a test
	var out struct{ Started bool }
	_ = json.NewDecoder(res.Body).Decode(&out)
	return res.StatusCode, out.Started
}

func (s *space) runOf(flow, invoice string) runLine {
	for _, r := range s.runs() {
		if r.ID == s.runKey(flow, invoice) {
			return r
		}
	}
	return runLine{}
}

func (s *space) runKey(flow, invoice string) string {
	var page struct {
		Items []struct {
			ID      string `json:"id"`
			Subject struct{ ID string }
		} `json:"items"`
	}
	if err := s.c.Do(s.t.Context(), "GET", "/runs?limit=500&flow="+flow, nil, &page); err != nil {
		s.t.Fatal(err)
	}
	for _, r := range page.Items {
		if r.Subject.ID == invoice {
			return r.ID
		}
	}
	return ""
}

// TestStartedByACall: only a signed, fresh call starts a run, once; approval,
// escalation, score and stop do what they say.
func TestStartedByACall(t *testing.T) {
	s := newSpace(t, nil)
	vip := s.create("customer", map[string]any{"name": "VIP", "tier": "A"}).ID
	late := s.create("customer", map[string]any{"name": "Late", "tier": "B"}).ID
	first := s.invoice(vip, "V-1", 100, s.today()+30)
	for k := range 4 {
		inv := s.invoice(late, fmt.Sprintf("L-%d", k), 100, s.today()-100)
		s.create("payment", map[string]any{"customer": late, "amount": 100, "currency": "CNY", "invoices": []string{inv}})
	}
	old := s.invoice(late, "L-9", 5000, s.today()-90)
	s.publish(twoSteps) // another flow, to be stopped
	s.publish(byCall)
	var hook struct{ Path, Secret string }
	if err := s.c.Do(t.Context(), "POST", "/flows/called/hook", map[string]any{}, &hook); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if code, _ := s.call(hook.Path, "whsec_d3Jvbmc=", "m1", now, map[string]string{"invoice": "V-1"}); code != http.StatusUnauthorized {
		t.Errorf("a wrong signature: %d", code)
	}
	if code, _ := s.call(hook.Path, hook.Secret, "m1", now.Add(-time.Hour), map[string]string{"invoice": "V-1"}); code != http.StatusUnauthorized {
		t.Errorf("an old call: %d", code)
	}
	if code, _ := s.call("/api/v1/hooks/"+s.key+"/two", hook.Secret, "m1", now, map[string]string{"invoice": "V-1"}); code != http.StatusNotFound {
		t.Errorf("a flow without calls: %d", code)
	}
	if code, _ := s.call(hook.Path, hook.Secret, "m1", now, map[string]string{"invoice": "nothing"}); code != http.StatusNotFound {
		t.Errorf("an unknown invoice: %d", code)
	}
	if code, started := s.call(hook.Path, hook.Secret, "m1", now, map[string]string{"invoice": "V-1"}); code != http.StatusOK || !started {
		t.Fatalf("a good call: %d %v", code, started)
	}
	s.eventually("approval is asked for", func() bool { return s.runOf("called", first).Node == "ask" })
	if _, started := s.call(hook.Path, hook.Secret, "m1", now, map[string]string{"invoice": "V-1"}); started {
		t.Error("a repeat started a run")
	}
	task := s.task("May we?")
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+task+"/complete", map[string]any{"result": "approved"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("escalated", func() bool { return s.runOf("called", first).Status == "done" })
	s.task("Take over")

	s.eventually("the other flow waits", func() bool { return s.runOf("two", old).Node == "wait" })
	if code, started := s.call(hook.Path, hook.Secret, "m2", now, map[string]string{"invoice": "L-9"}); code != http.StatusOK || !started {
		t.Fatalf("the second call: %d %v", code, started)
	}
	s.eventually("both flows have ended", func() bool { return s.runOf("called", old).Status == "done" && s.runOf("two", old).Status == "done" })
	var card struct {
		Score   int
		Current string
		Reasons []struct{ Key string }
	}
	if err := s.c.Do(t.Context(), "GET", "/customers/"+late+"/tier", nil, &card); err != nil {
		t.Fatal(err)
	}
	if card.Current != "C" || card.Score >= 45 || len(card.Reasons) != 2 {
		t.Errorf("the card of a late payer: %+v", card)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+late+"/tier", map[string]any{"tier": "A", "until": (s.today() - 1).String()}, nil); pointers(err) != "/until past" {
		t.Errorf("a tier until yesterday: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+late+"/tier", map[string]any{"tier": "A", "until": (s.today() + 30).String(), "reason": "old friend"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+late+"/tier", map[string]any{}, &card); err != nil || card.Current != "A" {
		t.Errorf("a tier set by hand was overruled: %+v %v", card, err)
	}
}

// task gives the id of the open task with a title.
func (s *space) task(title string) string {
	s.t.Helper()
	id := ""
	s.eventually("task "+title, func() bool {
		var page struct {
			Items []struct {
				ID    string          `json:"id"`
				Title json.RawMessage `json:"title"`
			} `json:"items"`
		}
		if err := s.c.Do(s.t.Context(), "GET", "/tasks?status=open", nil, &page); err != nil {
			s.t.Fatal(err)
		}
		for _, x := range page.Items {
			if bytes.Contains(x.Title, []byte(title)) {
				id = x.ID
			}
		}
		return id != ""
	})
	return id
}

// checksPromise goes on when the promise that holds the first message back has
// ended.
const checksPromise = `{"format":"dueflow.flow/1","key":"promise","name":{"en":"Promise"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.event","v":1,"cfg":{"on":"promise.made"}},"check":{"type":"promise.check","v":1,"cfg":{}},
  "thanks":{"type":"end","v":1,"cfg":{"outcome":"goal"}},"call":{"type":"task","v":1,"cfg":{"title":{"en":"Ask about the promise"}}},"end":{"type":"end","v":1,"cfg":{}}},
 "edges":[{"from":"start","to":"check"},{"from":"check","port":"kept","to":"thanks"},{"from":"check","port":"broken","to":"call"},{"from":"check","port":"none","to":"end"},{"from":"call","to":"end"}]}`

// TestPromiseCheck: an open promise is waited for; a cancelled one leads on.
func TestPromiseCheck(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Promising")
	inv := s.invoice(c, "P-1", 1000, s.today()-5)
	s.publish(checksPromise)
	cmd := func(body map[string]any) {
		t.Helper()
		if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", body, nil); err != nil {
			t.Fatal(err)
		}
	}
	cmd(map[string]any{"type": "promise.make", "amount": 400, "currency": "CNY", "date": (s.today() + 3).String(), "items": []string{inv}, "key": "p1"})
	s.eventually("the promise is waited for", func() bool { r := s.runOf("promise", inv); return r.Node == "check" && r.Status == "active" })
	s.create("payment", map[string]any{"customer": c, "amount": 400, "currency": "CNY", "invoices": []string{inv}})
	s.eventually("kept", func() bool {
		r := s.runOf("promise", inv)
		return r.Status == "done" && r.Outcome == "goal" && r.Node == "thanks"
	})
}
