package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
)

// shopPack uploads a pack of one flow that goes by a calendar of the pack's.
func (s *space) shopPack(version, days string) map[string]any {
	s.t.Helper()
	flow := strings.NewReplacer(`"key":"two"`, `"key":"shop-steps"`, `"subject":{"form":"invoice"},`, `"subject":{"form":"invoice"},"settings":{"calendar":"shop"},`).Replace(twoSteps)
	p, err := pack.Build(map[string][]byte{
		"pack.json":             []byte(`{"id":"with-calendar","version":"` + version + `","name":{"en":"With a calendar","zh-CN":"含日历"},"about":{"en":"x","zh-CN":"x"},"licence":"MIT","publisher":{"name":"Us"}}`),
		"calendars/shop.json":   []byte(`{"name":{"en":"Shop days","zh-CN":"店铺日历"},"base":"cn","days":[` + days + `]}`),
		"flows/shop-steps.json": []byte(flow),
	})
	must(s.t, err)
	file, err := p.Write()
	must(s.t, err)
	var up struct{ File string }
	must(s.t, s.c.Do(s.t.Context(), "POST", "/packs/files", map[string]any{"file": file}, &up))
	return map[string]any{"id": "with-calendar", "file": up.File, "accept": []string{"unsigned"}}
}

type calendarStep struct {
	Kind, Key, As, Action, Standing string
	Conflicts                       []struct {
		Unit       string
		Name       map[string]string
		MineSays   map[string]string
		TheirsSays map[string]string
	}
}

// calendarPlan plans and gives what happens to the pack's calendar.
func (s *space) calendarPlan(body map[string]any) (c calendarStep, hash string, problems int) {
	s.t.Helper()
	var p struct {
		Hash     string
		Objects  []calendarStep
		Problems []json.RawMessage
	}
	must(s.t, s.c.Do(s.t.Context(), "POST", "/packs/plan", body, &p))
	for _, o := range p.Objects {
		if o.Kind == "calendars" {
			c = o
		}
	}
	return c, p.Hash, len(p.Problems)
}

func (s *space) applyCalendars(body map[string]any) {
	s.t.Helper()
	_, hash, _ := s.calendarPlan(body)
	with := map[string]any{"hash": hash}
	for k, v := range body {
		with[k] = v
	}
	must(s.t, s.c.Do(s.t.Context(), "POST", "/packs/apply", with, nil))
}

type ownCalendar struct {
	ID, Name, Base string
	Version        int
	Off            int
}

func (s *space) ownCalendars() (out []ownCalendar) {
	s.t.Helper()
	var list struct {
		Items []struct {
			ownCalendar
			Own bool
		}
	}
	must(s.t, s.c.Do(s.t.Context(), "GET", "/calendars", nil, &list))
	for _, c := range list.Items {
		if c.Own {
			out = append(out, c.ownCalendar)
		}
	}
	return out
}

// calendarOf is what a flow's draft names.
func (s *space) calendarOf(flow string) string {
	s.t.Helper()
	var f struct {
		Document struct{ Settings struct{ Calendar string } }
	}
	must(s.t, s.c.Do(s.t.Context(), "GET", "/flows/"+flow, nil, &f))
	return f.Document.Settings.Calendar
}

const party = `{"date":"2027-03-08","name":"Party"}`

// A calendar of a pack is proposed, and becomes the workspace's own only when it
// is wanted; without it the pack's flow goes by the workspace's. An upgrade of it
// asks as well, and taking the pack out takes it along when nothing uses it.
func TestPackCalendars(t *testing.T) {
	s := newSpace(t, nil)
	first := s.shopPack("1.0.0", party)
	c, _, problems := s.calendarPlan(first)
	if c.Action != "propose" || c.Standing != "new" || problems != 0 {
		t.Fatalf("plan %+v with %d problems", c, problems)
	}
	s.applyCalendars(first)
	if own := s.ownCalendars(); len(own) != 0 || s.calendarOf("shop-steps") != "" {
		t.Fatalf("nobody wanted %+v, the flow has %q", own, s.calendarOf("shop-steps"))
	}
	first["calendars"] = []string{"shop"}
	if c, _, _ = s.calendarPlan(first); c.Action != "add" {
		t.Errorf("wanted: %+v", c)
	}
	s.applyCalendars(first)
	own := s.ownCalendars()
	if len(own) != 1 || own[0].Name != "Shop days" || own[0].Base != "cn" || own[0].Off != 1 || s.calendarOf("shop-steps") != own[0].ID {
		t.Fatalf("installed %+v, the flow has %q", own, s.calendarOf("shop-steps"))
	}
	if err := s.c.Do(t.Context(), "DELETE", "/calendars/"+own[0].ID, nil, nil); keyOf(err) != "calendar.used" {
		t.Errorf("deleted while the flow uses it: %v", err)
	}
	second := s.shopPack("1.1.0", party+`,{"date":"2027-03-13","work":true}`)
	if c, _, _ = s.calendarPlan(second); c.Action != "propose" || c.Standing != "differs" {
		t.Errorf("an upgrade nobody has agreed to: %+v", c)
	}
	s.applyCalendars(second)
	if now := s.ownCalendars(); now[0].Version != 1 || s.calendarOf("shop-steps") != own[0].ID {
		t.Errorf("changed by itself: %+v", now)
	}
	second["calendars"] = []string{"shop"}
	s.applyCalendars(second)
	if now := s.ownCalendars(); len(now) != 1 || now[0].Version != 2 {
		t.Errorf("upgraded: %+v", now)
	}
	if c, _, _ = s.calendarPlan(second); c.Action != "same" || c.Standing != "same" {
		t.Errorf("again: %+v", c)
	}
	removed := func(dry bool) map[string]string {
		var out struct {
			Objects []struct{ Kind, Action, Reason string }
		}
		must(t, s.c.Do(t.Context(), "POST", "/packs/with-calendar/uninstall", map[string]any{"dry": dry}, &out))
		by := map[string]string{}
		for _, o := range out.Objects {
			by[o.Kind] = o.Action + " " + o.Reason
		}
		return by
	}
	must(t, s.setRules(func(m map[string]any) { m["calendar"] = own[0].ID }))
	if got := removed(true); got["calendars"] != "keep used" || got["flows"] != "remove " {
		t.Errorf("with the workspace's calendar: %v", got)
	}
	must(t, s.setRules(func(m map[string]any) { m["calendar"] = "cn" }))
	if got := removed(false); got["calendars"] != "remove " {
		t.Errorf("removed: %v", got)
	}
	if left := s.ownCalendars(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestPackCalendarByDay: an upgrade leaves the days alone that the workspace has
// changed or added, brings its own, and asks about a day that both changed.
func TestPackCalendarByDay(t *testing.T) {
	s := newSpace(t, nil)
	first := s.shopPack("1.0.0", party+`,{"date":"2027-03-10","name":"Fair"}`)
	first["calendars"] = []string{"shop"}
	s.applyCalendars(first)
	own := s.ownCalendars()[0]
	change := upload("Shop days", "cn", "2027-03-08,off,Our party\n2027-03-10,off,Fair\n2027-03-15,off,Stocktaking\n")
	must(t, s.c.Do(t.Context(), "PUT", "/calendars/"+own.ID, change, nil, "If-Match", `"1"`))
	second := s.shopPack("1.1.0", `{"date":"2027-03-08","name":"Big party"},{"date":"2027-03-13","work":true}`)
	second["calendars"] = []string{"shop"}
	c, hash, problems := s.calendarPlan(second)
	if c.Action != "conflict" || len(c.Conflicts) != 1 || problems != 1 {
		t.Fatalf("plan %+v with %d problems", c, problems)
	}
	if x := c.Conflicts[0]; x.Unit != "days/2027-03-08" || x.Name["zh-CN"] != "2027-03-08" || x.MineSays["en"] != "Day off: Our party" || x.TheirsSays["zh-CN"] != "休息：Big party" {
		t.Errorf("the card says %+v", x)
	}
	second["hash"] = hash
	s.put("POST", "/packs/apply", second, 422)
	delete(second, "hash")
	second["take"] = map[string]any{"calendars/shop": map[string]string{"days/2027-03-08": "mine"}}
	s.applyCalendars(second)
	days := func() string {
		var now struct {
			Days []struct{ Date, Name string }
		}
		must(t, s.c.Do(t.Context(), "GET", "/calendars/"+own.ID+"?year=2027", nil, &now))
		var out []string
		for _, d := range now.Days {
			out = append(out, strings.TrimSpace(d.Date+" "+d.Name))
		}
		return strings.Join(out, ", ")
	}
	if got := days(); got != "2027-03-08 Our party, 2027-03-13, 2027-03-15 Stocktaking" {
		t.Errorf("after the upgrade: %s", got)
	}
	// Going back takes the upgrade's days away and brings the one that it took.
	s.applyCalendars(map[string]any{"id": "with-calendar", "rollback": true})
	if got := days(); got != "2027-03-08 Our party, 2027-03-10 Fair, 2027-03-15 Stocktaking" {
		t.Errorf("gone back: %s", got)
	}
}

// A calendar of the workspace's that bears the same name is not overwritten
// without a question, and stays when the pack goes.
func TestPackCalendarOfYourOwn(t *testing.T) {
	s := newSpace(t, nil)
	must(t, s.c.Do(t.Context(), "POST", "/calendars", upload("Shop days", "cn", "2027-03-09,off,Ours\n"), nil))
	mine := s.ownCalendars()[0]
	body := s.shopPack("1.0.0", party)
	c, _, problems := s.calendarPlan(body)
	if c.Action != "propose" || c.Standing != "differs" || c.As != mine.ID || problems != 0 {
		t.Fatalf("plan %+v", c)
	}
	body["calendars"] = []string{"shop"}
	c, hash, problems := s.calendarPlan(body)
	if c.Action != "conflict" || len(c.Conflicts) != 1 || problems != 1 || !strings.Contains(c.Conflicts[0].MineSays["en"], "2027-03-09") || !strings.Contains(c.Conflicts[0].TheirsSays["zh-CN"], "2027-03-08") {
		t.Fatalf("wanted: %+v", c)
	}
	body["hash"] = hash
	s.put("POST", "/packs/apply", body, 422)
	delete(body, "hash")
	body["take"] = map[string]any{"calendars/shop": map[string]string{"days": "mine"}}
	s.applyCalendars(body)
	if now := s.ownCalendars(); len(now) != 1 || now[0].Version != 1 || s.calendarOf("shop-steps") != mine.ID {
		t.Errorf("mine: %+v, the flow has %q", now, s.calendarOf("shop-steps"))
	}
	body["take"] = map[string]any{"calendars/shop": map[string]string{"days": "theirs"}}
	s.applyCalendars(body)
	if now := s.ownCalendars(); len(now) != 1 || now[0].Version != 2 || now[0].Name != "Shop days" {
		t.Errorf("theirs: %+v", now)
	}
	must(t, s.c.Do(t.Context(), "POST", "/packs/with-calendar/uninstall", map[string]any{}, nil))
	if now := s.ownCalendars(); len(now) != 1 {
		t.Errorf("it went with the pack: %+v", now)
	}
	// The same calendar by that name is used as it is.
	same := newSpace(t, nil)
	must(t, same.c.Do(t.Context(), "POST", "/calendars", upload("店铺日历", "cn", "2027-03-08,off,Party\n"), nil))
	asIs := same.shopPack("1.0.0", party)
	if c, _, _ := same.calendarPlan(asIs); c.Action != "same" || c.Standing != "same" {
		t.Errorf("the same: %+v", c)
	}
	same.applyCalendars(asIs)
	if got, have := same.calendarOf("shop-steps"), same.ownCalendars(); len(have) != 1 || got != have[0].ID {
		t.Errorf("the flow has %q of %+v", got, have)
	}
}
