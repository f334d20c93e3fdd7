// Package escalate is the step "escalate": somebody else takes over.
package escalate

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "escalate", V: 1, Group: "act",
	Title: node.Say("Escalate", "升级处理"), About: node.Say("Hands the account to somebody else, with a task that says why.", "把客户转交他人处理，并附上说明任务。"),
	Schema: `{"type":"object","required":["to","title"],"additionalProperties":false,"properties":{
	  "to":` + node.Titled("To whom", "转交给", node.AssignSchema) + `,
	  "title":` + node.Titled("What to do", "做什么", node.WordsSchema) + `,
	  "due":` + node.Titled("Due in", "期限", node.SpanSchema) + `,
	  "owner":` + node.Titled("Becomes the account's owner", "同时成为客户负责人", `{"type":"boolean"}`) + `}}`,
	Defaults: `{"to":{"role":"finance-manager"},"title":{"en":"Please take over this account","zh-CN":"请接手处理该客户"},"due":{"value":1,"unit":"businessDay"}}`,
	Parse:    node.Reads(func() *escalate { return new(escalate) }),
}

type escalate struct {
	To    node.Assign `json:"to"`
	Title flow.Text   `json:"title"`
	Due   *value.Span `json:"due"`
	Owner bool        `json:"owner"`
}

// Check: only a person can own an account.
func (e *escalate) Check() error {
	if e.Owner && e.To.User == "" {
		return fault.At("/owner", "ownerUser", nil)
	}
	return nil
}

// Step asks for the task, and for the new owner.
func (e *escalate) Step(c *node.Ctx) node.Next {
	a := node.Action{Kind: node.ActEscalate, Key: c.Key(), Title: e.Title, Assign: &e.To, DueIn: e.Due}
	if e.Owner {
		user, err := json.Marshal(e.To.User)
		if err != nil {
			return node.Park("escalateFailed")
		}
		a.Set = map[string]json.RawMessage{"customer.owner": user}
	}
	return node.Do(c, a, "escalateFailed")
}

// Words are what colleagues read.
func (e *escalate) Words() map[string]flow.Text { return map[string]flow.Text{"/title": e.Title} }

// Gives names who takes over.
func (e *escalate) Gives() map[string]flow.Person { return map[string]flow.Person{"/to": e.To} }

// Sentence reads the step.
func (e *escalate) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		who := n.Who(&e.To, lang)
		s := node.Pick(lang, "Escalate to "+who+": ", "升级给"+who+"：") + n.Filled(e.Title, lang)
		if e.Owner {
			s += node.Pick(lang, ", who becomes the owner", "，并成为负责人")
		}
		return s
	})
}
