package imports

import (
	"encoding/json"
	"slices"
	"sort"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
)

// Map says how a file's columns become a form's fields.
type Map struct {
	// Columns are the file's column names by form field.
	Columns map[string]string `json:"columns"`
	// Dates are the layouts that dates may have, written as the date
	// 2006-01-02 would be; none means year first, in the usual ways.
	Dates []string `json:"dates,omitempty"`
	// Decimal mark of amounts, "." or ","; "" is ".".
	Decimal string `json:"decimal,omitempty"`
	// Currency of rows that name none; "" is the workspace's.
	Currency string `json:"currency,omitempty"`
	// ExternalID is the field that identifies a row for ever: the second import
	// of a row finds its record by it. "" is externalId, else number, else reference.
	ExternalID string `json:"externalId,omitempty"`
	// Timezone in which instants are read; "" is the workspace's.
	Timezone string `json:"timezone,omitempty"`
	// Encoding and Delimiter of the file; "" detects them.
	Encoding  string `json:"encoding,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
}

// defaultDates all begin with the year, so that none can be read in two ways.
var defaultDates = []string{
	"2006-1-2", "2006/1/2", "20060102", "2006.1.2", "2006年1月2日",
	"2006-1-2 15:04:05", "2006/1/2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04", time.RFC3339, "2006-01-02T15:04:05",
}

// ParseMap reads a map and checks it against a form. Faults: Invalid with
// pointers into the map.
func ParseMap(raw []byte, f *form.Compiled) (Map, error) {
	var m Map
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fault.At("", "json", nil)
	}
	return m, m.Check(f)
}

// Check judges the map against a form.
func (m *Map) Check(f *form.Compiled) error {
	var bad []fault.Field
	at := func(pointer, rule string, ok bool) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Rule: rule})
		}
	}
	at("/columns", "required", len(m.Columns) > 0)
	for _, field := range sortedKeys(m.Columns) {
		fd, ok := f.Field(field)
		at("/columns/"+field, "unknownField", ok)
		at("/columns/"+field, "notImportable", !ok || Importable(fd))
		at("/columns/"+field, "required", cleanText(m.Columns[field]) != "")
	}
	for k, d := range m.Dates {
		at(pointerAt("/dates", k), "dateLayout", validLayout(d))
	}
	at("/dates", "maxItems", len(m.Dates) <= 20)
	at("/decimal", "enum", m.Decimal == "" || m.Decimal == "." || m.Decimal == ",")
	at("/delimiter", "enum", m.Delimiter == "" || len(m.Delimiter) == 1 && slices.Contains(delimiters, m.Delimiter[0]))
	at("/encoding", "enum", m.Encoding == "" || slices.Contains([]string{UTF8, UTF16LE, UTF16BE, GB18030, Windows1252}, m.Encoding))
	if m.Currency != "" {
		_, err := value.ParseCurrency(m.Currency)
		at("/currency", "currency", err == nil)
	}
	if m.Timezone != "" {
		_, err := value.Location(m.Timezone)
		at("/timezone", "timezone", err == nil)
	}
	key := m.key()
	_, mapped := m.Columns[key]
	at("/externalId", "required", key != "" && mapped)
	return fault.InvalidFields(bad)
}

func pointerAt(at string, k int) string {
	raw, _ := json.Marshal(k)
	return at + "/" + string(raw)
}

// key is the field that identifies a row, "" without any.
func (m *Map) key() string {
	if m.ExternalID != "" {
		return m.ExternalID
	}
	return defaultKey(*m)
}

func defaultKey(m Map) string {
	for _, k := range []string{"externalId", "number", "reference"} {
		if _, ok := m.Columns[k]; ok {
			return k
		}
	}
	return ""
}

// options are what a Reader should know of the file.
func (m *Map) options(f *form.Compiled) Options {
	o := Options{Encoding: m.Encoding, Form: f}
	if m.Delimiter != "" {
		o.Delimiter = m.Delimiter[0]
	}
	seen := map[string]bool{}
	for _, field := range sortedKeys(m.Columns) {
		if c := m.Columns[field]; !seen[fold(c)] {
			seen[fold(c)] = true
			o.Columns = append(o.Columns, c)
		}
	}
	return o
}

// validLayout tells whether a layout names year, month and day, and reads back
// what it writes.
func validLayout(layout string) bool {
	if len(layout) > 60 {
		return false
	}
	want := time.Date(2031, time.November, 23, 0, 0, 0, 0, time.UTC)
	got, err := time.Parse(layout, want.Format(layout))
	return err == nil && got.Year() == 2031 && got.Month() == time.November && got.Day() == 23
}

// Importable tells whether a cell can say a field's value.
func Importable(f form.Field) bool {
	switch f.Type {
	case "object":
		return false
	case "rows":
		return f.Key == "instalments"
	}
	return true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
