package flows

import (
	"slices"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
)

// TestInOrder: a step is read after all that lead to it, the end last; what
// leads nowhere that is there, and what nothing leads to, is left out.
func TestInOrder(t *testing.T) {
	f := &flow.Flow{Nodes: map[string]*flow.Node{"lost": {}}}
	for _, way := range [][2]string{
		{"start", "tier"}, {"tier", "call"}, {"tier", "mail"}, {"call", "wait"}, {"mail", "wait"}, {"wait", "sms"}, {"sms", "loop"}, {"loop", "wait"}, {"loop", "end"},
	} {
		f.Edges = append(f.Edges, flow.Edge{From: way[0], To: way[1]})
		for _, id := range way {
			f.Nodes[id] = &flow.Node{}
		}
	}
	f.Edges = append(f.Edges, flow.Edge{From: "mail", To: "nowhere"})
	got := order(f, "start")
	want := []string{"start", "tier", "call", "mail", "wait", "sms", "loop", "end"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := order(f, ""); len(got) != 0 {
		t.Errorf("without a start: %v", got)
	}
}
