package live

import (
	"fmt"
	"testing"
)

func TestResume(t *testing.T) {
	h := New()
	s := h.Subscribe("w", 0)
	start := s.Seq()
	for range 3 {
		h.Publish("w", Event{Type: "account", ID: "a"})
	}
	h.Publish("w", Event{Type: "run", ID: "a"})
	h.Publish("other", Event{Type: "run", ID: "x"})
	if b := s.Take(); len(b.Events) != 2 || b.Reset {
		t.Errorf("repeats are told once, other workspaces never: %+v", b)
	}
	s.Close()
	h.Publish("w", Event{Type: "task", ID: "t"})
	again := h.Subscribe("w", start)
	if b := again.Take(); len(b.Events) != 3 {
		t.Errorf("after a break: %+v", b)
	}
	for i := range 3 * kept {
		h.Publish("w", Event{Type: "run", ID: fmt.Sprint(i)})
	}
	if b := h.Subscribe("w", start).Take(); !b.Reset {
		t.Errorf("too old a sequence: %+v", b.Seq)
	}
	if b := h.Subscribe("w", 1<<62).Take(); !b.Reset {
		t.Error("a forged sequence")
	}
}
