package pack

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
)

// Questions are a pack's parameters, read from the JSON Schema in its manifest.
type Questions struct {
	schema   *form.Schema
	defaults map[string]any
}

// readParams judges the parameters of a manifest: an object of at most
// MaxParams scalar properties, each with a default, so that a pack can be
// looked at before anybody has answered.
func readParams(raw json.RawMessage) (*Questions, error) {
	q := &Questions{defaults: map[string]any{}}
	if len(raw) == 0 {
		return q, nil
	}
	var err error
	if q.schema, err = form.CompileSchema(raw); err != nil {
		return nil, err
	}
	var doc struct {
		Type       string                    `json:"type"`
		Properties map[string]map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil || doc.Type != "object" {
		return nil, fault.At("/type", "const", "object")
	}
	var bad []fault.Field
	if len(doc.Properties) > MaxParams {
		bad = append(bad, fault.Field{Pointer: "/properties", Rule: "maxProperties", Limit: MaxParams})
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Properties)) {
		at := "/properties/" + name
		if !keyPattern.MatchString(name) {
			bad = append(bad, fault.Field{Pointer: at, Rule: "pattern"})
		}
		switch doc.Properties[name]["type"] {
		case "string", "integer", "boolean":
		default:
			bad = append(bad, fault.Field{Pointer: at + "/type", Rule: "enum", Limit: []string{"string", "integer", "boolean"}})
		}
		if _, ok := doc.Properties[name]["default"]; !ok {
			bad = append(bad, fault.Field{Pointer: at + "/default", Rule: "required"})
		}
	}
	if err := fault.InvalidFields(bad); err != nil {
		return nil, err
	}
	exact, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	props, _ := exact.(map[string]any)["properties"].(map[string]any)
	for name, p := range props {
		q.defaults[name] = p.(map[string]any)["default"]
	}
	return q, fault.InvalidFields(q.schema.Validate(q.defaults))
}

// Questions reads the pack's parameters.
func (m *Manifest) Questions() (*Questions, error) { return readParams(m.Params) }

// Answer fills in defaults and judges the answers. Text answers must not hold
// the signs of a template: they become part of messages.
func (q *Questions) Answer(given map[string]json.RawMessage) (map[string]any, error) {
	out := maps.Clone(q.defaults)
	var bad []fault.Field
	for name, raw := range given {
		if _, ok := q.defaults[name]; !ok {
			continue // of an earlier version of the pack
		}
		v, err := form.Decode(raw)
		if err != nil {
			bad = append(bad, under("/"+name, err)...)
			continue
		}
		out[name] = v
	}
	if q.schema != nil {
		bad = append(bad, q.schema.Validate(out)...)
	}
	for name, v := range out {
		if s, ok := v.(string); ok && (strings.Contains(s, "{{") || strings.Contains(s, "{%")) {
			bad = append(bad, fault.Field{Pointer: "/" + name, Rule: "templateText"})
		}
	}
	return out, fault.InvalidFields(bad)
}
