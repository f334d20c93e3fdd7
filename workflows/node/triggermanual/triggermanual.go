// Package triggermanual is the trigger "trigger.manual": a person or another
// system starts runs for chosen subjects.
package triggermanual

import (
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.manual", V: 1, Group: "trigger",
	Schema: `{"type":"object","additionalProperties":false,"properties":{"filter":` + node.FilterSchema + `}}`,
	Parse:  node.Reads(func() *trigger { return new(trigger) }),
}

type trigger struct {
	Filter node.When `json:"filter"`
}

// Starts runs on request.
func (t *trigger) Starts(e node.Event) bool { return e.Type == node.EventManual }

// Step goes on at once if the filter fits.
func (t *trigger) Step(c *node.Ctx) node.Next {
	if !t.Filter.Match(c) {
		return node.End("exit", "notMatched")
	}
	next := node.Go("out")
	next.Planned = c.StartedAt
	return next
}

// Filters names the conditions.
func (t *trigger) Filters() map[string]filter.Expr {
	return map[string]filter.Expr{"/filter": t.Filter.Expr}
}

// Sentence reads the step.
func (t *trigger) Sentence() flow.Text { return node.Say("Start: by hand", "开始：手动启动") }
