package channel

import "strings"

// VarNames are the names that Message.Vars has: what registered templates of a
// provider may be filled with.
var VarNames = []string{"name", "amount", "currency", "count", "number", "dueDate", "days", "company", "text", "subject", "today"}

// TemplateCode maps one of our message templates to the one that is registered
// with the provider.
type TemplateCode struct {
	Template string `json:"template"` // our key; "*" for all that are not named
	Code     string `json:"code"`     // the provider's
	Language string `json:"language,omitempty"`
	// Variables in the provider's order; "theirs=ours" where its name differs.
	Variables []string `json:"variables,omitempty"`
}

// CodeFor is the entry for a message: its own before "*", its language before any.
func CodeFor(list []TemplateCode, m Message) (TemplateCode, bool) {
	best, score := TemplateCode{}, 0
	for _, t := range list {
		n := 0
		switch t.Template {
		case m.Template:
			n = 4
		case "*":
			n = 2
		default:
			continue
		}
		switch t.Language {
		case m.Language:
			n++
		case "":
		default:
			continue
		}
		if n > score {
			best, score = t, n
		}
	}
	return best, score > 0
}

// Fill gives the values of a registered template, by the provider's names and
// in its order.
func (t TemplateCode) Fill(m Message) (named map[string]string, ordered []string) {
	named, ordered = make(map[string]string, len(t.Variables)), make([]string, 0, len(t.Variables))
	for _, v := range t.Variables {
		theirs, ours, ok := strings.Cut(v, "=")
		if !ok {
			ours = theirs
		}
		value := m.Vars[ours]
		if ours == "text" && value == "" {
			value = m.Text
		}
		named[theirs] = value
		ordered = append(ordered, value)
	}
	return named, ordered
}
