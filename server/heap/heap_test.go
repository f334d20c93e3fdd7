package heap

import "testing"

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, mostPercent},
		{50 << 20, mostPercent},
		{128 << 20, 300},
		{256 << 20, restPercent},
		{4 << 30, restPercent},
	} {
		if got := percent(c.live); got != c.want {
			t.Errorf("percent(%d MiB) = %d, want %d", c.live>>20, got, c.want)
		}
	}
}
