package message

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

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
