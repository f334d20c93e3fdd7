package filter

import (
	"encoding/json"
	"slices"
	"strings"
)

// Expr is one of All, Any, Not and Cmp. A nil Expr is everything.
type Expr interface {
	json.Marshaler
	expr()
}

// All holds where every part holds; without parts, everywhere.
type All []Expr

// Any holds where some part holds; without parts, nowhere.
type Any []Expr

// Not holds where its part does not.
type Not struct{ Of Expr }

// Cmp compares one field. Make it with Eq and its sisters, which normalise
// the values: nil, bool, string, int64 and float64 are the only types in it.
type Cmp struct {
	Field string
	Op    Op
	// Value is the operand of an operator with one; for OpExists a bool.
	Value any
	// List is the operand of OpIn, OpNin and OpHasAny.
	List []any
}

func (All) expr() {}
func (Any) expr() {}
func (Not) expr() {}
func (Cmp) expr() {}

// Op is a comparison operator.
type Op string

// The operators; the package comment says what each means.
const (
	OpEq         Op = "eq"
	OpNe         Op = "ne"
	OpLt         Op = "lt"
	OpLte        Op = "lte"
	OpGt         Op = "gt"
	OpGte        Op = "gte"
	OpIn         Op = "in"
	OpNin        Op = "nin"
	OpExists     Op = "exists"
	OpContains   Op = "contains"
	OpStartsWith Op = "startsWith"
	OpHas        Op = "has"
	OpHasAny     Op = "hasAny"
)

var ops = []Op{
	OpEq, OpNe, OpLt, OpLte, OpGt, OpGte, OpIn, OpNin,
	OpExists, OpContains, OpStartsWith, OpHas, OpHasAny,
}

// Ops lists the operators in the order a reader expects them.
func Ops() []Op { return slices.Clone(ops) }

// takesList tells whether the operand is a list.
func (o Op) takesList() bool { return o == OpIn || o == OpNin || o == OpHasAny }

// Eq is field = v. A v that is no scalar equals nothing.
func Eq(field string, v any) Cmp { return one(field, OpEq, v) }

// Ne is the negation of Eq; missing fields are included unless v is nil.
func Ne(field string, v any) Cmp { return one(field, OpNe, v) }

// Lt is field < v, for numbers and text.
func Lt(field string, v any) Cmp { return one(field, OpLt, v) }

// Lte is field ≤ v, for numbers and text.
func Lte(field string, v any) Cmp { return one(field, OpLte, v) }

// Gt is field > v, for numbers and text.
func Gt(field string, v any) Cmp { return one(field, OpGt, v) }

// Gte is field ≥ v, for numbers and text.
func Gte(field string, v any) Cmp { return one(field, OpGte, v) }

// Contains is: the field is text that holds s, ASCII letters in either case.
func Contains(field, s string) Cmp { return Cmp{Field: field, Op: OpContains, Value: s} }

// StartsWith is: the field is text that begins with s.
func StartsWith(field, s string) Cmp { return Cmp{Field: field, Op: OpStartsWith, Value: s} }

// Has is: the field is a list with an element equal to v.
func Has(field string, v any) Cmp { return one(field, OpHas, v) }

// Exists is: the field is there and not null.
func Exists(field string) Cmp { return Cmp{Field: field, Op: OpExists, Value: true} }

// Missing is: the field is not there, or null.
func Missing(field string) Cmp { return Cmp{Field: field, Op: OpExists, Value: false} }

// In is: the field equals one of the values.
func In[T any](field string, values ...T) Cmp { return list(field, OpIn, values) }

// Nin is the negation of In.
func Nin[T any](field string, values ...T) Cmp { return list(field, OpNin, values) }

// HasAny is: the field is a list with an element equal to one of the values.
func HasAny[T any](field string, values ...T) Cmp { return list(field, OpHasAny, values) }

// one makes a comparison with one operand. An operand that is no scalar makes
// it what the language says such a comparison is: false, or true for ne.
func one(field string, op Op, v any) Cmp {
	s, ok := scalar(v)
	switch {
	case ok && (op != OpHas || s != nil):
		return Cmp{Field: field, Op: op, Value: s}
	case op == OpNe:
		return Cmp{Field: field, Op: OpNin, List: []any{}}
	default:
		return Cmp{Field: field, Op: OpIn, List: []any{}}
	}
}

// list makes a comparison with a list; values that can equal nothing drop out.
func list[T any](field string, op Op, values []T) Cmp {
	c := Cmp{Field: field, Op: op, List: make([]any, 0, len(values))}
	for _, v := range values {
		if s, ok := scalar(v); ok && (op != OpHasAny || s != nil) {
			c.List = append(c.List, s)
		}
	}
	return c
}

// And is: every e holds. It drops nils, flattens nested Alls and gives nil
// for nothing, the part itself for one.
func And(es ...Expr) Expr {
	var out All
	for _, e := range es {
		if a, ok := e.(All); ok {
			e = And(a...)
		}
		switch e := e.(type) {
		case nil:
		case All:
			out = append(out, e...)
		default:
			out = append(out, e)
		}
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

// Or is: some e holds. A nil part is dropped, not taken as "everything", so
// that optional parts can be passed as they are; Or of nothing is None.
func Or(es ...Expr) Expr {
	out := Any{}
	for _, e := range es {
		if e != nil {
			out = appendAny(out, e)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

// appendAny appends the parts of a nested Any, where a nil is "everything".
func appendAny(out Any, e Expr) Any {
	parts, ok := e.(Any)
	if !ok {
		return append(out, e)
	}
	for _, p := range parts {
		out = appendAny(out, p)
	}
	return out
}

// Negate is: e does not hold. Negate(nil) is None.
func Negate(e Expr) Expr {
	switch e := e.(type) {
	case nil:
		return None()
	case Not:
		return e.Of
	default:
		return Not{Of: e}
	}
}

// None matches nothing.
func None() Expr { return Any{} }

// Fields lists the fields that e compares, sorted, each once.
func Fields(e Expr) []string {
	var out []string
	walk(e, func(c Cmp) { out = append(out, c.Field) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Rename gives e with every field renamed by f; e stays as it is.
func Rename(e Expr, f func(string) string) Expr {
	switch e := e.(type) {
	case All:
		return All(renameAll(e, f))
	case Any:
		return Any(renameAll(e, f))
	case Not:
		return Not{Of: Rename(e.Of, f)}
	case Cmp:
		e.Field = f(e.Field)
		return e
	}
	return nil
}

func renameAll(es []Expr, f func(string) string) []Expr {
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = Rename(e, f)
	}
	return out
}

func walk(e Expr, f func(Cmp)) {
	switch e := e.(type) {
	case All:
		for _, x := range e {
			walk(x, f)
		}
	case Any:
		for _, x := range e {
			walk(x, f)
		}
	case Not:
		walk(e.Of, f)
	case Cmp:
		f(e)
	}
}

// MarshalJSON gives {"all":[…]}.
func (a All) MarshalJSON() ([]byte, error) { return appendExpr(nil, a), nil }

// MarshalJSON gives {"any":[…]}.
func (a Any) MarshalJSON() ([]byte, error) { return appendExpr(nil, a), nil }

// MarshalJSON gives {"not":…}.
func (n Not) MarshalJSON() ([]byte, error) { return appendExpr(nil, n), nil }

// MarshalJSON gives {"field":…,"op":…,"value":…}.
func (c Cmp) MarshalJSON() ([]byte, error) { return appendExpr(nil, c), nil }

// Marshal gives e's JSON; {} for nil.
func Marshal(e Expr) json.RawMessage { return appendExpr(nil, e) }

// String gives e's JSON, for logs and tests.
func String(e Expr) string { return strings.TrimSpace(string(Marshal(e))) }
