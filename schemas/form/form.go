package form

import (
	"encoding/json"
	"regexp"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// Form is a form document: what its records hold (Schema), how it is laid out,
// and its names. Key is identity.
type Form struct {
	Key    string            `json:"key"`
	Name   map[string]string `json:"name"`
	Title  string            `json:"title,omitempty"` // the field that names a record
	Schema json.RawMessage   `json:"schema"`
	Layout json.RawMessage   `json:"layout,omitempty"`
	// Steps say how records of the revision before become records of this one.
	Steps []Step `json:"steps,omitempty"`
}

// Field is one field of a form, read from its schema.
type Field struct {
	Key        string
	Type       string // text, longText, number, money, boolean, date, date-time, choice, multiChoice, reference, rows, object, or an x-df-type
	Label      map[string]string
	Ref        string // the form it refers to
	Access     string // access tag that may be masked
	Personal   bool
	Searchable bool
	Sortable   bool
	Unique     bool
	Scope      bool // part of what decides who sees an account
	System     bool
	FormerKeys []string
	Choice     []Condition // what a reference may name
	Check      string      // named check beyond the schema, see Checks
	Auto       *Auto
	Formula    *Formula
}

// Auto is how the server numbers a field: prefix, then digits.
type Auto struct {
	Prefix string `json:"prefix"`
	Digits int    `json:"digits"`
	Start  int64  `json:"start"`
}

// FilterType is how the filter language sees the field.
func (f Field) FilterType() filter.Type {
	switch f.Type {
	case "number", "money", "percent":
		return filter.Number
	case "boolean":
		return filter.Bool
	case "date":
		return filter.Date
	case "date-time":
		return filter.Instant
	case "multiChoice", "rows":
		return filter.List
	}
	return filter.Text
}

// Compiled is a form ready to judge records; safe for concurrent use.
type Compiled struct {
	Form
	Fields []Field
	schema *Schema
	byKey  map[string]int
	hides  []hide
	sheet  sheet // formulas of the record and of its rows
	checks []namedCheck
}

// Field gives a field by key.
func (c *Compiled) Field(key string) (Field, bool) {
	i, ok := c.byKey[key]
	if !ok {
		return Field{}, false
	}
	return c.Fields[i], true
}

// maxName bounds a form's name in characters.
const maxName = 200

// MaxRecord bounds one record's data in bytes.
const MaxRecord = 1 << 20

// Validate judges a record's data, decoded exactly (Decode).
func (c *Compiled) Validate(data any) error {
	return fault.InvalidFields(append(c.schema.Validate(data), c.runChecks(data)...))
}

var (
	formKey  = regexp.MustCompile(`^[a-z][a-zA-Z0-9]{0,39}$`)
	fieldKey = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,59}$`)
)

// reserved are keys that records use beside the data: projections of the
// ledger and the store's own.
var reserved = map[string]bool{
	"id": true, "open": true, "collectable": true, "disputed": true, "promised": true, "status": true, "dpd": true, "held": true,
	"customerName": true, "allocations": true, "unapplied": true, "reversed": true, "balances": true, "openInvoices": true,
	"oldestDue": true, "nextDue": true, "onHold": true, "stopWish": true, "nextContactAt": true, "lastContactAt": true, "ownerName": true, "unreachable": true, "push": true,
}

// vocabulary is what a field may say beside JSON Schema: x-df-ref with
// x-df-choice names another form's records and narrows them; x-df-formula is
// computed, x-df-auto numbered, by the server; x-df-check is a named check;
// x-df-pattern remembers which preset wrote the pattern; x-df-former are keys
// the field had before. A rule of allOf whose "then" makes a field's schema
// false takes the field away: its value is dropped when the record is saved.
// With x-df-hide instead of false the field is hidden and its value kept.
var vocabulary = map[string]bool{
	"x-df-type": true, "x-df-label": true, "x-df-ref": true, "x-df-access": true, "x-df-personal": true, "x-df-searchable": true,
	"x-df-sortable": true, "x-df-unique": true, "x-df-scope": true, "x-df-system": true, "x-df-former": true, "x-df-hidden": true,
	"x-df-formula": true, "x-df-auto": true, "x-df-help": true, "x-df-choice": true, "x-df-check": true, "x-df-pattern": true,
	"x-df-hide": true,
}

// Reserved tells whether a key is the product's own beside the data.
func Reserved(key string) bool { return reserved[key] }

// Compile checks a form document and compiles its schema.
func Compile(f Form) (*Compiled, error) {
	var bad []fault.Field
	if !formKey.MatchString(f.Key) {
		bad = append(bad, fault.Field{Pointer: "/key", Rule: "pattern"})
	}
	if len(f.Name) == 0 {
		bad = append(bad, fault.Field{Pointer: "/name", Rule: "required"})
	}
	for lang, name := range f.Name {
		if len([]rune(name)) > maxName || len(lang) > 20 {
			bad = append(bad, fault.Field{Pointer: "/name/" + escape(lang[:min(len(lang), 20)]), Rule: "maxLength", Limit: maxName})
		}
	}
	if len(f.Layout) > MaxSchemaBytes {
		bad = append(bad, fault.Field{Pointer: "/layout", Rule: "maxBytes", Limit: MaxSchemaBytes})
	}
	s, err := CompileSchema(f.Schema)
	if err != nil {
		return nil, below("/schema", err)
	}
	c := &Compiled{Form: f, schema: s, byKey: map[string]int{}}
	bad = append(bad, c.readFields()...)
	bad = append(bad, c.readRules()...)
	bad = append(bad, c.readMeaning()...)
	bad = append(bad, checkSteps(f.Steps)...)
	if f.Title != "" {
		if _, ok := c.byKey[f.Title]; !ok {
			bad = append(bad, fault.Field{Pointer: "/title", Rule: "unknownField"})
		}
	}
	if err := fault.InvalidFields(bad); err != nil {
		return nil, err
	}
	return c, nil
}

func below(at string, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	fields := make([]fault.Field, len(fe.Fields))
	for i, f := range fe.Fields {
		f.Pointer = at + f.Pointer
		fields[i] = f
	}
	return fault.InvalidFields(fields)
}

type property struct {
	Type       any               `json:"type"`
	Format     string            `json:"format"`
	Enum       []any             `json:"enum"`
	OneOf      []json.RawMessage `json:"oneOf"`
	Items      json.RawMessage   `json:"items"`
	DfType     string            `json:"x-df-type"`
	Label      map[string]string `json:"x-df-label"`
	Ref        string            `json:"x-df-ref"`
	Access     string            `json:"x-df-access"`
	Personal   bool              `json:"x-df-personal"`
	Searchable bool              `json:"x-df-searchable"`
	Sortable   bool              `json:"x-df-sortable"`
	Unique     bool              `json:"x-df-unique"`
	Scope      bool              `json:"x-df-scope"`
	System     bool              `json:"x-df-system"`
	Former     []string          `json:"x-df-former"`
	Choice     []Condition       `json:"x-df-choice"`
	Check      string            `json:"x-df-check"`
	Auto       *Auto             `json:"x-df-auto"`
	Formula    string            `json:"x-df-formula"`
}

func (c *Compiled) readFields() []fault.Field {
	var doc struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(c.Schema, &doc); err != nil || doc.Type != "object" {
		return []fault.Field{{Pointer: "/schema/type", Rule: "const", Limit: "object"}}
	}
	var bad []fault.Field
	if len(doc.Properties) > MaxFields {
		bad = append(bad, fault.Field{Pointer: "/schema/properties", Rule: "maxProperties", Limit: MaxFields})
	}
	for key, raw := range doc.Properties {
		at := "/schema/properties/" + escape(key)
		if !fieldKey.MatchString(key) {
			bad = append(bad, fault.Field{Pointer: at, Rule: "fieldKey"})
			continue
		}
		if reserved[key] {
			bad = append(bad, fault.Field{Pointer: at, Rule: "reservedKey"})
			continue
		}
		bad = append(bad, checkVocabulary(at, raw)...)
		var p property
		if err := json.Unmarshal(raw, &p); err != nil {
			bad = append(bad, fault.Field{Pointer: at, Rule: "fieldSchema"})
			continue
		}
		c.Fields = append(c.Fields, Field{
			Key: key, Type: p.fieldType(), Label: p.Label, Ref: p.Ref, Access: p.Access, Personal: p.Personal,
			Searchable: p.Searchable, Sortable: p.Sortable, Unique: p.Unique, Scope: p.Scope, System: p.System, FormerKeys: p.Former,
			Choice: p.Choice, Check: p.Check, Auto: p.Auto,
		})
	}
	sort.Slice(c.Fields, func(a, b int) bool { return c.Fields[a].Key < c.Fields[b].Key })
	for i, f := range c.Fields {
		c.byKey[f.Key] = i
	}
	sort.Slice(bad, func(a, b int) bool { return bad[a].Pointer < bad[b].Pointer })
	return bad
}

func checkVocabulary(at string, raw json.RawMessage) []fault.Field {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	var bad []fault.Field
	for k := range m {
		if strings.HasPrefix(k, "x-df-") && !vocabulary[k] {
			bad = append(bad, fault.Field{Pointer: at + "/" + escape(k), Rule: "unknownField"})
		}
	}
	return bad
}

func (p property) fieldType() string {
	typ, _ := p.Type.(string)
	switch {
	case p.DfType != "":
		return p.DfType
	case p.Ref != "" && typ != "array":
		return "reference"
	case len(p.Enum) > 0 || len(p.OneOf) > 0:
		return "choice"
	case typ == "boolean":
		return "boolean"
	case typ == "integer" || typ == "number":
		return "number"
	case p.Format == "date" || p.Format == "date-time":
		return p.Format
	case typ == "array":
		return arrayType(p.Items)
	case typ == "object":
		return "object"
	}
	return "text"
}

func arrayType(items json.RawMessage) string {
	var i struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(items, &i)
	if i.Type == "object" {
		return "rows"
	}
	return "multiChoice"
}

// TypeOf is the type of a field by its property, as Field.Type names it.
func TypeOf(raw json.RawMessage) string {
	var p property
	_ = json.Unmarshal(raw, &p) // what cannot be read is text
	return p.fieldType()
}
