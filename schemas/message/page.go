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
	r.Text = strings.TrimRight(r.Text, "\n") + "\n\n" + line + "\n" + page + "\n"
	if r.HTML != "" {
		link := `<p>` + html.EscapeString(line) + `<br><a href="` + html.EscapeString(page) + `">` + html.EscapeString(page) + `</a></p>`
		if at := strings.LastIndex(r.HTML, "</body>"); at >= 0 {
			r.HTML = r.HTML[:at] + link + r.HTML[at:]
		} else {
			r.HTML += link
		}
	}
	return r
}
