package pack

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/message"
)

// renamed is a filter whose fields have other names.
func renamed(v any, name func(string) string) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, c := range x {
			if f, ok := c.(string); ok && k == "field" {
				out[k] = name(f)
				continue
			}
			out[k] = renamed(c, name)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for k, c := range x {
			out[k] = renamed(c, name)
		}
		return out
	}
	return v
}

// walk rewrites a value; under is the key that it stands under.
func (a *adapter) walk(at, under string, v any) (any, error) {
	switch x := v.(type) {
	case map[string]any:
		if _, ok := x["$param"]; ok {
			return a.param(at, x)
		}
		out := make(map[string]any, len(x))
		for k, c := range x {
			to := k
			if under == "set" {
				to = a.field(k)
			}
			w, err := a.walk(at+"/"+k, k, c)
			if err != nil {
				return nil, err
			}
			out[to] = w
		}
		return out, nil
	case []any:
		out := make([]any, len(x))
		for k, c := range x {
			w, err := a.walk(at+"/"+strconv.Itoa(k), under, c)
			if err != nil {
				return nil, err
			}
			out[k] = w
		}
		return out, nil
	case string:
		return a.text(under, x), nil
	}
	return v, nil
}

func (a *adapter) text(under, s string) string {
	switch under {
	case "field", "fields":
		return a.field(s)
	case "template":
		return a.key(Message, s)
	case "role":
		if to := a.c.Roles[s]; to != "" {
			return to
		}
		return a.key(Role, s)
	}
	return s
}

func (a *adapter) field(path string) string {
	if to := a.c.Fields[path]; to != "" {
		return to
	}
	return path
}

// param gives an answer; "times" multiplies it, so that "3 days before" is an
// answer of 3.
func (a *adapter) param(at string, m map[string]any) (any, error) {
	name, _ := m["$param"].(string)
	v, ok := a.answers[name]
	if !ok {
		return nil, fault.At(at, "unknownParam", name)
	}
	times, has := m["times"].(json.Number)
	if !has {
		return v, nil
	}
	n, err := times.Int64()
	x, isNumber := v.(json.Number)
	if err != nil || !isNumber {
		return nil, fault.At(at, "type", "integer")
	}
	y, err := x.Int64()
	if err != nil || y > 100_000 || y < -100_000 || n > 1000 || n < -1000 {
		return nil, fault.At(at, "maximum", 100_000)
	}
	return json.Number(strconv.FormatInt(n*y, 10)), nil
}

// message rewrites the variables of a template.
func (a *adapter) message(m map[string]any) (json.RawMessage, error) {
	variants, _ := m["variant"].(map[string]any)
	for lang, v := range variants {
		body, _ := v.(map[string]any)
		for _, part := range slices.Sorted(maps.Keys(body)) {
			src, ok := body[part].(string)
			if !ok {
				continue
			}
			out, err := message.Rewrite(src, a.variable)
			if err != nil {
				return nil, fault.InvalidFields(under("/variant/"+lang+"/"+part, err))
			}
			body[part] = out
		}
	}
	return canonicalOf(m)
}

// variable renames a path of a message; an answer is written out instead.
func (a *adapter) variable(path string) (to string, literal bool, err error) {
	if name, ok := strings.CutPrefix(path, "params."); ok {
		v, known := a.answers[name]
		if !known {
			return "", false, fault.At("", "unknownParam", name)
		}
		switch x := v.(type) {
		case string:
			return x, true, nil
		case json.Number:
			return x.String(), true, nil
		}
		return "", false, fault.At("", "unknownParam", name)
	}
	if rest, ok := strings.CutPrefix(path, "items[]."); ok {
		if to := strings.TrimPrefix(a.field("invoice."+rest), "invoice."); to != rest {
			return "items[]." + to, false, nil
		}
		return path, false, nil
	}
	return a.field(path), false, nil
}

// fieldsIn lists the fields that a condition reads.
func fieldsIn(v any) []string {
	var out []string
	var walk func(under string, v any)
	walk = func(under string, v any) {
		switch x := v.(type) {
		case map[string]any:
			for k, c := range x {
				walk(k, c)
			}
		case []any:
			for _, c := range x {
				walk(under, c)
			}
		case string:
			if under == "field" || under == "fields" {
				out = append(out, x)
			}
		}
	}
	walk("", v)
	slices.Sort(out)
	return slices.Compact(out)
}
