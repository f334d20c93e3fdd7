package clock

import (
	"testing"
	"time"
)

func TestDemoClock(t *testing.T) {
	epoch := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	d := &Demo{Epoch: epoch, Start: epoch, DaySeconds: 10}
	if got := d.Virtual(epoch.Add(20 * time.Second)); !got.Equal(epoch.Add(48 * time.Hour)) {
		t.Errorf("20 s later the clock shows %s", got)
	}
	for _, at := range []time.Duration{time.Second, time.Hour, 40 * 24 * time.Hour} {
		back := d.Virtual(d.Real(epoch.Add(at)))
		if diff := back.Sub(epoch.Add(at)).Abs(); diff > time.Millisecond {
			t.Errorf("%s: round trip is off by %s", at, diff)
		}
	}
	var real *Demo
	if got := real.Virtual(epoch); !got.Equal(epoch) || !real.Real(epoch).Equal(epoch) {
		t.Error("without a demo clock time is real")
	}
}
