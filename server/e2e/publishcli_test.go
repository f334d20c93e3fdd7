package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPublishSaysWhatIsWrong: whoever publishes at the terminal hears what the
// lint warns of, and how many runs parked at once and why.
func TestPublishSaysWhatIsWrong(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	c := s.create("customer", map[string]any{"name": "Anna", "phone": "138 0013 8000"}).ID
	for _, number := range []string{"L-1", "L-2"} {
		s.invoice(c, number, 1000, s.today()-1)
	}
	x.file("late.json", oneStep("late", "call", nil, "task"))
	out := x.well("flow", "publish", "late.json")
	for _, want := range []string{"late version 1 is live; 2 subjects enrolled\n", "no channel that it uses is set up yet", "2 runs parked at once at send: none of its channels is set up\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said: %s", want, out)
		}
	}
	t.Setenv("LANG", "zh_CN.UTF-8")
	x.file("second.json", oneStep("second", "call", nil, "task"))
	if out := x.well("flow", "publish", "second.json"); !strings.Contains(out, "2 个流程实例一开始就停在 send：") {
		t.Errorf("in Chinese: %s", out)
	}
	var said struct {
		Warnings []struct{ Message string }
		Parked   []struct {
			Runs   int
			Reason map[string]string
		}
	}
	x.file("third.json", oneStep("third", "call", nil, "task"))
	must(t, json.Unmarshal([]byte(x.well("flow", "publish", "third.json", "--json")), &said))
	if len(said.Warnings) == 0 || len(said.Parked) != 1 || said.Parked[0].Runs != 2 || said.Parked[0].Reason["en"] == "" {
		t.Errorf("as JSON: %+v", said)
	}
}
