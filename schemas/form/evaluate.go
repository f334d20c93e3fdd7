package form

import (
	"encoding/json"
	"math"
	"strconv"
)

// Number is a formula's result as a number; ok is false for nothing.
func (f *Formula) Number(data map[string]any) (x float64, ok bool) {
	v := (&fenv{data: data}).eval(f.root)
	switch t := v.(type) {
	case float64:
		return t, usable(t)
	case string:
		return 0, false
	}
	return 0, false
}

// Text is a formula's result as text, "" for nothing.
func (f *Formula) Text(data map[string]any) string { return textOf((&fenv{data: data}).eval(f.root)) }

func usable(x float64) bool { return !math.IsNaN(x) && math.Abs(x) < 1<<53 }

type fenv struct {
	data map[string]any
	rows string // the rows being summed
	row  map[string]any
}

// eval gives a float64, a string, a bool, a []any, or nil for nothing.
func (e *fenv) eval(n *fnode) any {
	switch n.op {
	case "num":
		return n.num
	case "str":
		return n.text
	case "ref":
		return e.ref(n)
	case "neg":
		return -numberOf(e.eval(n.args[0]))
	case "&":
		return textOf(e.eval(n.args[0])) + textOf(e.eval(n.args[1]))
	case "+", "-", "*", "/":
		return arith(n.op, numberOf(e.eval(n.args[0])), numberOf(e.eval(n.args[1])))
	}
	return e.call(n)
}

func (e *fenv) ref(n *fnode) any {
	if n.sub == "" {
		return plainValue(e.data[n.text])
	}
	if n.text == e.rows {
		return plainValue(e.row[n.sub])
	}
	return nil
}

func plainValue(v any) any {
	switch x := v.(type) {
	case json.Number:
		f, err := x.Float64()
		if err != nil {
			return nil
		}
		return f
	case float64, string, bool, []any:
		return x
	}
	return nil
}

// arith is one operation with one rounding: the conversion forbids the
// compiler to fuse it with its neighbour.
func arith(op string, a, b float64) any {
	var x float64
	switch op {
	case "+":
		x = float64(a + b)
	case "-":
		x = float64(a - b)
	case "*":
		x = float64(a * b)
	default:
		if b == 0 {
			return nil
		}
		x = float64(a / b)
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return x
}

func (e *fenv) call(n *fnode) any {
	switch n.op {
	case "sum":
		return e.sum(n.args[0])
	case "count":
		l, _ := e.eval(n.args[0]).([]any)
		return float64(len(l))
	case "abs":
		return math.Abs(numberOf(e.eval(n.args[0])))
	case "round":
		digits := 0.0
		if len(n.args) == 2 {
			digits = min(max(math.Trunc(numberOf(e.eval(n.args[1]))), 0), 6)
		}
		return RoundTo(numberOf(e.eval(n.args[0])), int(digits))
	case "days":
		a, okA := dayOf(e.eval(n.args[0]))
		b, okB := dayOf(e.eval(n.args[1]))
		if !okA || !okB {
			return nil
		}
		return float64(a - b)
	}
	var best any
	for _, a := range n.args { // min, max: what is missing takes no part
		x, ok := e.eval(a).(float64)
		if !ok {
			continue
		}
		if b, has := best.(float64); !has || n.op == "min" && x < b || n.op == "max" && x > b {
			best = x
		}
	}
	return best
}

// sum adds up an expression over the rows that it names.
func (e *fenv) sum(arg *fnode) any {
	rows := rowsOf(arg)
	list, _ := e.data[rows].([]any)
	total := 0.0
	for _, r := range list {
		m, _ := r.(map[string]any)
		total = float64(total + numberOf((&fenv{data: e.data, rows: rows, row: m}).eval(arg)))
	}
	return total
}

// rowsOf is the first rows field that an expression names.
func rowsOf(n *fnode) string {
	if n.op == "ref" && n.sub != "" {
		return n.text
	}
	for _, a := range n.args {
		if r := rowsOf(a); r != "" {
			return r
		}
	}
	return ""
}

func numberOf(v any) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case bool:
		if x {
			return 1
		}
	}
	return 0
}

func textOf(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		if !usable(x) {
			return ""
		}
		return NumberText(RoundTo(x, 6))
	}
	return ""
}

// NumberText writes a number as ECMAScript does within ±2^53 and 6 decimals.
func NumberText(x float64) string {
	if x == 0 {
		return "0"
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// RoundTo rounds half away from zero; the hair's breadth added first lets
// 1.005 become 1.01, as people expect of it.
func RoundTo(x float64, digits int) float64 {
	f := 1.0
	for range digits {
		f *= 10
	}
	y := math.Abs(float64(x * f))
	y = math.Floor(float64(float64(y*(1+2.220446049250313e-16)) + 0.5))
	if x < 0 {
		y = -y
	}
	return y / f
}

// dayOf is the day number of a date, as the start of a date-time too.
func dayOf(v any) (int, bool) {
	s, ok := v.(string)
	if !ok || len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, e1 := strconv.Atoi(s[:4])
	m, e2 := strconv.Atoi(s[5:7])
	d, e3 := strconv.Atoi(s[8:10])
	if e1 != nil || e2 != nil || e3 != nil || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	if m <= 2 { // days from civil, counting the year from March
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d, true
}
