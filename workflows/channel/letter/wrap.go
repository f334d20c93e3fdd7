package letter

import (
	"strings"
	"unicode"
)

// Characters that must not begin a line, and that must not end one.
const (
	notFirst = "，。、；：？！）》」』】〉”’％,.;:?!)]}%…"
	notLast  = "（《「『【〈“‘([{¥￥$€£"
)

// wrap breaks a text into lines no wider than limit. Chinese breaks between
// any two characters that may stand apart, other scripts at spaces, and a word
// that is too long for a line anywhere.
func wrap(text string, limit float64, width func(rune) float64) []string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		out = append(out, wrapLine([]rune(strings.TrimRightFunc(line, unicode.IsSpace)), limit, width)...)
	}
	return out
}

func wrapLine(line []rune, limit float64, width func(rune) float64) []string {
	var out []string
	for len(line) > 0 {
		used, n, fit := 0.0, 0, 0
		for n < len(line) && used+width(line[n]) <= limit {
			used += width(line[n])
			n++
			if n == len(line) || apart(line[n-1], line[n]) {
				fit = n
			}
		}
		switch {
		case n == len(line):
			return append(out, string(line))
		case fit == 0:
			fit = max(n, 1)
		}
		out = append(out, strings.TrimRightFunc(string(line[:fit]), unicode.IsSpace))
		line = []rune(strings.TrimLeftFunc(string(line[fit:]), unicode.IsSpace))
	}
	if out == nil {
		return []string{""}
	}
	return out
}

// apart tells whether a line may end between two characters.
func apart(a, b rune) bool {
	switch {
	case strings.ContainsRune(notLast, a) || strings.ContainsRune(notFirst, b):
		return false
	case unicode.IsSpace(a) || a == '-':
		return true
	case unicode.IsSpace(b):
		return false // the space itself ends the line
	}
	return wide(a) || wide(b)
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}
