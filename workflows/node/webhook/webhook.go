// Package webhook is the step "webhook": another system is told, by a signed
// HTTP request.
package webhook

import (
	"net/url"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "webhook", V: 1, Group: "act",
	Schema: `{"type":"object","required":["url"],"additionalProperties":false,"properties":{"url":{"type":"string","maxLength":2000}}}`,
	Parse:  node.Reads(func() *webhook { return new(webhook) }),
}

type webhook struct {
	URL string `json:"url"`
}

// Check accepts http and https addresses.
func (w *webhook) Check() error {
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return fault.At("/url", "url", nil)
	}
	return nil
}

// Step asks for the call.
func (w *webhook) Step(c *node.Ctx) node.Next {
	return node.Do(c, node.Action{Kind: node.ActWebhook, Key: c.Key(), URL: w.URL}, "webhookFailed")
}

// Sentence reads the step.
func (w *webhook) Sentence() flow.Text {
	host := w.URL
	if u, err := url.Parse(w.URL); err == nil {
		host = u.Host
	}
	return node.Say("Call "+host, "调用 "+host)
}
