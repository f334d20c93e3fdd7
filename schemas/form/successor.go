package form

import (
	"encoding/json"
	"reflect"
	"sort"

	"github.com/dueflow/dueflow/schemas/fault"
)

// CheckSuccessor refuses a new revision that takes away, retypes or loosens
// what the product relies on: system fields stay as they are but for label,
// help and layout, and no key changes its type (a new key does).
func CheckSuccessor(old, next *Compiled) error {
	var bad []fault.Field
	for _, f := range old.Fields {
		at := "/schema/properties/" + f.Key
		n, ok := next.Field(f.Key)
		switch {
		case !ok && f.System:
			bad = append(bad, fault.Field{Pointer: at, Rule: "systemField"})
		case ok && n.Type != f.Type:
			bad = append(bad, fault.Field{Pointer: at, Rule: "retype", Limit: f.Type})
		case ok && f.System && !reflect.DeepEqual(essence(old.Schema, f.Key), essence(next.Schema, f.Key)):
			bad = append(bad, fault.Field{Pointer: at, Rule: "systemField"})
		}
	}
	if missing := missingRequired(old, next); len(missing) > 0 {
		for _, key := range missing {
			bad = append(bad, fault.Field{Pointer: "/schema/required", Rule: "systemField", Params: fault.Params{"field": key}})
		}
	}
	return fault.InvalidFields(bad)
}

// essence is a property without what people may change of a system field.
func essence(schema json.RawMessage, key string) map[string]any {
	var doc struct {
		Properties map[string]map[string]any `json:"properties"`
	}
	_ = json.Unmarshal(schema, &doc)
	m := doc.Properties[key]
	for _, k := range []string{"x-df-label", "x-df-help", "x-df-searchable", "x-df-sortable", "x-df-access", "x-df-hidden", "title", "description"} {
		delete(m, k)
	}
	return m
}

func missingRequired(old, next *Compiled) []string {
	read := func(raw json.RawMessage) map[string]bool {
		var doc struct {
			Required []string `json:"required"`
		}
		_ = json.Unmarshal(raw, &doc)
		m := map[string]bool{}
		for _, k := range doc.Required {
			m[k] = true
		}
		return m
	}
	var out []string
	now := read(next.Schema)
	for k := range read(old.Schema) {
		if f, ok := old.Field(k); ok && f.System && !now[k] {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}
