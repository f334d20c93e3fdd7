package e2e

import (
	"slices"
	"testing"

	"github.com/dueflow/dueflow/server/client"
)

// An older version of a calendar is shown as it was, with the base it had, and
// taken back as a new version: what counted until then can be taken back too.
func TestCalendarVersions(t *testing.T) {
	s := newSpace(t, nil)
	var cal struct{ ID string }
	must(t, s.c.Do(t.Context(), "POST", "/calendars", upload("Shop", "", "2027-03-08,off,First\n"), &cal))
	must(t, s.c.Do(t.Context(), "PUT", "/calendars/"+cal.ID, upload("Shop", "cn", "2027-03-09,off,Second\n"), nil, "If-Match", `"1"`))
	type year struct {
		Version int
		Base    string
		Days    []struct{ Date, Name string }
		Past    []struct{ Version int }
	}
	show := func(query string) (y year, dates []string) {
		t.Helper()
		must(t, s.c.Do(t.Context(), "GET", "/calendars/"+cal.ID+"?year=2027"+query, nil, &y))
		for _, d := range y.Days {
			dates = append(dates, d.Date)
		}
		return y, dates
	}
	if _, dates := show("&version=1"); !slices.Equal(dates, []string{"2027-03-08"}) {
		t.Errorf("the first version: %v", dates)
	}
	if _, dates := show("&version=2"); !slices.Contains(dates, "2027-03-09") || slices.Contains(dates, "2027-03-08") {
		t.Errorf("the one that counts: %v", dates)
	}
	restore := func(version int, at string) error {
		return s.c.Do(t.Context(), "POST", "/calendars/"+cal.ID+"/restore", map[string]any{"version": version}, nil, "If-Match", at)
	}
	if err := s.as("finance-manager").Do(t.Context(), "POST", "/calendars/"+cal.ID+"/restore", map[string]any{"version": 1}, nil, "If-Match", `"2"`); keyOf(err) != "policy.denied" {
		t.Errorf("not an administrator: %v", err)
	}
	if err := restore(7, `"2"`); keyOf(err) != "calendar.noVersion" {
		t.Errorf("a version that is none: %v", err)
	}
	if err := restore(1, `"1"`); err == nil || err.(*client.Problem).Status != 409 {
		t.Errorf("over a version that nobody has seen: %v", err)
	}
	must(t, restore(1, `"2"`))
	y, dates := show("")
	if y.Version != 3 || y.Base != "" || !slices.Equal(dates, []string{"2027-03-08"}) || len(y.Past) != 2 {
		t.Errorf("taken back: %+v", y)
	}
	must(t, restore(2, `"3"`))
	if y, dates = show(""); y.Version != 4 || y.Base != "cn" || !slices.Contains(dates, "2027-03-09") {
		t.Errorf("and back again: %+v", y)
	}
}
