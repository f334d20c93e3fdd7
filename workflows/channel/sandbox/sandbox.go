// Package sandbox is the channel that reaches nobody: its messages appear in
// the sandbox inbox, which is the message list itself.
package sandbox

import (
	"context"
	_ "embed"
	"encoding/json"

	"github.com/dueflow/dueflow/workflows/channel"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// Channel is the sandbox.
type Channel struct{}

// Key is "sandbox".
func (Channel) Key() string { return info.Key }

// Info describes the channel.
func (Channel) Info() *channel.Info { return info }

// Address is the customer's e-mail, or just the name: the sandbox reaches everybody.
func (Channel) Address(_ json.RawMessage, customer map[string]any) string {
	if s, _ := customer["email"].(string); s != "" {
		return s
	}
	if s, _ := customer["name"].(string); s != "" {
		return s
	}
	return "-"
}

// Idempotent: the message list keeps one message a key.
func (Channel) Idempotent(json.RawMessage) bool { return true }

// Check accepts anything; there is nothing to set.
func (Channel) Check(json.RawMessage) error { return nil }

// Send has nothing to do: recording the message is what shows it.
func (Channel) Send(_ context.Context, _ json.RawMessage, m channel.Message) (string, error) {
	return m.Key, nil
}
