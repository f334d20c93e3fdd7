package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

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
	s.eventually("its task is closed", func() bool { return len(s.asked("open")) == 1 })
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
