package live_test

import (
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/live"
)

func TestPresence(t *testing.T) {
	now := time.Unix(0, 0)
	p := live.NewPresence(func() time.Time { return now })
	told := 0
	p.OnChange = func(string, string) { told++ }
	p.Say("w", "flow/a", live.Here{ID: "u1", Session: "s1", At: "mail", Editing: true})
	now = now.Add(5 * time.Second)
	p.Say("w", "flow/a", live.Here{ID: "u1", Session: "s1", At: "mail", Editing: true})
	p.Say("w", "flow/a", live.Here{ID: "u2", Session: "s2", At: "mail", Editing: true})
	if told != 2 {
		t.Fatalf("told %d times; a repeat is no change", told)
	}
	people := p.People("w", "flow/a")
	if len(people) != 2 || people[0].ID != "u1" {
		t.Fatalf("who edits longest comes first: %+v", people)
	}
	if len(p.People("other", "flow/a")) != 0 {
		t.Fatal("another workspace sees them")
	}
	now = now.Add(11 * time.Second) // u1 and u2 were last heard of 11 s ago
	p.Say("w", "flow/a", live.Here{ID: "u2", Session: "s2", At: "wait"})
	now = now.Add(5 * time.Second)
	if people = p.People("w", "flow/a"); len(people) != 1 || people[0].At != "wait" {
		t.Fatalf("who is silent for 15 s is gone: %+v", people)
	}
	p.Leave("w", "flow/a", "s2")
	if len(p.People("w", "flow/a")) != 0 {
		t.Fatal("left, and still there")
	}
}
