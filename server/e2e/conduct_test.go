package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/workspace"
)

type contactRules struct {
	Rules   map[string]any `json:"rules"`
	Changed []string       `json:"changed"`
	Version int64          `json:"version"`
}

func (s *space) contactRules() contactRules {
	s.t.Helper()
	var r contactRules
	must(s.t, s.c.Do(s.t.Context(), "GET", "/contact-rules", nil, &r))
	return r
}

// setRules changes rules of contact.
func (s *space) setRules(change func(map[string]any)) error {
	s.t.Helper()
	r := s.contactRules()
	change(r.Rules)
	err := s.c.Do(s.t.Context(), "PUT", "/contact-rules", r.Rules, nil, "If-Match", fmt.Sprintf(`"%d"`, r.Version))
	time.Sleep(1100 * time.Millisecond) // what is known of settings is a second old at most
	return err
}

// TestContactRules: a new workspace begins with the preset of its calendar;
// what is changed against it is named; two people do not overwrite each other.
func TestContactRules(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) { w.Calendar, w.Window, w.Budgets = "us", value.Window{}, nil })
	r := s.contactRules()
	if r.Rules["preset"] != "us" || len(r.Changed) != 0 || r.Rules["afterTalkDays"] != 7.0 || fmt.Sprint(r.Rules["quiet"]) != "map[from:21:00 to:08:00]" {
		t.Fatalf("%+v", r)
	}
	var presets struct {
		Items []struct {
			Key    string
			Source map[string]string
		}
	}
	must(t, s.c.Do(t.Context(), "GET", "/contact-rules/presets", nil, &presets))
	for _, p := range presets.Items {
		if p.Source["en"] == "" || p.Source["zh-CN"] == "" {
			t.Errorf("%s has no source", p.Key)
		}
	}
	must(t, s.setRules(func(m map[string]any) {
		m["afterTalkDays"] = 3
		m["quiet"] = map[string]string{"from": "20:00", "to": "09:00"}
	}))
	if got := strings.Join(s.contactRules().Changed, " "); got != "quiet afterTalkDays" {
		t.Errorf("changed %q", got)
	}
	if err := s.c.Do(t.Context(), "PUT", "/contact-rules", r.Rules, nil, "If-Match", fmt.Sprintf(`"%d"`, r.Version)); err == nil || err.(*client.Problem).Status != 409 {
		t.Errorf("an overtaken change: %v", err)
	}
	for name, tc := range map[string]struct {
		set    map[string]any
		places string
	}{
		"no hour left":     {map[string]any{"quiet": map[string]string{"from": "08:00", "to": "19:00"}}, "/quiet quietCoversWindow"},
		"unknown class":    {map[string]any{"budgets": []any{map[string]any{"max": 1, "per": map[string]any{"value": 1, "unit": "day"}, "class": "pigeon"}}}, "/budgets/0/class enum"},
		"budget of hours":  {map[string]any{"budgets": []any{map[string]any{"max": 1, "per": map[string]any{"value": 1, "unit": "hour"}}}}, "/budgets/0 span"},
		"unknown preset":   {map[string]any{"preset": "mars"}, "/preset enum"},
		"unknown calendar": {map[string]any{"calendar": "own-none"}, "/calendar calendar"},
		"endless spread":   {map[string]any{"spread": map[string]int{"gap": 1, "days": 99, "minutes": 0}}, "/spread/days maximum, /spread/gap minimum"},
		"no time of day":   {map[string]any{"window": map[string]string{"from": "25:00", "to": "26:00"}}, ""},
		"backwards window": {map[string]any{"window": map[string]string{"from": "18:00", "to": "09:00"}}, "/window emptyWindow"},
	} {
		err := s.setRules(func(m map[string]any) {
			for k, v := range tc.set {
				m[k] = v
			}
		})
		if p, ok := err.(*client.Problem); !ok || p.Status != 422 || tc.places != "" && pointers(err) != tc.places {
			t.Errorf("%s: %v", name, err)
		}
	}
	auditor := s.as("auditor")
	if err := auditor.Do(t.Context(), "PUT", "/contact-rules", r.Rules, nil, "If-Match", `"1"`); err == nil || err.(*client.Problem).Status != 403 {
		t.Errorf("an auditor changes rules: %v", err)
	}
}

type contactPreview struct {
	At      string `json:"at"`
	Blocked *struct {
		Key string `json:"key"`
	} `json:"blocked"`
	Checks []struct {
		Key   string `json:"key"`
		OK    bool   `json:"ok"`
		Until string `json:"until"`
	} `json:"checks"`
	NoData int `json:"noData"`
}

type heldList struct {
	Groups []struct {
		What   string
		Count  int64
		Reason struct{ Key string }
	} `json:"groups"`
	Items []struct {
		Customer struct{ ID, Name string }
		What     string
		Until    string
		Label    string
		Reason   struct{ Key string }
		Flow     struct{ Key string }
		Other    *struct{ Key string }
		Message  string
		Since    string
		Earlier  []struct {
			Since, What, Until string
			Reason             struct{ Key string }
		}
	} `json:"items"`
	Next string `json:"next"`
}

func held(t *testing.T, c *client.Client, query string) heldList {
	t.Helper()
	var out heldList
	must(t, c.Do(t.Context(), "GET", "/today/held"+query, nil, &out))
	return out
}

// TestQuietHoursLive: in the quiet hours the engine defers to their end, which
// is what the preview says, with the rules as they are and with others that
// are not saved; the day's list says so to those who may see the customer.
func TestQuietHoursLive(t *testing.T) {
	s := newSpace(t, nil)
	w, err := s.srv.Spaces.Get(t.Context(), s.key)
	must(t, err)
	now, _ := s.srv.Spaces.Now(w)
	end := now.In(w.Location()).Add(2 * time.Hour).Truncate(time.Hour)
	hour := func(t time.Time) string { return t.Format("15:04") }
	quiet := map[string]string{"from": hour(end.Add(-4 * time.Hour)), "to": hour(end)}
	must(t, s.setRules(func(m map[string]any) { m["quiet"] = quiet }))
	c := s.customer("Quiet")
	s.invoice(c, "Q-1", 100, s.today()-3)
	other := s.create("customer", map[string]any{"name": "Other", "email": "o@example.com", "tier": "A"}).ID
	s.invoice(other, "Q-2", 100, s.today()-3)
	s.publish(twoSteps)
	s.eventually("both are deferred", func() bool {
		r := s.runs()
		return len(r) == 2 && r[0].Reason != nil && r[0].Reason.Key == "quiet" && r[1].Reason != nil && r[1].Reason.Key == "quiet"
	})
	want := value.Instant(end)
	if got := s.runs()[0].WakeAt; got != want {
		t.Errorf("deferred to %s, want %s", got, want)
	}
	var p contactPreview
	must(t, s.c.Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c, "flow": "two"}, &p))
	if p.At != want || p.Blocked != nil {
		t.Errorf("previewed %+v, the engine defers to %s", p, want)
	}
	rules := s.contactRules().Rules
	rules["quiet"] = map[string]string{"from": "00:00", "to": "00:00"}
	must(t, s.c.Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c, "rules": rules}, &p))
	if at, err := value.ParseInstant(p.At); err != nil || at.Sub(now) > time.Minute {
		t.Errorf("without quiet hours: %+v", p)
	}
	rules["calendar"], rules["window"] = "cn", map[string]string{"from": "09:00", "to": "18:00", "days": "working"}
	p = contactPreview{}
	must(t, s.c.Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c, "rules": rules, "at": now.AddDate(8, 0, 0)}, &p))
	if p.NoData < now.Year()+7 {
		t.Errorf("eight years ahead: %+v", p)
	}
	for name, body := range map[string]map[string]any{"no such customer": {"customer": "none"}, "long ago": {"customer": c, "at": now.AddDate(-5, 0, 0)}, "broken rules": {"customer": c, "rules": map[string]any{"calendar": "cn", "window": map[string]string{"from": "09:00", "to": "09:00"}, "quiet": map[string]string{"from": "00:00", "to": "00:00"}, "budgets": []any{}, "spread": map[string]int{"gap": 0, "days": 0, "minutes": 0}, "afterTalkDays": 0, "duplicateDays": 0, "maxDataAgeHours": 0}}} {
		if err := s.c.Do(t.Context(), "POST", "/contact-rules/preview", body, nil); err == nil || err.(*client.Problem).Status >= 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
	list := held(t, s.c, "")
	if len(list.Items) != 2 || len(list.Groups) != 1 || list.Groups[0].Count != 2 || list.Groups[0].Reason.Key != "quiet" || list.Items[0].Until != want || list.Items[0].Flow.Key != "two" {
		t.Fatalf("%+v", list)
	}
	if page := held(t, s.c, "?limit=1"); len(page.Items) != 1 || page.Next == "" {
		t.Errorf("%+v", page)
	} else if rest := held(t, s.c, "?limit=1&cursor="+page.Next); len(rest.Items) != 1 || rest.Items[0].Label == page.Items[0].Label {
		t.Errorf("%+v after %+v", rest, page)
	}
	if none := held(t, s.c, "?reason=budget"); len(none.Items) != 0 || len(none.Groups) != 1 {
		t.Errorf("%+v", none)
	}
	s.testerRole(filter.Eq("tier", "A"), nil)
	seen := held(t, s.as("tester"), "")
	if len(seen.Items) != 1 || seen.Items[0].Customer.ID != other || seen.Groups[0].Count != 1 {
		t.Errorf("a tester of tier A sees %+v", seen)
	}
	if err := s.as("tester").Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c}, nil); err == nil || err.(*client.Problem).Status != 404 {
		t.Errorf("a tester previews a customer of tier B: %v", err)
	}
}

// TestOneInvoiceTwoFlows: in the real engine, the second flow that wants to
// remind of an invoice is refused, and the day's list names the first; within
// one moment they become one message, led by the higher flow.
func TestOneInvoiceTwoFlows(t *testing.T) {
	s := newSpace(t, nil)
	must(t, s.setRules(func(m map[string]any) { m["duplicateDays"] = 3 }))
	c := s.customer("Twice")
	s.invoice(c, "D-1", 100, s.today()-3)
	s.publish(twoSteps)
	s.eventually("the first flow's message", func() bool { return len(s.messages()) == 1 })
	s.publish(strings.NewReplacer(`"key":"two"`, `"key":"three"`, `"en":"Two"`, `"en":"Three"`).Replace(twoSteps))
	s.eventually("the second is refused", func() bool { return len(held(t, s.c, "?reason=duplicate").Items) == 1 })
	e := held(t, s.c, "?reason=duplicate").Items[0]
	if e.What != "refused" || e.Other == nil || e.Other.Key != "two" || e.Flow.Key != "three" || e.Until == "" {
		t.Errorf("%+v", e)
	}
	if n := len(s.messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
	var p struct {
		Other *struct{ Key string }
		At    string
	}
	must(t, s.c.Do(t.Context(), "POST", "/contact-rules/preview", map[string]any{"customer": c, "flow": "three"}, &p))
	if p.Other == nil || p.Other.Key != "two" || p.At != e.Until {
		t.Errorf("previewed %+v, the engine waits until %s", p, e.Until)
	}
	var why struct {
		Entries []struct {
			Decision string
			Reason   *struct{ Text map[string]string }
		}
	}
	must(t, s.c.Do(t.Context(), "GET", "/customers/"+c+"/why", nil, &why))
	named := false
	for _, x := range why.Entries {
		named = named || x.Decision == "refused" && x.Reason != nil && strings.HasSuffix(x.Reason.Text["en"], "same invoice (Two)")
	}
	if !named {
		t.Errorf("why does not name the other flow: %+v", why)
	}
	two := s.customer("Two bills")
	s.invoice(two, "M-1", 100, s.today()-3)
	s.invoice(two, "M-2", 200, s.today()-3)
	s.eventually("both bills are reminded of", func() bool { return len(held(t, s.c, "?reason=merged").Items) > 0 || len(s.messages()) >= 3 })
	s.verify()
}

// TestNextContactIsWhenItMayGo: an account says when it hears next by the rules
// of contact, and when the step was planned for where these move it.
func TestNextContactIsWhenItMayGo(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) {
		w.Calendar, w.Window = "weekdays", value.Window{From: 9 * 60, To: 18 * 60, Days: "working"}
	})
	saturday := s.today() + value.Date(7+6-int(s.today().Weekday()))
	s.publish(`{"format":"dueflow.flow/1","key":"weekend","name":{"en":"Weekend"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.issueDate","at":"00:00"}},
  "wait":{"type":"wait","v":1,"cfg":{"until":{"field":"invoice.dueDate"},"at":"10:00"}},
  "send":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"overdue-friendly"}},"end":{"type":"end","v":1,"cfg":{}}},
 "edges":[{"from":"start","to":"wait"},{"from":"wait","to":"send"},{"from":"send","to":"end"}]}`)
	c := s.customer("Weekend")
	s.invoice(c, "W-1", 100, saturday)
	var page struct {
		Next *struct {
			At, StepAt string
			Why        []struct{ Key string }
		}
	}
	s.eventually("it is planned", func() bool {
		must(t, s.c.Do(t.Context(), "GET", "/customers/"+c, nil, &page))
		return page.Next != nil
	})
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	must(t, err)
	if want := value.Instant((saturday + 2).At(9*60, shanghai)); page.Next.At != want || page.Next.StepAt != value.Instant(saturday.At(10*60, shanghai)) {
		t.Errorf("next %+v, may go from %s", *page.Next, want)
	}
}
