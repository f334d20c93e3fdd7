package flows

import (
	"slices"
	"testing"
)

// TestInOrder: a step is read after all that lead to it, the end last.
func TestInOrder(t *testing.T) {
	next := map[string][]string{
		"start": {"tier"}, "tier": {"call", "mail"}, "call": {"wait"}, "mail": {"wait"}, "wait": {"sms"}, "sms": {"loop"}, "loop": {"wait", "end"},
	}
	got := inOrder("start", next)
	want := []string{"start", "tier", "call", "mail", "wait", "sms", "loop", "end"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
