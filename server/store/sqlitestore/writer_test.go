package sqlitestore

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Patient jobs wait for others, a moment at most; as soon as one is in a hurry
// all go, and whoever is in a hurry alone never waits.
func TestPatience(t *testing.T) {
	patient, hurried := &job{patient: true}, &job{}
	type come struct {
		after time.Duration
		job   *job
	}
	for _, c := range []struct {
		name  string
		first *job
		come  []come
		jobs  int
		takes time.Duration
	}{
		{"in a hurry alone", hurried, nil, 1, 0},
		{"in a hurry, with those that wait", hurried, []come{{0, patient}, {0, patient}}, 3, 0},
		{"patient alone", patient, nil, 1, patience},
		{"patient, others come", patient, []come{{patience / 4, patient}, {patience / 4, patient}, {patience, patient}}, 3, patience},
		{"somebody in a hurry comes", patient, []come{{patience / 4, patient}, {patience / 4, hurried}, {patience, patient}}, 3, patience / 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &writer{jobs: make(chan *job, maxGroup)}
			for len(c.come) > 0 && c.come[0].after == 0 {
				w.jobs <- c.come[0].job
				c.come = c.come[1:]
			}
			var sent sync.WaitGroup
			sent.Go(func() {
				for _, x := range c.come {
					time.Sleep(x.after)
					w.jobs <- x.job
				}
			})
			start := time.Now()
			got := w.gather([]*job{c.first})
			if len(got) != c.jobs || time.Since(start) != c.takes {
				t.Errorf("%s: %d jobs after %s, want %d after %s", c.name, len(got), time.Since(start), c.jobs, c.takes)
			}
			sent.Wait()
		})
	}
}

// What waits when the writer is closed is still done.
func TestPatienceEnds(t *testing.T) {
	w := &writer{jobs: make(chan *job, maxGroup)}
	w.jobs <- &job{patient: true}
	close(w.jobs)
	if got := w.gather([]*job{{patient: true}}); len(got) != 2 {
		t.Errorf("%d jobs, want 2", len(got))
	}
}
