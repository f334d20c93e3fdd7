package filter

import "strings"

// Match tells whether e holds for doc, decoded JSON with numbers as
// json.Number, float64, int64 or int, lists as []any or []string. It does not
// allocate.
func Match(e Expr, doc map[string]any) bool {
	switch e := e.(type) {
	case nil:
		return true
	case All:
		for _, x := range e {
			if !Match(x, doc) {
				return false
			}
		}
		return true
	case Any:
		for _, x := range e {
			if Match(x, doc) {
				return true
			}
		}
		return false
	case Not:
		return !Match(e.Of, doc)
	case Cmp:
		return e.holds(Lookup(doc, e.Field))
	}
	return false
}

// Lookup gives the value at a dotted path, nil where there is none.
func Lookup(doc map[string]any, path string) any {
	for {
		i := strings.IndexByte(path, '.')
		if i < 0 {
			return doc[path]
		}
		next, ok := doc[path[:i]].(map[string]any)
		if !ok {
			return nil
		}
		doc, path = next, path[i+1:]
	}
}

func (c Cmp) holds(v any) bool {
	switch c.Op {
	case OpEq:
		return equal(v, c.Value)
	case OpNe:
		return !equal(v, c.Value)
	case OpIn:
		return equalsAny(v, c.List)
	case OpNin:
		return !equalsAny(v, c.List)
	case OpLt:
		return compare(v, c.Value) == -1
	case OpLte:
		o := compare(v, c.Value)
		return o == -1 || o == 0
	case OpGt:
		return compare(v, c.Value) == 1
	case OpGte:
		o := compare(v, c.Value)
		return o == 1 || o == 0
	case OpExists:
		want, _ := c.Value.(bool)
		return (v != nil) == want
	case OpContains:
		s, ok := v.(string)
		sub, isText := c.Value.(string)
		return ok && isText && containsFold(s, sub)
	case OpStartsWith:
		s, ok := v.(string)
		p, isText := c.Value.(string)
		return ok && isText && strings.HasPrefix(s, p)
	case OpHas:
		return hasEqual(v, c.Value)
	case OpHasAny:
		for _, w := range c.List {
			if hasEqual(v, w) {
				return true
			}
		}
	}
	return false
}

// equal compares a document's value with a scalar of an expression.
func equal(v, w any) bool {
	switch w := w.(type) {
	case nil:
		return v == nil
	case string:
		s, ok := v.(string)
		return ok && s == w
	case bool:
		b, ok := v.(bool)
		return ok && b == w
	}
	b, ok := numOf(w)
	if !ok {
		return false
	}
	a, ok := numOf(v)
	return ok && a.cmp(b) == 0
}

func equalsAny(v any, list []any) bool {
	for _, w := range list {
		if equal(v, w) {
			return true
		}
	}
	return false
}

// compare is -1, 0 or 1 for two numbers or two texts, 2 for anything else.
func compare(v, w any) int {
	if s, ok := w.(string); ok {
		t, ok := v.(string)
		if !ok {
			return 2
		}
		return strings.Compare(t, s)
	}
	b, ok := numOf(w)
	if !ok {
		return 2
	}
	a, ok := numOf(v)
	if !ok {
		return 2
	}
	return a.cmp(b)
}

func hasEqual(v, w any) bool {
	if w == nil {
		return false
	}
	switch list := v.(type) {
	case []any:
		for _, x := range list {
			if equal(x, w) {
				return true
			}
		}
	case []string:
		for _, x := range list {
			if s, ok := w.(string); ok && s == x {
				return true
			}
		}
	}
	return false
}

// containsFold is strings.Contains with ASCII letters in either case.
func containsFold(s, sub string) bool {
	n := len(sub)
	if n == 0 {
		return true
	}
	first := lower(sub[0])
	for i := 0; i+n <= len(s); i++ {
		if lower(s[i]) == first && foldEqual(s[i:i+n], sub) {
			return true
		}
	}
	return false
}

func foldEqual(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
