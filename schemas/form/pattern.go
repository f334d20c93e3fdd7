package form

import (
	"regexp"
	"strings"
)

// maxPattern bounds a pattern's source; RE2 runs in linear time, but its
// program grows with counted repetition.
const maxPattern = 500

// checkPattern gives the rule that a pattern breaks, "" when it is fit for
// both RE2 (server) and ECMAScript (browser). RE2 already refuses look-around
// and back-references; what only RE2 knows is refused here.
func checkPattern(p string) string {
	if len(p) > maxPattern {
		return "patternLength"
	}
	if _, err := regexp.Compile(p); err != nil {
		return "pattern"
	}
	for _, only := range []string{`(?i`, `(?s`, `(?m`, `(?U`, `(?P<`, `\A`, `\z`, `\Q`, `[[:`, `\pN`, `\a`} {
		if strings.Contains(p, only) {
			return "patternDialect"
		}
	}
	return ""
}
