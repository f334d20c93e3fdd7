package message

import (
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/value"
)

func integer(v any) (int64, bool) {
	switch x := v.(type) {
	case int:
		return int64(x), true
	case int64:
		return x, true
	case json.Number:
		n, err := x.Int64()
		return n, err == nil
	}
	return 0, false
}

func format(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case int:
		return strconv.Itoa(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return x.String()
	}
	return fmt.Sprint(v)
}

var filters = map[string]func(r *renderer, v, arg any) any{
	"money": func(r *renderer, v, arg any) any {
		n, ok := integer(v)
		if !ok {
			return v
		}
		c := value.Currency(format(arg))
		if c == "" {
			return value.GroupAmount(n, "CNY")
		}
		return moneyText(value.Money{Amount: n, Currency: c}, r.lang)
	},
	"date": func(r *renderer, v, _ any) any { return dateText(format(v), r.lang) },
	"default": func(_ *renderer, v, arg any) any {
		if !truthy(v) {
			return arg
		}
		return v
	},
	"upcase":   func(_ *renderer, v, _ any) any { return strings.ToUpper(format(v)) },
	"downcase": func(_ *renderer, v, _ any) any { return strings.ToLower(format(v)) },
	"truncate": func(_ *renderer, v, arg any) any {
		n, _ := integer(arg)
		if s := []rune(format(v)); n > 0 && int64(len(s)) > n {
			return string(s[:n]) + "…"
		}
		return v
	},
	"size": func(_ *renderer, v, _ any) any {
		if l, ok := v.([]any); ok {
			return int64(len(l))
		}
		return int64(len([]rune(format(v))))
	},
}

// dateText writes 2026-11-20 as people do: 2026年11月20日, 20 Nov 2026.
func dateText(s, lang string) string {
	if len(s) < 10 {
		return s
	}
	d, err := value.ParseDate(s[:10])
	if err != nil {
		return s
	}
	if lang == "zh-CN" {
		return fmt.Sprintf("%d年%d月%d日", d.Year(), int(d.Month()), d.Day())
	}
	return fmt.Sprintf("%d %s %d", d.Day(), d.Month().String()[:3], d.Year())
}

// moneyText writes yuan as a Chinese reader expects them; every other currency
// keeps its code, which no sign that two countries share can be taken for.
func moneyText(m value.Money, lang string) string {
	text := m.String()
	if amount, ok := strings.CutPrefix(text, "CNY "); ok && strings.HasPrefix(lang, "zh") {
		return "¥" + amount
	}
	return text
}

var tableHeads = map[string][3]string{
	"en":    {"Invoice", "Due", "Amount"},
	"zh-CN": {"账单", "到期日", "金额"},
}

// ofOpen says of an amount that it is a part of what is open.
var ofOpen = map[string]string{"en": "%s (of %s open)", "zh-CN": "%s（未付共 %s）"}

// amountOf is what is asked for of an item; where more is open, as with instalments
// that are not due yet or a part in dispute, it says so.
func (r *renderer) amountOf(item map[string]any) string {
	money := func(n int64) string {
		return moneyText(value.Money{Amount: n, Currency: value.Currency(format(item["currency"]))}, r.lang)
	}
	open, _ := integer(item["open"])
	asked, ok := integer(item["asked"])
	if !ok || asked == open {
		return money(open)
	}
	text, ok := ofOpen[r.lang]
	if !ok {
		text = ofOpen["en"]
	}
	return fmt.Sprintf(text, money(asked), money(open))
}

// table writes the amount table: number, due date, what is asked for of each item.
func (r *renderer) table(items []any) {
	h, ok := tableHeads[r.lang]
	if !ok {
		h = tableHeads["en"]
	}
	if r.mode == HTML {
		fmt.Fprintf(&r.out, `<table class="items"><thead><tr><th>%s</th><th>%s</th><th>%s</th></tr></thead><tbody>`, h[0], h[1], h[2])
	}
	for _, x := range items {
		m, _ := x.(map[string]any)
		cells := [3]string{format(m["number"]), dateText(format(m["dueDate"]), r.lang), r.amountOf(m)}
		if r.mode == HTML {
			fmt.Fprintf(&r.out, `<tr><td>%s</td><td>%s</td><td>%s</td></tr>`, html.EscapeString(cells[0]), html.EscapeString(cells[1]), html.EscapeString(cells[2]))
		} else {
			fmt.Fprintf(&r.out, "  %s · %s · %s\n", cells[0], cells[1], cells[2])
		}
	}
	if r.mode == HTML {
		r.out.WriteString(`</tbody></table>`)
	}
}
