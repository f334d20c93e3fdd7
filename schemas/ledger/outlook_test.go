package ledger

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/value"
)

func keys(checks []Check) map[string]bool {
	out := map[string]bool{}
	for _, c := range checks {
		out[c.Key] = c.OK
	}
	return out
}

func TestOutlook(t *testing.T) {
	s := owing(t)
	r := rules()
	r.Quiet, r.Spread, r.Duplicate = value.Hours{From: 22 * 60, To: 8 * 60}, Spread{Gap: 4, Days: 3, Minutes: 120}, 3
	c := Intend{Key: "f/i/1", Items: []string{"i"}, Currency: "CNY", Channel: "email", Rules: r}
	tick := NowIn(sh, cn)
	o := s.Outlook(c, now("2026-10-01", "23:00"), tick)
	k := keys(o.Checks)
	if o.Blocked != "" || o.At.Before(now("2026-10-08", "09:00").At) || o.At.After(now("2026-10-10", "11:00").At) {
		t.Errorf("over the holidays: %+v", o)
	}
	if k["collectable"] != true || k["calendar"] || k["quiet"] || k["budget"] != true {
		t.Errorf("checks %+v", o.Checks)
	}
	must(t, s, SetHold{Reason: "x"}, now("2026-10-12", "10:00"))
	if o := s.Outlook(c, now("2026-10-12", "23:00"), tick); o.Blocked != "hold" || !o.At.Equal(now("2026-10-13", "09:00").At) {
		t.Errorf("on hold: %+v", o)
	}
	must(t, s, LiftHold{}, now("2026-10-12", "10:00"))
	may(s, "other/i/1", "email", now("2026-10-12", "10:00"), func(*Rules) {})
	if o := s.Outlook(c, now("2026-10-12", "11:00"), tick); o.Blocked != "" || o.Other != "other" || !o.At.Equal(now("2026-10-15", "09:00").At) {
		t.Errorf("reminded by another flow: %+v", o)
	}
}

// TestOutlookAgrees: at the moment it foretells the message is granted, and at
// none of those before, asked every ten minutes.
func TestOutlookAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRules(t)
		s := NewState(rapid.StringMatching(`[a-z]{4}`).Draw(t, "id"))
		begin := value.MustDate("2026-09-25")
		tick := NowIn(sh, cn)
		if _, err := Execute(s, BookInvoice{Invoice: "i", Number: "i", Currency: "CNY", Amount: 9, Issue: begin - 9, Due: begin - 3}, tick(begin.At(0, sh))); err != nil {
			t.Fatal(err)
		}
		at := begin.At(value.TimeOfDay(rapid.IntRange(0, 1439).Draw(t, "minute")), sh).AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "day"))
		if rapid.Bool().Draw(t, "talked") {
			_, _ = Execute(s, LogCall{Key: "x", Result: "reached"}, tick(at.Add(-time.Hour)))
		}
		c := Intend{Key: "f/i/1", Items: []string{"i"}, Currency: "CNY", Channel: rapid.SampledFrom([]string{"call", "email"}).Draw(t, "channel"), Rules: r}
		o := s.Outlook(c, tick(at), tick)
		if d := s.Evaluate(c, tick(o.At)); d.Verdict != Granted {
			t.Fatalf("foretold %s, then %s %s", o.At.In(sh), d.Verdict, d.Reason)
		}
		for when := at; when.Before(o.At); when = when.Add(10 * time.Minute) {
			if s.Evaluate(c, tick(when)).Verdict == Granted {
				t.Fatalf("foretold %s, granted at %s already", o.At.In(sh), when.In(sh))
			}
		}
	})
}
