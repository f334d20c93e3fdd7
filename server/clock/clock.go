// Package clock is the only source of the present moment for the server. A
// workspace's clock is real, or a demo clock on which a day lasts seconds.
package clock

import "time"

// Source gives the real time; tests and kill drills put an offset on it.
type Source func() time.Time

// System is the real clock, moved by offset.
func System(offset time.Duration) Source {
	return func() time.Time { return time.Now().Add(offset) }
}

// Demo describes a demo clock: at the real instant Epoch it showed Start, and
// since then a day passes every DaySeconds.
type Demo struct {
	Epoch      time.Time `json:"epoch"`
	Start      time.Time `json:"start"`
	DaySeconds float64   `json:"daySeconds"`
	// Seen is what the clock last showed while the server ran; a restart goes on
	// from there, so that a night does not become years.
	Seen time.Time `json:"seen,omitzero"`
}

// Rebase is the clock going on from what it last showed, as of a real instant.
func (d Demo) Rebase(real time.Time) *Demo {
	if !d.Seen.IsZero() {
		d.Epoch, d.Start = real, d.Seen
	}
	return &d
}

// speed is virtual seconds per real second; 1 without a demo clock.
func (d *Demo) speed() float64 {
	if d == nil || d.DaySeconds <= 0 {
		return 1
	}
	return 86400 / d.DaySeconds
}

// Virtual is what the workspace's clock shows at a real instant.
func (d *Demo) Virtual(real time.Time) time.Time {
	if d == nil {
		return real
	}
	return d.Start.Add(time.Duration(float64(real.Sub(d.Epoch)) * d.speed()))
}

// Real is the real instant at which the workspace's clock shows t.
func (d *Demo) Real(t time.Time) time.Time {
	if d == nil || t.IsZero() {
		return t
	}
	return d.Epoch.Add(time.Duration(float64(t.Sub(d.Start)) / d.speed()))
}

// Grace is how late, in the workspace's time, a step may be before it counts
// as late: two hours, or half a minute of real time on a demo clock.
func (d *Demo) Grace() time.Duration {
	return max(2*time.Hour, time.Duration(float64(30*time.Second)*d.speed()))
}
