package value

import "time"

// Hours is a part of the day, the same every day, that may pass midnight:
// {"from":"22:00","to":"08:00"}. To is its first minute outside. From = To is
// no part at all.
type Hours struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// None tells whether there are no such hours.
func (h Hours) None() bool { return h.From%1440 == h.To%1440 }

// Has tells whether a time of day lies within the hours.
func (h Hours) Has(t TimeOfDay) bool {
	from, to := h.From%1440, h.To%1440
	if from <= to {
		return t >= from && t < to
	}
	return t >= from || t < to
}

// After is t when it lies outside the hours, else the first instant after t
// that does, in t's location.
func (h Hours) After(t time.Time) time.Time {
	tod := TimeOfDayOf(t)
	if h.None() || !h.Has(tod) {
		return t
	}
	d, to := DateOf(t), h.To%1440
	if tod >= to {
		d++
	}
	if end := d.At(to, t.Location()); end.After(t) {
		return end
	}
	return t.Add(time.Minute) // a clock change has put the end before t
}

// Covers tells whether a window lies within the hours wholly, so that nothing
// is left of it.
func (h Hours) Covers(w Window) bool {
	if h.None() || w.To <= w.From {
		return false
	}
	for t := w.From; t < w.To; t++ {
		if !h.Has(t) {
			return false
		}
	}
	return true
}

// Open tells whether messages may go out on a date at all.
func (w Window) Open(d Date, cal *Calendar) bool { return w.Days == "every" || cal.IsWorkday(d) }
