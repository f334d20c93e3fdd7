// Package form is JSON Schema forms: what a form may say, compiling it, and
// judging data against it. It is the only door to the JSON Schema library.
// Pure: forms and data come as arguments, and the verdict is a list of wrong
// places, each with its rule and limit; sentences are made elsewhere.
package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Limits of a form's schema.
const (
	MaxSchemaBytes = 256 << 10
	MaxDepth       = 16
	MaxFields      = 300
	MaxErrors      = 50 // wrong places reported at once
)

// Schema is a compiled JSON Schema 2020-12; safe for concurrent use.
type Schema struct{ s *jsonschema.Schema }

// Decode reads one JSON value with exact numbers and nothing after it.
func Decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, jsonFault(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.At("", "json", nil)
	}
	return v, nil
}

func jsonFault(err error) error {
	f := fault.Field{Rule: "json"}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		f.Params = fault.Params{"offset": e.Offset}
	}
	return fault.InvalidFields([]fault.Field{f})
}

// CompileSchema compiles a schema document. It refuses what is too large or
// deep, references to other documents, and patterns that RE2 cannot run.
func CompileSchema(raw []byte) (*Schema, error) {
	if len(raw) > MaxSchemaBytes {
		return nil, fault.At("", "maxBytes", MaxSchemaBytes)
	}
	doc, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	if problems := inspect("", doc, 0); len(problems) > 0 {
		return nil, fault.InvalidFields(problems)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = true // an explicit 2020-12 $schema would switch formats off otherwise
	c.LoadURL = func(u string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("references to other documents are refused: %s", u)
	}
	const url = "mem:///schema.json"
	if err := c.AddResource(url, bytes.NewReader(raw)); err != nil {
		return nil, schemaFault(err)
	}
	s, err := c.Compile(url)
	if err != nil {
		return nil, schemaFault(err)
	}
	return &Schema{s}, nil
}

// MustCompileSchema is CompileSchema for schemas in the program text.
func MustCompileSchema(raw string) *Schema {
	s, err := CompileSchema([]byte(raw))
	if err != nil {
		panic(fmt.Sprintf("schema: %v\n%s", err, raw))
	}
	return s
}

func schemaFault(err error) error {
	if se, ok := errors.AsType[*jsonschema.SchemaError](err); ok {
		if ve, ok := errors.AsType[*jsonschema.ValidationError](se.Err); ok {
			return fault.InvalidFields(flatten(ve))
		}
	}
	return fault.Wrap(fault.Invalid, "form.schema", err)
}

// inspect walks a schema document for what must be refused before compiling.
func inspect(at string, v any, depth int) []fault.Field {
	if depth > 2*MaxDepth {
		return []fault.Field{{Pointer: at, Rule: "maxDepth", Limit: MaxDepth}}
	}
	var out []fault.Field
	switch x := v.(type) {
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok && !strings.HasPrefix(ref, "#") {
			out = append(out, fault.Field{Pointer: at + "/$ref", Rule: "localRef"})
		}
		if p, ok := x["pattern"].(string); ok {
			if f := checkPattern(p); f != "" {
				out = append(out, fault.Field{Pointer: at + "/pattern", Rule: f})
			}
		}
		for k, c := range x {
			out = append(out, inspect(at+"/"+escape(k), c, depth+1)...)
		}
	case []any:
		for k, c := range x {
			out = append(out, inspect(fmt.Sprintf("%s/%d", at, k), c, depth+1)...)
		}
	}
	if len(out) > MaxErrors {
		out = out[:MaxErrors]
	}
	return out
}

// Validate judges a decoded value (see Decode) and gives the wrong places, nil
// when there are none.
func (s *Schema) Validate(v any) []fault.Field {
	err := s.s.Validate(v)
	if err == nil {
		return nil
	}
	if ve, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		return flatten(ve)
	}
	return []fault.Field{{Rule: "schema"}}
}

// flatten turns the library's tree into one entry a mistake: the leaves,
// without the branches that only lead to them, and for alternatives the branch
// that came closest.
func flatten(ve *jsonschema.ValidationError) []fault.Field {
	var out []fault.Field
	seen := map[string]bool{}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(out) >= MaxErrors {
			return
		}
		rule := lastSegment(e.KeywordLocation)
		if (rule == "oneOf" || rule == "anyOf") && len(e.Causes) > 0 || len(e.Causes) == 0 {
			for _, f := range describe(e, rule) {
				if key := f.Pointer + " " + f.Rule; !seen[key] {
					seen[key] = true
					out = append(out, f)
				}
			}
			return
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(ve)
	sort.Slice(out, func(a, b int) bool { // the library walks maps: give readers one order
		if out[a].Pointer != out[b].Pointer {
			return out[a].Pointer < out[b].Pointer
		}
		return out[a].Rule < out[b].Rule
	})
	return out
}

// describe reads rule and limit out of a leaf. The library says limits only in
// its English message, so they are read from there and never shown as such.
func describe(e *jsonschema.ValidationError, rule string) []fault.Field {
	f := fault.Field{Pointer: e.InstanceLocation, Rule: rule}
	switch rule {
	case "required":
		var out []fault.Field
		for _, name := range quoted(e.Message) {
			out = append(out, fault.Field{Pointer: e.InstanceLocation + "/" + escape(name), Rule: "required"})
		}
		if len(out) > 0 {
			return out
		}
	case "additionalProperties", "unevaluatedProperties":
		var out []fault.Field
		for _, name := range quoted(e.Message) {
			out = append(out, fault.Field{Pointer: e.InstanceLocation + "/" + escape(name), Rule: "unknownField"})
		}
		if len(out) > 0 {
			return out
		}
	case "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties":
		f.Limit = numberAfterMust(e.Message)
	case "const":
		f.Limit = plainLiteral(strings.TrimPrefix(e.Message, "value must be "))
	case "type":
		f.Limit = strings.TrimSuffix(strings.TrimPrefix(between(e.Message, "expected ", ", but"), "expected "), ",")
	case "format":
		if q := quoted(e.Message); len(q) > 0 {
			f.Rule = "format." + q[len(q)-1]
		}
	}
	return []fault.Field{f}
}

func lastSegment(loc string) string { return loc[strings.LastIndexByte(loc, '/')+1:] }

// quoted gives the '…' parts of a message.
func quoted(m string) []string {
	var out []string
	for {
		i := strings.IndexByte(m, '\'')
		if i < 0 {
			return out
		}
		m = m[i+1:]
		j := strings.IndexByte(m, '\'')
		if j < 0 {
			return out
		}
		out = append(out, m[:j])
		m = m[j+1:]
	}
}

// numberAfterMust reads the 5 of "length must be >= 5, but got 2".
func numberAfterMust(m string) any {
	m, _, _ = strings.Cut(m, ", but")
	m, _, _ = strings.Cut(m, " but found")
	fields := strings.FieldsFunc(m, func(r rune) bool { return r == ' ' || r == ',' })
	for i := len(fields) - 1; i >= 0; i-- {
		if c := fields[i][0]; c >= '0' && c <= '9' || c == '-' && len(fields[i]) > 1 {
			return writtenOut(fields[i])
		}
	}
	return nil
}

// writtenOut is a number without an exponent, as people write it.
func writtenOut(s string) json.Number {
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.ContainsAny(s, "eE") {
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return json.Number(s)
}

// plainLiteral is a text without its quotes, anything else as it is.
func plainLiteral(s string) string {
	if plain, err := strconv.Unquote(s); err == nil {
		return plain
	}
	return s
}

func between(s, from, to string) string {
	i := strings.Index(s, from)
	if i < 0 {
		return ""
	}
	s = s[i+len(from):]
	if j := strings.Index(s, to); j >= 0 {
		return s[:j]
	}
	return s
}

// escape writes a name as a JSON pointer segment.
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}
