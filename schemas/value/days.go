package value

import (
	"encoding/csv"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"
)

// CalendarDay is a day on which a calendar differs from weekdays: off, or a
// workday that would be off.
type CalendarDay struct {
	Date Date   `json:"date"`
	Work bool   `json:"work,omitempty"`
	Name string `json:"name,omitempty"`
}

// RowFault is what is wrong in a row or line of a calendar file, from 1.
type RowFault struct {
	Row   int    `json:"row"`
	Rule  string `json:"rule"` // calendarDate, calendarKind, calendarTwice, calendarRepeat, calendarSpan
	Value string `json:"value,omitempty"`
}

// MaxCalendarDays bounds the days of one calendar.
const MaxCalendarDays = 5000

// MaxShut bounds the days in a row without a workday in a calendar: beyond it a
// wait for working days would find none.
const MaxShut = 45

// maxDayName bounds the name of a day, in bytes.
const maxDayName = 120

// ReadDays reads the days of a calendar file: iCalendar, or a table with the
// columns date, kind (off or work) and name. What cannot be read is named by
// row; the rest is read all the same. Days come in order, each once.
func ReadDays(text string) ([]CalendarDay, []RowFault) {
	r := &dayReader{kinds: map[Date]CalendarDay{}}
	if strings.HasPrefix(strings.TrimSpace(text), "BEGIN:VCALENDAR") {
		r.events(text)
	} else {
		r.table(text)
	}
	out := make([]CalendarDay, 0, len(r.kinds))
	for _, d := range r.kinds {
		out = append(out, d)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out, r.faults
}

type dayReader struct {
	kinds  map[Date]CalendarDay
	faults []RowFault
}

const maxRowFaults = 200

func (r *dayReader) fault(row int, rule, val string) {
	if len(r.faults) < maxRowFaults {
		r.faults = append(r.faults, RowFault{row, rule, clip(val)})
	}
}

func (r *dayReader) add(row int, d CalendarDay) {
	for len(d.Name) > maxDayName {
		runes := []rune(d.Name)
		d.Name = string(runes[:len(runes)-1])
	}
	if was, ok := r.kinds[d.Date]; ok && was.Work != d.Work {
		r.fault(row, "calendarTwice", d.Date.String())
		return
	}
	if len(r.kinds) <= MaxCalendarDays {
		r.kinds[d.Date] = d
	}
}

var dayKinds = map[string]bool{ // word → a workday
	"off": false, "holiday": false, "closed": false, "rest": false, "休": false, "休息": false, "放假": false, "节假日": false, "假日": false, "休息日": false,
	"work": true, "workday": true, "working": true, "make-up": true, "班": true, "上班": true, "调休": true, "补班": true, "工作日": true, "调休上班": true,
}

// table reads a table: commas, semicolons or tabs.
func (r *dayReader) table(text string) {
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord, c.LazyQuotes, c.TrimLeadingSpace = -1, true, true
	first, _, _ := strings.Cut(text, "\n")
	for _, sep := range ";\t" {
		if strings.ContainsRune(first, sep) && !strings.ContainsRune(first, ',') {
			c.Comma = sep
		}
	}
	for n := 0; ; n++ {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		row, _ := c.FieldPos(0)
		if err != nil {
			r.fault(row, "calendarDate", "")
			return
		}
		r.row(row, n == 0, cells)
	}
}

func (r *dayReader) row(row int, head bool, cells []string) {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if strings.Join(cells, "") == "" {
		return
	}
	day, ok := dayOf(cells[0])
	if !ok {
		if !head || strings.ContainsAny(cells[0], "0123456789") {
			r.fault(row, "calendarDate", cells[0])
		}
		return
	}
	d := CalendarDay{Date: day}
	if len(cells) > 1 && cells[1] != "" {
		if d.Work, ok = dayKinds[strings.ToLower(cells[1])]; !ok {
			r.fault(row, "calendarKind", cells[1])
			return
		}
	}
	if len(cells) > 2 {
		d.Name = cells[2]
	}
	r.add(row, d)
}

// dayOf reads a date as tables write it: 2027-01-01, 2027/1/1, 2027.1.1,
// 2027年1月1日, 20270101.
func dayOf(s string) (Date, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(s)
	parts := strings.Split(s, "-")
	if len(parts) == 1 && len(s) == 8 {
		parts = []string{s[:4], s[4:6], s[6:]}
	}
	if len(parts) != 3 || len(parts[0]) != 4 {
		return 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 {
			return 0, false
		}
		n[i] = v
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if n[0] < 1970 || n[0] > 2200 || t.Year() != n[0] || int(t.Month()) != n[1] || t.Day() != n[2] {
		return 0, false
	}
	return DateOf(t), true
}

// NewCalendar is a calendar of days on top of another; base nil is weekdays
// alone. A day named here counts as said here. It covers the years of the
// base, and those of its own days.
func NewCalendar(id string, base *Calendar, days []CalendarDay) *Calendar {
	c := &Calendar{ID: id, off: map[Date]string{}, work: map[Date]bool{}, years: map[int]bool{}}
	if base != nil {
		c.every = base.every
		for d, name := range base.off {
			c.off[d] = name
		}
		for d := range base.work {
			c.work[d] = true
		}
		for y := range base.years {
			c.years[y] = true
		}
	}
	for _, d := range days {
		c.years[d.Date.Year()] = true
		delete(c.off, d.Date)
		delete(c.work, d.Date)
		if d.Work {
			c.work[d.Date] = true
		} else {
			c.off[d.Date] = d.Name
		}
	}
	return c
}

// Years lists the years for which the calendar has data.
func (c *Calendar) Years() []int {
	out := make([]int, 0, len(c.years))
	for y := range c.years {
		out = append(out, y)
	}
	sort.Ints(out)
	return out
}

// Days lists the calendar's days of a year that differ from weekdays.
func (c *Calendar) Days(year int) []CalendarDay {
	out := []CalendarDay{}
	for d, name := range c.off {
		if d.Year() == year {
			out = append(out, CalendarDay{Date: d, Name: name})
		}
	}
	for d := range c.work {
		if d.Year() == year {
			out = append(out, CalendarDay{Date: d, Work: true})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out
}

// LongestGap is the longest row of days without a workday between the first
// and the last year that a calendar covers, and its first day.
func (c *Calendar) LongestGap() (days int, from Date) {
	years := c.Years()
	if len(years) == 0 {
		return 0, 0
	}
	run := 0
	first := MustDate(strconv.Itoa(years[0]) + "-01-01")
	for d := first; d.Year() <= years[len(years)-1]; d++ {
		if c.IsWorkday(d) {
			run = 0
			continue
		}
		if run++; run > days {
			days, from = run, d-Date(run)+1
		}
	}
	return days, from
}
