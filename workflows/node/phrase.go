package node

import (
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
)

// If reads a condition behind a comma, nothing for an absent one.
func (n Names) If(e filter.Expr, lang string) string {
	if e == nil {
		return ""
	}
	return Pick(lang, ", if ", "，仅当") + n.Phrase(e, lang)
}

// Phrase reads a condition as people would say it: "tier is A and open amount
// is above 1,000.00".
func (n Names) Phrase(e filter.Expr, lang string) string {
	zh := lang == "zh-CN"
	join := func(es []filter.Expr, en, cn string) string {
		parts := make([]string, 0, len(es))
		for _, x := range es {
			p := n.Phrase(x, lang)
			if grouped(x) {
				p = Pick(lang, "("+p+")", "（"+p+"）")
			}
			parts = append(parts, p)
		}
		if zh {
			return joinChinese(parts, cn)
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
		if c, ok := opposite(x.Of); ok {
			return n.cmp(c, lang)
		}
		if zh {
			return "非（" + n.Phrase(x.Of, lang) + "）"
		}
		return "not (" + n.Phrase(x.Of, lang) + ")"
	case filter.Cmp:
		return n.cmp(x, lang)
	}
	return ""
}

// opposite is a comparison that says what "not" says of another.
func opposite(e filter.Expr) (filter.Cmp, bool) {
	c, ok := e.(filter.Cmp)
	if !ok {
		return c, false
	}
	yes, isBool := c.Value.(bool)
	switch {
	case isBool && (c.Op == filter.OpEq || c.Op == filter.OpNe || c.Op == filter.OpExists):
		c.Value = !yes
	case c.Op == filter.OpEq:
		c.Op = filter.OpNe
	default:
		return c, false
	}
	return c, true
}

// grouped tells whether a part of a condition is itself several: "a and (b or c)".
func grouped(e filter.Expr) bool {
	switch x := e.(type) {
	case filter.All:
		return len(x) > 1
	case filter.Any:
		return len(x) > 1
	}
	return false
}

// joinChinese sets a word between clauses, with a gap after figures and Latin letters.
func joinChinese(parts []string, word string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			if before := parts[i-1]; before != "" && before[len(before)-1] < 0x80 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
		b.WriteString(p)
	}
	return b.String()
}

var opWords = map[filter.Op][2]string{
	filter.OpEq: {"is", "是"}, filter.OpNe: {"is not", "不是"}, filter.OpLt: {"is below", "小于"}, filter.OpLte: {"is at most", "不超过"},
	filter.OpGt: {"is above", "大于"}, filter.OpGte: {"is at least", "不少于"}, filter.OpIn: {"is one of", "属于"}, filter.OpNin: {"is none of", "不属于"},
	filter.OpContains: {"contains", "包含"}, filter.OpStartsWith: {"starts with", "开头为"}, filter.OpHas: {"has", "含"}, filter.OpHasAny: {"has any of", "含任一"},
}

// dayWords compare with days.
var dayWords = map[filter.Op][2]string{
	filter.OpEq: {"is", "是"}, filter.OpNe: {"is not", "不是"}, filter.OpLt: {"is before", "早于"}, filter.OpLte: {"is not after", "不晚于"},
	filter.OpGt: {"is after", "晚于"}, filter.OpGte: {"is not before", "不早于"},
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
	if yes, ok := c.Value.(bool); ok && c.Op != filter.OpHas {
		if yes == (c.Op == filter.OpEq) {
			return name + Pick(lang, ": yes", "：是")
		}
		return name + Pick(lang, ": no", "：否")
	}
	if d, ok := c.Value.(filter.Day); ok {
		return name + gap + word(dayWords, c.Op, lang) + " " + dayText(d, lang)
	}
	v := n.ValueOf(c.Field, c.Value, lang)
	if c.List != nil {
		parts := make([]string, 0, len(c.List))
		for _, x := range c.List {
			parts = append(parts, n.ValueOf(c.Field, x, lang))
		}
		v = strings.Join(parts, Pick(lang, ", ", "、"))
	}
	if c.Op == filter.OpLte && v == "0" {
		return name + gap + Pick(lang, "is 0 or less", "不超过 0")
	}
	return name + gap + word(opWords, c.Op, lang) + " " + v
}

func word(words map[filter.Op][2]string, op filter.Op, lang string) string {
	return Pick(lang, words[op][0], words[op][1])
}

// dayText reads a day: "30 days ago".
func dayText(d filter.Day, lang string) string {
	if d.On != "" {
		return d.On
	}
	offset := d.Offset
	n, unit := max(offset, -offset), " days"
	if n == 1 {
		unit = " day"
	}
	switch {
	case offset == 0:
		return Pick(lang, "today", "今天")
	case offset < 0:
		return Pick(lang, strconv.Itoa(n)+unit+" ago", strconv.Itoa(n)+" 天前")
	}
	return Pick(lang, strconv.Itoa(n)+unit+" from today", strconv.Itoa(n)+" 天后")
}
