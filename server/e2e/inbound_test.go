package e2e

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	sms "github.com/dueflow/dueflow/schemas/message"
)

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
	s := newSpace(t, with(map[string]string{"sms": `{"provider":"twilio","accountSid":"A","authToken":"t","from":"+1555","cost":0.045,"endpoint":"` + srv.URL + `"}`}))
	c := s.create("customer", map[string]any{"name": "Anna", "mobile": "138 0013 8000"}).ID
	s.invoice(c, "S-1", 1000, s.today()-1)
	s.publish(oneStep("sms", "sms", nil, "delivery"))
	s.eventually("sent", func() bool { return s.at("hear") && len(s.all()) == 1 })
	if m := s.all()[0]; math.Abs(m.Cost-0.045*float64(sms.CountSMS(m.Text).Parts)) > 1e-9 {
		t.Errorf("cost %v of %q", m.Cost, m.Text)
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
		"a wrong token": func(p string) string { return p[:len(p)-1] + string(p[len(p)-1]^1) }, "another workspace": func(p string) string { return strings.Replace(p, s.key, "nobody", 1) },
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
