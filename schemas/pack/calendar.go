package pack

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
)

// OwnCalendar is a calendar of a pack: days on which it differs from the
// built-in one below it, or with base "" from weekdays. A flow of the pack names
// it by its key.
type OwnCalendar struct {
	Name flow.Text           `json:"name"`
	Base string              `json:"base,omitempty"`
	Days []value.CalendarDay `json:"days"` // in order, each once
}

// ReadCalendar reads and judges a calendar, and puts its days in order.
func ReadCalendar(raw json.RawMessage) (OwnCalendar, error) {
	var c OwnCalendar
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fault.At("/days", "invalid", nil)
	}
	slices.SortStableFunc(c.Days, func(a, b value.CalendarDay) int { return int(a.Date) - int(b.Date) })
	switch {
	case len(c.Days) == 0:
		return c, fault.At("/days", "calendarEmpty", nil)
	case len(c.Days) > value.MaxCalendarDays:
		return c, fault.At("/days", "maxItems", value.MaxCalendarDays)
	}
	for k, d := range c.Days {
		if d.Date.Year() < 1970 || d.Date.Year() > 2200 || len(d.Name) > 200 || k > 0 && c.Days[k-1].Date == d.Date {
			return c, fault.At("/days/"+strconv.Itoa(k), "calendarDate", nil)
		}
	}
	below, err := c.below()
	if err != nil {
		return c, err
	}
	if gap, from := value.NewCalendar("", below, c.Days).LongestGap(); gap > value.MaxShut {
		return c, fault.At("/days", "calendarShut", from.String())
	}
	return c, nil
}

func (c OwnCalendar) below() (*value.Calendar, error) {
	if c.Base == "" {
		return nil, nil
	}
	below, err := value.CalendarByID(c.Base)
	if err != nil || c.Base == "everyday" || c.Base == "weekdays" {
		return nil, fault.At("/base", "calendar", c.Base)
	}
	return below, nil
}

// Calendars are the calendars of a pack as its flows name them.
func (p *Pack) Calendars() (map[string]*value.Calendar, error) {
	out := map[string]*value.Calendar{}
	for _, o := range p.Of(Calendar) {
		c, err := ReadCalendar(o.Raw)
		if err != nil {
			return nil, err
		}
		below, err := c.below()
		if err != nil {
			return nil, err
		}
		out[o.Key] = value.NewCalendar(o.Key, below, c.Days)
	}
	return out, nil
}

// Raw writes a calendar in the one way that compares equal.
func (c OwnCalendar) Raw() (json.RawMessage, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return Canonical(raw)
}

// calendar puts the workspace's calendar in the place of the pack's that a flow
// names; one that is left out makes room for the workspace's usual one.
func (a *adapter) calendar(m map[string]any) {
	settings, _ := m["settings"].(map[string]any)
	key, _ := settings["calendar"].(string)
	if _, ours := a.p.Find(Calendar, key); !ours {
		return
	}
	if slices.Contains(a.c.Without, key) {
		delete(settings, "calendar")
		return
	}
	settings["calendar"] = a.key(Calendar, key)
}

// The pieces of a calendar: its days one by one, "days/2027-05-01", and what it
// is based on. Two calendars that have nothing in common but their name are one
// piece each: half of one and half of the other would be neither.
const (
	calendarDays  = "days/"
	calendarWhole = "days"
)

func wholeCalendar(raw json.RawMessage) (flow.Units, error) {
	if isEmptyObject(raw) {
		return flow.Units{}, nil
	}
	whole, err := Canonical(raw)
	return flow.Units{calendarWhole: whole}, err
}

func isEmptyObject(raw json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(raw, &m) == nil && len(m) == 0
}

func calendarPieces(raw json.RawMessage) (flow.Units, error) {
	var m map[string]json.RawMessage
	var days []json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fault.At("", "invalid", nil)
	}
	u := flow.Units{}
	for name, v := range m {
		if name == "days" {
			if err := json.Unmarshal(v, &days); err != nil {
				return nil, fault.At("/days", "invalid", nil)
			}
			continue
		}
		piece, err := Canonical(v)
		if err != nil {
			return nil, err
		}
		u[name] = piece
	}
	for k, v := range days {
		var d value.CalendarDay
		if err := json.Unmarshal(v, &d); err != nil {
			return nil, fault.At("/days/"+strconv.Itoa(k), "invalid", nil)
		}
		piece, err := Canonical(v)
		if err != nil {
			return nil, err
		}
		u[calendarDays+d.Date.String()] = piece
	}
	return u, nil
}

// calendarOf makes a calendar of pieces again; their names put the days in order.
func calendarOf(u flow.Units) (json.RawMessage, error) {
	if whole, ok := u[calendarWhole]; ok {
		return whole, nil
	}
	m, days := map[string]json.RawMessage{}, []json.RawMessage{}
	for _, name := range sortedNames(u) {
		if strings.HasPrefix(name, calendarDays) {
			days = append(days, u[name])
		} else {
			m[name] = u[name]
		}
	}
	list, err := json.Marshal(days)
	if err != nil {
		return nil, err
	}
	m["days"] = list
	return canonicalOf(m)
}

func (l *linter) calendar(o Object) {
	l.named(o)
	if _, err := ReadCalendar(o.Raw); err != nil {
		l.fault(o.Path(), err)
	}
}
