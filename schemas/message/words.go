package message

import (
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Words are short texts for colleagues, such as a task's title, with variables
// of the record that a flow is about:
//
//	Call {{ customer.name }}: {{ invoice.open | money: invoice.currency }}
//
// They are judged when a flow is published and then filled in whatever
// happens: a task must not be lost because a field is empty.

// absent stands for a value that is not there.
const absent = "–"

// CheckWords gives every wrong place of a text: what cannot be read, and each
// variable that known does not know. A nil known takes any.
func CheckWords(src string, known func(path string) bool) []fault.Field {
	t, err := Parse(src)
	if err != nil {
		return places("", err)
	}
	var out []fault.Field
	for _, r := range t.reads() {
		if known != nil && r.path != "today" && !known(r.path) {
			out = append(out, fault.Field{Rule: "unknownVariable", Params: fault.Params{"value": clip(r.path)}})
		}
	}
	return out
}

// FillWords writes a text with the values of doc, in one line. What is not
// there reads "–"; a text that cannot be read stays as it is.
func FillWords(src string, doc map[string]any, lang string) string {
	if !strings.Contains(src, "{") {
		return src
	}
	t, err := Parse(src)
	if err != nil {
		return src
	}
	r := &renderer{mode: Text, lang: lang, vars: doc, lenient: true}
	if err := r.parts(t.body, nil); err != nil {
		return src
	}
	return strings.Join(strings.Fields(r.out.String()), " ")
}
