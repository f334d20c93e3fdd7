package identity

import (
	"context"
	"testing"
)

// The shipped costs: one guess takes memory and time, for an unknown user too.
func BenchmarkPassword(b *testing.B) {
	h := newHasher(nil)
	hash, err := h.hash(context.Background(), "green-lantern-7")
	if err != nil {
		b.Fatal(err)
	}
	for _, tt := range []struct{ name, hash string }{{"known", hash}, {"unknown", ""}} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				if ok, stale, err := h.matches(context.Background(), "green-lantern-7", tt.hash); err != nil || stale || ok != (tt.hash != "") {
					b.Fatal(ok, stale, err)
				}
			}
		})
	}
}
