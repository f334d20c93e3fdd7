package flows

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
)

func TestLane(t *testing.T) {
	f := &flow.Flow{
		Nodes: map[string]*flow.Node{"tier": {Type: "switch.tier"}, "a": {Type: "wait"}, "b": {Type: "wait"}, "c": {Type: "wait"}},
		Edges: []flow.Edge{{From: "tier", Port: "A", To: "a"}, {From: "tier", Port: "B", To: "b"}, {From: "tier", Port: "else", To: "b"}, {From: "a", To: "c"}},
	}
	for id, want := range map[string]string{"a": "Tier A: ", "b": "Tier B and others: ", "c": ""} {
		if got := lane(f, id).In("en"); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if got := lane(f, "b").In("zh-CN"); !strings.HasPrefix(got, "B 级") {
		t.Error(got)
	}
}
