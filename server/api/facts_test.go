package api_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/workflows/run"
)

// TestFactsHaveWords: whatever a run's step may tell, the timeline and the pages
// of runs say it in both languages.
func TestFactsHaveWords(t *testing.T) {
	pages := map[string]string{"en": "en", "zh-CN": "zh"}
	for _, lang := range text.Languages {
		raw, err := os.ReadFile("../../builder-ui/src/shared/i18n/" + pages[lang] + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Decision map[string]string }
		if err := json.Unmarshal(raw, &page); err != nil {
			t.Fatal(err)
		}
		for _, kind := range run.FactKinds {
			if key := "fact." + kind; text.Say(lang, key, nil) == key {
				t.Errorf("%s has no %s", lang, key)
			}
			if page.Decision[kind] == "" {
				t.Errorf("the pages have no decision.%s in %s", kind, lang)
			}
		}
	}
}
