package pack

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
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
