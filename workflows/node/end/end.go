// Package end is the step "end": the run is over.
package end

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "end", V: 1, Group: "logic",
	Title: node.Say("End", "结束"), About: node.Say("The run ends here.", "流程到此结束。"),
	Schema: `{"type":"object","additionalProperties":false,"properties":{"outcome":` +
		node.Titled("Outcome", "结果", node.Choices("ended", "Ended", "已结束", "goal", "Goal reached", "达成目标", "exit", "Left the flow", "退出流程")) + `}}`,
	Defaults: `{}`,
	Parse:    node.Reads(func() *end { return new(end) }),
}

type end struct {
	Outcome string `json:"outcome"`
}

// Ports: none.
func (e *end) Ports() (required, optional []string) { return nil, nil }

// Step ends the run.
func (e *end) Step(*node.Ctx) node.Next {
	o := e.Outcome
	if o == "" {
		o = "ended"
	}
	return node.End(o, "")
}

// Sentence reads the step.
func (e *end) Sentence(node.Names) flow.Text { return node.Say("End", "结束") }
