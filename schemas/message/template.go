// Package message is message templates: a small, safe subset of Liquid with
// variables, if and for, strict about unknown variables and bounded in steps
// and size, so that a hostile template can waste nothing and reach nothing.
//
//	{{ customer.name }}  {{ item.open | money: item.currency }}  {{ today | date }}
//	{% if total > 100000 %} … {% else %} … {% endif %}
//	{% for item in items %} … {% endfor %}
//	{{ table }} is the amount table, as text or HTML.
package message

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Bounds of a template and of rendering it.
const (
	MaxSource = 64 << 10
	MaxDepth  = 8
	MaxSteps  = 20_000
	MaxOutput = 256 << 10
)

// Template is a parsed template text; safe for concurrent use.
type Template struct{ body []part }

type part struct {
	text    string
	expr    *expr
	cond    *cond
	loop    string // the loop's variable; list is what it walks
	list    string
	yes, no []part
	offset  int
}

type expr struct {
	path    string
	literal any
	filters []pipe
}

type pipe struct {
	name string
	arg  *expr
}

type cond struct {
	left, right *expr
	op          string
}

// Parse reads a template. Faults name the place as "@offset" in runes.
func Parse(src string) (*Template, error) {
	if len(src) > MaxSource {
		return nil, fault.At("", "maxBytes", MaxSource)
	}
	p := &parser{src: src}
	body, end, err := p.block(0)
	if err != nil {
		return nil, err
	}
	if end != "" {
		return nil, p.bad("templateTag", end)
	}
	return &Template{body}, nil
}

type parser struct {
	src string
	pos int
}

func (p *parser) bad(rule, what string) error {
	return fault.InvalidFields([]fault.Field{{
		Pointer: fmt.Sprintf("@%d", len([]rune(p.src[:min(p.pos, len(p.src))]))), Rule: rule, Params: fault.Params{"value": clip(what)},
	}})
}

// block reads parts up to an end tag, which it returns: else, endif, endfor or "".
func (p *parser) block(depth int) (parts []part, end string, err error) {
	if depth > MaxDepth {
		return nil, "", p.bad("maxDepth", "")
	}
	for p.pos < len(p.src) {
		i := strings.Index(p.src[p.pos:], "{")
		if i < 0 || p.pos+i+1 >= len(p.src) {
			parts = append(parts, part{text: p.src[p.pos:]})
			p.pos = len(p.src)
			break
		}
		at := p.pos + i
		switch p.src[at+1] {
		case '{':
			parts = append(parts, part{text: p.src[p.pos:at]})
			p.pos = at
			inner, err := p.until("}}")
			if err != nil {
				return nil, "", err
			}
			e, err := p.expression(inner)
			if err != nil {
				return nil, "", err
			}
			parts = append(parts, part{expr: e, offset: at})
		case '%':
			parts = append(parts, part{text: p.src[p.pos:at]})
			p.pos = at
			tag, err := p.until("%}")
			if err != nil {
				return nil, "", err
			}
			word, rest, _ := strings.Cut(tag, " ")
			if word == "else" || word == "endif" || word == "endfor" {
				return parts, word, nil
			}
			nested, err := p.tag(word, strings.TrimSpace(rest), depth)
			if err != nil {
				return nil, "", err
			}
			nested.offset = at
			parts = append(parts, nested)
		default:
			parts = append(parts, part{text: p.src[p.pos : at+1]})
			p.pos = at + 1
		}
	}
	return parts, "", nil
}

// until reads what is between the two-character opener at pos and close.
func (p *parser) until(closer string) (string, error) {
	start := p.pos + 2
	i := strings.Index(p.src[start:], closer)
	if i < 0 {
		return "", p.bad("templateOpen", p.src[p.pos:])
	}
	p.pos = start + i + 2
	return strings.TrimSpace(p.src[start : start+i]), nil
}

func (p *parser) tag(word, rest string, depth int) (part, error) {
	switch word {
	case "if":
		c, err := p.condition(rest)
		if err != nil {
			return part{}, err
		}
		yes, end, err := p.block(depth + 1)
		if err != nil {
			return part{}, err
		}
		var no []part
		if end == "else" {
			if no, end, err = p.block(depth + 1); err != nil {
				return part{}, err
			}
		}
		if end != "endif" {
			return part{}, p.bad("templateEnd", "endif")
		}
		return part{cond: c, yes: yes, no: no}, nil
	case "for":
		f := strings.Fields(rest)
		if len(f) != 3 || f[1] != "in" || !validPath(f[0]) || strings.Contains(f[0], ".") || !validPath(f[2]) {
			return part{}, p.bad("templateFor", rest)
		}
		yes, end, err := p.block(depth + 1)
		if err != nil {
			return part{}, err
		}
		if end != "endfor" {
			return part{}, p.bad("templateEnd", "endfor")
		}
		return part{loop: f[0], list: f[2], yes: yes}, nil
	}
	return part{}, p.bad("templateTag", word)
}

func (p *parser) condition(s string) (*cond, error) {
	for _, op := range []string{"==", "!=", ">=", "<=", ">", "<"} {
		if l, r, ok := strings.Cut(s, op); ok {
			left, err := p.expression(strings.TrimSpace(l))
			if err != nil {
				return nil, err
			}
			right, err := p.expression(strings.TrimSpace(r))
			return &cond{left, right, op}, err
		}
	}
	left, err := p.expression(s)
	return &cond{left: left}, err
}

func (p *parser) expression(s string) (*expr, error) {
	chunks := splitPipes(s)
	e, err := p.operand(strings.TrimSpace(chunks[0]))
	if err != nil {
		return nil, err
	}
	for _, c := range chunks[1:] {
		name, arg, has := strings.Cut(strings.TrimSpace(c), ":")
		f := pipe{name: strings.TrimSpace(name)}
		if _, ok := filters[f.name]; !ok {
			return nil, p.bad("templateFilter", f.name)
		}
		if has {
			if f.arg, err = p.operand(strings.TrimSpace(arg)); err != nil {
				return nil, err
			}
		}
		e.filters = append(e.filters, f)
	}
	return e, nil
}

// splitPipes cuts at | outside quotes.
func splitPipes(s string) []string {
	var out []string
	quote, start := byte(0), 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '|':
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

func (p *parser) operand(s string) (*expr, error) {
	switch {
	case len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0]:
		return &expr{literal: s[1 : len(s)-1]}, nil
	case s == "true" || s == "false":
		return &expr{literal: s == "true"}, nil
	}
	if n, ok := number(s); ok {
		return &expr{literal: n}, nil
	}
	if !validPath(s) {
		return nil, p.bad("templateVariable", s)
	}
	return &expr{path: s}, nil
}

func number(s string) (int64, bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

func validPath(s string) bool {
	if s == "" || len(s) > 120 {
		return false
	}
	for seg := range strings.SplitSeq(s, ".") {
		if seg == "" {
			return false
		}
		for i := 0; i < len(seg); i++ {
			c := seg[i]
			if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// Variables lists the paths that a template reads, loop variables resolved to
// their list: "items[].number".
func (t *Template) Variables() []string {
	seen := map[string]bool{}
	var out []string
	for _, r := range t.reads() {
		if !seen[r.path] {
			seen[r.path] = true
			out = append(out, r.path)
		}
	}
	return out
}

// read is one place where a template reads a variable.
type read struct {
	path   string
	offset int  // of its tag, in bytes of the source
	bare   bool // without a default
}

// reads lists all of them, in the order of the source.
func (t *Template) reads() []read {
	var out []read
	add := func(e *expr, at int, loops map[string]string) {
		if e == nil {
			return
		}
		if e.path != "" {
			out = append(out, read{resolved(e.path, loops), at, len(e.filters) == 0 || e.filters[0].name != "default"})
		}
		for _, f := range e.filters {
			if f.arg != nil && f.arg.path != "" {
				out = append(out, read{resolved(f.arg.path, loops), at, true})
			}
		}
	}
	var walk func(parts []part, loops map[string]string)
	walk = func(parts []part, loops map[string]string) {
		for _, p := range parts {
			add(p.expr, p.offset, loops)
			if p.cond != nil {
				add(p.cond.left, p.offset, loops)
				add(p.cond.right, p.offset, loops)
			}
			inner := loops
			if p.loop != "" {
				add(&expr{path: p.list}, p.offset, loops)
				inner = map[string]string{}
				for k, v := range loops {
					inner[k] = v
				}
				inner[p.loop] = p.list
			}
			walk(p.yes, inner)
			walk(p.no, inner)
		}
	}
	walk(t.body, map[string]string{})
	return out
}

// resolved writes a loop variable's path as that of its list.
func resolved(path string, loops map[string]string) string {
	head, rest, has := strings.Cut(path, ".")
	list, ok := loops[head]
	if !ok {
		return path
	}
	if !has {
		return list + "[]"
	}
	return list + "[]." + rest
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
