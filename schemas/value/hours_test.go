package value

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestHours(t *testing.T) {
	night := Hours{From: 22 * 60, To: 8 * 60}
	noon := Hours{From: 12 * 60, To: 13 * 60}
	for _, tc := range []struct {
		h    Hours
		at   string
		want string
	}{
		{night, "2026-10-12 21:59", "2026-10-12 21:59"},
		{night, "2026-10-12 22:00", "2026-10-13 08:00"},
		{night, "2026-10-12 23:59", "2026-10-13 08:00"},
		{night, "2026-10-12 00:00", "2026-10-12 08:00"},
		{night, "2026-10-12 07:59", "2026-10-12 08:00"},
		{night, "2026-10-12 08:00", "2026-10-12 08:00"},
		{noon, "2026-10-12 12:30", "2026-10-12 13:00"},
		{noon, "2026-10-12 13:00", "2026-10-12 13:00"},
		{Hours{}, "2026-10-12 00:00", "2026-10-12 00:00"},
		{Hours{From: 20 * 60, To: 24 * 60}, "2026-10-12 20:00", "2026-10-13 00:00"},
	} {
		at, _ := time.ParseInLocation("2006-01-02 15:04", tc.at, time.UTC)
		if got := tc.h.After(at).Format("2006-01-02 15:04"); got != tc.want {
			t.Errorf("%s–%s after %s is %s, want %s", tc.h.From, tc.h.To, tc.at, got, tc.want)
		}
	}
	if !night.Covers(Window{From: 6 * 60, To: 8 * 60}) || night.Covers(Window{From: 6 * 60, To: 9 * 60}) || (Hours{}).Covers(Window{From: 0, To: 60}) {
		t.Error("what hours cover")
	}
}

// TestHoursEndAlways: over clock changes too, what comes after the hours lies
// outside them and not before the moment asked about.
func TestHoursEndAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, _ := Location(rapid.SampledFrom([]string{"America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Europe/London"}).Draw(t, "zone"))
		h := Hours{TimeOfDay(rapid.IntRange(0, 1440).Draw(t, "from")), TimeOfDay(rapid.IntRange(0, 1440).Draw(t, "to"))}
		at := time.Unix(1_767_225_600+int64(rapid.IntRange(0, 366*86400).Draw(t, "at")), 0).In(loc)
		next := at
		for range 4 { // a clock change may throw it back into the hours
			next = h.After(next)
		}
		if next.Before(at) || !h.None() && h.Has(TimeOfDayOf(next)) || next.Sub(at) > 26*time.Hour {
			t.Fatalf("%v after %s is %s", h, at, next)
		}
	})
}
