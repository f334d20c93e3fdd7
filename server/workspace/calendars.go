package workspace

import (
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// calendarDays holds the days of own calendars: a document per version, which
// never changes, so that what is read once can be kept. Which version counts
// is said by the settings, in the same write as everything else.
const calendarDays = "calendar"

const (
	// ownPrefix begins the ids of a workspace's own calendars, so that none can
	// be taken for a built-in one, now or later.
	ownPrefix    = "own-"
	maxCalendars = 50
	keepVersions = 10
)

// OwnCalendar is a calendar of the workspace's own, with its newest version.
type OwnCalendar struct {
	Name string `json:"name"`
	Base string `json:"base,omitempty"` // the built-in one below it; "" is weekdays
	CalendarVersion
	Past []CalendarVersion `json:"past,omitempty"` // older versions, newest first
}

// OwnCalendarFor is the id of an own calendar that is called by a key elsewhere:
// the n-th to be called so.
func OwnCalendarFor(key string, n int) string {
	id := ownPrefix + key[:min(len(key), 30)]
	if n > 1 {
		id += "-" + strconv.Itoa(n)
	}
	return id
}

// OwnCalendarID tells whether an id is that of a workspace's own calendar.
func OwnCalendarID(id string) bool { return strings.HasPrefix(id, ownPrefix) }

// CalendarVersion is one version of an own calendar.
type CalendarVersion struct {
	Version int       `json:"version"`
	Doc     string    `json:"doc"` // where its days are
	File    string    `json:"file,omitempty"`
	Off     int       `json:"off"`
	Work    int       `json:"work"`
	Years   []int     `json:"years"` // with data, the base's included
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	// On is the base that an older version had; nil is the one of today.
	On *string `json:"on,omitempty"`
}

type calendarDoc struct {
	Days []value.CalendarDay `json:"days"`
}

// NewCalendar is what one says of an own calendar.
type NewCalendar struct {
	Name, Base, File, By string
	Days                 []value.CalendarDay
	// As is the id that a new one is to have; "" makes one up.
	As string
}

func (n NewCalendar) base() (*value.Calendar, error) {
	if n.Base == "" || n.Base == "weekdays" {
		return nil, nil
	}
	c, err := value.CalendarByID(n.Base)
	if err != nil || n.Base == "everyday" {
		return nil, fault.At("/base", "calendar", n.Base)
	}
	return c, nil
}

// Counts are the days off and the make-up workdays.
func (n NewCalendar) Counts() (off, work int) {
	for _, d := range n.Days {
		if d.Work {
			work++
		}
	}
	return len(n.Days) - work, work
}

// Build judges a calendar and puts it together.
func (n NewCalendar) Build(id string) (*value.Calendar, error) {
	base, err := n.base()
	if err != nil {
		return nil, err
	}
	switch {
	case len(n.Days) == 0:
		return nil, fault.At("/data", "calendarEmpty", nil)
	case len(n.Days) > value.MaxCalendarDays:
		return nil, fault.At("/data", "maxItems", value.MaxCalendarDays)
	}
	c := value.NewCalendar(id, base, n.Days)
	if gap, from := c.LongestGap(); gap > value.MaxShut {
		return nil, fault.At("/data", "calendarShut", from.String())
	}
	return c, nil
}

// calendar finds a calendar by id, the workspace's own first.
func (w *Workspace) calendar(id string) (*value.Calendar, error) {
	if c := w.own[id]; c != nil {
		return c, nil
	}
	if _, ok := w.Calendars[id]; ok { // settings alone, without the days
		return nil, nil
	}
	return value.CalendarByID(id)
}

// CalendarByID finds a calendar: one of the workspace's own, or a built-in one.
func (w *Workspace) CalendarByID(id string) (*value.Calendar, error) { return w.calendar(id) }

// OwnCalendars are the workspace's own calendars, by id. They must not be changed.
func (w *Workspace) OwnCalendars() map[string]*value.Calendar { return w.own }

// Cal is the workspace's calendar.
func (w *Workspace) Cal() *value.Calendar {
	c, err := w.calendar(w.Calendar)
	if err != nil {
		return nil
	}
	return c
}
