package form

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// Step is one change of data on the way from a revision to the next. Steps
// are applied to a record once: by the migration, or when somebody opens the
// record before it got there.
type Step struct {
	Op    string          `json:"op" enum:"rename,retype,default,split"`
	From  string          `json:"from,omitempty"`
	To    []string        `json:"to,omitempty"`
	Type  string          `json:"type,omitempty"`  // retype: text, number, integer, boolean, date
	Value json.RawMessage `json:"value,omitempty"` // default
	By    string          `json:"by,omitempty"`    // split: the separator; "" is white space
}

const maxSteps = 100

func checkSteps(steps []Step) []fault.Field {
	if len(steps) > maxSteps {
		return []fault.Field{{Pointer: "/steps", Rule: "maxItems", Limit: maxSteps}}
	}
	var bad []fault.Field
	for i, s := range steps {
		at := "/steps/" + strconv.Itoa(i)
		want := 1
		if s.Op == "split" {
			want = len(s.To)
		}
		switch {
		case !slices.Contains([]string{"rename", "retype", "default", "split"}, s.Op):
			bad = append(bad, fault.Field{Pointer: at + "/op", Rule: "enum"})
		case len(s.To) != want || len(s.To) == 0 || len(s.To) > 10:
			bad = append(bad, fault.Field{Pointer: at + "/to", Rule: "required"})
		case s.Op != "default" && (s.From == "" || slices.Contains(s.To, s.From)):
			bad = append(bad, fault.Field{Pointer: at + "/from", Rule: "required"})
		case s.Op == "retype" && !slices.Contains([]string{"text", "number", "integer", "boolean", "date"}, s.Type):
			bad = append(bad, fault.Field{Pointer: at + "/type", Rule: "enum"})
		case s.Op == "default" && len(s.Value) == 0:
			bad = append(bad, fault.Field{Pointer: at + "/value", Rule: "required"})
		}
	}
	return bad
}

// CheckMigration judges the steps against the revision before and the one to
// come: they take from what was there and goes, and give to what will be there.
func CheckMigration(old, next *Compiled) error {
	var bad []fault.Field
	for i, s := range next.Steps {
		at := "/steps/" + strconv.Itoa(i)
		if s.Op != "default" {
			if f, ok := old.Field(s.From); ok && f.System {
				bad = append(bad, fault.Field{Pointer: at + "/from", Rule: "systemField"})
			}
			if _, ok := next.Field(s.From); ok {
				bad = append(bad, fault.Field{Pointer: at + "/from", Rule: "stepSource", Params: fault.Params{"value": s.From}})
			}
		}
		for _, to := range s.To {
			if f, ok := next.Field(to); !ok || f.System {
				bad = append(bad, fault.Field{Pointer: at + "/to", Rule: "stepTarget", Params: fault.Params{"value": to}})
			}
		}
	}
	return fault.InvalidFields(bad)
}

// Migrate applies steps to a record's data and tells whether anything changed.
// What cannot be converted stays where it was, for a person to look at. Doing
// it twice is doing it once.
func Migrate(data map[string]json.RawMessage, steps []Step) bool {
	changed := false
	for _, s := range steps {
		if s.apply(data) {
			changed = true
		}
	}
	return changed
}

func (s Step) apply(data map[string]json.RawMessage) bool {
	if s.Op == "default" {
		if raw := data[s.To[0]]; len(raw) == 0 || string(raw) == "null" {
			data[s.To[0]] = s.Value
			return true
		}
		return false
	}
	raw, ok := data[s.From]
	if !ok {
		return false
	}
	switch s.Op {
	case "rename":
		if _, taken := data[s.To[0]]; taken {
			return false
		}
		data[s.To[0]] = raw
	case "retype":
		v, ok := convert(raw, s.Type)
		if _, taken := data[s.To[0]]; taken || !ok {
			return false
		}
		data[s.To[0]] = v
	case "split":
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return false
		}
		for i, part := range splitText(text, s.By, len(s.To)) {
			if _, taken := data[s.To[i]]; taken || part == "" {
				continue
			}
			v, err := json.Marshal(part)
			if err != nil {
				return false
			}
			data[s.To[i]] = v
		}
	}
	delete(data, s.From)
	return true
}

// splitText cuts into at most n parts; the last keeps the rest.
func splitText(s, by string, n int) []string {
	s = strings.TrimSpace(s)
	var out []string
	for len(out) < n-1 {
		i, width := strings.Index(s, by), len(by)
		if by == "" {
			i = strings.IndexAny(s, " \t\u3000")
			if i >= 0 {
				width = len(s[i:]) - len(strings.TrimLeft(s[i:], " \t\u3000"))
			}
		}
		if i < 0 {
			break
		}
		out = append(out, strings.TrimSpace(s[:i]))
		s = strings.TrimSpace(s[i+width:])
	}
	return append(out, s)
}

var truths = map[string]bool{
	"true": true, "yes": true, "y": true, "1": true, "是": true, "有": true,
	"false": false, "no": false, "n": false, "0": false, "否": false, "无": false,
}

// convert reads a value as another type; ok is false where that would guess.
func convert(raw json.RawMessage, to string) (json.RawMessage, bool) {
	v, err := Decode(raw)
	if err != nil {
		return nil, false
	}
	text, isText := v.(string)
	switch x := v.(type) {
	case json.Number:
		text = x.String()
	case bool:
		text = strconv.FormatBool(x)
	case string:
	default:
		return nil, false
	}
	clean := strings.TrimSpace(text)
	var out any
	switch to {
	case "text":
		out = text
	case "number", "integer":
		if isText {
			clean = strings.ReplaceAll(strings.ReplaceAll(clean, ",", ""), "，", "")
		}
		x, err := strconv.ParseFloat(clean, 64)
		if err != nil || !usable(x) || to == "integer" && x != math.Trunc(x) {
			return nil, false
		}
		out = json.Number(NumberText(x))
	case "boolean":
		b, ok := truths[strings.ToLower(clean)]
		if !ok {
			return nil, false
		}
		out = b
	case "date":
		d, err := value.ParseDate(strings.NewReplacer("/", "-", ".", "-").Replace(clean))
		if err != nil {
			return nil, false
		}
		out = d.String()
	}
	b, err := json.Marshal(out)
	return b, err == nil
}
