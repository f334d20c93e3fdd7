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
	Title: node.Say("Call another system", "调用外部系统"), About: node.Say("A signed call with the customer and subject as JSON.", "以签名请求发送客户与对象的 JSON。"),
	Schema:   `{"type":"object","required":["url"],"additionalProperties":false,"properties":{"url":` + node.Titled("Address", "地址", `{"type":"string","x-df-widget":"url","maxLength":2000}`) + `}}`,
	Defaults: `{"url":"https://"}`,
	Parse:    node.Reads(func() *webhook { return new(webhook) }),
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
func (w *webhook) Sentence(node.Names) flow.Text {
	host := w.URL
	if u, err := url.Parse(w.URL); err == nil {
		host = u.Host
	}
	return node.Say("Call "+host, "调用 "+host)
}
