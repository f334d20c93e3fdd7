// Package task is the step "task": a person is asked to do something; the run
// goes on at once, or waits for the result.
package task

import (
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "task", V: 1, Group: "act", Waits: true,
	Title: node.Say("Ask a person", "分派任务"), About: node.Say("A colleague is asked to do something, such as to call; the flow may wait for the result.", "请同事做一件事（如打电话）；流程可以等待结果。"),
	Schema: `{"type":"object","required":["title"],"additionalProperties":false,"properties":{
	  "title":` + node.Titled("What to do", "做什么", node.WordsSchema) + `,
	  "assign":` + node.Titled("Who", "谁来做", node.AssignSchema) + `,
	  "due":` + node.Titled("Due in", "期限", node.SpanSchema) + `,
	  "each":` + node.EachSchema + `,
	  "waitForResult":` + node.Titled("Wait for the result", "等待结果", `{"type":"boolean"}`) + `,
	  "timeout":` + node.Titled("Wait at most", "最多等待", node.SpanSchema) + `,
	  "results":` + node.Titled("Possible results", "可选结果", node.Helped("Each result may have its own way.", "每个结果都可以有自己的去向。", `{"type":"array","x-df-widget":"results","maxItems":12,"items":{"type":"object","required":["key"],"additionalProperties":false,"properties":{"key":`+node.PortSchema+`,"label":`+node.TextSchema+`}}}`)) + `}}`,
	Defaults: `{"title":{"en":"Call the customer","zh-CN":"致电客户"},"assign":{"field":"customer.owner"},"due":{"value":1,"unit":"businessDay"},"waitForResult":true}`,
	Parse:    node.Reads(func() *task { return new(task) }),
}

type task struct {
	Title         flow.Text     `json:"title"`
	Assign        *node.Assign  `json:"assign"`
	Due           *value.Span   `json:"due"`
	Each          bool          `json:"each"`
	WaitForResult bool          `json:"waitForResult"`
	Timeout       *value.Span   `json:"timeout"`
	Results       []node.Choice `json:"results"`
}

// Check refuses reserved and doubled result keys.
func (t *task) Check() error {
	seen := map[string]bool{"out": true, "timeout": true, "error": true}
	for _, r := range t.Results {
		if seen[r.Key] {
			return fault.At("/results", "portTwice", r.Key)
		}
		seen[r.Key] = true
	}
	return nil
}

// Ports: out; a result's own port and timeout where they are wired.
func (t *task) Ports() (required, optional []string) {
	for _, r := range t.Results {
		optional = append(optional, r.Key)
	}
	return []string{"out"}, append(optional, "timeout")
}

// Step creates the task once, then waits if it should.
func (t *task) Step(c *node.Ctx) node.Next {
	key := c.Key()
	switch {
	case c.Vars[node.VarTask] == key:
		return t.await(c, key)
	case c.Result == nil:
		return node.Act(node.Action{
			Kind: node.ActTask, Key: key, Title: t.Title, Assign: t.Assign, DueIn: t.Due, Results: t.Results, Each: t.Each, Waits: t.WaitForResult,
		})
	case c.Result.Status != node.ResultOK:
		return node.Park("taskFailed")
	case !t.WaitForResult:
		return node.Go("out")
	}
	c.Vars[node.VarTask] = key
	return t.await(c, key)
}

func (t *task) await(c *node.Ctx, key string) node.Next {
	if result, done := c.Answer(key); done {
		next := node.Go("out")
		if slices.ContainsFunc(t.Results, func(r node.Choice) bool { return r.Key == result }) {
			next.Port = result
		}
		next.Planned = c.Now
		return next
	}
	n := node.Next{Do: node.DoWait, On: []string{node.EventTaskDone}, Reason: "task"}
	if t.Timeout != nil {
		n.Until = c.AfterSpan(c.EnteredAt, *t.Timeout, nil)
		if !c.Now.Before(n.Until) {
			next := node.Go("timeout")
			next.Planned = n.Until
			return next
		}
	}
	return n
}

// Words are what colleagues read.
func (t *task) Words() map[string]flow.Text { return map[string]flow.Text{"/title": t.Title} }

// Gives names who does it; nobody is the account's owner.
func (t *task) Gives() map[string]flow.Person {
	if t.Assign == nil {
		return nil
	}
	return map[string]flow.Person{"/assign": *t.Assign}
}

// Sentence reads the step.
func (t *task) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		s := node.Pick(lang, "Task: ", "任务：") + n.Filled(t.Title, lang)
		if who := n.Who(t.Assign, lang); who != "" {
			s += node.Pick(lang, " ("+who+")", "（"+who+"）")
		}
		if t.Each {
			s += node.EachSaid(lang)
		}
		if t.WaitForResult {
			s += node.Pick(lang, ", wait for the result", "，等待结果")
		}
		return s
	})
}
