package ledger

import (
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// Outlook is when a message would go out if nothing but time happened.
type Outlook struct {
	At time.Time // zero: not before something else happens
	// Blocked is what time does not lift: paid, disputed, promised, held, hold,
	// stopWish, workspaceHold, credit. At then says when the message could go out
	// if that were gone.
	Blocked string
	Other   string  // the flow whose reminder made this one a duplicate
	Checks  []Check // as they stand at the moment asked about
}

// maxOutlook bounds how often a message is deferred anew.
const maxOutlook = 20

// Outlook looks ahead from a moment with the very rules that decide when it has
// come. Tick gives the moment of a later instant.
func (s *State) Outlook(c Intend, n Now, tick func(time.Time) Now) Outlook {
	var o Outlook
	for k := range maxOutlook {
		d := s.Evaluate(c, n)
		if d.Verdict == Refused && d.Reason != "duplicate" {
			o.Blocked = d.Reason
			d = s.evaluateTime(Decision{Verdict: Granted, Checks: d.Checks}, c, n)
		}
		if k == 0 {
			o.Checks = d.Checks
		}
		if d.Reason == "duplicate" {
			o.Other = d.Other
			if k == 0 {
				d = d.duplicateSince(s.evaluateTime(Decision{Verdict: Granted}, c, n))
				o.Checks = d.Checks
			}
		}
		if d.Verdict != Deferred && d.Reason != "duplicate" {
			o.At = n.At
			return o
		}
		if !d.Until.After(n.At) {
			return o
		}
		n = tick(d.Until)
	}
	return o
}

// duplicateSince puts the checks of time beside the one that failed.
func (d Decision) duplicateSince(time Decision) Decision {
	for k := range d.Checks {
		if d.Checks[k].Key == "duplicate" {
			d.Checks[k].Until = d.Until
		}
	}
	d.Checks = append(d.Checks, time.Checks...)
	return d
}

// NowIn makes moments of a place.
func NowIn(loc *time.Location, cal *value.Calendar) func(time.Time) Now {
	return func(t time.Time) Now {
		return Now{At: t, Today: value.DateOf(t.In(loc)), Calendar: cal}
	}
}
