package form

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Adopt makes a form of a JSON Schema written elsewhere (drafts 4 to 2020-12).
// What a form cannot say is left out and named, with its place in the source:
// nothing is dropped in silence.
func Adopt(key string, raw []byte) (Form, []fault.Field, error) {
	if len(raw) > MaxSchemaBytes {
		return Form{}, nil, fault.At("", "maxBytes", MaxSchemaBytes)
	}
	v, err := Decode(raw)
	if err != nil {
		return Form{}, nil, err
	}
	root, ok := v.(map[string]any)
	if !ok {
		return Form{}, nil, fault.At("", "object", nil)
	}
	if p := inspectDepth("", v, 0); len(p) > 0 {
		return Form{}, nil, fault.InvalidFields(p)
	}
	a := &adopter{root: root, props: map[string]any{}, taken: map[string]bool{}}
	a.object("", root, "", 0)
	if len(a.props) == 0 {
		return Form{}, nil, fault.At("/properties", "required", nil)
	}
	schema := map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "properties": a.props}
	if len(a.required) > 0 {
		schema["required"] = a.required
	}
	out, err := json.Marshal(schema)
	if err != nil {
		return Form{}, nil, err
	}
	layout, err := json.Marshal(map[string]any{"groups": a.groups})
	if err != nil {
		return Form{}, nil, err
	}
	name, _ := root["title"].(string)
	if name == "" {
		name = key
	}
	f := Form{Key: key, Name: map[string]string{"en": name, "zh-CN": name}, Schema: out, Layout: layout}
	sort.SliceStable(a.notes, func(i, j int) bool { return a.notes[i].Pointer < a.notes[j].Pointer })
	if _, err := Compile(f); err != nil {
		return Form{}, nil, err
	}
	return f, a.notes, nil
}

// inspectDepth refuses what is nested too deep before anything walks it.
func inspectDepth(at string, v any, depth int) []fault.Field {
	if depth > 2*MaxDepth {
		return []fault.Field{{Pointer: at, Rule: "maxDepth", Limit: MaxDepth}}
	}
	switch x := v.(type) {
	case map[string]any:
		for k, c := range x {
			if p := inspectDepth(at+"/"+escape(k), c, depth+1); p != nil {
				return p
			}
		}
	case []any:
		for k, c := range x {
			if p := inspectDepth(at+"/"+strconv.Itoa(k), c, depth+1); p != nil {
				return p
			}
		}
	}
	return nil
}

type adopter struct {
	root     map[string]any
	props    map[string]any
	required []string
	taken    map[string]bool
	groups   []map[string]any
	notes    []fault.Field
}

func (a *adopter) note(at, rule string, params fault.Params) {
	if len(a.notes) < 200 {
		a.notes = append(a.notes, fault.Field{Pointer: at, Rule: rule, Params: params})
	}
}

// object takes over the properties of an object as a group of fields; objects
// inside become groups of their own.
func (a *adopter) object(at string, o map[string]any, prefix string, depth int) {
	group := map[string]any{}
	if t, _ := o["title"].(string); t != "" && depth > 0 {
		group["title"] = map[string]any{"en": t, "zh-CN": t}
	}
	var fields []string
	place := len(a.groups)
	a.groups = append(a.groups, group)
	props, _ := o["properties"].(map[string]any)
	must := map[string]bool{}
	if l, ok := o["required"].([]any); ok {
		for _, x := range l {
			if s, ok := x.(string); ok {
				must[s] = true
			}
		}
	}
	for _, name := range sortedKeys(props) {
		here := at + "/properties/" + escape(name)
		p := a.resolve(here, props[name], 0)
		if p == nil {
			continue
		}
		if kindOf(p) == "object" {
			if depth >= 3 {
				a.note(here, "adopt.deep", nil)
				continue
			}
			a.object(here, p, prefix+name, depth+1)
			continue
		}
		key := a.key(here, prefix, name)
		field := a.field(here, p, name)
		if field == nil || len(a.props) >= MaxFields {
			continue
		}
		a.props[key] = field
		fields = append(fields, key)
		if must[name] && (depth == 0) {
			a.required = append(a.required, key)
		}
	}
	for _, k := range sortedKeys(o) {
		switch k {
		case "type", "properties", "required", "title", "description", "$schema", "$id", "id", "$defs", "definitions", "$comment", "additionalProperties", "default", "examples":
		default:
			a.note(at+"/"+escape(k), "adopt.keyword", fault.Params{"value": k})
		}
	}
	if len(fields) == 0 {
		fields = []string{}
	}
	a.groups[place]["fields"] = fields
}

func sortedKeys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func kindOf(p map[string]any) string {
	switch t := p["type"].(type) {
	case string:
		return t
	case []any: // ["string", "null"]: missing says null here
		for _, x := range t {
			if s, ok := x.(string); ok && s != "null" {
				return s
			}
		}
	}
	if _, ok := p["properties"]; ok {
		return "object"
	}
	if _, ok := p["items"]; ok {
		return "array"
	}
	return ""
}

// resolve follows references inside the document.
func (a *adopter) resolve(at string, v any, depth int) map[string]any {
	p, ok := v.(map[string]any)
	if !ok {
		a.note(at, "adopt.boolean", nil)
		return nil
	}
	ref, ok := p["$ref"].(string)
	if !ok {
		return p
	}
	path, local := strings.CutPrefix(ref, "#/")
	if !local || depth > 8 {
		a.note(at+"/$ref", "localRef", nil)
		return nil
	}
	var cur any = a.root
	for seg := range strings.SplitSeq(path, "/") {
		m, ok := cur.(map[string]any)
		if !ok {
			break
		}
		cur = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(seg)]
	}
	if cur == nil {
		a.note(at+"/$ref", "adopt.ref", fault.Params{"value": ref})
		return nil
	}
	return a.resolve(at, cur, depth+1)
}

// key makes a usable key of a name that may be anything.
func (a *adopter) key(at, prefix, name string) string {
	var b strings.Builder
	up := prefix != ""
	for _, r := range prefix + " " + name {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || b.Len() > 0 && (r >= '0' && r <= '9' || r == '_'):
			if up && b.Len() > 0 && r >= 'a' && r <= 'z' {
				r -= 'a' - 'A'
			}
			b.WriteRune(r)
			up = false
		default:
			up = b.Len() > 0
		}
		if b.Len() >= 50 {
			break
		}
	}
	key := b.String()
	if key == "" {
		key = "field"
	}
	if reserved[key] {
		key += "Value"
	}
	base := key
	for n := 2; a.taken[key]; n++ {
		key = base + strconv.Itoa(n)
	}
	a.taken[key] = true
	if key != name {
		a.note(at, "adopt.renamed", fault.Params{"value": key})
	}
	return key
}

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
