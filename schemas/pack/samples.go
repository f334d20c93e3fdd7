package pack

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
)

// maxLook is how many days ahead of its day a sample is looked at.
const maxLook = 120

// Samples are records to look at a pack with, told in one language: customers,
// what has happened to them up to a day and what happens after it. Who looks
// moves it to the day of looking.
type Samples struct {
	Language string     `json:"language"`
	AsOf     value.Date `json:"asOf"` // the day on which the records stand as written
	Days     int        `json:"days"` // how far ahead of it one looks
	Calendar string     `json:"calendar"`
	Timezone string     `json:"timezone"`
	Accounts []Account  `json:"accounts"`
}

// ReadSamples reads samples as if its day were today: every day in it moves
// along; 0 leaves it where it was written.
func ReadSamples(raw json.RawMessage, today value.Date) (*Samples, error) {
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return nil, fault.At("", "type", "object")
	}
	asOf, _ := doc["asOf"].(string)
	day, err := value.ParseDate(asOf)
	if err != nil {
		return nil, fault.At("/asOf", "format", "date")
	}
	if today != 0 {
		doc, _ = moved(doc, int(today-day)).(map[string]any)
	}
	if raw, err = json.Marshal(doc); err != nil {
		return nil, err
	}
	s := &Samples{}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fault.Wrap(fault.Invalid, "pack.sample", err)
	}
	return s, s.check()
}

// moved gives v with every text that is a day so many days later.
func moved(v any, by int) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, c := range x {
			out[k] = moved(c, by)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for k, c := range x {
			out[k] = moved(c, by)
		}
		return out
	case string:
		if day, err := value.ParseDate(x); err == nil && len(x) == len(time.DateOnly) {
			return (day + value.Date(by)).String()
		}
	}
	return v
}

func (s *Samples) check() error {
	bad := CheckAccounts(s.Accounts, s.AsOf)
	if !slices.Contains(languages, s.Language) {
		bad = append(bad, fault.Field{Pointer: "/language", Rule: "enum", Limit: languages})
	}
	if s.Days < 1 || s.Days > maxLook {
		bad = append(bad, fault.Field{Pointer: "/days", Rule: "range", Limit: maxLook})
	}
	return fault.InvalidFields(bad)
}
