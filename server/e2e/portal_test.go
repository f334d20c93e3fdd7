package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/portal"
	"github.com/dueflow/dueflow/server/workspace"
)

// pages is a workspace whose customers have a page, on a clock as fast as ours.
func pages(t *testing.T) *space {
	start := time.Now()
	return newSpace(t, func(w *workspace.Workspace) {
		w.Demo = &clock.Demo{Epoch: start, Start: start, DaySeconds: 86_400}
		w.Portal = workspace.Portal{On: true, PromiseDays: 20, Dispute: true, Paid: true, PayURL: "https://pay.example.com/{customer}/{number}?a={amount}", PayNote: map[string]string{"en": "Bank 1"}}
	})
}

// guest is whoever holds a page's address.
type guest struct {
	c    *client.Client
	page string
	t    *testing.T
}

func (s *space) guest(customer string) guest {
	s.t.Helper()
	var link struct{ Path string }
	must(s.t, s.c.Do(s.t.Context(), "POST", "/customers/"+customer+"/page-link", map[string]any{}, &link))
	_, rest, _ := strings.Cut(link.Path, "#")
	return guest{&client.Client{URL: s.srv.URL, Language: "en"}, "/pages/" + rest, s.t}
}

func (g guest) see() (p portal.Page, err error) {
	err = g.c.Do(g.t.Context(), "GET", g.page, nil, &p)
	return p, err
}

func (g guest) say(what string, body map[string]any) (p portal.Page, err error) {
	err = g.c.Do(g.t.Context(), "POST", g.page+"/"+what, body, &p)
	return p, err
}

// TestPageFromAMessage: the address comes with the message, opens the
// customer's own invoices and nobody else's, and stops working when it is
// renewed or the page is switched off.
func TestPageFromAMessage(t *testing.T) {
	s := pages(t)
	c, other := s.customer("Reader Ltd"), s.customer("Somebody Else")
	s.invoice(c, "P-1", 120_050, s.today()-3)
	s.invoice(other, "P-2", 70_000, s.today()+30)
	s.publish(twoSteps)
	s.eventually("the message", func() bool { return len(s.all()) == 1 })
	found := regexp.MustCompile(`http://\S+/portal\.html#(\S+)`).FindStringSubmatch(s.all()[0].Text)
	if found == nil {
		t.Fatalf("no address in %q", s.all()[0].Text)
	}
	g := guest{&client.Client{URL: s.srv.URL, Language: "en"}, "/pages/" + found[1], t}
	p, err := g.see()
	if err != nil {
		t.Fatal(err)
	}
	if p.Customer != "Reader Ltd" || len(p.Invoices) != 1 || p.Invoices[0].Number != "P-1" || p.Invoices[0].Open != 120_050 || p.Invoices[0].DPD != 3 {
		t.Errorf("the page shows %+v", p)
	}
	if p.Invoices[0].PayURL != "https://pay.example.com//P-1?a=1200.50" || p.PayNote["en"] != "Bank 1" || p.Balances[0].Overdue != 120_050 || p.Balances[0].Digits != 2 {
		t.Errorf("how to pay: %+v", p)
	}
	for _, path := range []string{
		g.page + "x", strings.Replace(g.page, c, other, 1), strings.Replace(g.page, s.key, "t0", 1), "/pages/" + s.key + "/nobody/x",
	} {
		if _, err := (guest{g.c, path, t}).see(); statusOf(err) != 404 || keyOf(err) != "page.none" {
			t.Errorf("%s: %v", path, err)
		}
	}
	var link struct{ Path string }
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/page-link", map[string]any{"renew": true}, &link))
	if _, err := g.see(); statusOf(err) != 404 {
		t.Errorf("the old address after renewal: %v", err)
	}
	g = s.guest(c)
	if _, err := g.see(); err != nil {
		t.Errorf("the new address: %v", err)
	}
	_, err = s.srv.Spaces.Update(t.Context(), s.key, 0, func(w *workspace.Workspace) error { w.Portal.On = false; return nil })
	must(t, err)
	if _, err := g.see(); statusOf(err) != 404 {
		t.Errorf("switched off: %v", err)
	}
	s.verify()
}

// TestPageSays: what a customer says there stops reminders as it should, is in
// the journal as theirs, and makes work for somebody, once.
func TestPageSays(t *testing.T) {
	s := pages(t)
	c := s.customer("Speaker Ltd")
	a, b := s.invoice(c, "Q-1", 50_000, s.today()-5), s.invoice(c, "Q-2", 30_000, s.today()-2)
	foreign := s.invoice(s.customer("Other"), "Q-9", 10_000, s.today()-2)
	g := s.guest(c)
	on := s.today() + 7

	p, err := g.say("promise", map[string]any{"invoices": []string{a, b}, "date": on.String()})
	if err != nil || len(p.Promises) != 1 || p.Promises[0].Amount != 80_000 || !p.Invoices[0].Promised {
		t.Fatalf("promise: %+v %v", p, err)
	}
	if p, err = g.say("promise", map[string]any{"invoices": []string{b, a}, "date": (on + 3).String()}); err != nil || len(p.Promises) != 1 || p.Promises[0].Movable {
		t.Fatalf("moved once: %+v %v", p.Promises, err)
	}
	if _, err = g.say("promise", map[string]any{"invoices": []string{a, b}, "date": on.String()}); keyOf(err) != "page.promised" {
		t.Errorf("moved twice: %v", err)
	}
	p, err = g.say("dispute", map[string]any{"invoice": b, "amount": 10_000, "reason": "two boxes broken"})
	if err != nil || p.Invoices[1].Disputed != 10_000 {
		t.Errorf("dispute: %+v %v", p.Invoices, err)
	}
	paid := map[string]any{"invoices": []string{a}, "date": s.today().String(), "reference": "TT 4711"}
	if p, err = g.say("paid", paid); err != nil || !p.Invoices[0].SaidPaid {
		t.Errorf("paid: %+v %v", p.Invoices, err)
	}
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/commands", map[string]any{"type": "hold.lift", "invoice": a}, nil))
	if p, err = g.say("paid", paid); err != nil || p.Invoices[0].SaidPaid {
		t.Errorf("it rests once only: %+v %v", p.Invoices, err)
	}
	titles := map[string]int{}
	for _, x := range s.asked("open") {
		titles[x.Title["en"]]++
	}
	for title, n := range map[string]int{"The customer disputes invoice Q-2": 1, "The customer says it is paid: look for the money": 1} {
		if titles[title] != n {
			t.Errorf("%q: %d of %d in %v", title, titles[title], n, titles)
		}
	}
	if _, err = g.say("preferences", map[string]any{"language": "zh-CN"}); err != nil {
		t.Errorf("language: %v", err)
	}
	if p, _ = g.see(); p.Language != "zh-CN" {
		t.Errorf("language %q", p.Language)
	}
	if p, err = g.say("message", map[string]any{"stop": true, "text": "please stop"}); err != nil || !p.Stopped {
		t.Errorf("stop: %+v %v", p.Stopped, err)
	}
	for _, k := range []string{"promise.made", "dispute.opened", "hold.set", "stop.wished"} {
		if len(s.timeline(c, k)) == 0 {
			t.Errorf("%s is not on the timeline", k)
		}
	}
	for _, x := range []struct {
		what string
		body map[string]any
		want string
	}{
		{"promise", map[string]any{"invoices": []string{foreign}, "date": on.String()}, "/invoices reference"},
		{"promise", map[string]any{"invoices": []string{}, "date": on.String()}, "/invoices required"},
		{"promise", map[string]any{"invoices": []string{a}, "date": (s.today() + 21).String()}, "/date dateBetween"},
		{"promise", map[string]any{"invoices": []string{a}, "date": "soon"}, "/date date"},
		{"paid", map[string]any{"invoices": []string{a}, "date": (s.today() + 1).String()}, "/date notInFuture"},
		{"dispute", map[string]any{"invoice": a, "reason": "  "}, "/reason required"},
		{"dispute", map[string]any{"invoice": foreign, "reason": "not mine"}, "/invoice reference"},
		{"preferences", map[string]any{"channel": "webhook"}, "/channel reference"},
		{"message", map[string]any{"text": " "}, "/text required"},
	} {
		if _, err := g.say(x.what, x.body); pointers(err) != x.want {
			t.Errorf("%s %v: %v, want %s", x.what, x.body, err, x.want)
		}
	}
	if _, err := g.say("message", map[string]any{"text": strings.Repeat("欠", 2001)}); statusOf(err) != 422 {
		t.Errorf("a long text: %v", err)
	}
	last := error(nil)
	for i := range 30 {
		if _, last = g.say("message", map[string]any{"text": fmt.Sprint("hello ", i)}); last != nil {
			break
		}
	}
	if statusOf(last) != 429 {
		t.Errorf("there is no end to what one may say in a day: %v", last)
	}
	s.verify()
}

// TestPageOfTheUnreliable: who broke two promises is not offered a third here.
func TestPageOfTheUnreliable(t *testing.T) {
	start := time.Now()
	s := newSpace(t, func(w *workspace.Workspace) {
		w.Demo = &clock.Demo{Epoch: start, Start: start, DaySeconds: 1}
		w.Portal = workspace.Portal{On: true, PromiseDays: 20}
	})
	c := s.customer("Never")
	inv := s.invoice(c, "N-1", 50_000, s.today()-5)
	g := s.guest(c)
	for n := range 2 {
		if _, err := g.say("promise", map[string]any{"invoices": []string{inv}, "date": (s.today() + 1).String()}); err != nil {
			t.Fatal(n, err)
		}
		s.eventually("broken", func() bool { p, err := g.see(); return err == nil && len(p.Promises) == 0 })
	}
	if p, err := g.see(); err != nil || p.Promise.Offered {
		t.Errorf("still offered: %+v %v", p.Promise, err)
	}
	if _, err := g.say("promise", map[string]any{"invoices": []string{inv}, "date": (s.today() + 1).String()}); keyOf(err) != "page.noPromise" {
		t.Errorf("a third: %v", err)
	}
}
