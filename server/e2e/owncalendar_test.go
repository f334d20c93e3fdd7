package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/workspace"
)

func upload(name, base, content string) map[string]any {
	return map[string]any{"name": name, "base": base, "file": "days.csv", "data": base64.StdEncoding.EncodeToString([]byte(content))}
}

// TestOwnCalendars: a file is looked at before it is saved, counts everywhere a
// calendar does, is replaced by versions, and goes only when nothing uses it.
func TestOwnCalendars(t *testing.T) {
	s := newSpace(t, func(w *workspace.Workspace) { w.Window.Days = "working" })
	today := s.today()
	var seen struct {
		Days      []struct{ Date, Kind, Name string }
		Off, Work int
		Years     []int
		Errors    []struct {
			Row  int
			Rule string
			Text map[string]string
		}
		Problem map[string]string
	}
	must(t, s.c.Do(t.Context(), "POST", "/calendars/preview", upload("x", "cn", fmt.Sprintf("date,kind,name\n%s,off,Party\nnever,off\n%s,work\n", today, today+1)), &seen))
	if seen.Off != 1 || seen.Work != 1 || len(seen.Errors) != 1 || seen.Errors[0].Row != 3 || !strings.Contains(seen.Errors[0].Text["zh-CN"], "never") || len(seen.Years) < 2 {
		t.Errorf("%+v", seen)
	}
	for name, tc := range map[string]struct {
		body   map[string]any
		places string
	}{
		"faulty rows":    {upload("x", "", "2027-01-01,off\nnever,off\n"), "/data/2 calendarDate"},
		"empty":          {upload("x", "", "date,kind\n"), "/data calendarEmpty"},
		"unknown base":   {upload("x", "mars", "2027-01-01,off\n"), "/base calendar"},
		"too large":      {upload("x", "", strings.Repeat("2027-01-01,off\n", 1<<17)), "/data maxBytes"},
		"a year shut":    {upload("x", "", yearShut()), "/data calendarShut"},
		"without a name": {upload(" ", "", "2027-01-01,off\n"), "/name required"},
	} {
		if err := s.c.Do(t.Context(), "POST", "/calendars", tc.body, nil); pointers(err) != tc.places {
			t.Errorf("%s: %v", name, err)
		}
	}
	var cal struct {
		ID      string
		Version int64
		Years   []int
	}
	must(t, s.c.Do(t.Context(), "POST", "/calendars", upload("Our days", "", fmt.Sprintf("%s,off,Party\n", today)), &cal))
	must(t, s.setRules(func(m map[string]any) { m["calendar"] = cal.ID }))
	c := s.customer("Party")
	s.invoice(c, "P-1", 100, today-3)
	s.publish(twoSteps)
	s.eventually("deferred over the party", func() bool {
		r := s.runs()
		return len(r) == 1 && r[0].Reason != nil && r[0].Reason.Key == "calendar"
	})
	err := s.c.Do(t.Context(), "DELETE", "/calendars/"+cal.ID, nil, nil)
	if keyOf(err) != "calendar.used" || !strings.Contains(err.Error(), "Test") {
		t.Errorf("deleting a calendar in use: %v", err)
	}
	// A flow may use it, is checked for it, and keeps it from being deleted.
	flow := strings.NewReplacer(`"key":"two"`, `"key":"cal"`, `"en":"Two"`, `"en":"By our days"`, `"subject":{"form":"invoice"},`, `"subject":{"form":"invoice"},"settings":{"calendar":"`+cal.ID+`"},`).Replace(twoSteps)
	s.publish(flow)
	// A rehearsal plays by it, and says for which years it has no data.
	s.invoice(c, "P-2", 100, today)
	var played struct {
		Messages []struct{ At string }
		Totals   struct{ NoData []int }
	}
	must(t, s.c.Do(t.Context(), "POST", "/rehearsals", map[string]any{"flow": "cal", "from": today.String(), "to": (today + 6).String()}, &played))
	for _, m := range played.Messages {
		if at, err := value.ParseInstant(m.At); err != nil || value.DateOf(at.In(time.FixedZone("", 8*3600))) == today {
			t.Errorf("rehearsed to go out on a day off: %s", m.At)
		}
	}
	if len(played.Messages) == 0 || slices.Contains(played.Totals.NoData, today.Year()) {
		t.Errorf("rehearsed: %+v", played)
	}
	must(t, s.c.Do(t.Context(), "POST", "/rehearsals", map[string]any{"flow": "cal", "from": "2041-01-01", "to": "2041-01-31"}, &played))
	if !slices.Equal(played.Totals.NoData, []int{2041}) {
		t.Errorf("years without data: %v", played.Totals.NoData)
	}
	// A pack made of it brings the calendar along.
	var made struct{ File []byte }
	must(t, s.c.Do(t.Context(), "POST", "/packs/export", map[string]any{
		"flow": "cal", "id": "by-our-days", "version": "1.0.0", "name": map[string]string{"en": "By our days", "zh-CN": "按自有日历"},
		"about": map[string]string{"en": "x", "zh-CN": "x"}, "licence": "MIT", "publisher": "Test",
	}, &made))
	out, err := pack.Read(made.File)
	must(t, err)
	if own := out.Of(pack.Calendar); len(own) != 1 || !strings.Contains(string(own[0].Raw), today.String()) || !strings.Contains(string(own[0].Raw), "Our days") ||
		!strings.Contains(string(out.Of(pack.Flow)[0].Raw), `"calendar":"`+own[0].Key+`"`) {
		t.Errorf("a pack without its calendar: %v", own)
	}
	bad := strings.ReplaceAll(flow, cal.ID, "own-none")
	var lint struct {
		Issues []struct{ Key, Pointer string }
	}
	must(t, s.c.Do(t.Context(), "POST", "/flows/lint", map[string]any{"document": json.RawMessage(bad)}, &lint))
	if len(lint.Issues) == 0 || lint.Issues[0].Pointer != "/settings/calendar" {
		t.Errorf("a calendar that is none: %+v", lint)
	}
	// A new version counts within a second; the old one stays listed.
	if err := s.c.Do(t.Context(), "PUT", "/calendars/"+cal.ID, upload("Our days", "", "2027-01-01,off\n"), nil, "If-Match", `"9"`); err == nil || err.(*client.Problem).Status != 409 {
		t.Errorf("an overtaken version: %v", err)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/calendars/"+cal.ID, upload("Our days", "", fmt.Sprintf("%s,work\n%s,off,Later\n", today, today+30)), nil, "If-Match", `"1"`))
	time.Sleep(1100 * time.Millisecond)
	must(t, s.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{s.runs()[0].ID}, "action": "runNow"}, nil))
	s.eventually("it goes out on the day that is none off any more", func() bool { return len(s.messages()) >= 1 })
	var year struct {
		Known bool
		Days  []struct{ Date, Kind string }
		Past  []struct{ Version int }
	}
	must(t, s.c.Do(t.Context(), "GET", fmt.Sprintf("/calendars/%s?year=%d", cal.ID, (today+30).Year()), nil, &year))
	if !year.Known || len(year.Days) == 0 || len(year.Past) != 1 {
		t.Errorf("%+v", year)
	}
	must(t, s.c.Do(t.Context(), "GET", "/calendars/"+cal.ID+"?year=2041", nil, &year))
	if year.Known {
		t.Error("2041 is known")
	}
	must(t, s.setRules(func(m map[string]any) { m["calendar"] = "everyday" }))
	if err := s.c.Do(t.Context(), "DELETE", "/calendars/"+cal.ID, nil, nil); keyOf(err) != "calendar.used" || !strings.Contains(err.Error(), "By our days") {
		t.Errorf("deleting a calendar of a flow: %v", err)
	}
	var two struct{ ID string }
	must(t, s.c.Do(t.Context(), "POST", "/calendars", upload("Unused", "cn", "2027-01-01,off\n"), &two))
	must(t, s.c.Do(t.Context(), "DELETE", "/calendars/"+two.ID, nil, nil))
	if err := s.c.Do(t.Context(), "GET", "/calendars/"+two.ID, nil, nil); err == nil {
		t.Error("a deleted calendar is there")
	}
	elsewhere := newSpace(t, nil)
	if err := elsewhere.c.Do(t.Context(), "GET", "/calendars/"+cal.ID, nil, nil); err == nil || err.(*client.Problem).Status != 404 {
		t.Errorf("another workspace's calendar: %v", err)
	}
}

func yearShut() string {
	var b strings.Builder
	for d := value.MustDate("2027-03-01"); d < value.MustDate("2027-06-01"); d++ {
		fmt.Fprintf(&b, "%s,off\n", d)
	}
	return b.String()
}
