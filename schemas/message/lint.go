package message

import (
	"regexp"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Wording is what messages must not say, by language: lower-case words or
// parts of sentences.
type Wording map[string][]string

// Kinds of templates: a letter carries the amount table and the ways to answer,
// a short message has no room for them.
const (
	Letter = ""
	Short  = "sms"
)

// MaxWording bounds the list of a language.
const MaxWording = 300

// Finding is what lint says about a template. Blocking findings keep it from
// being saved for sending; the others are advice.
type Finding struct {
	fault.Field
	Blocking bool `json:"blocking"`
}

// asks are how a message invites doubts, and how it lets the reader choose the
// way and the pace of contact. Any of them will do.
var (
	disputes = map[string][]string{
		"zh-CN": {"疑问", "异议", "不符", "出入", "有误", "核对"},
		"en":    {"wrong", "dispute", "question", "difference", "disagree", "not right", "incorrect", "query"},
	}
	preferences = map[string][]string{
		"zh-CN": {"联系方式", "联系频率", "不再接收", "退订", "联系人", "接收方式"},
		"en":    {"prefer", "fewer messages", "unsubscribe", "opt out", "stop these", "contact person"},
	}
	// blunt words do not belong into a first, warm message.
	blunt = map[string][]string{"zh-CN": {"欠款", "欠债", "拖欠", "逾期未付"}, "en": {"debt", "delinquent", "default notice"}}
)

// Lint reads a compiled template for what conduct asks of it.
func (c *Compiled) Lint(forbidden Wording) []Finding {
	var out []Finding
	for _, lang := range sortedLanguages(c.Variant) {
		b := c.Variant[lang]
		at := "/variant/" + lang
		out = append(out, lintWords(at, lang, b, forbidden[lang], "forbiddenWording", true)...)
		if c.Tone == 1 {
			out = append(out, lintWords(at, lang, b, blunt[lang], "bluntWording", true)...)
		}
		if c.Kind == Short {
			out = append(out, c.lintShort(at, lang)...)
		} else {
			out = append(out, c.lintLetter(at, lang)...)
		}
		out = append(out, lintOptional(at, b, c.bodies[lang])...)
		if shout.MatchString(b.Subject + " " + b.Text) {
			out = append(out, Finding{fault.Field{Pointer: at + "/text", Rule: "shouting"}, false})
		}
	}
	for _, lang := range []string{"zh-CN", "en"} {
		if _, ok := c.Variant[lang]; !ok {
			out = append(out, Finding{fault.Field{Pointer: "/variant/" + lang, Rule: "languageMissing"}, false})
		}
	}
	return out
}

var shout = regexp.MustCompile(`[!！]{2,}|\b[A-Z]{4,}( [A-Z]{3,}){2,}`)

func sortedLanguages(m map[string]Body) []string {
	var out []string
	for _, l := range []string{"zh-CN", "en"} {
		if _, ok := m[l]; ok {
			out = append(out, l)
		}
	}
	for l := range m {
		if l != "zh-CN" && l != "en" {
			out = append(out, l)
		}
	}
	return out
}

func lintWords(at, lang string, b Body, words []string, rule string, blocking bool) []Finding {
	var out []Finding
	for _, part := range []struct{ name, text string }{{"subject", b.Subject}, {"text", b.Text}, {"html", b.HTML}} {
		for _, w := range words {
			if i := findWord(part.text, w, lang); i >= 0 {
				out = append(out, Finding{fault.Field{Pointer: at + "/" + part.name, Rule: rule, Params: fault.Params{"value": w, "offset": len([]rune(part.text[:i]))}}, blocking})
			}
		}
	}
	return out
}

// findWord finds a phrase whatever its case; in languages with spaces only
// where words begin and end, so that "sue" is not found in "issue".
func findWord(text, word, lang string) int {
	text, word = strings.ToLower(text), strings.ToLower(strings.TrimSpace(word))
	if word == "" {
		return -1
	}
	from := 0
	for {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		if lang == "zh-CN" || !letterBefore(text, i) && !letterAfter(text, i+len(word)) {
			return i
		}
		from = i + len(word)
	}
}

func letterBefore(s string, i int) bool { return i > 0 && isLetter(s[i-1]) }
func letterAfter(s string, i int) bool  { return i < len(s) && isLetter(s[i]) }
func isLetter(c byte) bool              { return c >= 'a' && c <= 'z' }

func (c *Compiled) lintLetter(at, lang string) []Finding {
	b := c.bodies[lang]
	var out []Finding
	if !showsAmounts(b.text) {
		out = append(out, Finding{fault.Field{Pointer: at + "/text", Rule: "noTable"}, true})
	}
	if len(b.html.body) > 0 && !showsAmounts(b.html) {
		out = append(out, Finding{fault.Field{Pointer: at + "/html", Rule: "noTable"}, true})
	}
	out = append(out, asksFor(at, lang, c.Variant[lang], disputes, "noDispute")...)
	out = append(out, asksFor(at, lang, c.Variant[lang], preferences, "noPreference")...)
	if strings.TrimSpace(c.Variant[lang].Subject) == "" {
		out = append(out, Finding{fault.Field{Pointer: at + "/subject", Rule: "required"}, true})
	}
	return out
}

// asksFor looks for one of the phrases in text and HTML; a language that the
// product has no phrases for is not judged.
func asksFor(at, lang string, b Body, phrases map[string][]string, rule string) []Finding {
	if phrases[lang] == nil {
		return nil
	}
	var out []Finding
	for _, part := range []struct{ name, text string }{{"text", b.Text}, {"html", b.HTML}} {
		if part.name == "html" && part.text == "" {
			continue
		}
		found := false
		for _, w := range phrases[lang] {
			found = found || findWord(part.text, w, lang) >= 0
		}
		if !found {
			out = append(out, Finding{fault.Field{Pointer: at + "/" + part.name, Rule: rule}, true})
		}
	}
	return out
}

func (c *Compiled) lintShort(at, lang string) []Finding {
	for _, v := range c.bodies[lang].text.Variables() {
		if v == "total" || v == "table" || strings.HasPrefix(v, "items[]") {
			return nil
		}
	}
	return []Finding{{fault.Field{Pointer: at + "/text", Rule: "noAmount"}, true}}
}

// showsAmounts tells whether a text has the amount table, or a loop over the
// items that writes what is open.
func showsAmounts(t *Template) bool {
	for _, v := range t.Variables() {
		if v == "table" || v == "items[].open" || v == "items[].collectable" {
			return true
		}
	}
	return false
}

// lintOptional names variables that not every customer or invoice has: where
// one is missing, the message would not be sent.
func lintOptional(at string, d Body, b compiledBody) []Finding {
	var out []Finding
	for _, part := range []struct {
		name, src string
		t         *Template
	}{{"subject", d.Subject, b.subject}, {"text", d.Text, b.text}, {"html", d.HTML, b.html}} {
		seen := map[string]bool{}
		for _, r := range part.t.reads() {
			if !r.bare || seen[r.path] || always[r.path] || !strings.HasPrefix(r.path, "customer.") && !strings.HasPrefix(r.path, "items[].") {
				continue
			}
			seen[r.path] = true
			out = append(out, Finding{fault.Field{Pointer: at + "/" + part.name, Rule: "optionalVariable", Params: fault.Params{
				"value": r.path, "offset": len([]rune(part.src[:min(r.offset, len(part.src))])),
			}}, false})
		}
	}
	return out
}

// always are the fields that every customer and every invoice has.
var always = map[string]bool{
	"customer.id": true, "customer.name": true, "customer.contact": true, "items[].id": true, "items[].number": true, "items[].dueDate": true, "items[].issueDate": true,
	"items[].amount": true, "items[].open": true, "items[].collectable": true, "items[].disputed": true, "items[].currency": true,
	"items[].dpd": true, "items[].status": true, "items[].customer": true, "items[].held": true,
}

// Review says everything about a document that is being written: what keeps it
// from compiling, and as far as it could be read, what lint finds. The compiled
// template is nil when it does not compile.
func Review(d Document, forbidden Wording) (*Compiled, []Finding) {
	c, bad := compile(d)
	var out []Finding
	readable := true
	for _, f := range bad {
		out = append(out, Finding{f, true})
		readable = readable && f.Rule == "unknownVariable"
	}
	if readable {
		out = append(out, c.Lint(forbidden)...)
	}
	if len(bad) > 0 {
		return nil, out
	}
	return c, out
}

// Blocks tells whether any finding keeps a template from being saved, as a
// fault that names them all.
func Blocks(found []Finding) error {
	var bad []fault.Field
	for _, f := range found {
		if f.Blocking {
			bad = append(bad, f.Field)
		}
	}
	return fault.InvalidFields(bad)
}
