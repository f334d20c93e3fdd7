package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"io"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

const (
	cursorVersion = 1
	maxCursor     = 64 << 10
	// maxCursorText bounds a value in a cursor, in bytes; sorting by longer text
	// is refused where a page would have to end at it.
	maxCursorText = 8000
)

// cursorJSON is what a cursor says before base64.
type cursorJSON struct {
	Version int               `json:"v"`
	Sort    uint32            `json:"s"`
	Values  []json.RawMessage `json:"k"`
	ID      string            `json:"i"`
}

// sortHash ties a cursor to its collection and order.
func sortHash(collection string, sort []SortKey) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, collection)
	for _, k := range sort {
		dir := "\x00+"
		if k.Desc {
			dir = "\x00-"
		}
		_, _ = io.WriteString(h, dir+k.Field)
	}
	return h.Sum32()
}

// encodeCursor names the position of doc.
func encodeCursor(collection string, sort []SortKey, doc Doc) (string, error) {
	c := cursorJSON{Version: cursorVersion, Sort: sortHash(collection, sort), ID: doc.ID}
	for _, k := range sort {
		raw, err := pick(doc.Body, k.Field)
		if err != nil {
			return "", err
		}
		switch {
		case len(raw) == 0:
			raw = json.RawMessage("null")
		case raw[0] == '{' || raw[0] == '[':
			raw = json.RawMessage("{}")
		}
		if len(raw) > maxCursorText {
			return "", fault.New(fault.Invalid, "store.sortTooLong", fault.Params{"field": k.Field, "id": doc.ID})
		}
		c.Values = append(c.Values, raw)
	}
	b, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// decodeCursor reads a position; nil for "".
func decodeCursor(collection string, sort []SortKey, s string) (*Position, error) {
	if s == "" {
		return nil, nil
	}
	bad := &fault.Error{Kind: fault.Invalid, Key: "store.cursor", Fields: []fault.Field{{Pointer: "/cursor", Rule: "cursor"}}}
	if len(s) > maxCursor {
		return nil, bad
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, bad
	}
	var c cursorJSON
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil || dec.More() {
		return nil, bad
	}
	if c.Version != cursorVersion || c.Sort != sortHash(collection, sort) || len(c.Values) != len(sort) || !validID(c.ID) {
		return nil, bad
	}
	p := &Position{ID: c.ID, Values: make([]any, len(sort))}
	for i, raw := range c.Values {
		v, ok := scalarOf(raw)
		if !ok {
			return nil, bad
		}
		p.Values[i] = v
	}
	return p, nil
}

// scalarOf reads a JSON scalar into filter's value types, {} as Composite.
func scalarOf(raw json.RawMessage) (any, bool) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	if m, ok := v.(map[string]any); ok {
		return Composite{}, len(m) == 0
	}
	c := filter.Eq("x", v)
	return c.Value, c.Op == filter.OpEq
}
