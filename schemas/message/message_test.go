package message

import (
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
)

func vars() Vars {
	return Vars{
		"customer": map[string]any{"name": "华东 <𠮷> 公司", "tier": "A"}, "today": "2026-11-20", "total": int64(123450), "currency": "CNY", "count": int64(1),
		"items": []any{map[string]any{"number": "INV-1", "dueDate": "2026-11-01", "open": int64(123450), "currency": "CNY"}},
	}
}

func TestRender(t *testing.T) {
	for _, tc := range []struct{ src, want string }{
		{"您好 {{ customer.name }}", "您好 华东 <𠮷> 公司"},
		{"{{ total | money: currency }}", "CNY 1,234.50"},
		{"{{ today | date }}", "20 Nov 2026"},
		{"{% if total > 1000 %}big{% else %}small{% endif %}", "big"},
		{"{% for item in items %}[{{ item.number }}:{{item.open|money:item.currency}}]{% endfor %}", "[INV-1:CNY 1,234.50]"},
		{"{{ customer.nick | default: 'friend' }}", "friend"},
		{"a { b } {c", "a { b } {c"},
		{`{{ "x|y" | upcase }}`, "X|Y"},
		{"{{ table }}", "  INV-1 · 1 Nov 2026 · CNY 1,234.50\n"},
	} {
		tpl, err := Parse(tc.src)
		if err != nil {
			t.Errorf("%s: %v", tc.src, err)
			continue
		}
		if got, err := tpl.Render(vars(), Text, "en"); got != tc.want || err != nil {
			t.Errorf("%s → %q, %v", tc.src, got, err)
		}
	}
}

// Yuan carry their sign where they are read in Chinese; what two countries
// write with one sign keeps its code.
func TestMoneyInChinese(t *testing.T) {
	for src, want := range map[string]string{
		"{{ total | money: currency }}": "¥1,234.50",
		"{{ total | money: 'JPY' }}":    "JPY 123,450",
		"{{ total | money }}":           "1,234.50",
		"{{ table }}":                   "  INV-1 · 2026年11月1日 · ¥1,234.50\n",
	} {
		tpl, err := Parse(src)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		if got, err := tpl.Render(vars(), Text, "zh-CN"); got != want || err != nil {
			t.Errorf("%s → %q, want %q, %v", src, got, want, err)
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for _, src := range []string{
		"{{ a", "{% if x %}", "{% for x y %}{% endfor %}", "{% include 'x' %}", "{{ a | shell }}", "{{ a.b() }}", "{{ a[0] }}", "{% endif %}",
		strings.Repeat("{% if a %}", 20) + strings.Repeat("{% endif %}", 20), strings.Repeat("x", MaxSource+1),
	} {
		if _, err := Parse(src); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q: %v", src, err)
		}
	}
}

func TestHostileTemplatesEnd(t *testing.T) {
	big := make([]any, 3000)
	for i := range big {
		big[i] = map[string]any{"n": "x"}
	}
	loop := "{% for a in items %}{% for b in items %}{% for c in items %}{{ c.n }}{% endfor %}{% endfor %}{% endfor %}"
	tpl, err := Parse(loop)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tpl.Render(Vars{"items": big}, Text, "en"); !fault.Is(err, fault.Invalid) {
		t.Errorf("three nested loops: %v", err)
	}
	grow, _ := Parse("{% for a in items %}{{ big }}{% endfor %}")
	if _, err := grow.Render(Vars{"items": big, "big": strings.Repeat("x", 10_000)}, Text, "en"); !fault.Is(err, fault.Invalid) {
		t.Errorf("growing output: %v", err)
	}
	strict, _ := Parse("{{ customer.secret }}")
	if _, err := strict.Render(vars(), Text, "en"); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown variable: %v", err)
	}
}

func TestDocument(t *testing.T) {
	c, err := Compile(Document{Key: "soon", Tone: 1, Name: map[string]string{"en": "x"}, Variant: map[string]Body{
		"zh-CN": {Subject: "账单\n提醒 {{ customer.name }}", Text: "您好 {{ customer.name }}：\n\n{{ table }}\n\n谢谢"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Render(vars(), "en")
	if err != nil {
		t.Fatal(err)
	}
	if r.Language != "zh-CN" || strings.Contains(r.Subject, "\n") || !strings.Contains(r.HTML, "<table") || strings.Contains(r.HTML, "<𠮷>") {
		t.Errorf("%+v", r)
	}
	_, err = Compile(Document{Key: "Bad Key", Tone: 9, Variant: map[string]Body{"en": {Subject: "{{", Text: "{{ invoice.nope }}"}}})
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) != 4 {
		t.Errorf("problems: %v", err)
	}
}

// What a merged letter is not about stands below it, with a heading of its own;
// a short text is left as it is.
func TestWithApart(t *testing.T) {
	row := func(number string, dpd int) any {
		return map[string]any{"number": number, "dueDate": "2026-11-01", "open": int64(100), "currency": "CNY", "dpd": dpd}
	}
	apart := []any{row("SOON<1>", -3), row("LATE", 8)}
	v := vars()
	v["items"] = []any{row("TODAY", 0)}
	for _, tc := range []struct{ kind, lang, later, earlier string }{
		{Letter, "en", "due later and not counted above:", "due earlier and not counted above:"},
		{Letter, "zh-CN", "到期日较晚的账单，未计入以上金额：", "到期日更早的账单，未计入以上金额："},
		{Short, "en", "", ""},
	} {
		c, err := Compile(Document{Key: "today", Kind: tc.kind, Tone: 1, Name: map[string]string{"en": "x"}, Variant: map[string]Body{
			tc.lang: {Subject: "x", Text: "{{ customer.name }} {{ total | money: currency }}"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := c.Render(v, tc.lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.WithApart(plain, v, nil); got != plain {
			t.Errorf("%s: nothing apart changes %+v", tc.lang, got)
		}
		got := c.WithApart(plain, v, apart)
		if tc.kind == Short {
			if got != plain {
				t.Errorf("a short text grows: %+v", got)
			}
			continue
		}
		for what, text := range map[string]string{"text": got.Text, "html": got.HTML} {
			later, soon := strings.Index(text, tc.later), strings.Index(text, "SOON")
			earlier, late := strings.Index(text, tc.earlier), strings.Index(text, "LATE")
			if later < 0 || soon < later || earlier < soon || late < earlier || !strings.HasPrefix(text, strings.TrimSuffix(plain.Text, "\n")) && what == "text" {
				t.Errorf("%s %s:\n%s", tc.lang, what, text)
			}
		}
		if strings.Contains(got.HTML, "SOON<1>") || !strings.HasSuffix(got.HTML, "</body></html>") {
			t.Errorf("html:\n%s", got.HTML)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"{{ a }}", "{% if a %}b{% else %}c{% endif %}", "{% for a in b %}{{ a.c | money: 'CNY' }}{% endfor %}", "{{", "{%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tpl, err := Parse(s)
		if err != nil {
			return
		}
		_ = tpl.Variables()
		_, _ = tpl.Render(vars(), HTML, "zh-CN")
	})
}
