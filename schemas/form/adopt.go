package form

import (
	"encoding/json"
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
