package e2e

import "testing"

// TestChannelSetUpAfterwards: what was published before its channel was set up
// waits, and goes on by itself once it is; runs parked for other reasons stay.
func TestChannelSetUpAfterwards(t *testing.T) {
	s := newSpace(t, nil)
	c := s.create("customer", map[string]any{"name": "Anna", "phone": "138 0013 8000"}).ID
	s.invoice(c, "L-1", 1000, s.today()-1)
	s.publish(oneStep("late", "call", nil, "task"))
	parked := func(reason string) bool {
		r := s.runs()
		return len(r) == 1 && r[0].Status == "parked" && r[0].Reason != nil && r[0].Reason.Key == reason
	}
	s.eventually("nothing to call with", func() bool { return parked("notSetUp") })
	nobody := s.create("customer", map[string]any{"name": "Nobody"}).ID
	s.invoice(nobody, "L-2", 1000, s.today()-1)
	s.eventually("nobody to call", func() bool {
		return len(s.runs()) == 2 && s.runs()[0].Status == "parked" && s.runs()[1].Status == "parked"
	})

	must(t, s.c.Do(t.Context(), "PUT", "/channel-settings/call", map[string]any{}, nil, "If-Match", s.revision("call")))
	s.eventually("the call is asked for", func() bool {
		on, still := 0, 0
		for _, r := range s.runs() {
			switch {
			case r.Node == "hear":
				on++
			case r.Status == "parked" && r.Reason.Key == "noAddress":
				still++
			}
		}
		return on == 1 && still == 1
	})
	s.verify()
}
