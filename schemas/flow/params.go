package flow

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/form"
)

// paramNames lists the parameters that settings refer to.
func paramNames(cfg json.RawMessage) []string {
	if len(cfg) == 0 {
		return nil
	}
	v, err := form.Decode(cfg)
	if err != nil {
		return nil
	}
	var names []string
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if name, ok := x["$param"].(string); ok && len(x) == 1 {
				names = append(names, name)
				return
			}
			for _, c := range x {
				walk(c)
			}
		case []any:
			for _, c := range x {
				walk(c)
			}
		}
	}
	walk(v)
	return names
}
