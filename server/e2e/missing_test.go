package e2e

import "testing"

// TestMissingMembersAreNamed: a body that lacks something says what.
func TestMissingMembersAreNamed(t *testing.T) {
	s := newSpace(t, nil)
	err := s.c.Do(t.Context(), "POST", "/packs/apply", map[string]any{}, nil)
	if got := pointers(err); got != "/hash required, /id required" && got != "/id required, /hash required" {
		t.Errorf("places: %s", got)
	}
}
