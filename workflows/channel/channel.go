// Package channel is the contract of a way to reach people: a folder below it
// holds one. A channel says where a customer is reached, sends one message, and
// tells failures that may be tried again, that are final, and that leave it
// unknown whether the message went out.
package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Message is one outgoing message, rendered.
type Message struct {
	Key       string           `json:"key"` // idempotency key, the same for every attempt
	Workspace string           `json:"workspace"`
	Customer  string           `json:"customer"`
	To        string           `json:"to"`
	Name      string           `json:"name"`
	Language  string           `json:"language"`
	Subject   string           `json:"subject"`
	Text      string           `json:"text"`
	HTML      string           `json:"html,omitempty"`
	Currency  string           `json:"currency"`
	Amount    int64            `json:"amount"`
	Items     []map[string]any `json:"items"`
	Seq       int64            `json:"ledgerVersion"`
	Template  string           `json:"template,omitempty"`
	// Vars are the figures of the message by name, as text, for providers that
	// fill registered templates themselves; see VarNames.
	Vars map[string]string `json:"-"`
	// Record is the customer's record, for channels whose address is more than
	// a line of text.
	Record map[string]any `json:"-"`
}

// Channel is one way to reach people. Settings are the workspace's for it.
type Channel interface {
	// Key names it in flows and settings.
	Key() string
	// Info describes it.
	Info() *Info
	// Address is where a customer's record says it is reached, "" for nowhere.
	Address(settings json.RawMessage, customer map[string]any) string
	// Idempotent tells whether a repeat of a key is dropped at the other end,
	// so that a message whose end is unknown may simply be sent again.
	Idempotent(settings json.RawMessage) bool
	// Check judges the settings.
	Check(settings json.RawMessage) error
	// Send sends once and gives the provider's reference. Errors are *Error.
	Send(ctx context.Context, settings json.RawMessage, m Message) (ref string, err error)
}

// Class of a failure.
type Class int

// The classes.
const (
	Retry     Class = iota // certainly not sent; may be tried again
	Permanent              // certainly not sent; trying again is useless
	Unknown                // may have been sent
)

// Error is a failed send. Reason is a text key, safe to show.
type Error struct {
	Class  Class
	Reason string
	// Detail is the provider's own code and words, shortened, for the people
	// who have to find out; it never holds a secret.
	Detail string
	Cause  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Cause) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fail makes an Error.
func Fail(c Class, reason string, cause error) error {
	return &Error{Class: c, Reason: reason, Cause: cause}
}

// Told makes an Error with what the other end, or the way there, said.
func Told(c Class, reason, words string, cause error) error {
	return &Error{Class: c, Reason: reason, Detail: brief(words), Cause: cause}
}

// maxDetail bounds what is kept of a provider's words, in characters.
const maxDetail = 200

// brief is words on one line, and no more of them than people read.
func brief(words string) string {
	r := []rune(strings.Join(strings.Fields(words), " "))
	return string(r[:min(len(r), maxDetail)])
}

// ClassOf is an error's class; one that says nothing is Unknown, since guessing
// "not sent" could send twice.
func ClassOf(err error) (Class, string) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class, e.Reason
	}
	return Unknown, "channel.unknown"
}

// DetailOf is what the provider said, "" when it said nothing.
func DetailOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Detail
	}
	return ""
}

// IDLength is how many characters an ID has.
const IDLength = 24

// ID is a short form of a message's key, for providers and addresses.
func ID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:IDLength/2])
}

// Registry is the list of channels of this server.
type Registry map[string]Channel

// NewRegistry lists channels by key.
func NewRegistry(cs ...Channel) Registry {
	r := Registry{}
	for _, c := range cs {
		r[c.Key()] = c
	}
	return r
}

// Keys lists the channels by name.
func (r Registry) Keys() []string {
	keys := make([]string, 0, len(r))
	for k := range r {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
