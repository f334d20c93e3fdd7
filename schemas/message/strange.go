package message

import (
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// FieldOf is the field of a form that a variable shows: "customer.region", or of
// "items[].dueDate" the invoice's. What is inside a field that holds several things
// counts as the field; other variables have none.
func FieldOf(variable string) (path string, ok bool) {
	if rest, is := strings.CutPrefix(variable, "items[]."); is {
		variable = "invoice." + rest
	}
	form, rest, _ := strings.Cut(variable, ".")
	if rest == "" || form != "customer" && form != "invoice" {
		return "", false
	}
	field, _, _ := strings.Cut(rest, ".")
	return form + "." + strings.TrimSuffix(field, "[]"), true
}

// Strange lists the variables that show a field nobody has, each once in each text
// with its offset in characters, as problems of the document.
func (c *Compiled) Strange(has func(path string) bool) []fault.Field {
	var out []fault.Field
	for _, lang := range slices.Sorted(maps.Keys(c.bodies)) {
		b, src := c.bodies[lang], c.Variant[lang]
		for _, part := range []struct {
			name, src string
			t         *Template
		}{{"subject", src.Subject, b.subject}, {"text", src.Text, b.text}, {"html", src.HTML, b.html}} {
			if part.t != nil {
				out = append(out, without("/variant/"+lang+"/"+part.name, part.src, part.t, func(path string) bool {
					field, is := FieldOf(path)
					return !is || has(field)
				})...)
			}
		}
	}
	return out
}
