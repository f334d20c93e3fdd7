// Package letter is the channel "letter": the message as a PDF that a person
// prints and posts. It is the only door to the PDF library.
package letter

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"

	"github.com/dueflow/dueflow/workflows/channel"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// Settings of the channel.
type Settings struct {
	Sender string `json:"sender"` // one line above the recipient
	Head   string `json:"head"`   // several lines at the top right
	Foot   string `json:"foot"`
}

// Channel is the post.
type Channel struct{}

// Key is "letter".
func (Channel) Key() string { return info.Key }

// Info describes the channel.
func (Channel) Info() *channel.Info { return info }

// Address is the customer's postal address.
func (Channel) Address(_ json.RawMessage, customer map[string]any) string {
	return channel.Text(customer, "postalAddress")
}

// Idempotent: a letter of a key is in the queue once.
func (Channel) Idempotent(json.RawMessage) bool { return true }

// Check judges the settings.
func (Channel) Check(raw json.RawMessage) error {
	_, err := channel.Read[Settings](info, raw)
	return err
}

// Send makes sure that the letter can be printed; the queue shows it then.
func (c Channel) Send(_ context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	if _, err := channel.Read[Settings](info, raw); err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	if m.To == "" {
		return "", channel.Fail(channel.Permanent, "channel.badAddress", errors.New("no postal address"))
	}
	if _, _, err := c.Print(raw, []channel.Message{m}); err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	return "", nil
}

// Print makes one PDF of letters, each from a page of its own on, and says
// which characters of each the font lacks; they show as boxes.
func (Channel) Print(raw json.RawMessage, list []channel.Message) (pdf []byte, missing [][]rune, err error) {
	var s Settings
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, nil, err
		}
	}
	b, err := open()
	if err != nil {
		return nil, nil, err
	}
	for _, m := range list {
		lacks, err := b.letter(s, m)
		if err != nil {
			return nil, nil, err
		}
		missing = append(missing, lacks)
	}
	pdf, err = b.p.GetBytesPdfReturnErr()
	return pdf, missing, err
}
