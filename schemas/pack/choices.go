package pack

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/dueflow/dueflow/schemas/flow"
)

// questionsIn gives the questions of a manifest by name.
func questionsIn(params json.RawMessage) map[string]json.RawMessage {
	var doc struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	_ = json.Unmarshal(params, &doc) // the manifest has been checked
	return doc.Properties
}

// choices asks of every choice, of fields and of questions, that its options are
// named in both languages: {"const": …, "x-df-label": {…}} in "oneOf". A bare
// "enum" shows its values, which are for programs.
func (l *linter) choices(object, at string, properties map[string]json.RawMessage) {
	type option struct {
		Label flow.Text `json:"x-df-label"`
	}
	type choice struct {
		OneOf []option `json:"oneOf"`
		Enum  []any    `json:"enum"`
	}
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		var f struct {
			choice
			Items choice `json:"items"`
		}
		if json.Unmarshal(properties[key], &f) != nil {
			continue // said elsewhere
		}
		for inside, c := range map[string]choice{"": f.choice, "/items": f.Items} {
			if len(c.Enum) > 0 {
				l.add("error", object, "choiceNames", at+"/"+key+inside+"/enum", nil)
			}
			for k, o := range c.OneOf {
				l.text(object, at+"/"+key+inside+"/oneOf/"+strconv.Itoa(k)+"/x-df-label", o.Label)
			}
		}
	}
}
