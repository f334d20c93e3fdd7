package e2e

import (
	"slices"
	"testing"
)

// TestFlowKeysOfNames: a key is made of the name's Latin letters, says what the
// flow is about where there are none, and is never one that is taken.
func TestFlowKeysOfNames(t *testing.T) {
	s := newSpace(t, nil)
	create := func(name, form string) string {
		t.Helper()
		var f struct {
			Key string `json:"key"`
		}
		must(t, s.c.Do(t.Context(), "POST", "/flows", map[string]any{"name": map[string]string{"en": name, "zh-CN": name}, "form": form}, &f))
		return f.Key
	}
	got := []string{create("友好提醒", "invoice"), create("再次提醒", "invoice"), create("对账单", "customer"), create("VIP 客户", "customer"), create("友好提醒", "invoice")}
	if want := []string{"invoice-flow", "invoice-flow-2", "customer-flow", "vip", "invoice-flow-3"}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
}
