package text

import (
	"regexp"
	"slices"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
)

var hole = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// TestLanguagesAreComplete: every key is in every language, with the same parameters.
func TestLanguagesAreComplete(t *testing.T) {
	for _, l := range Languages {
		for k, s := range sentences["en"] {
			other, ok := sentences[l][k]
			if !ok || other == "" {
				t.Errorf("%s lacks %s", l, k)
				continue
			}
			a, b := hole.FindAllString(s, -1), hole.FindAllString(other, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s: %v in en, %v in %s", k, a, b, l)
			}
		}
		if len(sentences[l]) != len(sentences["en"]) {
			t.Errorf("%s has %d keys, en has %d", l, len(sentences[l]), len(sentences["en"]))
		}
	}
}

func TestSay(t *testing.T) {
	f := fault.Field{Rule: "maxLength", Limit: 5}
	if got := Field("zh-CN", f); got != "最多 5 个字符" {
		t.Error(got)
	}
	if got := Fault("en", fault.New(fault.NotFound, "nothing.known", nil)); got != "Not found" {
		t.Error(got)
	}
	if got := Say("en", "event.hold.set", nil); got != "Reminders on hold" {
		t.Error(got)
	}
	if got := Both("event.contact.logged", fault.Params{"status": Word("call.reached")}); got["en"] != "Call: reached" || got["zh-CN"] != "电话：已接通" {
		t.Error(got)
	}
}

// TestCallResults: each has a name for the timeline.
func TestCallResults(t *testing.T) {
	for _, r := range ledger.CallResults {
		if !Has("call." + r) {
			t.Errorf("%s has no name", r)
		}
	}
}
