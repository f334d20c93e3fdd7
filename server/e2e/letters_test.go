package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
)

// byMail wants mentions by e-mail and nowhere else.
func (b *browser) byMail(t *testing.T, when string) {
	t.Helper()
	must(t, b.do(t, "PUT", "/notices/settings", map[string]any{"kinds": map[string]any{"mention": map[string]any{"app": false, "mail": when}}}, nil))
}

func (s *space) mention(customer string, who identity.User, text string) {
	s.t.Helper()
	must(s.t, s.c.Do(s.t.Context(), "POST", "/customers/"+customer+"/notes", map[string]any{"text": text, "mentions": []string{who.ID}}, nil))
}

// TestLettersAtMostOnce: a letter that was refused for now is tried again and
// goes out once; one that may have gone out, because the connection broke or
// the process died before it could say so, is not sent a second time, and what
// it held is in the app.
func TestLettersAtMostOnce(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	ann := s.member("ann", []string{"finance"}, nil)
	b := s.enter(ann)
	b.byMail(t, "now")
	c := s.customer("Lettered")

	office.feels("busy")
	s.mention(c, ann, "first")
	s.eventually("tried", func() bool { return office.attempts() == 1 })
	office.feels("")
	s.wakeUntil("the letter", func() bool { return len(office.taken()) == 1 })

	office.feels("gone")
	s.mention(c, ann, "second")
	s.eventually("tried", func() bool { return office.attempts() == 1 })
	office.feels("")
	s.wake(3)
	if n := len(office.taken()); n != 1 {
		t.Errorf("%d letters: one that may have gone out was sent again", n)
	}

	// The process dies between the letter and the note that it is gone.
	b.byMail(t, "daily")
	s.mention(c, ann, "third")
	col := s.srv.Store.In(s.key, "notice")
	page, err := col.Find(t.Context(), store.Query{Filter: filter.Eq("mail", "daily"), Limit: 2})
	must(t, err)
	if len(page.Docs) != 1 {
		t.Fatalf("%d notices wait for the daily letter", len(page.Docs))
	}
	var n map[string]any
	must(t, json.Unmarshal(page.Docs[0].Body, &n))
	n["mail"] = "sending"
	raw, _ := json.Marshal(n)
	_, err = col.Replace(t.Context(), store.Doc{ID: page.Docs[0].ID, Body: raw}, page.Docs[0].Ver)
	must(t, err)
	s.wakeUntil("it is in the app", func() bool { list := b.notices(t); return len(list) == 1 && list[0].Text == "third" })
	s.wake(2)
	if n := len(office.taken()); n != 1 {
		t.Errorf("%d letters: one that was on its way was sent again", n)
	}
}

// wake has the house look some times.
func (s *space) wake(times int) {
	s.t.Helper()
	for range times {
		must(s.t, s.srv.House.Start(s.t.Context(), s.key))
		time.Sleep(150 * time.Millisecond)
	}
}

// TestReviewIsTriedAgain: a weekly review that the mail server refuses for now
// goes out later, once, and only to whom it has not gone yet; one that may have
// gone out is not repeated.
func TestReviewIsTriedAgain(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	ann, ben := s.member("ann", []string{"finance-manager"}, nil), s.member("ben", []string{"finance-manager"}, nil)
	plan := func(to ...string) {
		t.Helper()
		w, err := s.srv.Spaces.Get(t.Context(), s.key)
		must(t, err)
		body := map[string]any{"on": true, "weekday": int(s.today().Weekday()), "minute": 0, "to": to}
		must(t, s.c.Do(t.Context(), "PUT", "/review/mail", body, nil, "If-Match", fmt.Sprintf(`"%d"`, w.Version)))
	}
	office.feels("busy")
	plan(ann.ID)
	s.eventually("tried", func() bool { return office.attempts() >= 1 })
	office.feels("gone")
	plan(ann.ID, ben.ID)
	s.wakeUntil("tried both", func() bool { return office.attempts() >= 2 })
	office.feels("")
	s.wake(3)
	if n := len(office.taken()); n != 0 {
		t.Errorf("%d letters that may have gone out were sent again", n)
	}
	// A week later, as the house keeps it: nothing is left of this one.
	key := "review-" + s.today().String() + "-" + ann.ID
	must(t, s.srv.Store.In(s.key, "house").Delete(t.Context(), key, 0))
	must(t, s.srv.Store.In(s.key, "house").Delete(t.Context(), "done", 0))
	office.feels("busy")
	s.wakeUntil("tried", func() bool { return office.attempts() >= 2 })
	office.feels("")
	s.wakeUntil("the letter", func() bool { return len(office.taken()) == 1 })
	s.wake(3)
	if l := office.taken(); len(l) != 1 || l[0].to != ann.Email {
		t.Errorf("letters %+v", l)
	}
}
