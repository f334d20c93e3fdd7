package node

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
)

// Phrase reads a condition as people would say it: "tier is A and open is
// above 1000". Fields are named by their key; the builder shows their labels.
func Phrase(e filter.Expr, lang string) string {
	zh := lang == "zh-CN"
	join := func(es []filter.Expr, en, cn string) string {
		parts := make([]string, 0, len(es))
		for _, x := range es {
			parts = append(parts, Phrase(x, lang))
		}
		if zh {
			return strings.Join(parts, cn)
		}
		return strings.Join(parts, " "+en+" ")
	}
	switch x := e.(type) {
	case nil:
		if zh {
			return "全部"
		}
		return "all"
	case filter.All:
		return join(x, "and", "且")
	case filter.Any:
		return join(x, "or", "或")
	case filter.Not:
		if zh {
			return "非（" + Phrase(x.Of, lang) + "）"
		}
		return "not (" + Phrase(x.Of, lang) + ")"
	case filter.Cmp:
		return phraseCmp(x, zh)
	}
	return ""
}

var opWords = map[filter.Op][2]string{
	filter.OpEq: {"is", "为"}, filter.OpNe: {"is not", "不为"}, filter.OpLt: {"is below", "小于"}, filter.OpLte: {"is at most", "不超过"},
	filter.OpGt: {"is above", "大于"}, filter.OpGte: {"is at least", "不少于"}, filter.OpIn: {"is one of", "属于"}, filter.OpNin: {"is none of", "不属于"},
	filter.OpContains: {"contains", "包含"}, filter.OpStartsWith: {"starts with", "开头为"}, filter.OpHas: {"has", "含"}, filter.OpHasAny: {"has any of", "含任一"},
}

func phraseCmp(c filter.Cmp, zh bool) string {
	_, name, ok := strings.Cut(c.Field, ".")
	if !ok {
		name = c.Field
	}
	k := 0
	if zh {
		k = 1
	}
	if c.Op == filter.OpExists {
		words := [2][2]string{{"is empty", "为空"}, {"is set", "已填"}}[map[bool]int{false: 0, true: 1}[c.Value == true]]
		return name + " " + words[k]
	}
	v := fmt.Sprint(c.Value)
	if c.List != nil {
		parts := make([]string, 0, len(c.List))
		for _, x := range c.List {
			parts = append(parts, fmt.Sprint(x))
		}
		v = strings.Join(parts, ", ")
	}
	return name + " " + opWords[c.Op][k] + " " + v
}
