package filter

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
)

// scalar normalises v to nil, bool, string, int64 or float64. It is not ok for
// lists, objects and numbers that are not one (NaN, infinities).
func scalar(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string, int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		return number(v)
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.String:
		return rv.String(), true
	case reflect.Bool:
		return rv.Bool(), true
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int, reflect.Int64:
		return rv.Int(), true
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint, reflect.Uint64:
		if u := rv.Uint(); u > math.MaxInt64 {
			return float64(u), true
		}
		return int64(rv.Uint()), true
	case reflect.Float32, reflect.Float64:
		return scalar(rv.Float())
	case reflect.Pointer:
		if rv.IsNil() {
			return nil, true
		}
		return scalar(rv.Elem().Interface())
	}
	return nil, false
}

// number reads a JSON number: int64 where it is written as an integer that
// fits, float64 otherwise; not ok beyond float64.
func number(n json.Number) (any, bool) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(string(n), 64)
	return f, err == nil
}

// num is a number of either sort.
type num struct {
	i     int64
	f     float64
	isInt bool
}

// numOf reads the number in v, if it is one.
func numOf(v any) (num, bool) {
	switch v := v.(type) {
	case int64:
		return num{i: v, isInt: true}, true
	case int:
		return num{i: int64(v), isInt: true}, true
	case float64:
		return num{f: v}, true
	case json.Number:
		if i, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return num{i: i, isInt: true}, true
		}
		// Out of range is ±Inf, which is also what SQLite makes of it.
		f, _ := strconv.ParseFloat(string(v), 64)
		return num{f: f}, true
	}
	return num{}, false
}

// cmp is -1, 0 or 1 by value, exactly, and 2 when either is not a number.
func (a num) cmp(b num) int {
	switch {
	case a.isInt && b.isInt:
		return order(a.i, b.i)
	case a.isInt:
		return intFloat(a.i, b.f)
	case b.isInt:
		c := intFloat(b.i, a.f)
		if c == 2 {
			return c
		}
		return -c
	case math.IsNaN(a.f) || math.IsNaN(b.f):
		return 2
	default:
		return order(a.f, b.f)
	}
}

// intFloat compares without rounding i to a float64.
func intFloat(i int64, f float64) int {
	switch {
	case math.IsNaN(f):
		return 2
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	t := math.Trunc(f)
	if c := order(i, int64(t)); c != 0 {
		return c
	}
	return order(0, f-t)
}

func order[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
