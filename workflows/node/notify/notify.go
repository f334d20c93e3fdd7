// Package notify is the step "notify": a colleague is told something.
package notify

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "notify", V: 1, Group: "act",
	Title: node.Say("Tell a colleague", "通知同事"), About: node.Say("A note to a colleague; nothing has to be done.", "给同事的一条通知，无需处理。"),
	Schema: `{"type":"object","required":["to","text"],"additionalProperties":false,"properties":{
	  "to":` + node.Titled("Whom", "通知谁", node.AssignSchema) + `,"text":` + node.Titled("Text", "内容", node.WordsSchema) + `}}`,
	Defaults: `{"to":{"field":"customer.owner"},"text":{"en":"","zh-CN":""}}`,
	Parse:    node.Reads(func() *notify { return new(notify) }),
}

type notify struct {
	To   node.Assign `json:"to"`
	Text flow.Text   `json:"text"`
}

// Step asks for the notice.
func (n *notify) Step(c *node.Ctx) node.Next {
	return node.Do(c, node.Action{Kind: node.ActNotify, Key: c.Key(), Assign: &n.To, Title: n.Text}, "notifyFailed")
}

// Words are what colleagues read.
func (n *notify) Words() map[string]flow.Text { return map[string]flow.Text{"/text": n.Text} }

// Gives names the colleague.
func (n *notify) Gives() map[string]flow.Person { return map[string]flow.Person{"/to": n.To} }

// Sentence reads the step.
func (n *notify) Sentence(names node.Names) flow.Text {
	return node.Both(func(lang string) string {
		who := names.Who(&n.To, lang)
		return node.Pick(lang, "Tell "+who+": ", "通知"+who+"：") + names.Filled(n.Text, lang)
	})
}
