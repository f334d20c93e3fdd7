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
	Schema: `{"type":"object","required":["title"],"additionalProperties":false,"properties":{
	  "title":` + node.TextSchema + `,"assign":` + node.AssignSchema + `,"due":` + node.SpanSchema + `,
	  "waitForResult":{"type":"boolean"},"timeout":` + node.SpanSchema + `,
	  "results":{"type":"array","maxItems":12,"items":{"type":"object","required":["key"],"additionalProperties":false,"properties":{"key":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,40}$"},"label":` + node.TextSchema + `}}}}}`,
	Parse: node.Reads(func() *task { return new(task) }),
}

type task struct {
	Title         flow.Text     `json:"title"`
	Assign        *node.Assign  `json:"assign"`
	Due           *value.Span   `json:"due"`
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
	case c.Vars["task"] == key:
		return t.await(c, key)
	case c.Result == nil:
		return node.Act(node.Action{Kind: node.ActTask, Key: key, Title: t.Title, Assign: t.Assign, DueIn: t.Due, Results: t.Results})
	case c.Result.Status != node.ResultOK:
		return node.Park("taskFailed")
	case !t.WaitForResult:
		return node.Go("out")
	}
	c.Vars["task"] = key
	return t.await(c, key)
}

func (t *task) await(c *node.Ctx, key string) node.Next {
	if e := c.Event; e != nil && e.Type == node.EventTaskDone && e.Key == key {
		delete(c.Vars, "task")
		next := node.Go("out")
		if slices.ContainsFunc(t.Results, func(r node.Choice) bool { return r.Key == e.Result }) {
			next.Port = e.Result
		}
		next.Planned = c.Now
		return next
	}
	n := node.Next{Do: node.DoWait, On: []string{node.EventTaskDone}, Reason: "task"}
	if t.Timeout != nil {
		n.Until = c.AfterSpan(c.EnteredAt, *t.Timeout, nil)
		if !c.Now.Before(n.Until) {
			delete(c.Vars, "task")
			next := node.Go("timeout")
			next.Planned = n.Until
			return next
		}
	}
	return n
}

// Sentence reads the step.
func (t *task) Sentence() flow.Text {
	en, zh := "Task: "+t.Title.In("en"), "任务："+t.Title.In("zh-CN")
	if t.WaitForResult {
		en, zh = en+", wait for the result", zh+"，等待结果"
	}
	return node.Say(en, zh)
}
