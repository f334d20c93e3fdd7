package value

import (
	"fmt"
	"strings"
	"testing"
)

func days(list []CalendarDay) string {
	var out []string
	for _, d := range list {
		kind := "off"
		if d.Work {
			kind = "work"
		}
		out = append(out, strings.TrimSpace(fmt.Sprint(d.Date, " ", kind, " ", d.Name)))
	}
	return strings.Join(out, "; ")
}

func TestReadDays(t *testing.T) {
	for name, tc := range map[string]struct{ in, want, faults string }{
		"table":       {"date,kind,name\n2027-02-06,off,春节\n2027-02-20,work,补班\n2027/3/1,,Founders' day\n", "2027-02-06 off 春节; 2027-02-20 work 补班; 2027-03-01 off Founders' day", ""},
		"semicolons":  {"日期;类型\r\n2027年2月6日;休\r\n2027.2.20;调休\r\n", "2027-02-06 off; 2027-02-20 work", ""},
		"no header":   {"2027-01-01\n20270102,off", "2027-01-01 off; 2027-01-02 off", ""},
		"bad rows":    {"date,kind\n2027-02-30,off\n2027-03-01,perhaps\n2027-03-02,off\nsoon,off\n", "2027-03-02 off", "2 calendarDate 2027-02-30; 3 calendarKind perhaps; 5 calendarDate soon"},
		"twice":       {"2027-03-02,off\n2027-03-02,work\n2027-03-02,off", "2027-03-02 off", "2 calendarTwice 2027-03-02"},
		"bad header":  {"2027-13-01,off\n", "", "1 calendarDate 2027-13-01"},
		"empty lines": {"\n\n2027-03-02,off\n,,\n", "2027-03-02 off", ""},
		"ical": {
			"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270501\r\nDTEND;VALUE=DATE:20270504\r\nSUMMARY:Labour\r\n  Day\\, long\r\nEND:VEVENT\r\n" +
				"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270508\r\nSUMMARY:劳动节 班\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20270601T000000Z\r\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r\nSUMMARY:x\r\nEND:VEVENT\r\n" +
				"BEGIN:VEVENT\r\nSTATUS:CANCELLED\r\nDTSTART:20270602\r\nEND:VEVENT\r\nEND:VCALENDAR",
			"2027-05-01 off Labour Day, long; 2027-05-02 off Labour Day, long; 2027-05-03 off Labour Day, long; 2027-05-08 work 劳动节 班; 2027-06-01 work x", "",
		},
		"ical yearly": {
			"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270301\nRRULE:FREQ=YEARLY;UNTIL=20290301\nSUMMARY:F\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20270302\nRRULE:FREQ=MONTHLY\nEND:VEVENT\nEND:VCALENDAR",
			"2027-03-01 off F; 2028-03-01 off F; 2029-03-01 off F", "7 calendarRepeat FREQ=MONTHLY",
		},
		"ical endless": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270301\nDTEND:20990301\nSUMMARY:F\nEND:VEVENT\nEND:VCALENDAR", "", "2 calendarSpan F"},
	} {
		got, faults := ReadDays(tc.in)
		var bad []string
		for _, f := range faults {
			bad = append(bad, fmt.Sprint(f.Row, " ", f.Rule, " ", f.Value))
		}
		if days(got) != tc.want || strings.Join(bad, "; ") != tc.faults {
			t.Errorf("%s:\n got %s (%s)\nwant %s (%s)", name, days(got), strings.Join(bad, "; "), tc.want, tc.faults)
		}
	}
}

// FuzzReadDays: whatever is uploaded, nothing breaks, days are in order, each
// once, within the limit.
func FuzzReadDays(f *testing.F) {
	f.Add("date,kind\n2027-01-01,off")
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270301\nRRULE:FREQ=YEARLY;COUNT=99\nEND:VEVENT\nEND:VCALENDAR")
	f.Fuzz(func(t *testing.T, text string) {
		list, faults := ReadDays(text)
		for i := range list {
			if i > 0 && list[i].Date <= list[i-1].Date {
				t.Fatalf("%v", list)
			}
		}
		if len(list) > MaxCalendarDays+1 || len(faults) > maxRowFaults {
			t.Fatalf("%d days, %d faults", len(list), len(faults))
		}
	})
}

// TestCalendarOnTop: what is named wins over the base, the rest is the base's,
// and years that neither knows are weekdays and say so.
func TestCalendarOnTop(t *testing.T) {
	base, _ := CalendarByID("cn")
	c := NewCalendar("own-x", base, []CalendarDay{{Date: MustDate("2026-10-05"), Work: true}, {Date: MustDate("2026-10-10"), Name: "rest"}, {Date: MustDate("2031-03-03"), Name: "party"}})
	for day, want := range map[string]bool{"2026-10-01": false, "2026-10-05": true, "2026-10-10": false, "2026-10-12": true, "2031-03-03": false, "2031-03-04": true} {
		if c.IsWorkday(MustDate(day)) != want {
			t.Errorf("%s is a workday: %v", day, !want)
		}
	}
	if !c.Known(MustDate("2031-05-05")) || c.Known(MustDate("2040-05-05")) || !c.Known(MustDate("2026-05-05")) {
		t.Errorf("years %v", c.Years())
	}
	if base.IsWorkday(MustDate("2026-10-05")) {
		t.Error("the base has changed")
	}
	if n, from := c.LongestGap(); n < 5 || n > 20 {
		t.Errorf("longest gap %d from %s", n, from)
	}
	if got := days(NewCalendar("own-y", nil, []CalendarDay{{Date: MustDate("2027-03-02"), Name: "a"}, {Date: MustDate("2027-03-06"), Work: true}}).Days(2027)); got != "2027-03-02 off a; 2027-03-06 work" {
		t.Error(got)
	}
}
