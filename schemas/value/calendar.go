package value

import (
	"embed"
	"encoding/json"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

//go:embed holidays/*.json
var holidayFiles embed.FS

// Calendar says which dates are working days: weekdays minus public holidays
// plus make-up workdays (China's 调休). Years without published data fall back
// to weekdays; Known tells.
type Calendar struct {
	ID   string
	off  map[Date]string
	work map[Date]bool
	// years with published data
	years map[int]bool
	every bool // all days are working days
}

type holidayFile struct {
	ID    string            `json:"id"`
	Years []int             `json:"years"`
	Off   map[string]string `json:"off"`
	Work  []string          `json:"work"`
}

// ParseCalendar reads {"id","years":[2026],"off":{"2026-01-01":"元旦"},"work":["2026-01-04"]}.
func ParseCalendar(raw []byte) (*Calendar, error) {
	var f holidayFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fault.Wrap(fault.Invalid, "calendar.json", err)
	}
	c := &Calendar{ID: f.ID, off: map[Date]string{}, work: map[Date]bool{}, years: map[int]bool{}}
	for s, name := range f.Off {
		d, err := ParseDate(s)
		if err != nil {
			return nil, err
		}
		c.off[d] = name
	}
	for _, s := range f.Work {
		d, err := ParseDate(s)
		if err != nil {
			return nil, err
		}
		c.work[d] = true
	}
	for _, y := range f.Years {
		c.years[y] = true
	}
	return c, nil
}

var calendars = sync.OnceValue(func() map[string]*Calendar {
	m := map[string]*Calendar{
		"weekdays": {ID: "weekdays"},
		"everyday": {ID: "everyday", every: true},
	}
	entries, _ := holidayFiles.ReadDir("holidays")
	for _, e := range entries {
		raw, err := holidayFiles.ReadFile("holidays/" + e.Name())
		if err != nil {
			continue
		}
		c, err := ParseCalendar(raw)
		if err != nil {
			panic("embedded calendar " + e.Name() + ": " + err.Error())
		}
		m[c.ID] = c
	}
	return m
})

// CalendarByID gives a built-in calendar: "cn", "us", …, "weekdays", "everyday".
func CalendarByID(id string) (*Calendar, error) {
	if c, ok := calendars()[id]; ok {
		return c, nil
	}
	return nil, fault.New(fault.Invalid, "rule.calendar", fault.Params{"value": clip(id)})
}

// CalendarIDs lists the built-in calendars.
func CalendarIDs() []string {
	var ids []string
	for id := range calendars() {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// IsWorkday tells whether d is a working day.
func (c *Calendar) IsWorkday(d Date) bool {
	if c == nil {
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	if c.every || c.work[d] {
		return true
	}
	if _, off := c.off[d]; off {
		return false
	}
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// Holiday is the holiday's name on d, "" on other days.
func (c *Calendar) Holiday(d Date) string {
	if c == nil {
		return ""
	}
	return c.off[d]
}

// Known tells whether the calendar has published data for d's year; without it
// IsWorkday falls back to weekdays, which people must be told.
func (c *Calendar) Known(d Date) bool {
	return c != nil && (c.every || c.ID == "weekdays" || c.years[d.Year()])
}

// NextWorkday is d itself when it is a working day, else the first after it.
func (c *Calendar) NextWorkday(d Date) Date {
	for i := 0; i < 60 && !c.IsWorkday(d); i++ {
		d++
	}
	return d
}

// AddWorkdays moves n working days from d (n may be negative). n = 0 gives the
// next working day on or after d.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	if n == 0 {
		return c.NextWorkday(d)
	}
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

// WorkdaysBetween counts working days after a up to and including b; 0 when b ≤ a.
func (c *Calendar) WorkdaysBetween(a, b Date) int {
	n := 0
	for d := a + 1; d <= b; d++ {
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// Unit of a span.
type Unit string

// The units of spans.
const (
	Minute      Unit = "minute"
	Hour        Unit = "hour"
	Day         Unit = "day"
	BusinessDay Unit = "businessDay"
	Week        Unit = "week"
)

// Span is a length of time as people say it: {"value":3,"unit":"businessDay"}.
type Span struct {
	Value int  `json:"value"`
	Unit  Unit `json:"unit"`
}

// Valid tells whether the unit is known and the size within ± ten years.
func (s Span) Valid() bool {
	limit := map[Unit]int{Minute: 5_256_000, Hour: 87_600, Day: 3650, BusinessDay: 2600, Week: 520}[s.Unit]
	return limit > 0 && s.Value <= limit && s.Value >= -limit
}

// IsDays tells whether the span counts calendar or business days or weeks.
func (s Span) IsDays() bool { return s.Unit == Day || s.Unit == BusinessDay || s.Unit == Week }

// AddToDate moves a date; minutes and hours count as whole days downwards.
func (s Span) AddToDate(d Date, cal *Calendar) Date {
	switch s.Unit {
	case BusinessDay:
		return cal.AddWorkdays(d, s.Value)
	case Week:
		return d + Date(7*s.Value)
	case Day:
		return d + Date(s.Value)
	case Hour:
		return d + Date(s.Value/24)
	default:
		return d + Date(s.Value/1440)
	}
}

// Add moves an instant. Days, weeks and business days keep the local time of
// day in loc; minutes and hours are exact.
func (s Span) Add(t time.Time, cal *Calendar, loc *time.Location) time.Time {
	switch s.Unit {
	case Minute:
		return t.Add(time.Duration(s.Value) * time.Minute)
	case Hour:
		return t.Add(time.Duration(s.Value) * time.Hour)
	default:
		l := t.In(loc)
		d := s.AddToDate(DateOf(l), cal)
		y, m, day := d.utc().Date()
		return time.Date(y, m, day, l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), loc)
	}
}

// Window is the part of the day in which messages may go out.
// Days is "working" (default) or "every".
type Window struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
	Days string    `json:"days,omitempty"`
}

// Check says why t is not in the window: "" when it is, else "window" (time of
// day) or "calendar" (not an allowed day).
func (w Window) Check(t time.Time, cal *Calendar) string {
	if w.Days != "every" && !cal.IsWorkday(DateOf(t)) {
		return "calendar"
	}
	tod := TimeOfDayOf(t)
	if w.To > w.From && (tod < w.From || tod >= w.To) {
		return "window"
	}
	return ""
}

// Next is t when it is inside the window, else the first instant after t that
// is. Times are in t's location.
func (w Window) Next(t time.Time, cal *Calendar) time.Time {
	d, loc := DateOf(t), t.Location()
	for range 60 {
		if w.Days == "every" || cal.IsWorkday(d) {
			open, shut := d.At(w.From, loc), d.At(w.To, loc)
			if w.To <= w.From {
				open, shut = d.At(0, loc), d.At(1440, loc)
			}
			if t.Before(open) {
				return open
			}
			if t.Before(shut) {
				return t
			}
		}
		d++
	}
	return t
}

// Location loads an IANA zone; "" is UTC.
func Location(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	if strings.Contains(name, "..") || len(name) > 60 {
		return nil, fault.New(fault.Invalid, "rule.timezone", fault.Params{"value": clip(name)})
	}
	if l, ok := zones.Load(name); ok {
		return l.(*time.Location), nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "rule.timezone", fault.Params{"value": clip(name)})
	}
	zones.Store(name, l)
	return l, nil
}

var zones sync.Map // IANA name → *time.Location; loading reads files each time
