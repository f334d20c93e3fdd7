package filter

import (
	"strings"
	"unicode"
)

const (
	maxPath  = 200
	maxSteps = 16
)

// ValidPath tells whether p may name a field: dotted keys of letters, marks,
// digits, "_" and "-". Drivers write paths into their queries as literals and
// rely on it: no quote, backslash, dollar or control character gets through.
func ValidPath(p string) bool {
	if p == "" || len(p) > maxPath || strings.Count(p, ".") >= maxSteps {
		return false
	}
	last := '.'
	for _, r := range p {
		switch {
		case r == '.':
			if last == '.' {
				return false
			}
		case r == '_' || r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
		case r == unicode.ReplacementChar || r < unicode.MaxASCII:
			return false
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			return false
		}
		last = r
	}
	return last != '.'
}
