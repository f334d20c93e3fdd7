package form

import (
	"encoding/json"
	"strconv"

	"github.com/dueflow/dueflow/schemas/fault"
)

// hide is a rule of the schema's allOf that takes a field away: while when
// holds, the field's schema is false, so a value there could not be stored.
type hide struct {
	field string
	when  *Schema
}

// maxRules bounds the rules of a form; each is tried on every record.
const maxRules = 200

func (c *Compiled) readRules() []fault.Field {
	var doc struct {
		AllOf []struct {
			If   json.RawMessage `json:"if"`
			Then struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"then"`
		} `json:"allOf"`
	}
	if json.Unmarshal(c.Schema, &doc) != nil {
		return nil // rules of another shape are the schema's own affair
	}
	if len(doc.AllOf) > maxRules {
		return []fault.Field{{Pointer: "/schema/allOf", Rule: "maxItems", Limit: maxRules}}
	}
	for i, r := range doc.AllOf {
		if len(r.If) == 0 {
			continue
		}
		for key, raw := range r.Then.Properties {
			if string(raw) != "false" {
				continue
			}
			when, err := CompileSchema(r.If)
			if err != nil {
				return []fault.Field{{Pointer: "/schema/allOf/" + strconv.Itoa(i) + "/if", Rule: "schema"}}
			}
			c.hides = append(c.hides, hide{key, when})
		}
	}
	return nil
}

// maxRounds ends rules that chase each other: hiding one field may show
// another, whose formula hides a third.
const maxRounds = 8

// Settle brings a record's data into the state that is judged and stored:
// fields that a rule hides are dropped, formulas computed, in rows too. It
// changes data and names the top-level fields that changed. The browser
// settles by the same steps, so what it shows is what will be stored.
func (c *Compiled) Settle(data map[string]any) (changed []string) {
	if len(c.hides) == 0 && c.sheet.empty() {
		return nil
	}
	touched := map[string]bool{}
	for range maxRounds {
		hidden := c.hidden(data)
		more := false
		for k := range hidden {
			if _, has := data[k]; has {
				delete(data, k)
				touched[k], more = true, true
			}
		}
		if c.sheet.run(data, touched, hidden) {
			more = true
		}
		if !more {
			break
		}
	}
	for k := range touched {
		changed = append(changed, k)
	}
	return changed
}

// hidden are the fields that some rule takes away from this data.
func (c *Compiled) hidden(data map[string]any) map[string]bool {
	out := map[string]bool{}
	for _, h := range c.hides {
		if !out[h.field] && len(h.when.Validate(data)) == 0 {
			out[h.field] = true
		}
	}
	return out
}
