package pack

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
)

// Choices are what an install decides: answers to the pack's questions, which
// of the workspace's fields and roles stand for the pack's, and the keys that
// objects get where the pack's own are taken.
type Choices struct {
	Params map[string]json.RawMessage `json:"params,omitempty"`
	Fields map[string]string          `json:"fields,omitempty"` // pack's path → workspace's path; "" leaves it out
	Roles  map[string]string          `json:"roles,omitempty"`  // pack's role → workspace's role
	Keys   map[string]string          `json:"keys,omitempty"`   // "flows/x" → key in the workspace
	// Without are calendars of the pack that its flows do not use: the workspace's
	// usual one takes their place.
	Without []string `json:"without,omitempty"`
}

// Adapted is a pack's objects as a workspace would hold them.
type Adapted struct {
	Objects []Object
	// Skipped names what was left out because it reads a field that the
	// workspace does not want, as "flows/x: stop vulnerable".
	Skipped []string
}

// Adapt rewrites a pack's objects for a workspace: answers in the place of
// {"$param": …} and {{ params.… }}, mapped fields and roles, and new keys.
// Samples and tests are left out.
func (p *Pack) Adapt(c Choices) (*Adapted, error) {
	q, err := p.Questions()
	if err != nil {
		return nil, err
	}
	answers, err := q.Answer(c.Params)
	if err != nil {
		return nil, fault.InvalidFields(under("/params", err))
	}
	a := &adapter{p: p, c: c, answers: answers, out: &Adapted{}}
	for _, o := range p.Objects {
		if !o.Kind.Installs() {
			continue
		}
		raw, err := a.object(o)
		if err != nil {
			return nil, fault.InvalidFields(under("/"+o.Path(), err))
		}
		if raw != nil {
			a.out.Objects = append(a.out.Objects, Object{o.Kind, a.key(o.Kind, o.Key), raw})
		}
	}
	return a.out, nil
}

type adapter struct {
	p       *Pack
	c       Choices
	answers map[string]any
	out     *Adapted
}

func (a *adapter) key(k Kind, key string) string {
	if as := a.c.Keys[string(k)+"/"+key]; as != "" {
		return as
	}
	return key
}

func (a *adapter) object(o Object) (json.RawMessage, error) {
	v, err := form.Decode(o.Raw)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.At("", "type", "object")
	}
	switch o.Kind {
	case Form:
		return a.form(m)
	case Message:
		m["key"] = a.key(Message, o.Key)
		return a.message(m)
	case Calendar:
		return canonicalOf(m)
	case Flow:
		a.stops(o, m)
		a.calendar(m)
		m["key"] = a.key(Flow, o.Key)
	case Board:
		m["key"] = a.key(Board, o.Key)
		a.view(o, m)
	case Role:
		m["key"] = a.key(Role, o.Key)
	}
	return a.rewritten(m)
}

func (a *adapter) rewritten(m map[string]any) (json.RawMessage, error) {
	v, err := a.walk("", "", m)
	if err != nil {
		return nil, err
	}
	return canonicalOf(v)
}

// form leaves out the fields that are mapped to others or not wanted; nil when
// none is left.
func (a *adapter) form(m map[string]any) (json.RawMessage, error) {
	fields, _ := m["fields"].(map[string]any)
	if fields == nil { // a whole form of the pack's own
		return canonicalOf(m)
	}
	of, _ := m["form"].(string)
	kept := map[string]any{}
	for key, f := range fields {
		if to, said := a.c.Fields[of+"."+key]; !said || to == of+"."+key {
			kept[key] = f
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	m["fields"] = kept
	return canonicalOf(m)
}

// stops leaves out goals and exits that read a field nobody wants.
func (a *adapter) stops(o Object, m map[string]any) {
	list, _ := m["stopWhen"].([]any)
	kept := list[:0]
	for _, s := range list {
		stop, _ := s.(map[string]any)
		unwanted := slices.ContainsFunc(fieldsIn(stop["when"]), func(f string) bool {
			to, said := a.c.Fields[f]
			return said && to == ""
		})
		if unwanted {
			id, _ := stop["id"].(string)
			a.out.Skipped = append(a.out.Skipped, o.Path()+": "+id)
			continue
		}
		kept = append(kept, s)
	}
	if list != nil {
		m["stopWhen"] = kept
	}
}

// view maps the fields of a board's filter, which are the customer's without
// saying so. A filter that reads a field nobody wants, or one that stands on
// another form now, is left out as a whole: half of it would show other accounts.
func (a *adapter) view(o Object, m map[string]any) {
	const of = "customer."
	for _, f := range fieldsIn(m["filter"]) {
		to, said := a.c.Fields[of+f]
		if said && !strings.HasPrefix(to, of) {
			a.out.Skipped = append(a.out.Skipped, o.Path()+": filter")
			delete(m, "filter")
			return
		}
	}
	if m["filter"] != nil {
		m["filter"] = renamed(m["filter"], func(f string) string {
			return strings.TrimPrefix(a.field(of+f), of)
		})
	}
}

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
