package node_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/node"
)

// A day from today is counted when the step looks, where the flow is at home.
func TestWhenCountsDays(t *testing.T) {
	var when node.When
	if err := json.Unmarshal([]byte(`{"field":"invoice.dueDate","op":"lt","value":{"today":-3}}`), &when); err != nil {
		t.Fatal(err)
	}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC) // 1 April in Shanghai
	doc := map[string]any{"invoice": map[string]any{"dueDate": "2026-03-28"}}
	for _, c := range []struct {
		now  time.Time
		loc  *time.Location
		want bool
	}{{now, time.UTC, false}, {now, shanghai, true}, {now.Add(24 * time.Hour), time.UTC, true}} {
		if got := when.Match(&node.Ctx{Now: c.now, Loc: c.loc, Doc: doc}); got != c.want {
			t.Errorf("at %s in %s: %t", c.now, c.loc, got)
		}
	}
	names := node.Names{}
	for lang, want := range map[string]string{"en": "dueDate is before 3 days ago", "zh-CN": "dueDate早于 3 天前"} {
		if got := names.Phrase(when.Expr, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
