package node

import (
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
)

// If reads a condition behind a comma, nothing for an absent one.
func (n Names) If(e filter.Expr, lang string) string {
	if e == nil {
		return ""
	}
	return Pick(lang, ", if ", "，且") + n.Phrase(e, lang)
}

// Phrase reads a condition as people would say it: "tier is A and open amount
// is above 1,000.00".
func (n Names) Phrase(e filter.Expr, lang string) string {
	zh := lang == "zh-CN"
	join := func(es []filter.Expr, en, cn string) string {
		parts := make([]string, 0, len(es))
		for _, x := range es {
			parts = append(parts, n.Phrase(x, lang))
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
			return "非（" + n.Phrase(x.Of, lang) + "）"
		}
		return "not (" + n.Phrase(x.Of, lang) + ")"
	case filter.Cmp:
		return n.cmp(x, lang)
	}
	return ""
}

var opWords = map[filter.Op][2]string{
	filter.OpEq: {"is", "为"}, filter.OpNe: {"is not", "不为"}, filter.OpLt: {"is below", "小于"}, filter.OpLte: {"is at most", "不超过"},
	filter.OpGt: {"is above", "大于"}, filter.OpGte: {"is at least", "不少于"}, filter.OpIn: {"is one of", "属于"}, filter.OpNin: {"is none of", "不属于"},
	filter.OpContains: {"contains", "包含"}, filter.OpStartsWith: {"starts with", "开头为"}, filter.OpHas: {"has", "含"}, filter.OpHasAny: {"has any of", "含任一"},
}

func (n Names) cmp(c filter.Cmp, lang string) string {
	name := n.Of(NameField, c.Field, lang)
	gap := Pick(lang, " ", "")
	if c.Op == filter.OpExists {
		if c.Value == true {
			return name + gap + Pick(lang, "is set", "已填")
		}
		return name + gap + Pick(lang, "is empty", "为空")
	}
	v := n.ValueOf(c.Field, c.Value, lang)
	if c.List != nil {
		parts := make([]string, 0, len(c.List))
		for _, x := range c.List {
			parts = append(parts, n.ValueOf(c.Field, x, lang))
		}
		v = strings.Join(parts, Pick(lang, ", ", "、"))
	}
	words := opWords[c.Op]
	return name + gap + Pick(lang, words[0], words[1]) + " " + v
}
