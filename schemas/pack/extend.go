package pack

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// Extend adds the fields of an extension to a form, at the end of its layout
// under the extension's heading. Fields that the form has already stay as they
// are.
func Extend(f form.Form, x Extension) (form.Form, error) {
	doc, err := form.Decode(f.Schema)
	if err != nil {
		return f, err
	}
	schema, ok := doc.(map[string]any)
	if !ok {
		return f, fault.At("/schema", "type", "object")
	}
	props, _ := schema["properties"].(map[string]any)
	if props == nil {
		props = map[string]any{}
		schema["properties"] = props
	}
	var added []string
	for _, key := range slices.Sorted(maps.Keys(x.Fields)) {
		if _, ok := props[key]; ok {
			continue
		}
		if props[key], err = form.Decode(x.Fields[key]); err != nil {
			return f, err
		}
		added = append(added, key)
	}
	if len(added) == 0 {
		return f, nil
	}
	if f.Schema, err = canonicalOf(schema); err != nil {
		return f, err
	}
	f.Layout, err = laidOut(f.Layout, added, x.Group)
	return f, err
}

func laidOut(layout json.RawMessage, added []string, heading flow.Text) (json.RawMessage, error) {
	doc := map[string]any{}
	if len(layout) > 0 {
		if err := json.Unmarshal(layout, &doc); err != nil {
			return nil, err
		}
	}
	groups, _ := doc["groups"].([]any)
	group := map[string]any{"fields": added}
	if len(heading) > 0 {
		group["title"] = heading
	}
	doc["groups"] = append(groups, group)
	return canonicalOf(doc)
}
