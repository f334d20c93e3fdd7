package message

import (
	"strings"
	"testing"
)

func TestCountSMS(t *testing.T) {
	for text, want := range map[string]SMS{
		"":                          {"GSM-7", 0, 0, 160, 160},
		"Hello":                     {"GSM-7", 5, 1, 160, 155},
		"€ [x]":                     {"GSM-7", 8, 1, 160, 152},
		strings.Repeat("a", 160):    {"GSM-7", 160, 1, 160, 0},
		strings.Repeat("a", 161):    {"GSM-7", 161, 2, 153, 145},
		strings.Repeat("€", 77):     {"GSM-7", 154, 1, 160, 6},
		strings.Repeat("€", 153):    {"GSM-7", 306, 3, 153, 151}, // a part ends before half a character
		"您好":                        {"UCS-2", 2, 1, 70, 68},
		strings.Repeat("账", 70):     {"UCS-2", 70, 1, 70, 0},
		strings.Repeat("账", 71):     {"UCS-2", 71, 2, 67, 63},
		"𠮷😀":                        {"UCS-2", 4, 1, 70, 66},
		strings.Repeat("😀", 67):     {"UCS-2", 134, 3, 67, 65},
		"a\u00a0b":                  {"UCS-2", 3, 1, 70, 67},
		"line\nbreak £ and ü, À no": {"UCS-2", 24, 1, 70, 46},
	} {
		if got := CountSMS(text); got != want {
			t.Errorf("%.20q: %+v, want %+v", text, got, want)
		}
	}
}

func rules(t *testing.T, d Document, w Wording) string {
	t.Helper()
	d.Key = "x"
	if d.Tone == 0 {
		d.Tone = 2
	}
	c, err := Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range c.Lint(w) {
		s := f.Pointer + " " + f.Rule
		if !f.Blocking {
			s = "(" + s + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

const kind = "Hello {{ customer.name }}\n{{ table }}\nAny question? Just reply. Tell us if you prefer fewer messages."

func TestLint(t *testing.T) {
	w := Wording{"en": {"sue", "or else"}, "zh-CN": {"起诉"}}
	zh := Body{Subject: "账单", Text: "{{ table }}如有疑问请回复，或告知希望的联系方式。"}
	for name, tc := range map[string]struct {
		doc  Document
		want string
	}{
		"good":               {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind}, "zh-CN": zh}}, ""},
		"one language":       {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind}}}, "(/variant/zh-CN languageMissing)"},
		"issue is no sue":    {Document{Variant: map[string]Body{"en": {Subject: "issue", Text: kind + " We pursue."}, "zh-CN": zh}}, ""},
		"a threat":           {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind + " Pay OR ELSE we Sue."}, "zh-CN": zh}}, "/variant/en/text forbiddenWording, /variant/en/text forbiddenWording"},
		"Chinese threat":     {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind}, "zh-CN": {Subject: "我们将起诉", Text: zh.Text}}}, "/variant/zh-CN/subject forbiddenWording"},
		"blunt at first":     {Document{Tone: 1, Variant: map[string]Body{"en": {Subject: "a", Text: kind}, "zh-CN": {Subject: "欠款", Text: zh.Text}}}, "/variant/zh-CN/subject bluntWording"},
		"nothing in it":      {Document{Variant: map[string]Body{"en": {Text: "Pay."}, "zh-CN": zh}}, "/variant/en/text noTable, /variant/en/text noDispute, /variant/en/text noPreference, /variant/en/subject required"},
		"own HTML is judged": {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind, HTML: "<p>Pay</p>"}, "zh-CN": zh}}, "/variant/en/html noTable, /variant/en/html noDispute, /variant/en/html noPreference"},
		"a loop is a table":  {Document{Variant: map[string]Body{"en": {Subject: "a", Text: strings.Replace(kind, "{{ table }}", "{% for i in items %}{{ i.open }}{% endfor %}", 1)}, "zh-CN": zh}}, ""},
		"optional":           {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind + "{{ customer.phone }}{{ customer.phone | default: '-' }}"}, "zh-CN": zh}}, "(/variant/en/text optionalVariable)"},
		"shouting":           {Document{Variant: map[string]Body{"en": {Subject: "a", Text: kind + "!!"}, "zh-CN": zh}}, "(/variant/en/text shouting)"},
		"short":              {Document{Kind: Short, Variant: map[string]Body{"en": {Text: "{{ total }}"}, "zh-CN": {Text: "您好"}}}, "/variant/zh-CN/text noAmount"},
	} {
		if got := rules(t, tc.doc, w); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tc.want)
		}
	}
}
