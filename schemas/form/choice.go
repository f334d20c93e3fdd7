package form

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
)

// Condition narrows what a reference may name: the other record's field equals
// a value, or what a field of this record holds.
type Condition struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value,omitempty"`
	From  string          `json:"from,omitempty"`
}

// ChoiceFilter is the conditions of a reference for a record's data; nil
// without any. Where a condition looks at a field that is empty, nothing fits.
func (f Field) ChoiceFilter(data map[string]any) filter.Expr {
	var all []filter.Expr
	for _, c := range f.Choice {
		if c.From != "" {
			v, ok := data[c.From]
			if !ok {
				all = append(all, filter.None())
				continue
			}
			all = append(all, filter.Eq(c.Field, v))
			continue
		}
		if v, err := Decode(c.Value); err == nil {
			all = append(all, filter.Eq(c.Field, v))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return filter.And(all...)
}
