package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

type noticeLine struct {
	Kind     string
	Text     string
	Customer *struct{ ID string }
}

func (b *browser) notices(t *testing.T) (out []noticeLine) {
	var page struct{ Items []noticeLine }
	must(t, b.do(t, "GET", "/notices?limit=100", nil, &page))
	return page.Items
}

func kinds(list []noticeLine) map[string]int {
	out := map[string]int{}
	for _, n := range list {
		out[n.Kind]++
	}
	return out
}

// TestNoticesByMail: quiet by default; who asks for it gets a letter at once,
// without what they may not see; nobody else gets one.
func TestNoticesByMail(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	quiet, loud := s.member("quiet", []string{"finance"}, nil), s.member("loud", []string{"finance"}, nil)
	b := s.enter(loud)
	var set struct {
		Kinds map[string]struct {
			App  bool
			Mail string
		}
		Mail bool
	}
	must(t, b.do(t, "GET", "/notices/settings", nil, &set))
	if k := set.Kinds["mention"]; !k.App || k.Mail != "never" || !set.Mail {
		t.Errorf("the default is %+v", set)
	}
	if err := b.do(t, "PUT", "/notices/settings", map[string]any{"kinds": map[string]any{"gossip": map[string]any{"app": true, "mail": "now"}}}, nil); keyOf(err) != "invalid.fields" {
		t.Errorf("an unknown kind: %v", err)
	}
	must(t, b.do(t, "PUT", "/notices/settings", map[string]any{"kinds": map[string]any{"mention": map[string]any{"app": false, "mail": "now"}, "task": map[string]any{"app": false, "mail": "never"}}}, nil))
	c := s.customer("Mentioned 客户")
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/notes", map[string]any{"text": "Please look <b>here</b>", "mentions": []string{quiet.ID, loud.ID}}, nil))
	must(t, s.give(c, map[string]any{"assignee": loud.ID}))
	s.eventually("a letter", func() bool { return len(office.taken()) == 1 })
	l := office.taken()[0]
	if text := l.text(); l.to != loud.Email || !contains(text, "Mentioned 客户", "Please look <b>here</b>", "Please look &lt;b&gt;here") {
		t.Errorf("a letter to %s: %s", l.to, text)
	}
	if n := b.notices(t); len(n) != 0 {
		t.Errorf("in the app, against their wish: %+v", n)
	}
	if k := kinds(s.enter(quiet).notices(t)); k["mention"] != 1 {
		t.Errorf("the other one: %v", k)
	}
	time.Sleep(300 * time.Millisecond)
	if n := len(office.taken()); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func contains(text string, parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !containsOne(text, p) })
}

// TestReviewByMail: the weekly review goes to those named, once, each with the
// figures of their own scope; who may not see figures cannot be named.
func TestReviewByMail(t *testing.T) {
	office := openPostOffice(t)
	s := newSpace(t, mailSettings(office))
	chief := s.member("chief", []string{"finance-manager"}, nil)
	seller := s.member("seller", []string{"sales-manager"}, []string{"north"})
	poor := s.member("poor", []string{"integration"}, nil)
	north := s.create("customer", map[string]any{"name": "Northern Ltd", "team": "north"}).ID
	south := s.create("customer", map[string]any{"name": "Southern Ltd", "team": "south"}).ID
	s.invoice(north, "RM-1", 1234500, s.today()-10)
	s.invoice(south, "RM-2", 777700, s.today()-10)
	s.settled(north)
	s.settled(south)
	var set struct {
		May     []string
		Version int64
	}
	must(t, s.c.Do(t.Context(), "GET", "/review/mail", nil, &set))
	if slices.Contains(set.May, poor.ID) || !slices.Contains(set.May, chief.ID) {
		t.Errorf("may be named: %v", set.May)
	}
	weekday := int(s.today().Weekday())
	plan := func(to ...string) map[string]any {
		return map[string]any{"on": true, "weekday": weekday, "minute": 0, "to": to}
	}
	w, err := s.srv.Spaces.Get(t.Context(), s.key)
	must(t, err)
	version := fmt.Sprintf(`"%d"`, w.Version)
	if err := s.c.Do(t.Context(), "PUT", "/review/mail", plan(poor.ID), nil, "If-Match", version); pointers(err) != "/to reference" {
		t.Errorf("who may not see figures: %v", err)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/review/mail", plan(chief.ID, seller.ID), nil, "If-Match", version))
	s.eventually("two letters", func() bool { return len(office.taken()) == 2 })
	for _, l := range office.taken() {
		both := contains(l.text(), "Northern Ltd", "Southern Ltd", "12,345.00", "7,777.00")
		mine := contains(l.text(), "Northern Ltd") && !containsOne(l.text(), "Southern") && !containsOne(l.text(), "7,777")
		if l.to == chief.Email && !both || l.to == seller.Email && !mine {
			t.Errorf("to %s: %s", l.to, l.text())
		}
	}
	must(t, s.srv.House.Start(t.Context(), s.key)) // another look sends nothing again
	time.Sleep(500 * time.Millisecond)
	if n := len(office.taken()); n != 2 {
		t.Errorf("%d letters", n)
	}
}
