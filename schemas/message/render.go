package message

import (
	"html"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Mode is how values are written: as they are, or escaped for HTML.
type Mode int

// The modes.
const (
	Text Mode = iota
	HTML
)

// Vars are the values of a template: plain maps, lists, strings, numbers and
// booleans only. Row values of the table are built by the caller.
type Vars map[string]any

type renderer struct {
	mode  Mode
	lang  string
	vars  Vars
	out   strings.Builder
	steps int
	// lenient writes what is not there as absent instead of failing.
	lenient bool
}

// Render writes a template with values. A variable that is not there is an
// Invalid fault naming it; so is running out of steps or size.
func (t *Template) Render(vars Vars, mode Mode, lang string) (string, error) {
	r := &renderer{mode: mode, lang: lang, vars: vars}
	if err := r.parts(t.body, nil); err != nil {
		return "", err
	}
	return r.out.String(), nil
}

type scope struct {
	name string
	val  any
	up   *scope
}

func (r *renderer) parts(parts []part, s *scope) error {
	for i := range parts {
		if r.steps++; r.steps > MaxSteps {
			return fault.At("", "templateSteps", MaxSteps)
		}
		if err := r.part(&parts[i], s); err != nil {
			return err
		}
		if r.out.Len() > MaxOutput {
			return fault.At("", "templateSize", MaxOutput)
		}
	}
	return nil
}

func (r *renderer) part(p *part, s *scope) error {
	switch {
	case p.expr != nil:
		return r.write(p.expr, s)
	case p.cond != nil:
		ok, err := r.truth(p.cond, s)
		if err != nil {
			return err
		}
		if ok {
			return r.parts(p.yes, s)
		}
		return r.parts(p.no, s)
	case p.loop != "":
		v, err := r.lookup(p.list, s)
		if err != nil {
			return err
		}
		list, _ := v.([]any)
		for _, x := range list {
			if err := r.parts(p.yes, &scope{p.loop, x, s}); err != nil {
				return err
			}
		}
		return nil
	}
	r.out.WriteString(p.text)
	return nil
}

func (r *renderer) write(e *expr, s *scope) error {
	if e.path == "table" && len(e.filters) == 0 {
		v, err := r.lookup("items", s)
		if err != nil {
			return err
		}
		list, _ := v.([]any)
		r.table(list)
		return nil
	}
	v, err := r.eval(e, s)
	if err != nil {
		return err
	}
	out := format(v)
	if r.lenient && out == "" {
		out = absent
	}
	if r.mode == HTML {
		out = html.EscapeString(out)
	}
	r.out.WriteString(out)
	return nil
}

func (r *renderer) eval(e *expr, s *scope) (any, error) {
	v := e.literal
	if e.path != "" {
		var err error
		v, err = r.lookup(e.path, s)
		if err != nil && (len(e.filters) == 0 || e.filters[0].name != "default") {
			return nil, err
		}
	}
	for _, f := range e.filters {
		var arg any
		if f.arg != nil {
			a, err := r.eval(f.arg, s)
			if err != nil {
				return nil, err
			}
			arg = a
		}
		v = filters[f.name](r, v, arg)
	}
	return v, nil
}

func (r *renderer) lookup(path string, s *scope) (any, error) {
	head, rest, has := strings.Cut(path, ".")
	var v any
	found := false
	for k := s; k != nil && !found; k = k.up {
		if k.name == head {
			v, found = k.val, true
		}
	}
	if !found {
		v, found = r.vars[head]
	}
	for found && has {
		head, rest, has = strings.Cut(rest, ".")
		m, ok := v.(map[string]any)
		if !ok {
			found = false
			break
		}
		v, found = m[head]
	}
	if !found && r.lenient {
		return nil, nil
	}
	if !found {
		return nil, fault.InvalidFields([]fault.Field{{Pointer: "/" + strings.ReplaceAll(path, ".", "/"), Rule: "unknownVariable", Params: fault.Params{"value": path}}})
	}
	return v, nil
}

func (r *renderer) truth(c *cond, s *scope) (bool, error) {
	l, err := r.eval(c.left, s)
	if err != nil {
		return false, err
	}
	if c.op == "" {
		return truthy(l), nil
	}
	right, err := r.eval(c.right, s)
	if err != nil {
		return false, err
	}
	a, aNum := integer(l)
	b, bNum := integer(right)
	if aNum && bNum {
		return compare(c.op, a, b), nil
	}
	return compare(c.op, strings.Compare(format(l), format(right)), 0), nil
}

func compare[T int | int64](op string, a, b T) bool {
	switch op {
	case "==":
		return a == b
	case "!=":
		return a != b
	case ">":
		return a > b
	case "<":
		return a < b
	case ">=":
		return a >= b
	default:
		return a <= b
	}
}

func truthy(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case string:
		return x != ""
	case []any:
		return len(x) > 0
	}
	n, ok := integer(v)
	return !ok || n != 0
}
