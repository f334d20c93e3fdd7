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
	"strings"
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
