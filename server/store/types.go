package store

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
)

// Doc is a stored document.
type Doc struct {
	ID string
	// Ver is at least 1 and set by the store.
	Ver int64
	// Body is a JSON object.
	Body json.RawMessage
}

// FieldKind is the type of an indexed field's values. Values of another type
// count as missing in the index; filters are exact all the same.
type FieldKind string

// The kinds. Dates and instants are text.
const (
	Text   FieldKind = "text"
	Number FieldKind = "number"
	Bool   FieldKind = "bool"
)

// IndexField is a dotted path in the body and the type found there.
type IndexField struct {
	Path string    `json:"path"`
	Kind FieldKind `json:"kind"`
}

// Index makes filters, sorts and groups on its fields fast. It ends in the id
// without saying so.
type Index struct {
	Fields []IndexField `json:"fields"`
	// Unique refuses a document that has the same values in all fields as
	// another. A document missing any of them is never in conflict.
	Unique bool `json:"unique,omitempty"`
	// Sparse leaves out the documents without the first field, to keep an
	// index on a rare field small; drivers may ignore it.
	Sparse bool `json:"sparse,omitempty"`
}

// OnText is an index on text fields.
func OnText(paths ...string) Index {
	var ix Index
	for _, p := range paths {
		ix.Fields = append(ix.Fields, IndexField{Path: p, Kind: Text})
	}
	return ix
}

// Spec describes a collection.
type Spec struct {
	// Name is letters, digits, "_" and "-", at most 60 of them.
	Name    string  `json:"name"`
	Indexes []Index `json:"indexes,omitempty"`
	// Search lists the dotted paths of searchable text.
	Search []string `json:"search,omitempty"`
	// MaxBody is the largest body in bytes; 0 means 1 MiB, the most is 15 MiB.
	MaxBody int `json:"maxBody,omitempty"`
}

// SortKey orders by a field.
type SortKey struct {
	Field string
	Desc  bool
}

// Query asks for a page of documents.
type Query struct {
	// Filter nil is everything.
	Filter filter.Expr
	// Search "" is everything; see the package comment.
	Search string
	// Sort has at most 4 keys; none sorts by id.
	Sort []SortKey
	// Limit 0 means 50; more than 500 means 500.
	Limit int
	// After is the Next of the page before.
	After string
}

// Page is an answer to a Query.
type Page struct {
	Docs []Doc
	// Next continues after Docs; "" when there is no more.
	Next string
}

// GroupQuery counts and sums documents by the values of some fields.
type GroupQuery struct {
	Filter filter.Expr
	Search string
	// By has 0 to 4 fields; without any there is one group.
	By []string
	// Sum is a field of whole numbers to add up, "" to count only. What is
	// not a number there adds nothing.
	Sum string
	// Limit 0 means 1000, the most is 10000.
	Limit int
}

// GroupRow is one group. Rows come in ascending order of their keys.
type GroupRow struct {
	// Keys are the values of By: nil, bool, string, int64 or float64. Missing,
	// null, objects and lists are nil.
	Keys       []any
	Count, Sum int64
}

// WriteOp says what a Write does.
type WriteOp string

// The operations.
const (
	Insert  WriteOp = "insert"
	Replace WriteOp = "replace"
	Delete  WriteOp = "delete"
	// Load is an Insert of a document as another store has it: with the version
	// in Doc.Ver, not with the first one.
	Load WriteOp = "load"
)

// Write is one change of one document.
type Write struct {
	Op         WriteOp
	Collection string
	// Doc needs ID, and Body unless Op is Delete; Ver is looked at by Load only.
	Doc Doc
	// IfVer is the version that Replace and Delete expect; 0 takes any.
	IfVer int64
}
