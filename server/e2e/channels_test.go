package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/workspace"
)

// oneStep sends once, by a channel and fallbacks, and then waits for events.
func oneStep(key, ch string, fallback []string, events ...string) string {
	fb, _ := json.Marshal(append([]string{}, fallback...))
	ev, _ := json.Marshal(events)
	if len(events) == 0 {
		ev = []byte(`["payment"]`)
	}
	return fmt.Sprintf(`{"format":"dueflow.flow/1","key":%q,"name":{"en":"One"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","on":["payment.recorded"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":"00:00"}},
  "send":{"type":"send","v":1,"onError":{"retries":3,"then":"park"},"cfg":{"channel":%q,"template":"overdue-friendly","fallback":%s}},
  "hear":{"type":"waitFor","v":1,"cfg":{"events":%s,"timeout":{"value":3,"unit":"day"}}},
  "heard":{"type":"wait","v":1,"cfg":{"for":{"value":3,"unit":"day"}}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"send"},{"from":"send","to":"hear"},{"from":"hear","to":"heard"},{"from":"hear","port":"timeout","to":"end"},{"from":"heard","to":"end"}]}`, key, ch, fb, ev)
}

type fullMessage struct {
	ID, Status, Channel, To, Detail, Text string
	Error                                 *struct{ Key string }
	Delivery                              *struct{ State, Detail string }
	Cost                                  float64
}

func (s *space) all() []fullMessage {
	s.t.Helper()
	var page struct{ Items []fullMessage }
	if err := s.c.Do(s.t.Context(), "GET", "/messages?limit=200", nil, &page); err != nil {
		s.t.Fatal(err)
	}
	return page.Items
}

type openTask struct {
	ID, Text, Link, Status string
	Title                  map[string]string
	Results                []struct{ Key string }
}

func (s *space) asked(status string) []openTask {
	s.t.Helper()
	var page struct{ Items []openTask }
	if err := s.c.Do(s.t.Context(), "GET", "/tasks?status="+status, nil, &page); err != nil {
		s.t.Fatal(err)
	}
	return page.Items
}

func (s *space) timeline(customer, kind string) []string {
	s.t.Helper()
	var page struct {
		Items []struct {
			Kind string
			Text map[string]string
		}
	}
	if err := s.c.Do(s.t.Context(), "GET", "/customers/"+customer+"/timeline?limit=200", nil, &page); err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, e := range page.Items {
		if e.Kind == kind {
			out = append(out, e.Text["en"])
		}
	}
	return out
}

// revision is that of a channel's settings, as If-Match wants it.
func (s *space) revision(key string) string {
	s.t.Helper()
	var list struct {
		Items []struct {
			Key     string
			Version int64
		}
	}
	if err := s.c.Do(s.t.Context(), "GET", "/channel-settings", nil, &list); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range list.Items {
		if c.Key == key {
			return fmt.Sprintf(`"%d"`, c.Version)
		}
	}
	s.t.Fatalf("no channel %s", key)
	return ""
}

func (s *space) at(node string) bool {
	r := s.runs()
	return len(r) == 1 && r[0].Node == node
}

func with(channels map[string]string) func(*workspace.Workspace) {
	return func(w *workspace.Workspace) {
		w.Channels = map[string]json.RawMessage{}
		for k, v := range channels {
			w.Channels[k] = json.RawMessage(v)
		}
	}
}

// tell posts to a channel's hook as its provider does, and gives the status.
func (s *space) tell(key, contentType, body string, change func(path string) string) (int, string) {
	s.t.Helper()
	w, err := s.srv.Spaces.Get(s.t.Context(), s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	path := s.srv.Outreach.Hook(w, key)
	if change != nil {
		path = change(path)
	}
	res, err := http.Post(s.srv.URL+path, contentType, strings.NewReader(body)) //nolint:noctx,gosec // a test's own server
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // a test
	raw, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(raw)
}

// TestCallAsATask: a call is a task with what to say and the number; the
// message waits, spends the contact budget, and is sent when the task is done.
func TestCallAsATask(t *testing.T) {
	s := newSpace(t, with(map[string]string{"call": `{}`}))
	c := s.create("customer", map[string]any{"name": "Anna", "phone": "138 0013 8000"}).ID
	s.invoice(c, "C-1", 1000, s.today()-1)
	s.publish(oneStep("call", "call", nil, "task"))
	s.eventually("a task", func() bool { return len(s.asked("open")) == 1 && s.at("hear") })
	k := s.asked("open")[0]
	if k.Link != "tel:+8613800138000" || !strings.Contains(k.Text, "C-1") || len(k.Results) < 5 {
		t.Errorf("task %+v", k)
	}
	if m := s.all(); len(m) != 1 || m[0].Status != "waiting" {
		t.Fatalf("messages %+v", m)
	}
	st, err := s.srv.Accounts.Load(t.Context(), s.key, c)
	if err != nil || len(st.Contacts) != 1 {
		t.Errorf("contacts %+v, %v", st.Contacts, err)
	}
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+k.ID+"/complete", map[string]string{"result": "promised"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("the run heard of it", func() bool { return s.at("heard") })
	if m := s.all(); m[0].Status != "sent" || m[0].Detail != "promised" {
		t.Errorf("messages %+v", m)
	}
	s.verify()
}

// TestCallIsTakenBack: a payment takes the call back before anybody makes it;
// nobody answering spends no budget; a call logged by hand is the one asked for.
func TestCallIsTakenBack(t *testing.T) {
	s := newSpace(t, with(map[string]string{"call": `{}`}))
	paid := s.create("customer", map[string]any{"name": "Paid", "phone": "13800138000"}).ID
	i := s.invoice(paid, "P-1", 1000, s.today()-1)
	quiet := s.create("customer", map[string]any{"name": "Quiet", "phone": "13800138001"}).ID
	s.invoice(quiet, "Q-1", 1000, s.today()-1)
	logged := s.create("customer", map[string]any{"name": "Logged", "phone": "13800138002"}).ID
	s.invoice(logged, "L-1", 1000, s.today()-1)
	s.publish(oneStep("call", "call", nil, "task"))
	s.eventually("three tasks", func() bool { return len(s.asked("open")) == 3 })
	s.create("payment", map[string]any{"customer": paid, "amount": 1000, "currency": "CNY", "invoices": []string{i}})
	if err := s.c.Do(t.Context(), "POST", "/customers/"+logged+"/commands", map[string]any{"type": "call.log", "result": "reached"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("one is left", func() bool { return len(s.asked("open")) == 1 })
	k := s.asked("open")[0]
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+k.ID+"/complete", map[string]string{"result": "unreachable"}, nil); err != nil {
		t.Fatal(err)
	}
	ended := map[string]string{}
	s.eventually("all ended", func() bool {
		for _, m := range s.all() {
			ended[m.To] = m.Status
			if m.Error != nil {
				ended[m.To] += " " + m.Error.Key
			}
		}
		return ended["13800138000"] == "failed paid" && ended["13800138001"] == "failed notReached" && ended["13800138002"] == "sent"
	})
	st, err := s.srv.Accounts.Load(t.Context(), s.key, quiet)
	if err != nil || len(st.Contacts) != 0 {
		t.Errorf("nobody answered, and yet: %+v, %v", st.Contacts, err)
	}
	s.verify()
}

// TestLetters: the print queue, one PDF, and posting.
func TestLetters(t *testing.T) {
	s := newSpace(t, with(map[string]string{"letter": `{"sender":"示例公司 · 上海"}`}))
	for k, name := range []string{"𠮷野", "Anna 😀"} {
		c := s.create("customer", map[string]any{"name": name, "postalAddress": "世纪大道 100 号\n200120 上海"}).ID
		s.invoice(c, fmt.Sprintf("L-%d", k), 1000, s.today()-1)
	}
	s.publish(oneStep("letter", "letter", nil))
	var page struct {
		Items []struct{ ID, Missing, Status string }
	}
	s.eventually("two letters", func() bool {
		if err := s.c.Do(t.Context(), "GET", "/letters", nil, &page); err != nil {
			t.Fatal(err)
		}
		return len(page.Items) == 2
	})
	missing := page.Items[0].Missing + page.Items[1].Missing
	if missing != "😀" {
		t.Errorf("missing %q", missing)
	}
	ids := page.Items[0].ID + "," + page.Items[1].ID
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.srv.URL+"/api/v1/letters/pdf?ids="+ids, nil)
	req.Header.Set("Authorization", "Bearer "+s.c.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	pdf, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("%d %s, %d bytes", res.StatusCode, res.Header.Get("Content-Type"), len(pdf))
	}
	for range 2 { // a repeat changes nothing
		if err := s.c.Do(t.Context(), "POST", "/letters/posted", map[string]any{"ids": []string{page.Items[0].ID}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.c.Do(t.Context(), "POST", "/letters/posted", map[string]any{"ids": []string{page.Items[1].ID}, "why": "address unknown"}, nil); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, m := range s.all() {
		got[m.Status] = true
	}
	if !got["sent"] || !got["failed"] {
		t.Errorf("%+v", s.all())
	}
	for path, want := range map[string]int{"/letters/pdf": 422, "/letters/pdf?ids=nothing": 404, "/letters?status=x": 422} {
		if err := s.c.Do(t.Context(), "GET", path, nil, nil); statusOf(err) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := s.as("sales").Do(t.Context(), "GET", "/letters", nil, nil); statusOf(err) != 403 {
		t.Errorf("sales may see the print queue: %v", err)
	}
	s.verify()
}

// TestFallbackAndNobody: a dead number makes room for mail and is remembered;
// a customer whom nothing reaches becomes one task, however many steps try.
func TestFallbackAndNobody(t *testing.T) {
	calls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"code":21614,"message":"not a mobile number","status":400}`)
	}))
	defer srv.Close()
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	s := newSpace(t, with(map[string]string{
		"sms":     `{"provider":"twilio","accountSid":"A","authToken":"t","from":"+1555","endpoint":"` + srv.URL + `"}`,
		"webhook": `{"url":"` + hook.URL + `"}`,
	}))
	c := s.create("customer", map[string]any{"name": "Falls", "mobile": "13800138000"}).ID
	s.invoice(c, "F-1", 1000, s.today()-1)
	s.publish(oneStep("falls", "sms", []string{"webhook"}))
	s.eventually("sent by the other channel", func() bool { m := s.all(); return len(m) == 1 && m[0].Status == "sent" && m[0].Channel == "webhook" })
	s.invoice(c, "F-2", 1000, s.today()-1)
	s.eventually("and the next one at once", func() bool { return len(s.all()) == 2 })
	if calls != 1 {
		t.Errorf("the dead number was called %d times", calls)
	}
	nobody := s.create("customer", map[string]any{"name": "Nobody"}).ID
	s.invoice(nobody, "N-1", 1000, s.today()-1)
	s.invoice(nobody, "N-2", 2000, s.today()-1)
	s.publish(oneStep("none", "sms", nil))
	s.eventually("a task for an address", func() bool { return len(s.asked("open")) > 0 })
	s.settled(nobody)
	n := 0
	for _, k := range s.asked("open") {
		if strings.Contains(k.Title["en"], "No way to reach") {
			n++
		}
	}
	if n > 2 { // one for Nobody, one for Falls whose only address of this flow is dead
		t.Errorf("%d tasks for addresses: %+v", n, s.asked("open"))
	}
	s.verify()
}
