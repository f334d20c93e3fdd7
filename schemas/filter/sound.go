package filter

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/fault"
)

// The limits of Sound. They are wider than Parse's, because a query joins a
// reader's filter with the scopes of their roles.
const (
	soundDepth = 40
	soundCmps  = 800
)

// Sound tells whether e, however it was built, keeps to the language: valid
// paths, known operators, normalised operands that fit them, bounded size. Its
// error is an Invalid fault. Store drivers rely on it.
func Sound(e Expr) error {
	left := soundCmps
	if rule := sound(e, soundDepth, &left); rule != "" {
		return fault.At("/filter", rule, nil)
	}
	return nil
}

func sound(e Expr, depth int, left *int) string {
	if depth == 0 {
		return "maxDepth"
	}
	switch e := e.(type) {
	case nil:
		return ""
	case All:
		return soundAll(e, depth, left)
	case Any:
		return soundAll(e, depth, left)
	case Not:
		return sound(e.Of, depth-1, left)
	case Cmp:
		if *left--; *left < 0 {
			return "maxComparisons"
		}
		return e.sound()
	}
	return "type"
}

func soundAll(es []Expr, depth int, left *int) string {
	for _, e := range es {
		if rule := sound(e, depth-1, left); rule != "" {
			return rule
		}
	}
	return ""
}

func (c Cmp) sound() string {
	if !ValidPath(c.Field) {
		return "path"
	}
	if c.Op.takesList() {
		for _, v := range c.List {
			if !isScalar(v) || c.Op.wants(v) != "" {
				return "type"
			}
		}
		return ""
	}
	if c.Op == OpExists {
		if _, ok := c.Value.(bool); !ok {
			return "type"
		}
		return ""
	}
	if !slices.Contains(ops, c.Op) {
		return "operator"
	}
	if !isScalar(c.Value) || c.Op.wants(c.Value) != "" {
		return "type"
	}
	return ""
}

func isScalar(v any) bool {
	switch v := v.(type) {
	case nil, bool, int64:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case string:
		return utf8.ValidString(v) && strings.IndexByte(v, 0) < 0
	}
	return false
}
