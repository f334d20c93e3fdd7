package channel

import (
	"encoding/json"
	"net/url"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Base is what the channels share: their name and description, and reading and
// judging settings of type S. A channel embeds it and says itself where a
// customer is reached and how a message is sent. To a Base a repeat is another
// message; a channel whose other end drops repeats says so itself.
type Base[S any] struct {
	info  *Info
	judge func(*S) error
}

// BaseOf makes the base of a channel from its channel.json. judge fills in what
// settings leave out and refuses what the schema cannot; nil for neither.
func BaseOf[S any](about []byte, judge func(*S) error) Base[S] {
	return Base[S]{Describe(about), judge}
}

// Key names the channel in flows and settings.
func (b Base[S]) Key() string { return b.info.Key }

// Info describes the channel.
func (b Base[S]) Info() *Info { return b.info }

// Idempotent is false.
func (Base[S]) Idempotent(json.RawMessage) bool { return false }

// Check judges settings.
func (b Base[S]) Check(raw json.RawMessage) error {
	_, err := b.Settings(raw)
	return err
}

// Settings judges and reads settings.
func (b Base[S]) Settings(raw json.RawMessage) (S, error) {
	s, err := Read[S](b.info, raw)
	if err == nil && b.judge != nil {
		err = b.judge(&s)
	}
	return s, err
}

// Ready is Settings for sending: a channel that is not set up cannot send now
// or later.
func (b Base[S]) Ready(raw json.RawMessage) (S, error) {
	s, err := b.Settings(raw)
	if err != nil {
		return s, Fail(Permanent, "channel.notSetUp", err)
	}
	return s, nil
}

// Usable tells whether an address can be called at all.
func Usable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// CheckURL refuses an address in settings that cannot be called.
func CheckURL(pointer, address string) error {
	if u, err := url.Parse(address); err != nil || !Usable(u) {
		return fault.At(pointer, "url", nil)
	}
	return nil
}
