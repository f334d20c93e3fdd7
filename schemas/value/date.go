// Package value holds the values every room speaks in: money, currencies,
// calendar dates, spans of time, business calendars and send windows. Values
// are parsed once and are valid from then on. Pure: the present moment is
// always an argument.
package value

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Date is a calendar date: days since 0001-01-01 plus one, so that the zero
// Date means "no date". JSON: "YYYY-MM-DD", or "" for none.
type Date int32

const unixDay = 719163 // Date of 1970-01-01

// DateOf is the calendar date of t in t's location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate makes a date; months and days out of range carry over as in time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + unixDay)
}

// ParseDate accepts "YYYY-MM-DD" of years 1900 to 2999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2999 {
		return 0, fault.New(fault.Invalid, "rule.date", fault.Params{"value": clip(s)})
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for constants; it panics on a bad one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Date) utc() time.Time { return time.Unix((int64(d)-unixDay)*86400, 0).UTC() }

// String is "YYYY-MM-DD", "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Year of the date.
func (d Date) Year() int { return d.utc().Year() }

// Month of the date.
func (d Date) Month() time.Month { return d.utc().Month() }

// Day of the month.
func (d Date) Day() int { return d.utc().Day() }

// At is the instant of a time of day on this date in a place. A time that a
// clock change skips moves forward with the clock.
func (d Date) At(tod TimeOfDay, loc *time.Location) time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, int(tod)/60, int(tod)%60, 0, 0, loc)
}

// MarshalJSON writes "YYYY-MM-DD".
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// UnmarshalJSON reads "YYYY-MM-DD" or "".
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		*d = 0
		return nil
	}
	v, err := ParseDate(s)
	*d = v
	return err
}

// TimeOfDay is minutes after midnight. JSON "HH:MM".
type TimeOfDay int

// ParseTimeOfDay accepts "HH:MM" from 00:00 to 24:00.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	if s == "24:00" {
		return 1440, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return 0, fault.New(fault.Invalid, "rule.timeOfDay", fault.Params{"value": clip(s)})
	}
	return TimeOfDay(t.Hour()*60 + t.Minute()), nil
}

func (t TimeOfDay) String() string {
	b := []byte{'0' + byte(t/600), '0' + byte(t/60%10), ':', '0' + byte(t%60/10), '0' + byte(t%10)}
	return string(b)
}

// MarshalJSON writes "HH:MM".
func (t TimeOfDay) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON reads "HH:MM".
func (t *TimeOfDay) UnmarshalJSON(b []byte) error {
	v, err := ParseTimeOfDay(strings.Trim(string(b), `"`))
	*t = v
	return err
}

// TimeOfDayOf is the local time of day of t.
func TimeOfDayOf(t time.Time) TimeOfDay { return TimeOfDay(t.Hour()*60 + t.Minute()) }

// Instant writes t as the store and API do: RFC 3339 UTC with milliseconds,
// fixed width so that text order is time order.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ParseInstant reads any RFC 3339 instant.
func ParseInstant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "rule.date-time", fault.Params{"value": clip(s)})
	}
	return t.UTC(), nil
}
