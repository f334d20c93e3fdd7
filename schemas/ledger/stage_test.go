package ledger

import "testing"

// TestStagePaid: what was disputed and is paid holds an account nowhere; a
// payment that is taken back brings it there again.
func TestStagePaid(t *testing.T) {
	n := now("2026-03-10", "10:00")
	s := NewState("c")
	must(t, s, book("a", 100_000, "2026-03-01"), n)
	must(t, s, book("b", 100_000, "2026-03-01"), n)
	must(t, s, OpenDispute{Invoice: "a", Dispute: "d", Amount: 50_000, Reason: "freight"}, n)
	for _, step := range []struct {
		do   Command
		want string
	}{
		{pay("other", 100_000, "2026-03-10", "b"), StageDisputed},
		{pay("all", 100_000, "2026-03-10", "a"), StageNone},
		{ReversePayment{Payment: "all", Reason: "bounced"}, StageDisputed},
	} {
		must(t, s, step.do, n)
		if got := s.Stage(n.Today); got != step.want {
			t.Errorf("after %T: %s, want %s", step.do, got, step.want)
		}
	}
}
