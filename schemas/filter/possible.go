package filter

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// maxCases bounds what Possible tries.
const maxCases = 20_000

// Possible is false when no document can fit e on a day: then e contradicts
// itself. True may also mean that this could not be told: fields are taken as
// independent of each other, every field may be missing, and a condition with
// very many fields is not tried.
//
// A comparison only tells a field's values apart at its own operands. So one
// value for each operand, one for each gap between them, and none at all stand
// for all values that there are.
func Possible(e Expr, now time.Time) bool {
	p := possible{values: map[string][]any{}}
	e = p.take(OnDay(e, now, time.UTC))
	fields := Fields(e)
	cases := 1
	for _, f := range fields {
		p.values[f] = samples(p.values[f])
		if cases *= len(p.values[f]); cases > maxCases {
			return true
		}
	}
	return p.try(e, fields, map[string]any{})
}

type possible struct {
	names  map[string]string
	values map[string][]any // of each field: the operands
}

// take gives e with a name without dots for every field, and notes its operands.
// What looks into a text or a list is a field of its own, true or not.
func (p *possible) take(e Expr) Expr {
	switch e := e.(type) {
	case All:
		return All(p.takeAll(e))
	case Any:
		return Any(p.takeAll(e))
	case Not:
		return Not{Of: p.take(e.Of)}
	case Cmp:
		switch e.Op {
		case OpContains, OpStartsWith, OpHas, OpHasAny:
			e = Eq(fmt.Sprintf("%s %s %v %v", e.Field, e.Op, e.Value, e.List), true)
		}
		e.Field = p.name(e.Field)
		if e.Op != OpExists {
			p.values[e.Field] = append(append(p.values[e.Field], e.Value), e.List...)
		}
		return e
	}
	return e
}

func (p *possible) takeAll(es []Expr) []Expr {
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = p.take(e)
	}
	return out
}

func (p *possible) name(field string) string {
	if p.names == nil {
		p.names = map[string]string{}
	}
	if _, known := p.names[field]; !known {
		p.names[field] = fmt.Sprint("f", len(p.names))
	}
	return p.names[field]
}

// try looks for values of the fields with which e holds.
func (p *possible) try(e Expr, fields []string, doc map[string]any) bool {
	if len(fields) == 0 {
		return Match(e, doc)
	}
	return slices.ContainsFunc(p.values[fields[0]], func(v any) bool {
		doc[fields[0]] = v
		return p.try(e, fields[1:], doc)
	})
}

// samples are values that stand for all that comparisons with the operands can
// tell apart.
func samples(operands []any) []any {
	out := []any{nil, []any{}} // nothing, and what equals nothing
	for _, v := range operands {
		switch v := v.(type) {
		case bool:
			out = append(out, true, false)
		case string:
			out = append(out, "", v, v+"\x01") // nothing that people write lies between the last two
		case int64:
			out = append(out, v, v-1, v+1, math.Nextafter(float64(v), math.Inf(-1)), math.Nextafter(float64(v), math.Inf(1)))
		case float64:
			out = append(out, v, math.Nextafter(v, math.Inf(-1)), math.Nextafter(v, math.Inf(1)))
		}
	}
	seen := map[any]bool{}
	return slices.DeleteFunc(out, func(v any) bool {
		if _, ok := v.([]any); ok {
			return false
		}
		twice := seen[v]
		seen[v] = true
		return twice
	})
}
