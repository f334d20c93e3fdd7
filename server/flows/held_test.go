package flows

import (
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/run"
)

// TestHolds: every hold of a run is kept, the newest in front; the same reason
// asked about again is one hold with its times; a step stored twice changes
// nothing; the oldest go when there are too many.
func TestHolds(t *testing.T) {
	at := time.Date(2026, 4, 1, 1, 0, 0, 0, time.UTC)
	fact := func(hours int, node, what, reason string) run.Fact {
		return run.Fact{Node: node, At: at.Add(time.Duration(hours) * time.Hour), What: what, Reason: reason, Until: at.Add(time.Duration(hours+1) * time.Hour)}
	}
	var d HeldDoc
	take := func(f run.Fact) {
		t.Helper()
		h, ok := holdOf(f)
		if !ok {
			t.Fatalf("no hold: %+v", f)
		}
		d.wait(h)
	}
	if _, ok := holdOf(fact(0, "a", "sent", "")); ok {
		t.Error("a message that went out is held")
	}
	take(fact(0, "a", "deferred", "window"))
	take(fact(1, "a", "deferred", "stale"))
	take(fact(2, "a", "deferred", "stale"))
	take(fact(2, "a", "deferred", "stale")) // the step is stored again
	take(fact(3, "a", "merged", ""))
	if d.What != "merged" || d.Reason != "merged" || len(d.Earlier) != 2 {
		t.Fatalf("%+v", d)
	}
	if e := d.Earlier[0]; e.Reason != "stale" || e.Times != 2 || e.Since != "2026-04-01T02:00:00.000Z" || e.At != "2026-04-01T03:00:00.000Z" || e.Until != "2026-04-01T04:00:00.000Z" {
		t.Errorf("asked twice: %+v", e)
	}
	if e := d.Earlier[1]; e.Reason != "window" || e.Times != 1 {
		t.Errorf("the first: %+v", e)
	}
	take(fact(4, "b", "refused", "disputed"))
	if d.Node != "b" || d.Reason != "disputed" || len(d.Earlier) != 3 || d.Earlier[0].Node != "a" {
		t.Errorf("%+v", d)
	}
	for k := range 2 * maxEarlier {
		take(fact(5+k, []string{"c", "d"}[k%2], "deferred", "budget"))
	}
	if len(d.Earlier) != maxEarlier || d.Dropped != 3+2*maxEarlier-maxEarlier || d.Times != 1 || d.Earlier[0].Node != "c" || d.Node != "d" {
		t.Errorf("%d earlier ones, last %+v", len(d.Earlier), d.Hold)
	}
	old := HeldDoc{Hold: Hold{Node: "a", At: "2026-03-31T01:00:00.000Z", What: "deferred", Reason: "stale"}}
	h, _ := holdOf(fact(0, "a", "deferred", "stale"))
	if old.wait(h); old.Since != "2026-03-31T01:00:00.000Z" || old.Times != 2 || len(old.Earlier) != 0 {
		t.Errorf("one of before: %+v", old)
	}
}
