package ledger

import (
	"hash/fnv"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// Spread says how what has piled up over days on which nothing may go out goes
// out afterwards: after at least Gap such days in a row, each customer has one
// of the next Days allowed days, and on it a moment within the first Minutes
// of the window. Both follow from the account's id, so that everybody who
// computes them gets the same. Days = 0 is no spreading.
type Spread struct {
	Gap     int `json:"gap"`
	Days    int `json:"days"`
	Minutes int `json:"minutes"`
}

// spread moves an instant on one of the first days after a long gap to the
// account's own day and moment. Later than those it leaves alone: what became
// due after the gap did not pile up.
func (r Rules) spread(t time.Time, account string) time.Time {
	day := value.DateOf(t)
	first, n, ok := r.afterGap(day)
	if !ok {
		return t
	}
	slot, minute := r.slot(account, first)
	if n > slot {
		return t
	}
	for ; n < slot; n++ {
		day++
		shut := 0
		for ; shut < maxGap && !r.Window.Open(day, r.Calendar); shut++ {
			day++
		}
		if shut >= r.Spread.Gap { // another long gap: what comes after it is shared out anew
			minute = 0
			break
		}
	}
	if at := day.At(r.Window.From+minute, t.Location()); at.After(t) {
		return at
	}
	return t
}

// slot is an account's share of the days after a gap, which is named by its
// first open day, so that no account is always among the last.
func (r Rules) slot(account string, first value.Date) (day int, minute value.TimeOfDay) {
	h := fnv.New64a()
	h.Write([]byte(account + "/" + first.String()))
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	day = int(x % uint64(r.Spread.Days))
	if width := min(r.Spread.Minutes, int(r.Window.To-r.Window.From)/2); width > 0 {
		minute = value.TimeOfDay(x / 64 % uint64(width))
	}
	return day, minute
}

// maxGap bounds how far back a gap is looked for.
const maxGap = 60

// afterGap tells whether an open day is among the first after a long gap: which
// day ended the gap, and how many open days lie between.
func (r Rules) afterGap(day value.Date) (first value.Date, n int, ok bool) {
	if !r.Window.Open(day, r.Calendar) {
		return 0, 0, false
	}
	for ; n < r.Spread.Days; n++ {
		shut := 0
		for shut < maxGap && !r.Window.Open(day-1-value.Date(shut), r.Calendar) {
			shut++
		}
		if shut >= r.Spread.Gap {
			return day, n, true
		}
		day -= value.Date(shut) + 1
	}
	return 0, 0, false
}
