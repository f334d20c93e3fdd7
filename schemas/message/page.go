package message

import (
	"html"
	"strings"
)

// pageLine leads to the customer's own page.
var pageLine = map[string]string{
	"en":    "Your invoices, a day to pay, questions, or how we contact you:",
	"zh-CN": "查看账单、告知付款日期、提出疑问或选择联系方式：",
}

// WithPage adds the address of the customer's own page to a letter that does
// not hold it yet. Short texts are left alone: each of their characters costs.
func (c *Compiled) WithPage(r Rendered, page string) Rendered {
	if page == "" || c.Kind != Letter || strings.Contains(r.Text, page) || strings.Contains(r.HTML, html.EscapeString(page)) {
		return r
	}
	line := pageLine[r.Language]
	if line == "" {
		line = pageLine["en"]
	}
	link := `<p>` + html.EscapeString(line) + `<br><a href="` + html.EscapeString(page) + `">` + html.EscapeString(page) + `</a></p>`
	return r.below(line+"\n"+page+"\n", link)
}

// below adds to the end of a letter.
func (r Rendered) below(text, markup string) Rendered {
	r.Text = strings.TrimRight(r.Text, "\n") + "\n\n" + text
	if r.HTML == "" {
		return r
	}
	at := strings.LastIndex(r.HTML, "</body>")
	if at < 0 {
		at = len(r.HTML)
	}
	r.HTML = r.HTML[:at] + markup + r.HTML[at:]
	return r
}
