package message

import (
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Rewrite gives the source of a template with other variables. as is asked for
// every variable by its whole path, that of a loop resolved to its list
// ("items[].number"), and gives the new path in the same form, or a text to
// write out in the variable's place. A text may only stand where the variable
// stands alone: {{ params.bank }}.
func Rewrite(src string, as func(path string) (to string, literal bool, err error)) (string, error) {
	if _, err := Parse(src); err != nil {
		return "", err
	}
	loops := map[string]string{}
	var out strings.Builder
	for {
		open := nextTag(src)
		if open < 0 {
			out.WriteString(src)
			return out.String(), nil
		}
		closer := "}}"
		if src[open+1] == '%' {
			closer = "%}"
		}
		end := strings.Index(src[open:], closer) + open + 2
		out.WriteString(src[:open])
		tag, err := rewriteTag(src[open:end], loops, as)
		if err != nil {
			return "", err
		}
		out.WriteString(tag)
		src = src[end:]
	}
}

func nextTag(s string) int {
	a, b := strings.Index(s, "{{"), strings.Index(s, "{%")
	switch {
	case a < 0:
		return b
	case b < 0 || a < b:
		return a
	}
	return b
}

// rewriteTag rewrites one tag of a source that parses.
func rewriteTag(tag string, loops map[string]string, as func(string) (string, bool, error)) (string, error) {
	inner := tag[2 : len(tag)-2]
	words := strings.Fields(inner)
	if tag[1] == '%' && len(words) == 4 && words[0] == "for" {
		loops[words[1]] = words[3]
	}
	if path := strings.TrimSpace(inner); tag[1] == '{' && validPath(path) {
		to, literal, err := as(resolved(path, loops))
		if err != nil || literal {
			return to, err
		}
		return "{{ " + unresolved(path, to) + " }}", nil
	}
	var b strings.Builder
	b.WriteString(tag[:2])
	for i := 0; i < len(inner); {
		if c := inner[i]; c == '"' || c == '\'' {
			j := strings.IndexByte(inner[i+1:], c) + i + 2
			b.WriteString(inner[i:j])
			i = j
			continue
		}
		j := i
		for j < len(inner) && pathByte(inner[j]) {
			j++
		}
		if j == i {
			b.WriteByte(inner[i])
			i++
			continue
		}
		word := inner[i:j]
		if validPath(word) && strings.Contains(word, ".") {
			to, literal, err := as(resolved(word, loops))
			if err != nil {
				return "", err
			}
			if literal {
				return "", fault.At("", "paramAlone", word)
			}
			word = unresolved(word, to)
		}
		b.WriteString(word)
		i = j
	}
	b.WriteString(tag[len(tag)-2:])
	return b.String(), nil
}

func pathByte(c byte) bool {
	return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// unresolved writes a path of a list's items with the loop's variable again.
func unresolved(was, to string) string {
	if _, rest, ok := strings.Cut(to, "[]."); ok {
		head, _, _ := strings.Cut(was, ".")
		return head + "." + rest
	}
	return to
}
