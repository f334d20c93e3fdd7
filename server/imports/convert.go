package imports

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
)

// Row is one record to be: Data are the form's fields; fields that refer to
// other records hold their external id, number or id. A field that is missing
// stays as it is in a record that exists; nil clears it.
type Row struct {
	Line       int
	ExternalID string
	Data       map[string]any
}

// Converter turns the lines of a file into rows of a form.
type Converter struct {
	form     *form.Compiled
	columns  []column
	key      string // field that identifies a row
	dates    []string
	decimal  byte
	currency value.Currency // of rows without one
	money    string         // field with the row's currency, "" for none
	loc      *time.Location
}

type column struct {
	form.Field
	at      int
	choices map[string]any // by folded name
}

// NewConverter joins a checked map with a file's header. home is the currency
// and loc the zone where the map names none. Faults: import.missingColumns.
func NewConverter(f *form.Compiled, m Map, header []string, home value.Currency, loc *time.Location) (*Converter, error) {
	if err := m.Check(f); err != nil {
		return nil, err
	}
	c := &Converter{form: f, key: m.key(), dates: m.Dates, decimal: '.', currency: home, loc: loc}
	if len(c.dates) == 0 {
		c.dates = defaultDates
	}
	if m.Decimal != "" {
		c.decimal = m.Decimal[0]
	}
	if m.Currency != "" {
		c.currency, _ = value.ParseCurrency(m.Currency)
	}
	if m.Timezone != "" {
		c.loc, _ = value.Location(m.Timezone)
	}
	if fd, ok := f.Field("currency"); ok && fd.Type == "currency" {
		c.money = "currency"
	}
	var missing []string
	for _, field := range sortedKeys(m.Columns) {
		fd, _ := f.Field(field)
		at := slices.IndexFunc(header, func(h string) bool { return fold(h) == fold(m.Columns[field]) })
		if at < 0 {
			missing = append(missing, m.Columns[field])
			continue
		}
		c.columns = append(c.columns, column{Field: fd, at: at, choices: choices(f, fd)})
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.Invalid, "import.missingColumns", fault.Params{"columns": missing})
	}
	return c, nil
}

// Row converts a line; the fault lists every cell that cannot be read.
func (c *Converter) Row(l Line) (Row, *fault.Error) {
	if l.Problem != nil {
		return Row{Line: l.Number}, l.Problem
	}
	row := Row{Line: l.Number, Data: map[string]any{}}
	var bad []fault.Field
	fail := func(field, rule string, p fault.Params) {
		bad = append(bad, fault.Field{Pointer: pointer(l.Number, field), Rule: rule, Params: p})
	}
	cur, err := c.currencyOf(l)
	if err != nil {
		fail("currency", err.rule, err.params())
	} else if c.money != "" {
		row.Data[c.money] = string(cur)
	}
	for _, col := range c.columns {
		text := cleanText(l.Cells[col.at])
		if col.Key == c.money || nothingSaid(col.Field, text) {
			continue
		}
		v, err := c.cell(col, text, cur)
		if err != nil {
			fail(col.Key, err.rule, err.params())
			continue
		}
		row.Data[col.Key] = v
	}
	row.ExternalID = c.externalID(row.Data)
	if row.ExternalID == "" && numberIn(row.Data) == "" && len(bad) == 0 {
		fail(c.key, "required", nil)
	}
	if len(bad) > 0 {
		return row, &fault.Error{Kind: fault.Invalid, Key: "invalid.fields", Fields: bad}
	}
	return row, nil
}

// nothingSaid tells whether a cell is empty, or a dash where bank exports have
// dashes for nothing.
func nothingSaid(f form.Field, text string) bool {
	return text == "" || text == "-" || text == "--" || text == "/" && f.Type != "text" && f.Type != "longText"
}

func (c *Converter) externalID(data map[string]any) string {
	switch x := data[c.key].(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// currencyOf is a line's currency: its own cell, else the code written with
// the amount, else the map's.
func (c *Converter) currencyOf(l Line) (value.Currency, *cellFault) {
	cur := c.currency
	for _, col := range c.columns {
		if text := cleanText(l.Cells[col.at]); col.Key == c.money && !nothingSaid(col.Field, text) {
			return parseCurrency(text)
		}
	}
	if c.money == "" {
		return cur, nil
	}
	for _, col := range c.columns {
		if col.Type != "money" {
			continue
		}
		if _, mark := splitMark(cleanText(l.Cells[col.at])); len(mark) == 3 {
			if own, err := value.ParseCurrency(mark); err == nil {
				return own, nil
			}
		}
	}
	return cur, nil
}

// cellFault is a rule that a cell breaks.
type cellFault struct {
	rule string
	text string
	more fault.Params
}

func (f *cellFault) params() fault.Params {
	p := fault.Params{"value": clip(f.text)}
	for k, v := range f.more {
		p[k] = v
	}
	return p
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// cell reads a cell as its field's type.
func (c *Converter) cell(col column, text string, cur value.Currency) (any, *cellFault) {
	switch col.Type {
	case "money":
		return c.amount(text, cur)
	case "date":
		t, err := c.date(text)
		if err != nil {
			return nil, err
		}
		return value.DateOf(t).String(), nil
	case "date-time":
		t, err := c.date(text)
		if err != nil {
			return nil, err
		}
		return value.Instant(t), nil
	case "number", "percent":
		return c.number(text)
	case "boolean":
		return boolean(text)
	case "choice":
		if v, ok := col.choices[fold(text)]; ok {
			return v, nil
		}
		return nil, &cellFault{rule: "enum", text: text}
	case "rows":
		return c.instalments(text, cur)
	case "multiChoice":
		return list(text), nil
	case "currency":
		v, err := parseCurrency(text)
		return string(v), err
	}
	if mangled.MatchString(text) && (col.Key == c.key || col.Ref != "" || col.Unique || col.Key == "number") {
		return nil, &cellFault{rule: "mangledNumber", text: text}
	}
	if col.Key == "phone" {
		return foldWidth(text), nil
	}
	return text, nil
}

// list cuts "INV-1;INV-2".
func list(text string) []any {
	out := []any{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";；、|\n", r) }) {
		if part = cleanText(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// choices are the values of a field with a fixed list, by every name that a
// file may have for them.
func choices(f *form.Compiled, fd form.Field) map[string]any {
	if fd.Type != "choice" {
		return nil
	}
	var doc struct {
		Properties map[string]struct {
			Enum  []any `json:"enum"`
			OneOf []struct {
				Const any               `json:"const"`
				Title string            `json:"title"`
				Label map[string]string `json:"x-df-label"`
			} `json:"oneOf"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(f.Schema, &doc)
	out := map[string]any{}
	add := func(name string, v any) {
		if _, taken := out[fold(name)]; !taken && name != "" {
			out[fold(name)] = v
		}
	}
	for _, v := range doc.Properties[fd.Key].Enum {
		if s, ok := v.(string); ok {
			add(s, v)
			for _, other := range otherNames[s] {
				add(other, v)
			}
		}
	}
	for _, o := range doc.Properties[fd.Key].OneOf {
		if s, ok := o.Const.(string); ok {
			add(s, o.Const)
			add(o.Title, o.Const)
			for _, l := range o.Label {
				add(l, o.Const)
			}
		}
	}
	return out
}

// otherNames are other names of values in the built-in forms.
var otherNames = map[string][]string{
	"A": {"A级", "A 级", "Tier A"}, "B": {"B级", "B 级", "Tier B"}, "C": {"C级", "C 级", "Tier C"},
	"zh-CN": {"zh", "中文", "简体中文", "汉语", "chinese"}, "en": {"english", "英文", "英语", "en-us", "en-gb"},
}
