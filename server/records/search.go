package records

import (
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
)

// maxTerms bounds the words of a search that is answered without the index.
const maxTerms = 10

// searching splits a search for an actor's view into what the store's index
// answers and a condition. The index covers all searchable fields at once:
// whoever may not see one of them could guess its value by searching, so that
// for them each word is looked for in the fields they see and nowhere else.
// That reads more, and finds pieces of words in the middle too.
func searching(f *form.Compiled, v policies.View, search string) (string, filter.Expr) {
	if search == "" || len(v.Masked) == 0 {
		return search, nil
	}
	var seen []string
	hidden := false
	for _, fd := range f.Fields {
		if !fd.Searchable {
			continue
		}
		if masked(fd, v) {
			hidden = true
		} else if fd.FilterType() == filter.Text {
			seen = append(seen, fd.Key)
		}
	}
	if !hidden {
		return search, nil
	}
	if _, ok := systemFields[f.Key]["customerName"]; ok {
		seen = append(seen, "customerName")
	}
	var all []filter.Expr
	for k, word := range strings.Fields(search) {
		if k == maxTerms {
			break
		}
		var any []filter.Expr
		for _, field := range seen {
			any = append(any, filter.Contains(field, word))
		}
		if len(any) == 0 {
			return "", filter.None()
		}
		all = append(all, filter.Or(any...))
	}
	return "", filter.And(all...)
}
