package form

import (
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// sheet is the formulas of one level, in the order in which they may be
// computed; rows holds those of rows by the field they are in.
type sheet struct {
	cells []cell
	by    map[string]*Formula
	rows  map[string]*sheet
}

type cell struct {
	key     string
	kind    string // integer, number, string
	formula *Formula
}

func (s *sheet) empty() bool { return len(s.cells) == 0 && len(s.rows) == 0 }

type schemaNode struct {
	Type       any                        `json:"type"`
	Formula    string                     `json:"x-df-formula"`
	Check      string                     `json:"x-df-check"`
	Properties map[string]json.RawMessage `json:"properties"`
	Items      *schemaNode                `json:"items"`
}

// readMeaning compiles formulas, named checks and numbering.
func (c *Compiled) readMeaning() []fault.Field {
	var root schemaNode
	if json.Unmarshal(c.Schema, &root) != nil {
		return nil
	}
	bad := c.readSheet(&c.sheet, root.Properties, "/schema/properties/", nil)
	bad = append(bad, c.readChecks(root.Properties)...)
	for i := range c.Fields {
		f := &c.Fields[i]
		at := "/schema/properties/" + f.Key
		f.Formula = c.sheet.by[f.Key]
		if a := f.Auto; a != nil && (f.Type != "autoNumber" || a.Digits < 0 || a.Digits > 12 || len(a.Prefix) > 20 || a.Start < 0) {
			bad = append(bad, fault.Field{Pointer: at + "/x-df-auto", Rule: "autoNumber"})
		}
		if len(f.Choice) > 10 {
			bad = append(bad, fault.Field{Pointer: at + "/x-df-choice", Rule: "maxItems", Limit: 10})
		}
	}
	c.inherit()
	return bad
}

// inherit lets a formula be masked where one of its inputs is: its value would
// give them away.
func (c *Compiled) inherit() {
	for range c.Fields { // formulas may read formulas
		changed := false
		for i := range c.Fields {
			f := &c.Fields[i]
			if f.Formula == nil {
				continue
			}
			for _, ref := range f.Formula.Refs() {
				head, _, _ := strings.Cut(ref, ".")
				in, ok := c.Field(head)
				if !ok {
					continue
				}
				if in.Access != "" && f.Access == "" {
					f.Access, changed = in.Access, true
				}
				if in.Personal && !f.Personal {
					f.Personal, changed = true, true
				}
			}
		}
		if !changed {
			return
		}
	}
}

func (c *Compiled) readSheet(s *sheet, props map[string]json.RawMessage, at string, outer []string) []fault.Field {
	var bad []fault.Field
	s.by, s.rows = map[string]*Formula{}, map[string]*sheet{}
	kinds := map[string]string{}
	columns := map[string][]string{}
	known := slices.Clone(outer)
	for key, raw := range props {
		known = append(known, key)
		var n schemaNode
		if json.Unmarshal(raw, &n) != nil {
			continue
		}
		if n.Items != nil && len(n.Items.Properties) > 0 {
			for col := range n.Items.Properties {
				columns[key] = append(columns[key], col)
			}
			inner := &sheet{}
			bad = append(bad, c.readSheet(inner, n.Items.Properties, at+escape(key)+"/items/properties/", nil)...)
			if !inner.empty() {
				s.rows[key] = inner
			}
		}
		if n.Formula == "" {
			continue
		}
		f, err := ParseFormula(n.Formula)
		if err != nil {
			bad = append(bad, placesAt(at+escape(key)+"/x-df-formula", err)...)
			continue
		}
		s.by[key] = f
		kinds[key], _ = n.Type.(string)
	}
	for key, f := range s.by {
		for _, ref := range f.refs {
			head, col, has := strings.Cut(ref, ".")
			if has && !slices.Contains(columns[head], col) || !has && !slices.Contains(known, head) {
				bad = append(bad, fault.Field{Pointer: at + escape(key) + "/x-df-formula", Rule: "formulaField", Params: fault.Params{"value": ref}})
			}
		}
	}
	order, cycle := dependencyOrder(s.by)
	for _, key := range cycle {
		bad = append(bad, fault.Field{Pointer: at + escape(key) + "/x-df-formula", Rule: "formulaCycle"})
	}
	for _, key := range order {
		s.cells = append(s.cells, cell{key, kinds[key], s.by[key]})
	}
	return bad
}

// placesAt puts a parser's "@offset" below a pointer.
func placesAt(at string, err error) []fault.Field {
	fe, ok := err.(*fault.Error)
	if !ok {
		return []fault.Field{{Pointer: at, Rule: "formula"}}
	}
	out := slices.Clone(fe.Fields)
	for i := range out {
		out[i].Pointer = at + out[i].Pointer
	}
	return out
}

// dependencyOrder sorts formulas so that each comes after what it reads; those
// that read themselves, round some corners, are the cycle.
func dependencyOrder(by map[string]*Formula) (order, cycle []string) {
	keys := make([]string, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	done := map[string]bool{}
	for len(keys) > 0 {
		var left []string
		for _, k := range keys {
			ready := true
			for _, ref := range by[k].refs {
				head, _, _ := strings.Cut(ref, ".")
				if by[head] != nil && !done[head] {
					ready = false
				}
			}
			if ready {
				order = append(order, k)
				done[k] = true
			} else {
				left = append(left, k)
			}
		}
		if len(left) == len(keys) {
			return order, left
		}
		keys = left
	}
	return order, nil
}

// run computes a level and what lies below it; it tells whether a value
// changed, and notes the top-level field.
func (s *sheet) run(data map[string]any, touched, hidden map[string]bool) bool {
	changed := false
	for key, inner := range s.rows {
		list, _ := data[key].([]any)
		for _, r := range list {
			if m, ok := r.(map[string]any); ok && inner.run(m, map[string]bool{}, nil) {
				changed = true
				touched[key] = true
			}
		}
	}
	for _, c := range s.cells {
		if hidden[c.key] {
			continue
		}
		v := c.value(data)
		old, has := data[c.key]
		if v == nil && !has || has && old == v {
			continue
		}
		changed = true
		touched[c.key] = true
		if v == nil {
			delete(data, c.key)
		} else {
			data[c.key] = v
		}
	}
	return changed
}

// value is a cell's result in the type of its field, nil for nothing: whole
// for an integer, 6 decimals for a number.
func (c cell) value(data map[string]any) any {
	if c.kind == "string" {
		if s := c.formula.Text(data); s != "" {
			return s
		}
		return nil
	}
	x, ok := c.formula.Number(data)
	if !ok {
		return nil
	}
	digits := 6
	if c.kind == "integer" {
		digits = 0
	}
	if x = RoundTo(x, digits); math.Abs(x) >= 1<<53 {
		return nil
	}
	return json.Number(NumberText(x))
}
