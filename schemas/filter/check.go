package filter

import (
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Type is what a form says a field holds.
type Type string

// The types. Date is "2006-01-02", Instant RFC 3339 in UTC, both text; List is
// a list of scalars.
const (
	Text    Type = "text"
	Number  Type = "number"
	Bool    Type = "bool"
	Date    Type = "date"
	Instant Type = "instant"
	List    Type = "list"
)

// Check holds e against the fields that f knows. Its error is an Invalid fault
// that names every unknown field, every operator that does not fit the
// field's type and every value of another type, by JSON pointer into e's JSON.
func Check(e Expr, f func(field string) (Type, bool)) error {
	c := checker{typeOf: f}
	c.expr(e, "")
	return fault.InvalidFields(c.bad)
}

type checker struct {
	typeOf func(string) (Type, bool)
	bad    []fault.Field
}

func (c *checker) fail(pointer, rule string, limit any) {
	if len(c.bad) < maxFaults {
		c.bad = append(c.bad, fault.Field{Pointer: pointer, Rule: rule, Limit: limit})
	}
}

func (c *checker) expr(e Expr, at string) {
	switch e := e.(type) {
	case All:
		c.exprs(e, at+"/all/")
	case Any:
		c.exprs(e, at+"/any/")
	case Not:
		c.expr(e.Of, at+"/not")
	case Cmp:
		c.cmp(e, at)
	}
}

func (c *checker) exprs(es []Expr, at string) {
	for i, e := range es {
		c.expr(e, at+strconv.Itoa(i))
	}
}

func (c *checker) cmp(e Cmp, at string) {
	t, ok := c.typeOf(e.Field)
	if !ok {
		c.fail(at+"/field", "unknownField", nil)
		return
	}
	if !t.Takes(e.Op) {
		c.fail(at+"/op", "operator", string(t))
		return
	}
	switch {
	case e.Op.takesList():
		for i, v := range e.List {
			c.value(t, e.Op, v, at+"/value/"+strconv.Itoa(i))
		}
	case e.Op != OpExists:
		c.value(t, e.Op, e.Value, at+"/value")
	}
}

func (c *checker) value(t Type, op Op, v any, at string) {
	if op == OpContains || op == OpStartsWith {
		t = Text // a piece of a date is no date
	}
	if d, ok := v.(Day); ok {
		c.day(t, op, d, at)
		return
	}
	if !t.holds(v) {
		c.fail(at, "type", string(t))
	}
}

// day holds a day against the field: a whole day is for instants, which are
// not equal to one.
func (c *checker) day(t Type, op Op, d Day, at string) {
	switch {
	case t != Date && t != Instant, d.Whole != (t == Instant):
		c.fail(at, "type", string(t))
	case d.Whole && (op == OpEq || op == OpNe):
		c.fail(strings.TrimSuffix(at, "/value")+"/op", "operator", string(t))
	}
}

// Takes tells whether the operator makes sense for the type.
func (t Type) Takes(op Op) bool {
	switch op {
	case OpExists:
		return true
	case OpEq, OpNe, OpIn, OpNin:
		return t != List
	case OpLt, OpLte, OpGt, OpGte:
		return t != List && t != Bool
	case OpContains:
		return t == Text
	case OpStartsWith:
		return t == Text || t == Date || t == Instant
	case OpHas, OpHasAny:
		return t == List
	}
	return false
}

// holds tells whether v may be compared with a field of the type; null may be
// compared with any, and anything may be an element of a list.
func (t Type) holds(v any) bool {
	if v == nil || t == List {
		return true
	}
	s, isText := v.(string)
	switch t {
	case Text:
		return isText
	case Number:
		_, ok := numOf(v)
		return ok
	case Bool:
		_, ok := v.(bool)
		return ok
	case Date:
		_, err := time.Parse(time.DateOnly, s)
		return isText && err == nil
	case Instant:
		_, err := time.Parse(time.RFC3339Nano, s)
		return isText && err == nil
	}
	return false
}
