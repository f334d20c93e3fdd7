package message

import "html"

// apartLines head the invoices of a merged letter that its words are not about:
// due later than those it speaks of, or earlier.
var apartLines = map[string][2]string{
	"en":    {"Also open, due later and not counted above:", "Also open, due earlier and not counted above:"},
	"zh-CN": {"另有到期日较晚的账单，未计入以上金额：", "另有到期日更早的账单，未计入以上金额："},
}

// WithApart adds to a letter the invoices that share it without being what it
// speaks of, since they are not due yet where it is about past ones, or the other
// way round. Short texts are left alone: each of their characters costs.
func (c *Compiled) WithApart(r Rendered, vars Vars, apart []any) Rendered {
	items, _ := vars["items"].([]any)
	if len(items) == 0 || c.Kind != Letter {
		return r
	}
	var later, earlier []any
	for _, x := range apart {
		if dpdOf(x) < dpdOf(items[0]) {
			later = append(later, x)
		} else {
			earlier = append(earlier, x)
		}
	}
	lines, ok := apartLines[r.Language]
	if !ok {
		lines = apartLines["en"]
	}
	for k, list := range [][]any{later, earlier} {
		if len(list) == 0 {
			continue
		}
		text, markup := &renderer{mode: Text, lang: r.Language}, &renderer{mode: HTML, lang: r.Language}
		text.table(list)
		markup.table(list)
		r = r.below(lines[k]+"\n"+text.out.String(), "<p>"+html.EscapeString(lines[k])+"</p>"+markup.out.String())
	}
	return r
}

func dpdOf(item any) int64 {
	m, _ := item.(map[string]any)
	n, _ := integer(m["dpd"])
	return n
}
