package filter

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/fault"
)

// The limits of Parse.
const (
	MaxBytes  = 1 << 20
	MaxDepth  = 12
	MaxCmps   = 200
	MaxList   = 1000
	MaxText   = 1000
	maxFaults = 50
)

// Parse reads an expression. Its error is an Invalid fault that names every
// wrong place (at most 50) by JSON pointer.
func Parse(raw []byte) (Expr, error) { return parse(raw, false) }

func parse(raw []byte, timed bool) (Expr, error) {
	if len(raw) > MaxBytes {
		return nil, fault.At("", "maxLength", MaxBytes)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	if !utf8.Valid(raw) {
		return nil, fault.At("", "json", nil)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fault.At("", "json", nil)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fault.At("", "json", nil)
	}
	p := parser{timed: timed}
	e := p.expr(v, "", 1)
	if err := fault.InvalidFields(p.bad); err != nil {
		return nil, err
	}
	return e, nil
}

// MustParse is Parse for expressions written in code; it panics on an error.
func MustParse(s string) Expr {
	e, err := Parse([]byte(s))
	if err != nil {
		panic(err)
	}
	return e
}

type parser struct {
	timed bool // operands may be days from today
	bad   []fault.Field
	cmps  int
}

func (p *parser) fail(pointer, rule string, limit any) {
	if len(p.bad) < maxFaults {
		p.bad = append(p.bad, fault.Field{Pointer: pointer, Rule: rule, Limit: limit})
	}
}

func (p *parser) expr(v any, at string, depth int) Expr {
	if v == nil {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		p.fail(at, "type", "object")
		return nil
	}
	if len(m) == 0 {
		return nil
	}
	if depth > MaxDepth {
		p.fail(at, "maxDepth", MaxDepth)
		return nil
	}
	for _, key := range []string{"all", "any", "not"} {
		x, has := m[key]
		if !has {
			continue
		}
		p.onlyKeys(m, at, key)
		at += "/" + key
		switch key {
		case "all":
			return All(p.exprs(x, at, depth))
		case "any":
			return Any(p.exprs(x, at, depth))
		default:
			return Not{Of: p.expr(x, at, depth+1)}
		}
	}
	return p.cmp(m, at)
}

func (p *parser) exprs(v any, at string, depth int) []Expr {
	list, ok := v.([]any)
	if !ok {
		p.fail(at, "type", "array")
		return nil
	}
	out := make([]Expr, len(list))
	for i, x := range list {
		if p.cmps > MaxCmps {
			break
		}
		out[i] = p.expr(x, at+"/"+strconv.Itoa(i), depth+1)
	}
	return out
}

func (p *parser) onlyKeys(m map[string]any, at string, allowed ...string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(allowed, k) {
			p.fail(at+"/"+escape(k), "unknownKey", nil)
		}
	}
}

func (p *parser) cmp(m map[string]any, at string) Expr {
	if p.cmps++; p.cmps > MaxCmps {
		if p.cmps == MaxCmps+1 {
			p.fail("", "maxComparisons", MaxCmps)
		}
		return nil
	}
	p.onlyKeys(m, at, "field", "op", "value")
	c := Cmp{}
	c.Field = p.text(m, at, "field")
	if c.Field != "" && !ValidPath(c.Field) {
		p.fail(at+"/field", "path", nil)
	}
	c.Op = Op(p.text(m, at, "op"))
	if c.Op == "" {
		return nil
	}
	if !slices.Contains(ops, c.Op) {
		p.fail(at+"/op", "enum", Ops())
		return nil
	}
	v, has := m["value"]
	if !has && c.Op != OpExists {
		p.fail(at+"/value", "required", nil)
		return nil
	}
	p.operand(&c, v, has, at+"/value")
	return c
}

// text reads a required text member, "" after a fault.
func (p *parser) text(m map[string]any, at, key string) string {
	v, has := m[key]
	s, ok := v.(string)
	switch {
	case !has || s == "" && ok:
		p.fail(at+"/"+key, "required", nil)
	case !ok:
		p.fail(at+"/"+key, "type", "string")
	}
	return s
}

func (p *parser) operand(c *Cmp, v any, has bool, at string) {
	switch {
	case c.Op == OpExists:
		b, ok := v.(bool)
		if has && !ok {
			p.fail(at, "type", "boolean")
		}
		c.Value = b || !has
	case c.Op.takesList():
		list, ok := v.([]any)
		if !ok {
			p.fail(at, "type", "array")
			return
		}
		if len(list) > MaxList {
			p.fail(at, "maxItems", MaxList)
			return
		}
		c.List = make([]any, len(list))
		for i, x := range list {
			c.List[i] = p.scalar(*c, x, at+"/"+strconv.Itoa(i))
		}
	default:
		if d, ok := p.day(*c, v, at); ok {
			c.Value = d
			return
		}
		c.Value = p.scalar(*c, v, at)
	}
}

// scalar reads one operand and holds it against what the operator takes.
func (p *parser) scalar(c Cmp, v any, at string) any {
	s, ok := scalar(v)
	if !ok {
		if _, isNum := v.(json.Number); isNum {
			p.fail(at, "range", nil)
		} else {
			p.fail(at, "type", "scalar")
		}
		return nil
	}
	text, isText := s.(string)
	if isText && len(text) > MaxText && utf8.RuneCountInString(text) > MaxText {
		p.fail(at, "maxLength", MaxText)
	}
	if isText && strings.ContainsRune(text, 0) {
		p.fail(at, "text", nil)
	}
	if want := c.Op.wants(s); want != "" {
		p.fail(at, "type", want)
	}
	return s
}

// wants names the type that the operator takes instead of v's, "" if v fits.
func (o Op) wants(v any) string {
	_, isText := v.(string)
	_, isBool := v.(bool)
	switch {
	case (o == OpContains || o == OpStartsWith) && !isText:
		return "string"
	case (o == OpLt || o == OpLte || o == OpGt || o == OpGte) && (isBool || v == nil):
		return "number or string"
	case (o == OpHas || o == OpHasAny) && v == nil:
		return "boolean, number or string"
	}
	return ""
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func escape(key string) string { return pointerEscape.Replace(key) }
