package form

import (
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Bounds of a formula.
const (
	maxFormula      = 500
	maxFormulaDepth = 32
)

// Formula is a parsed expression over the fields of a record:
//
//	amount * rate / 100        sum(lines.qty * lines.price)
//	round(total / 3, 2)        number & " / " & name
//	max(a, b)  min(a, b)  abs(a)  count(lines)  days(dueDate, issueDate)
//
// The browser evaluates the same expression, so the rules are such that two
// IEEE 754 machines cannot differ: each operation is one rounding to double,
// in the order written; nothing is fused. What is missing or no number counts
// as 0 in arithmetic and as "" in "&"; division by zero, and a result of 2^53
// or more, is nothing. Vectors: testdata/formulas.json.
type Formula struct {
	root *fnode
	refs []string // fields it reads, "lines.qty" for those of rows
}

// Refs lists the fields that a formula reads.
func (f *Formula) Refs() []string { return f.refs }

type fnode struct {
	op   string // num, str, ref, neg, + - * / &, or a function
	num  float64
	text string // of str; field of ref
	sub  string // column of ref
	args []*fnode
}

// functions by name: fewest and most arguments.
var functions = map[string][2]int{"sum": {1, 1}, "count": {1, 1}, "min": {1, 8}, "max": {1, 8}, "abs": {1, 1}, "round": {1, 2}, "days": {2, 2}}

// ParseFormula reads an expression. Faults name the place as "@offset" in bytes.
func ParseFormula(src string) (*Formula, error) {
	if len(src) > maxFormula {
		return nil, fault.At("", "maxLength", maxFormula)
	}
	p := &fparser{src: src}
	root := p.concat(0)
	p.space()
	if p.err == nil && p.pos < len(src) {
		p.fail("formula")
	}
	if p.err != nil {
		return nil, p.err
	}
	f := &Formula{root: root}
	seen := map[string]bool{}
	var walk func(n *fnode)
	walk = func(n *fnode) {
		if n.op == "ref" {
			name := n.text
			if n.sub != "" {
				name += "." + n.sub
			}
			if !seen[name] {
				seen[name] = true
				f.refs = append(f.refs, name)
			}
		}
		for _, a := range n.args {
			walk(a)
		}
	}
	walk(root)
	return f, nil
}

type fparser struct {
	src string
	pos int
	err error
}

func (p *fparser) fail(rule string) *fnode {
	if p.err == nil {
		p.err = fault.InvalidFields([]fault.Field{{Pointer: "@" + strconv.Itoa(p.pos), Rule: rule, Params: fault.Params{"value": clipped(p.src[min(p.pos, len(p.src)):])}}})
	}
	return &fnode{op: "num"}
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

func (p *fparser) space() {
	for p.pos < len(p.src) && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t' || p.src[p.pos] == '\n' || p.src[p.pos] == '\r') {
		p.pos++
	}
}

func (p *fparser) take(ops string) string {
	p.space()
	if p.err == nil && p.pos < len(p.src) && strings.IndexByte(ops, p.src[p.pos]) >= 0 {
		p.pos++
		return p.src[p.pos-1 : p.pos]
	}
	return ""
}

// binary reads a left-associative chain of one level.
func (p *fparser) binary(ops string, depth int, next func(int) *fnode) *fnode {
	left := next(depth)
	for op := p.take(ops); op != ""; op = p.take(ops) {
		left = &fnode{op: op, args: []*fnode{left, next(depth)}}
	}
	return left
}

func (p *fparser) concat(d int) *fnode  { return p.binary("&", d, p.sum) }
func (p *fparser) sum(d int) *fnode     { return p.binary("+-", d, p.product) }
func (p *fparser) product(d int) *fnode { return p.binary("*/", d, p.unary) }

func (p *fparser) unary(d int) *fnode {
	if d > maxFormulaDepth {
		return p.fail("maxDepth")
	}
	if p.take("-") != "" {
		return &fnode{op: "neg", args: []*fnode{p.unary(d + 1)}}
	}
	return p.primary(d)
}

func (p *fparser) primary(d int) *fnode {
	p.space()
	if p.err != nil || p.pos >= len(p.src) {
		return p.fail("formula")
	}
	switch c := p.src[p.pos]; {
	case c == '(':
		p.pos++
		n := p.concat(d + 1)
		if p.take(")") == "" {
			return p.fail("formulaClose")
		}
		return n
	case c == '"' || c == '\'':
		end := strings.IndexByte(p.src[p.pos+1:], c)
		if end < 0 {
			return p.fail("formulaClose")
		}
		s := p.src[p.pos+1 : p.pos+1+end]
		p.pos += end + 2
		return &fnode{op: "str", text: s}
	case c >= '0' && c <= '9':
		return p.number()
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return p.named(d)
	}
	return p.fail("formula")
}

func (p *fparser) number() *fnode {
	start := p.pos
	for p.pos < len(p.src) && (p.src[p.pos] >= '0' && p.src[p.pos] <= '9' || p.src[p.pos] == '.') {
		p.pos++
	}
	x, err := strconv.ParseFloat(p.src[start:p.pos], 64)
	if err != nil || p.pos-start > 17 || p.src[p.pos-1] == '.' {
		p.pos = start
		return p.fail("number")
	}
	return &fnode{op: "num", num: x}
}

func (p *fparser) word() string {
	start := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			break
		}
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *fparser) named(d int) *fnode {
	start := p.pos
	name := p.word()
	if p.pos < len(p.src) && p.src[p.pos] == '.' {
		p.pos++
		sub := p.word()
		if sub == "" {
			return p.fail("formula")
		}
		return &fnode{op: "ref", text: name, sub: sub}
	}
	if p.take("(") == "" {
		return &fnode{op: "ref", text: name}
	}
	arity, ok := functions[name]
	if !ok {
		p.pos = start
		return p.fail("formulaFunction")
	}
	n := &fnode{op: name}
	for {
		n.args = append(n.args, p.concat(d+1))
		if p.take(",") == "" {
			break
		}
	}
	if p.take(")") == "" {
		return p.fail("formulaClose")
	}
	if len(n.args) < arity[0] || len(n.args) > arity[1] {
		p.pos = start
		return p.fail("formulaArguments")
	}
	return n
}
