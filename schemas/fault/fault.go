// Package fault is the one error type that crosses room borders: a kind that
// decides the HTTP status, a text key with parameters that is safe to show,
// the places that are wrong, and an inner cause that stays in the log.
//
// It knows nothing of HTTP, languages or storage: a text key is turned into a
// sentence of the reader's language by whoever talks to people.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure it is; it decides status code and retry.
type Kind string

// The kinds. NotFound also stands for "outside your scope": the two must not
// be told apart from outside.
const (
	NotFound        Kind = "not_found"
	Invalid         Kind = "invalid"
	Conflict        Kind = "conflict"
	Denied          Kind = "denied"
	Unauthenticated Kind = "unauthenticated"
	TooMany         Kind = "too_many"
	Unavailable     Kind = "unavailable"
	Internal        Kind = "internal"
)

// Params are the values that a text key's sentence names.
type Params map[string]any

// Field is one wrong place in an input.
type Field struct {
	// Pointer is a JSON pointer (RFC 6901) into the input, "" for its root;
	// for tables "row/12/dueDate", for flows "/nodes/mail/cfg/template".
	Pointer string `json:"pointer"`
	// Rule is the rule that failed, such as "required", "maxLength".
	Rule string `json:"rule"`
	// Limit is the rule's bound, where it has one.
	Limit any `json:"limit,omitempty"`
	// Key is the text key of the sentence; empty means "rule."+Rule.
	Key string `json:"key,omitempty"`
	// Params are the sentence's values.
	Params Params `json:"params,omitempty"`
}

// Error is a fault. Key and Params are safe to show; cause is not.
type Error struct {
	Kind   Kind
	Key    string
	Params Params
	Fields []Field
	cause  error
}

// New makes a fault from a kind, a text key and parameters (may be nil).
func New(k Kind, key string, p Params) *Error {
	return &Error{Kind: k, Key: key, Params: p}
}

// Wrap makes a fault whose cause is logged but never shown.
func Wrap(k Kind, key string, cause error) *Error {
	return &Error{Kind: k, Key: key, cause: cause}
}

// InvalidFields makes an Invalid fault of wrong places, or nil without any.
func InvalidFields(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "invalid.fields", Fields: fields}
}

// At makes an Invalid fault of one wrong place.
func At(pointer, rule string, limit any) *Error {
	return &Error{Kind: Invalid, Key: "invalid.fields", Fields: []Field{{Pointer: pointer, Rule: rule, Limit: limit}}}
}

// Error names kind, key, places and cause, for logs only.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind) + ": " + e.Key)
	if len(e.Params) > 0 {
		fmt.Fprintf(&b, " %v", map[string]any(e.Params))
	}
	for i, f := range e.Fields {
		if i == 5 {
			fmt.Fprintf(&b, "; and %d more", len(e.Fields)-i)
			break
		}
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Rule)
		if f.Limit != nil {
			fmt.Fprintf(&b, " %v", f.Limit)
		}
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf gives the kind of the first fault in err's chain; Internal for any
// other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// KeyOf gives the text key of the first fault in err's chain, "" without one.
func KeyOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Key
	}
	return ""
}

// Is tells whether err's chain holds a fault of this kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
