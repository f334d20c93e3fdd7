package filter

import (
	"encoding/json"
	"math"
)

func appendExpr(b []byte, e Expr) []byte {
	switch e := e.(type) {
	case All:
		return appendList(append(b, `{"all":[`...), e)
	case Any:
		return appendList(append(b, `{"any":[`...), e)
	case Not:
		b = appendExpr(append(b, `{"not":`...), e.Of)
		return append(b, '}')
	case Cmp:
		return appendCmp(b, e)
	}
	return append(b, "{}"...)
}

func appendList(b []byte, es []Expr) []byte {
	for i, e := range es {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendExpr(b, e)
	}
	return append(b, "]}"...)
}

func appendCmp(b []byte, c Cmp) []byte {
	b = appendValue(append(b, `{"field":`...), c.Field)
	b = appendValue(append(b, `,"op":`...), string(c.Op))
	b = append(b, `,"value":`...)
	if !c.Op.takesList() {
		b = appendValue(b, c.Value)
		return append(b, '}')
	}
	b = append(b, '[')
	for i, v := range c.List {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, v)
	}
	return append(b, "]}"...)
}

// appendValue writes a scalar; a fraction keeps its mark, so that 1.0 is read
// back as the float64 it was. Numbers JSON cannot say become null.
func appendValue(b []byte, v any) []byte {
	f, isFloat := v.(float64)
	if isFloat && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return append(b, "null"...)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...)
	}
	b = append(b, out...)
	if isFloat && f == math.Trunc(f) && isInt(out) {
		b = append(b, ".0"...)
	}
	return b
}

func isInt(s []byte) bool {
	for _, c := range s {
		if c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
