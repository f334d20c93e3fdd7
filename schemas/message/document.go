package message

import (
	"encoding/json"
	"html"
	"regexp"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Document is a message template as stored: one text per language, and
// optionally HTML; without HTML it is made from the text.
type Document struct {
	Key     string            `json:"key"`
	Name    map[string]string `json:"name"`
	Tone    int               `json:"tone"` // 1 warm, 2 clear, 3 firm, 4 final
	Kind    string            `json:"kind,omitempty"`
	Variant map[string]Body   `json:"variant"`
}

// Body is one language of a template.
type Body struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"`
}

// Compiled is a template ready to render.
type Compiled struct {
	Document
	bodies map[string]compiledBody
}

type compiledBody struct{ subject, text, html *Template }

// Rendered is a message in one language.
type Rendered struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
	HTML     string `json:"html"`
}

// maxName bounds a template's name in characters.
const maxName = 200

var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,59}$`)

// Compile judges a document and parses its texts.
func Compile(d Document) (*Compiled, error) {
	c, bad := compile(d)
	if err := fault.InvalidFields(bad); err != nil {
		return nil, err
	}
	return c, nil
}

// compile gives what could be parsed, and every wrong place.
func compile(d Document) (*Compiled, []fault.Field) {
	var bad []fault.Field
	if !keyPattern.MatchString(d.Key) {
		bad = append(bad, fault.Field{Pointer: "/key", Rule: "pattern"})
	}
	if d.Tone < 1 || d.Tone > 4 {
		bad = append(bad, fault.Field{Pointer: "/tone", Rule: "maximum", Limit: 4})
	}
	for lang, name := range d.Name {
		if len([]rune(name)) > maxName || len(lang) > 20 {
			bad = append(bad, fault.Field{Pointer: "/name", Rule: "maxLength", Limit: maxName})
		}
	}
	if d.Kind != Letter && d.Kind != Short {
		bad = append(bad, fault.Field{Pointer: "/kind", Rule: "enum"})
	}
	if len(d.Variant) == 0 || len(d.Variant) > 10 {
		bad = append(bad, fault.Field{Pointer: "/variant", Rule: "required"})
	}
	c := &Compiled{Document: d, bodies: map[string]compiledBody{}}
	for lang, b := range d.Variant {
		at := "/variant/" + lang
		var cb compiledBody
		for _, f := range []struct {
			name, src string
			to        **Template
		}{{"subject", b.Subject, &cb.subject}, {"text", b.Text, &cb.text}, {"html", b.HTML, &cb.html}} {
			t, err := Parse(f.src)
			if err != nil {
				bad = append(bad, places(at+"/"+f.name, err)...)
				continue
			}
			*f.to = t
			bad = append(bad, unknown(at+"/"+f.name, f.src, t)...)
		}
		if strings.TrimSpace(b.Text) == "" {
			bad = append(bad, fault.Field{Pointer: at + "/text", Rule: "required"})
		}
		c.bodies[lang] = cb
	}
	return c, bad
}

func places(at string, err error) []fault.Field {
	fe, ok := err.(*fault.Error)
	if !ok {
		return []fault.Field{{Pointer: at, Rule: "template"}}
	}
	out := make([]fault.Field, 0, len(fe.Fields))
	for _, f := range fe.Fields {
		f.Pointer = at + f.Pointer
		out = append(out, f)
	}
	return out
}

// known are the variables of every message: exactly what sending binds, so that
// what compiles also renders. customer.* and items[].* may also be custom
// fields of the forms.
var known = map[string]bool{
	"today": true, "table": true, "items": true, "total": true, "currency": true, "count": true, "maxDpd": true, "company.name": true, "page": true,
}

// Variables lists those that every message has.
func Variables() []string {
	out := make([]string, 0, len(known))
	for v := range known {
		out = append(out, v)
	}
	sort.Strings(out)
	return out
}

// unknown names each variable that no message has.
func unknown(at, src string, t *Template) []fault.Field {
	return without(at, src, t, func(path string) bool {
		return known[path] || strings.HasPrefix(path, "customer.") || strings.HasPrefix(path, "items[]")
	})
}

// without names each variable that is not offered, once, and where it stands: the
// offset in characters.
func without(at, src string, t *Template, offered func(path string) bool) []fault.Field {
	var out []fault.Field
	seen := map[string]bool{}
	for _, r := range t.reads() {
		if seen[r.path] || offered(r.path) {
			continue
		}
		seen[r.path] = true
		out = append(out, fault.Field{Pointer: at, Rule: "unknownVariable", Params: fault.Params{"value": clip(r.path), "offset": len([]rune(src[:min(r.offset, len(src))]))}})
	}
	return out
}

// Render writes the message in the wanted language, or the one it has.
func (c *Compiled) Render(vars Vars, lang string) (Rendered, error) {
	b, ok := c.bodies[lang]
	if !ok {
		for _, l := range []string{"en", "zh-CN"} {
			if b, ok = c.bodies[l]; ok {
				lang = l
				break
			}
		}
	}
	if !ok {
		for l, any := range c.bodies {
			lang, b = l, any
		}
	}
	out := Rendered{Language: lang}
	var err error
	if out.Subject, err = b.subject.Render(vars, Text, lang); err != nil {
		return out, err
	}
	out.Subject = strings.Join(strings.Fields(out.Subject), " ") // one line, whatever a value holds
	if out.Text, err = b.text.Render(vars, Text, lang); err != nil {
		return out, err
	}
	if len(b.html.body) > 0 {
		out.HTML, err = b.html.Render(vars, HTML, lang)
		out.HTML = wrapHTML(out.HTML, lang)
		return out, err
	}
	out.HTML, err = c.fromText(b.text, vars, lang)
	return out, err
}

// fromText makes HTML of a text template: paragraphs, line breaks, and the
// amount table as a table.
func (c *Compiled) fromText(t *Template, vars Vars, lang string) (string, error) {
	const mark = "\x00table\x00"
	r := &renderer{mode: HTML, lang: lang}
	items, _ := vars["items"].([]any)
	r.table(items)
	table := r.out.String()
	plain := &Template{body: replaceTable(t.body, mark)}
	s, err := plain.Render(vars, Text, lang)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for para := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(para)), "\n", "<br>") + "</p>\n")
	}
	return wrapHTML(strings.ReplaceAll(b.String(), html.EscapeString(mark), "</p>"+table+"<p>"), lang), nil
}

func replaceTable(parts []part, mark string) []part {
	out := make([]part, len(parts))
	for i, p := range parts {
		if p.expr != nil && p.expr.path == "table" {
			p = part{text: mark}
		}
		p.yes, p.no = replaceTable(p.yes, mark), replaceTable(p.no, mark)
		out[i] = p
	}
	return out
}

func wrapHTML(body, lang string) string {
	return `<!doctype html><html lang="` + html.EscapeString(lang) + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>` +
		`body{font:15px/1.6 -apple-system,"Segoe UI","PingFang SC","Microsoft YaHei",sans-serif;color:#1f2733;max-width:640px;margin:24px auto;padding:0 16px}` +
		`table.items{border-collapse:collapse;width:100%;margin:12px 0}table.items th,table.items td{padding:8px 10px;border-bottom:1px solid #e3e8ef;text-align:left}` +
		`table.items td:last-child,table.items th:last-child{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}` +
		`table.items td:nth-child(2){white-space:nowrap}` +
		`</style></head><body>` + body + `</body></html>`
}

// MarshalJSON keeps a compiled template's document.
func (c *Compiled) MarshalJSON() ([]byte, error) { return json.Marshal(c.Document) }
