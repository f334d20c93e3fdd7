package value

import (
	"strconv"
	"strings"
)

// vevent is one VEVENT of an iCalendar file.
type vevent struct {
	row        int
	start, end Date
	name, rule string
	work, gone bool
}

// events reads whole-day events: off, unless they say that they are workdays.
func (r *dayReader) events(text string) {
	var e *vevent
	for row, line := range unfold(text) {
		name, val, _ := strings.Cut(line, ":")
		prop, _, _ := strings.Cut(strings.ToUpper(name), ";")
		switch {
		case prop == "BEGIN" && strings.EqualFold(val, "VEVENT"):
			e = &vevent{row: row}
		case e == nil:
		case prop == "END" && strings.EqualFold(val, "VEVENT"):
			r.event(*e)
			e = nil
		case prop == "DTSTART":
			e.start = r.eventDay(row, val)
		case prop == "DTEND":
			e.end = r.eventDay(row, val)
		case prop == "SUMMARY":
			e.name = strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\\`, `\`).Replace(val)
		case prop == "RRULE":
			e.rule = strings.ToUpper(val)
		case prop == "STATUS":
			e.gone = strings.EqualFold(val, "CANCELLED")
		case prop == "X-APPLE-SPECIAL-DAY":
			e.work = strings.EqualFold(val, "ALTERNATE-WORKDAY")
		case prop == "CATEGORIES":
			e.work = e.work || strings.Contains(strings.ToUpper(val), "WORK")
		}
	}
}

// unfold gives the lines of an iCalendar file, by the number of their first.
func unfold(text string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		line, at := "", 0
		for n, l := range strings.Split(text, "\n") {
			l = strings.TrimSuffix(l, "\r")
			if n > 0 && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")) {
				line += l[1:]
				continue
			}
			if at > 0 && !yield(at, line) {
				return
			}
			line, at = l, n+1
		}
		yield(at, line)
	}
}

func (r *dayReader) eventDay(row int, val string) Date {
	day, _, _ := strings.Cut(val, "T")
	d, ok := dayOf(day)
	if !ok {
		r.fault(row, "calendarDate", val)
	}
	return d
}

// Bounds of one event: days in a row, and years of a yearly one.
const (
	maxEventDays  = 60
	maxEventYears = 30
)

func (r *dayReader) event(e vevent) {
	if e.start == 0 || e.gone {
		return
	}
	if e.end <= e.start {
		e.end = e.start + 1
	}
	if e.end-e.start > maxEventDays {
		r.fault(e.row, "calendarSpan", e.name)
		return
	}
	e.work = e.work || strings.Contains(e.name, "班") || strings.Contains(strings.ToLower(e.name), "workday") || strings.Contains(strings.ToLower(e.name), "working day")
	years, ok := repeats(e)
	if !ok {
		r.fault(e.row, "calendarRepeat", e.rule)
		return
	}
	for y := range years {
		t := e.start.utc().AddDate(y, 0, 0)
		for k := range e.end - e.start {
			r.add(e.row, CalendarDay{Date: DateOf(t) + k, Work: e.work, Name: e.name})
		}
	}
}

// repeats is for how many years an event comes; only plain yearly ones are
// understood.
func repeats(e vevent) (years int, ok bool) {
	if e.rule == "" {
		return 1, true
	}
	years = 10
	for _, part := range strings.Split(e.rule, ";") {
		k, v, _ := strings.Cut(part, "=")
		switch k {
		case "FREQ":
			if v != "YEARLY" {
				return 0, false
			}
		case "COUNT":
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return 0, false
			}
			years = n
		case "UNTIL":
			day, _, _ := strings.Cut(v, "T")
			until, known := dayOf(day)
			if !known || until < e.start {
				return 0, false
			}
			years = until.Year() - e.start.Year() + 1
			if DateOf(e.start.utc().AddDate(years-1, 0, 0)) > until {
				years--
			}
		case "INTERVAL":
			if v != "1" {
				return 0, false
			}
		case "BYMONTH":
			if v != strconv.Itoa(int(e.start.Month())) {
				return 0, false
			}
		case "BYMONTHDAY":
			if v != strconv.Itoa(e.start.Day()) {
				return 0, false
			}
		case "WKST":
		default:
			return 0, false
		}
	}
	return min(years, maxEventYears), true
}
