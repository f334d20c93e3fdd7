package builtin

import (
	"testing"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/channel"
)

// TestChannels: each channel describes itself whole, in both languages, refuses
// to be used without settings, and keeps what it sends to itself.
func TestChannels(t *testing.T) {
	for key, c := range Channels(false, nil) {
		i := c.Info()
		// A budget of calls or letters must find the channels it means.
		if class := ledger.ClassOf(key); (class == ledger.ClassOther) != (i.Kind == "machine") || (class == ledger.ClassCall) != (i.Kind == "phone" && key != "sms") {
			t.Errorf("%s is of kind %s and class %s", key, i.Kind, class)
		}
		if i.Key != key || c.Key() != key {
			t.Errorf("%s calls itself %s", key, i.Key)
		}
		for _, lang := range []string{"en", "zh-CN"} {
			if i.Title[lang] == "" || i.About[lang] == "" {
				t.Errorf("%s has no words in %s", key, lang)
			}
		}
		if key == "sandbox" {
			continue
		}
		if i.Check(nil) == nil || c.Check(nil) == nil {
			t.Errorf("%s works without settings", key)
		}
		if _, err := c.Send(t.Context(), nil, channel.Message{To: "x"}); err == nil {
			t.Errorf("%s sends without settings", key)
		} else if class, reason := channel.ClassOf(err); class != channel.Permanent || reason != "channel.notSetUp" {
			t.Errorf("%s without settings: %v", key, err)
		}
	}
}
