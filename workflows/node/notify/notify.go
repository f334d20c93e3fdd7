// Package notify is the step "notify": a colleague is told something.
package notify

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "notify", V: 1, Group: "act",
	Schema: `{"type":"object","required":["to","text"],"additionalProperties":false,"properties":{"to":` + node.AssignSchema + `,"text":` + node.TextSchema + `}}`,
	Parse:  node.Reads(func() *notify { return new(notify) }),
}

type notify struct {
	To   node.Assign `json:"to"`
	Text flow.Text   `json:"text"`
}

// Step asks for the notice.
func (n *notify) Step(c *node.Ctx) node.Next {
	return node.Do(c, node.Action{Kind: node.ActNotify, Key: c.Key(), Assign: &n.To, Title: n.Text}, "notifyFailed")
}

// Sentence reads the step.
func (n *notify) Sentence() flow.Text {
	return node.Say("Tell a colleague: "+n.Text.In("en"), "通知同事："+n.Text.In("zh-CN"))
}
