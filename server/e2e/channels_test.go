package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/dueflow/dueflow/server/client"
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
	Cost                                  int64
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

// staff is WeCom's side of mass messages: made by the API, confirmed by people.
type staff struct {
	mu        sync.Mutex
	made      int
	cancelled []string
	status    int
}

func (s *staff) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in struct {
		Msgid          string
		Sender, Userid string
		ExternalUserid []string `json:"external_userid"`
	}
	if r.Method == http.MethodPost {
		_ = json.NewDecoder(r.Body).Decode(&in)
		if r.URL.Query().Get("access_token") != "T" {
			_, _ = io.WriteString(w, `{"errcode":40014,"errmsg":"invalid access_token"}`)
			return
		}
	}
	switch r.URL.Path {
	case "/cgi-bin/gettoken":
		_, _ = io.WriteString(w, `{"errcode":0,"access_token":"T","expires_in":7200}`)
	case "/cgi-bin/externalcontact/add_msg_template":
		s.made++
		_, _ = fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","fail_list":[],"msgid":"msg%d"}`, s.made)
	case "/cgi-bin/externalcontact/get_groupmsg_send_result":
		_, _ = fmt.Fprintf(w, `{"errcode":0,"send_list":[{"external_userid":"wmA","userid":"zhang","status":%d},{"external_userid":"wmB","userid":"zhang","status":%d}]}`, s.status, s.status)
	case "/cgi-bin/externalcontact/cancel_groupmsg_send":
		s.cancelled = append(s.cancelled, in.Msgid)
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	default:
		w.WriteHeader(404)
	}
}

// TestMassMessage: prepared at WeCom, confirmed by a person, its end asked of
// WeCom; a payment takes an unconfirmed one back there too; the month's limit
// makes the next one wait for the next month.
func TestMassMessage(t *testing.T) {
	api := &staff{}
	srv := httptest.NewServer(api)
	defer srv.Close()
	s := newSpace(t, with(map[string]string{"wecom-customer": `{"corpId":"c","corpSecret":"s","sender":"zhang","monthly":1,"endpoint":"` + srv.URL + `"}`}))
	a := s.create("customer", map[string]any{"name": "A", "wecomExternalId": "wmA"}).ID
	s.invoice(a, "A-1", 1000, s.today()-1)
	b := s.create("customer", map[string]any{"name": "B", "wecomExternalId": "wmB"}).ID
	i := s.invoice(b, "B-1", 1000, s.today()-1)
	s.publish(oneStep("mass", "wecom-customer", nil))
	s.eventually("two tasks to confirm", func() bool { return len(s.asked("open")) == 2 })
	s.create("payment", map[string]any{"customer": b, "amount": 1000, "currency": "CNY", "invoices": []string{i}})
	s.eventually("one is taken back", func() bool { api.mu.Lock(); defer api.mu.Unlock(); return len(api.cancelled) == 1 })
	if err := s.srv.Outreach.Sweep(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	if n := len(s.asked("open")); n != 1 {
		t.Fatalf("%d tasks", n)
	}
	api.mu.Lock()
	api.status = 1
	api.mu.Unlock()
	if err := s.srv.Outreach.Sweep(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	s.eventually("confirmed", func() bool { return len(s.asked("open")) == 0 })
	if api.made != 2 {
		t.Errorf("%d mass messages", api.made)
	}
	s.invoice(a, "A-2", 500, s.today()-1)
	s.eventually("the next one waits for the next month", func() bool {
		for _, r := range s.runs() {
			if r.Reason != nil && r.Reason.Key == "monthlyLimit" && r.WakeAt > s.today().String() {
				return true
			}
		}
		return false
	})
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

// TestNewsOfSMS: deliveries, bounces and answers come in at an address only the
// provider knows; an answer of one word stops reminders until a person looks.
func TestNewsOfSMS(t *testing.T) {
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.WriteHeader(201)
		_, _ = fmt.Fprintf(w, `{"sid":"SM%d","status":"queued","error_code":null}`, n)
	}))
	defer srv.Close()
	s := newSpace(t, with(map[string]string{"sms": `{"provider":"twilio","accountSid":"A","authToken":"t","from":"+1555","cost":5,"endpoint":"` + srv.URL + `"}`}))
	c := s.create("customer", map[string]any{"name": "Anna", "mobile": "138 0013 8000"}).ID
	s.invoice(c, "S-1", 1000, s.today()-1)
	s.publish(oneStep("sms", "sms", nil, "delivery"))
	s.eventually("sent", func() bool { return s.at("hear") && len(s.all()) == 1 })
	if m := s.all()[0]; m.Cost == 0 || m.Cost%5 != 0 {
		t.Errorf("cost %d", m.Cost)
	}
	form := func(kv ...string) string {
		f := url.Values{}
		for k := 0; k < len(kv); k += 2 {
			f.Set(kv[k], kv[k+1])
		}
		return f.Encode()
	}
	const formType = "application/x-www-form-urlencoded"
	for name, change := range map[string]func(string) string{
		"a wrong token": func(p string) string { return p[:len(p)-1] + "x" }, "another workspace": func(p string) string { return strings.Replace(p, s.key, "nobody", 1) },
		"another channel": func(p string) string { return strings.Replace(p, "/sms/", "/webhook/", 1) }, "a channel that hears nothing": func(p string) string { return strings.Replace(p, "/sms/", "/wechat/", 1) },
	} {
		if status, body := s.tell("sms", formType, form("MessageSid", "SM1", "MessageStatus", "delivered"), change); status != 404 {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for range 2 {
		if status, body := s.tell("sms", formType, form("MessageSid", "SM1", "MessageStatus", "delivered"), nil); status != 200 || !strings.Contains(body, "<Response/>") {
			t.Fatalf("%d %s", status, body)
		}
	}
	s.eventually("the run heard of the delivery", func() bool { return s.at("heard") })
	if m := s.all()[0]; m.Delivery == nil || m.Delivery.State != "delivered" {
		t.Errorf("%+v", m)
	}
	if got := s.timeline(c, "message.delivered"); len(got) != 1 {
		t.Errorf("timeline %v", got)
	}
	if status, body := s.tell("sms", formType, "nonsense", nil); status != 422 {
		t.Errorf("nonsense: %d %s", status, body)
	}
	s.tell("sms", formType, form("MessageSid", "SM8", "From", "+8613800138000", "Body", "Please stop by on Monday"), nil)
	if st, _ := s.srv.Accounts.Load(t.Context(), s.key, c); st.StopWish != nil {
		t.Error("a sentence was taken for a wish to stop")
	}
	s.tell("sms", formType, form("MessageSid", "SM9", "From", "+8613800138000", "Body", " 【退订】"), nil)
	st, err := s.srv.Accounts.Load(t.Context(), s.key, c)
	if err != nil || st.StopWish == nil || st.StopWish.Confirmed {
		t.Fatalf("%+v, %v", st.StopWish, err)
	}
	var review openTask
	s.eventually("a person is asked", func() bool {
		for _, k := range s.asked("open") {
			if strings.Contains(k.Title["en"], "asks to stop") {
				review = k
			}
		}
		return review.ID != ""
	})
	if err := s.c.Do(t.Context(), "POST", "/tasks/"+review.ID+"/complete", map[string]string{"result": "confirm"}, nil); err != nil {
		t.Fatal(err)
	}
	if st, _ := s.srv.Accounts.Load(t.Context(), s.key, c); st.StopWish == nil || !st.StopWish.Confirmed {
		t.Error("the wish was not upheld")
	}
	if got := s.timeline(c, "message.replied"); len(got) != 2 {
		t.Errorf("timeline %v", got)
	}
	s.verify()
}

// TestNewsOfMail: a bounce marks the address, an answer wakes the flow.
func TestNewsOfMail(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, with(map[string]string{"email": fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"from":"AR <ar@example.com>","bounce":"bounces@example.com","verp":true,"tls":"none"}`, office.port)}))
	c := s.create("customer", map[string]any{"name": "Anna", "email": "anna@customer.example"}).ID
	s.invoice(c, "M-1", 1000, s.today()-1)
	s.publish(oneStep("mail", "email", nil, "reply"))
	s.eventually("a mail", func() bool { return len(office.taken()) == 1 && s.at("hear") })
	m := s.all()[0]
	envelope := office.taken()[0].from
	if envelope != "bounces+"+m.ID+"@example.com" {
		t.Fatalf("envelope %s", envelope)
	}
	if status, body := s.tell("email", "message/rfc822", "From: anna@customer.example\r\nTo: ar@example.com\r\nMessage-Id: <r@x>\r\n\r\nI pay on Friday.\r\n\r\n> STOP\r\n", nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	s.eventually("the run heard of the reply", func() bool { return s.at("heard") })
	if got := s.timeline(c, "message.replied"); len(got) != 1 || !strings.Contains(got[0], "I pay on Friday.") || strings.Contains(got[0], "STOP") {
		t.Errorf("timeline %v", got)
	}
	if st, _ := s.srv.Accounts.Load(t.Context(), s.key, c); st.StopWish != nil {
		t.Error("our own quoted words stop reminders")
	}
	bounce := "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx\r\nTo: " + envelope + "\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--B--\r\n"
	if status, body := s.tell("email", "message/rfc822", bounce, nil); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	var r record
	if err := s.c.Do(t.Context(), "GET", "/records/customer/"+c, nil, &r); err != nil || !strings.Contains(string(r.System["unreachable"]), "email:anna@customer.example") {
		t.Errorf("%s, %v", r.System["unreachable"], err)
	}
	s.invoice(c, "M-2", 1000, s.today()-1)
	s.eventually("the next mail is not tried", func() bool {
		for _, r := range s.runs() {
			if r.Status == "parked" {
				return true
			}
		}
		return false
	})
	if n := len(office.taken()); n != 1 {
		t.Errorf("%d mails", n)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/reachable", map[string]any{}, nil); err != nil {
		t.Fatal(err)
	}
	s.invoice(c, "M-3", 1000, s.today()-1)
	s.eventually("the address is tried again", func() bool { return len(office.taken()) == 2 })
	if status, _ := s.tell("email", "application/json", `{"events":[{"type":"opened"}]}`, nil); status != 422 {
		t.Errorf("an unknown event: %d", status)
	}
	s.verify()
}

// TestPushAgreement: a customer agrees by a link of their own and of nobody else's.
func TestPushAgreement(t *testing.T) {
	s := newSpace(t, nil)
	var keys struct{ PublicKey, PrivateKey string }
	if err := s.c.Do(t.Context(), "POST", "/channel-settings/push/keys", map[string]any{}, &keys); err != nil {
		t.Fatal(err)
	}
	set := map[string]any{"subject": "mailto:a@example.com", "publicKey": keys.PublicKey, "privateKey": keys.PrivateKey}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/push", set, nil, "If-Match", s.revision("push")); err != nil {
		t.Fatal(err)
	}
	c := s.create("customer", map[string]any{"name": "Anna"}).ID
	var link struct{ Path string }
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/push-link", map[string]any{}, &link); err != nil {
		t.Fatal(err)
	}
	_, mine, _ := strings.Cut(link.Path, "#")
	var key struct{ Key string }
	anybody := *s.c
	anybody.Token = ""
	if err := anybody.Do(t.Context(), "GET", "/push/"+mine, nil, &key); err != nil || key.Key != keys.PublicKey {
		t.Fatalf("%v, %v", key, err)
	}
	sub := map[string]any{"endpoint": "https://push.example/1", "p256dh": keys.PublicKey, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine+"x", sub, nil); statusOf(err) != 404 {
		t.Errorf("a wrong link: %v", err)
	}
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine, map[string]any{"endpoint": "javascript:1", "p256dh": keys.PublicKey, "auth": "x"}, nil); statusOf(err) != 422 {
		t.Errorf("not a subscription: %v", err)
	}
	for range 2 {
		if err := anybody.Do(t.Context(), "POST", "/push/"+mine, sub, nil); err != nil {
			t.Fatal(err)
		}
	}
	customer, _, err := s.srv.World.Subjects(t.Context(), s.key, c, nil)
	if got := s.srv.Channels["push"].Address(nil, customer); err != nil || got == "" || fmt.Sprint(len(customer["push"].([]any))) != "1" {
		t.Errorf("%q %v %v", got, customer["push"], err)
	}
	sub["leave"] = true
	if err := anybody.Do(t.Context(), "POST", "/push/"+mine, sub, nil); err != nil {
		t.Fatal(err)
	}
	if customer, _, _ = s.srv.World.Subjects(t.Context(), s.key, c, nil); s.srv.Channels["push"].Address(nil, customer) != "" {
		t.Error("a browser that left is still there")
	}
}

// TestChannelSettings: secrets go in and never come out; a wrong field says
// where; a test goes out and says what came of it.
func TestChannelSettings(t *testing.T) {
	status, answer := 201, `{"sid":"SM1","status":"queued"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, token, _ := r.BasicAuth(); token != "geheim" {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, `{"code":20003,"message":"Authenticate"}`)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	s := newSpace(t, nil)
	set := func(v map[string]any) error {
		return s.c.Do(t.Context(), "PUT", "/channel-settings/sms", v, nil, "If-Match", s.revision("sms"))
	}
	good := map[string]any{"provider": "twilio", "accountSid": "A", "authToken": "geheim", "from": "+1555", "endpoint": srv.URL, "rate": 2}
	if err := set(map[string]any{"provider": "twilio", "accountSid": "A"}); statusOf(err) != 422 || !strings.Contains(pointers(err), "required") {
		t.Errorf("half of it: %v", err)
	}
	if err := set(good); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items []struct {
			Key      string
			Set      bool
			Hook     string
			Schema   json.RawMessage
			Settings map[string]any
		}
	}
	if err := s.c.Do(t.Context(), "GET", "/channel-settings", nil, &list); err != nil || len(list.Items) < 14 {
		t.Fatalf("%d channels, %v", len(list.Items), err)
	}
	for _, c := range list.Items {
		if c.Key != "sms" {
			continue
		}
		if !c.Set || c.Settings["authToken"] != "•••" || c.Settings["accountSid"] != "A" || !strings.HasPrefix(c.Hook, "/api/v1/hooks/"+s.key+"/sms/") {
			t.Errorf("%+v", c)
		}
	}
	if err := s.c.Do(t.Context(), "PUT", "/channel-settings/sms", good, nil, "If-Match", `"1"`); statusOf(err) != 409 {
		t.Errorf("settings that somebody else has changed: %v", err)
	}
	good["authToken"], good["rate"] = "•••", 3
	if err := set(good); err != nil {
		t.Fatal(err)
	}
	var out struct{ Status, Detail, Ref string }
	test := func(body map[string]any) error {
		return s.c.Do(t.Context(), "POST", "/channel-settings/sms/test", body, &out)
	}
	if err := test(map[string]any{"to": "13800138000"}); err != nil || out.Status != "sent" || out.Ref != "SM1" {
		t.Errorf("%+v, %v", out, err)
	}
	status, answer = 400, `{"code":21211,"message":"Invalid 'To'","status":400}`
	if err := test(map[string]any{"to": "13800138000"}); err != nil || out.Status != "failed" || !strings.Contains(out.Detail, "21211") {
		t.Errorf("%+v, %v", out, err)
	}
	if err := test(map[string]any{"to": "nonsense"}); statusOf(err) != 422 {
		t.Errorf("%+v, %v", out, err)
	}
	old, _ := s.srv.Spaces.Get(t.Context(), s.key)
	was := s.srv.Outreach.Hook(old, "sms")
	if err := s.c.Do(t.Context(), "POST", "/channel-settings/sms/hook", map[string]any{}, nil); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.tell("sms", "application/x-www-form-urlencoded", "MessageSid=SM1", func(string) string { return was }); status != 404 {
		t.Errorf("the old address answers %d", status)
	}
	if err := s.as("sales").Do(t.Context(), "GET", "/channel-settings", nil, nil); statusOf(err) != 403 {
		t.Errorf("sales may see settings: %v", err)
	}
}

func statusOf(err error) int {
	if p, ok := err.(*client.Problem); ok {
		return p.Status
	}
	return 0
}
