package store

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// The limits of the portable layer.
const (
	MaxID       = 200 // characters
	DefaultBody = 1 << 20
	MaxBody     = 15 << 20 // a MongoDB document holds 16 MiB
	MaxDepth    = 40       // levels of nesting in a body

	DefaultLimit = 50
	MaxLimit     = 500
	MaxWrites    = 100_000
	MaxIDs       = 100_000
	MaxWhole     = 1000 // writes that are done as one

	part = 1000 // ids and writes that a driver gets at a time

	maxSort      = 4
	maxIndexes   = 40
	maxSearch    = 16
	maxTerm      = 200 // characters of a search
	defaultGroup = 1000
	maxGroup     = 10000
)

// ValidWorkspace tells whether ws may name a workspace: 1 to 40 of a–z, 0–9,
// "_" and "-".
func ValidWorkspace(ws string) bool {
	return ws != "" && len(ws) <= 40 && strings.Trim(ws, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func validName(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return s != "" && len(s) <= 60 && strings.Trim(s, letters+"0123456789_-") == ""
}

func validID(id string) bool {
	return id != "" && len(id) <= 4*MaxID && utf8.ValidString(id) && utf8.RuneCountInString(id) <= MaxID &&
		strings.IndexByte(id, 0) < 0
}

func checkID(id string) error {
	if validID(id) {
		return nil
	}
	return fault.At("/id", "id", MaxID)
}

// checkBody refuses what some driver could not keep or would read otherwise.
func checkBody(body []byte, limit int) error {
	if limit == 0 {
		limit = DefaultBody
	}
	i := skipSpace(body, 0)
	switch {
	case len(body) > limit:
		return fault.At("", "maxBytes", limit)
	case i == len(body) || body[i] != '{' || !json.Valid(body):
		return fault.At("", "jsonObject", nil)
	case !utf8.Valid(body):
		return fault.At("", "utf8", nil)
	case hasNUL(body):
		return fault.At("", "nul", nil)
	case depth(body) > MaxDepth:
		return fault.At("", "maxDepth", MaxDepth)
	}
	return nil
}

// hasNUL finds an escaped NUL character: databases end texts and names at it.
func hasNUL(body []byte) bool {
	const nul = `\u0000`
	for off := 0; ; {
		i := bytes.Index(body[off:], []byte(nul))
		if i < 0 {
			return false
		}
		i += off
		slashes := 0
		for j := i - 1; j >= 0 && body[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		off = i + len(nul)
	}
}

// depth is the nesting of a valid JSON text.
func depth(b []byte) int {
	d, most := 0, 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = skipString(b, i) - 1
		case '{', '[':
			d++
			most = max(most, d)
		case '}', ']':
			d--
		}
	}
	return most
}

// checkSpec refuses a spec that not every driver could carry out.
func checkSpec(s Spec) error {
	var bad []fault.Field
	fail := func(pointer, rule string, limit any) {
		bad = append(bad, fault.Field{Pointer: "/" + s.Name + pointer, Rule: rule, Limit: limit})
	}
	if !validName(s.Name) {
		fail("", "name", nil)
	}
	if len(s.Indexes) > maxIndexes {
		fail("/indexes", "maxItems", maxIndexes)
	}
	if len(s.Search) > maxSearch {
		fail("/search", "maxItems", maxSearch)
	}
	if s.MaxBody < 0 || s.MaxBody > MaxBody {
		fail("/maxBody", "maximum", MaxBody)
	}
	kinds := map[string]FieldKind{}
	for _, ix := range s.Indexes {
		if len(ix.Fields) == 0 || len(ix.Fields) > 6 {
			fail("/indexes", "fields", nil)
		}
		for _, f := range ix.Fields {
			if !filter.ValidPath(f.Path) || !slices.Contains([]FieldKind{Text, Number, Bool}, f.Kind) {
				fail("/indexes/"+f.Path, "field", nil)
			}
			if k, seen := kinds[f.Path]; seen && k != f.Kind {
				fail("/indexes/"+f.Path, "oneKind", nil)
			}
			kinds[f.Path] = f.Kind
		}
	}
	for _, p := range s.Search {
		if !filter.ValidPath(p) {
			fail("/search/"+p, "path", nil)
		}
	}
	return fault.InvalidFields(bad)
}

func checkSearch(s string) error {
	if len(s) > maxTerm && utf8.RuneCountInString(s) > maxTerm {
		return fault.At("/search", "maxLength", maxTerm)
	}
	if !utf8.ValidString(s) {
		return fault.At("/search", "utf8", nil)
	}
	return nil
}

func checkSort(sort []SortKey) error {
	if len(sort) > maxSort {
		return fault.At("/sort", "maxItems", maxSort)
	}
	for i, k := range sort {
		if !filter.ValidPath(k.Field) {
			return fault.At("/sort", "path", nil)
		}
		for _, other := range sort[:i] {
			if other.Field == k.Field {
				return fault.At("/sort", "unique", nil)
			}
		}
	}
	return nil
}
