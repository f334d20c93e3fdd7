package call

import (
	"encoding/json"
	"testing"

	"github.com/dueflow/dueflow/workflows/channel"
)

func TestTask(t *testing.T) {
	m := channel.Message{Name: "Anna", To: "(020) 1234 5678", Text: "script"}
	for settings, want := range map[string]string{
		`{}`: "tel:+862012345678", `{"country":"44"}`: "tel:+442012345678", `{"dial":"sip:{number}@pbx.example"}`: "sip:%2B862012345678@pbx.example",
	} {
		if err := (Channel{}).Check(json.RawMessage(settings)); err != nil {
			t.Error(settings, err)
		}
		k := Channel{}.TaskFor(json.RawMessage(settings), m)
		if k.Link != want || k.Text != "script" || k.Title["zh-CN"] == "" || len(k.Results) == 0 {
			t.Errorf("%s: %+v", settings, k)
		}
	}
	for _, bad := range []string{`{"dial":"javascript:alert('{number}')"}`, `{"dial":"tel:123"}`, `{"country":"x"}`, `{"rate":1}`} {
		if (Channel{}).Check(json.RawMessage(bad)) == nil {
			t.Errorf("%s passes", bad)
		}
	}
	if (Channel{}).Address(nil, map[string]any{"phone": "none", "mobile": "13800138000"}) != "13800138000" || (Channel{}).Address(nil, map[string]any{"phone": "x"}) != "" {
		t.Error("which number is called")
	}
}
