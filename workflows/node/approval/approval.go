// Package approval is the step "approval": a person says yes or no, and the
// run follows.
package approval

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "approval", V: 1, Group: "act", Waits: true,
	Title: node.Say("Ask for approval", "审批"), About: node.Say("A colleague approves or rejects before the flow goes on.", "由同事批准或驳回后，流程再继续。"),
	Schema: `{"type":"object","required":["title","assign"],"additionalProperties":false,"properties":{
	  "title":` + node.Titled("What is to be approved", "审批事项", node.WordsSchema) + `,
	  "assign":` + node.Titled("Who decides", "审批人", node.AssignSchema) + `,
	  "each":` + node.EachSchema + `,
	  "due":` + node.Titled("Due in", "期限", node.SpanSchema) + `,
	  "timeout":` + node.Titled("Wait at most", "最多等待", node.Helped("Without it the flow waits until somebody decides.", "不填则一直等到有人审批。", node.SpanSchema)) + `}}`,
	Defaults: `{"title":{"en":"May we send the final notice?","zh-CN":"是否发送最后通知？"},"assign":{"field":"customer.owner"},"due":{"value":1,"unit":"businessDay"}}`,
	Parse:    node.Reads(func() *approval { return new(approval) }),
}

// The results and the ports of the same names.
const (
	approved = "approved"
	rejected = "rejected"
	timeout  = "timeout"
)

var results = []node.Choice{{Key: approved, Label: node.Say("Approve", "批准")}, {Key: rejected, Label: node.Say("Reject", "驳回")}}

type approval struct {
	Title   flow.Text   `json:"title"`
	Assign  node.Assign `json:"assign"`
	Each    bool        `json:"each"`
	Due     *value.Span `json:"due"`
	Timeout *value.Span `json:"timeout"`
}

// Check refuses bad spans.
func (a *approval) Check() error {
	if a.Timeout != nil {
		return node.CheckSpan("/timeout", *a.Timeout, "")
	}
	return nil
}

// Ports are the two answers, and timeout if it has one.
func (a *approval) Ports() (required, optional []string) {
	if a.Timeout != nil {
		return []string{approved, rejected, timeout}, nil
	}
	return []string{approved, rejected}, nil
}

// Step asks once, and waits for the answer.
func (a *approval) Step(c *node.Ctx) node.Next {
	key := c.Key()
	switch {
	case c.Vars[node.VarTask] == key:
		return a.await(c, key)
	case c.Result == nil:
		return node.Act(node.Action{
			Kind: node.ActTask, Key: key, Title: a.Title, Assign: &a.Assign, DueIn: a.Due, Results: results, Each: a.Each, Waits: true, Answer: true,
		})
	case c.Result.Status != node.ResultOK:
		return node.Park("taskFailed")
	}
	c.Vars[node.VarTask] = key
	return a.await(c, key)
}

func (a *approval) await(c *node.Ctx, key string) node.Next {
	leave := func(port string) node.Next {
		next := node.Go(port)
		next.Planned = c.Now
		return next
	}
	if result, done := c.Answer(key); done {
		// A task closed without an answer is no approval.
		if result == approved {
			return leave(approved)
		}
		return leave(rejected)
	}
	n := node.Next{Do: node.DoWait, On: []string{node.EventTaskDone}, Reason: "approval"}
	if a.Timeout == nil {
		return n
	}
	n.Until = c.AfterSpan(c.EnteredAt, *a.Timeout, nil)
	if !c.Now.Before(n.Until) {
		next := leave(timeout)
		next.Planned = n.Until
		return next
	}
	return n
}

// Words are what colleagues read.
func (a *approval) Words() map[string]flow.Text { return map[string]flow.Text{"/title": a.Title} }

// Spans is the time-out, if there is one.
func (a *approval) Spans() map[string]value.Span {
	if a.Timeout == nil {
		return nil
	}
	return map[string]value.Span{"/timeout": *a.Timeout}
}

// Gives names who decides.
func (a *approval) Gives() map[string]flow.Person { return map[string]flow.Person{"/assign": a.Assign} }

// Sentence reads the step.
func (a *approval) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		who := n.Who(&a.Assign, lang)
		s := node.Pick(lang, "Approval by "+who+": ", who+"审批：") + n.Filled(a.Title, lang)
		if a.Each {
			s += node.EachSaid(lang)
		}
		return s
	})
}
