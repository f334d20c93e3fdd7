package form

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// kept are the keywords that mean the same in a form.
var kept = map[string][]string{
	"string": {"minLength", "maxLength"}, "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}, "array": {"minItems", "maxItems", "uniqueItems"}, "boolean": {},
}

func (a *adopter) field(at string, p map[string]any, name string) map[string]any {
	kind := kindOf(p)
	options := a.options(at, p)
	if kind == "" && options != nil {
		kind = "string"
	}
	out := map[string]any{"x-df-label": label(p, name)}
	if d, _ := p["description"].(string); d != "" {
		out["x-df-help"] = map[string]any{"en": d, "zh-CN": d}
	}
	done := map[string]bool{"type": true, "title": true, "description": true, "enum": true, "oneOf": options != nil, "default": true, "examples": true, "$comment": true, "x-df-label": true}
	switch {
	case options != nil:
		out["oneOf"] = options
	case kind == "string" || kind == "number" || kind == "integer" || kind == "boolean":
		out["type"] = kind
		a.text(at, p, out, done)
	case kind == "array":
		if !a.array(at, p, out) {
			return nil
		}
		done["items"] = true
	default:
		a.note(at, "adopt.type", fault.Params{"value": kind})
		return nil
	}
	for _, k := range kept[kind] {
		if v, ok := p[k]; ok && options == nil {
			if _, flag := v.(bool); flag && strings.HasPrefix(k, "exclusive") { // draft 4
				a.note(at+"/"+k, "adopt.keyword", fault.Params{"value": k})
			} else {
				out[k] = v
			}
		}
		done[k] = true
	}
	for _, k := range sortedKeys(p) {
		if !done[k] {
			a.note(at+"/"+escape(k), "adopt.keyword", fault.Params{"value": k})
		}
	}
	return out
}

// text takes over format and pattern where server and browser agree on them.
func (a *adopter) text(at string, p, out map[string]any, done map[string]bool) {
	if f, ok := p["format"].(string); ok {
		done["format"] = true
		switch f {
		case "date", "date-time", "email":
			out["format"] = f
		default:
			a.note(at+"/format", "adopt.format", fault.Params{"value": f})
		}
	}
	if pat, ok := p["pattern"].(string); ok {
		done["pattern"] = true
		if rule := checkPattern(pat); rule == "" {
			out["pattern"] = pat
		} else {
			a.note(at+"/pattern", rule, nil)
		}
	}
	if _, ok := p["maxLength"]; !ok && out["type"] == "string" && out["format"] == nil {
		out["maxLength"] = 5000
	}
}

func label(p map[string]any, name string) map[string]any {
	t, _ := p["title"].(string)
	if t == "" {
		t = name
	}
	return map[string]any{"en": t, "zh-CN": t}
}

// options are the choices of an enum or of a oneOf of constants.
func (a *adopter) options(at string, p map[string]any) []any {
	if l, ok := p["enum"].([]any); ok && len(l) > 0 {
		var out []any
		for _, v := range l {
			if v == nil {
				continue
			}
			out = append(out, map[string]any{"const": v, "title": fmt.Sprint(v)})
		}
		return out
	}
	l, _ := p["oneOf"].([]any)
	var out []any
	for _, x := range l {
		m, _ := x.(map[string]any)
		v, ok := m["const"]
		if !ok {
			return nil
		}
		t, _ := m["title"].(string)
		if t == "" {
			t = fmt.Sprint(v)
		}
		out = append(out, map[string]any{"const": v, "title": t})
	}
	return out
}

// array takes over lists of choices and rows of simple columns.
func (a *adopter) array(at string, p, out map[string]any) bool {
	out["type"] = "array"
	if _, isList := p["items"].([]any); isList || p["items"] == nil {
		a.note(at+"/items", "adopt.tuple", nil)
		return false
	}
	items := a.resolve(at+"/items", p["items"], 0)
	if items == nil {
		return false
	}
	if o := a.options(at+"/items", items); o != nil {
		out["items"], out["uniqueItems"] = map[string]any{"oneOf": o}, true
		return true
	}
	if kindOf(items) != "object" {
		a.note(at+"/items", "adopt.list", nil)
		return false
	}
	columns, must := map[string]any{}, []string{}
	inner := &adopter{root: a.root, props: map[string]any{}, taken: map[string]bool{}}
	props, _ := items["properties"].(map[string]any)
	for _, name := range sortedKeys(props) {
		here := at + "/items/properties/" + escape(name)
		c := a.resolve(here, props[name], 0)
		if k := kindOf(c); c == nil || k == "object" || k == "array" {
			a.note(here, "adopt.column", nil)
			continue
		}
		key := inner.key(here, "", name)
		if f := inner.field(here, c, name); f != nil {
			columns[key] = f
			if l, ok := items["required"].([]any); ok {
				for _, r := range l {
					if r == name {
						must = append(must, key)
					}
				}
			}
		}
	}
	a.notes = append(a.notes, inner.notes...)
	rows := map[string]any{"type": "object", "additionalProperties": false, "properties": columns}
	if len(must) > 0 {
		rows["required"] = must
	}
	out["items"] = rows
	if out["maxItems"] == nil {
		out["maxItems"] = 200
	}
	return len(columns) > 0
}
