// Package stop is the step "stop": other runs of the subject or of the whole
// customer end, and so does this one.
package stop

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "stop", V: 1, Group: "act",
	Title: node.Say("Stop other flows", "停止其他流程"), About: node.Say("Ends the other flows of this invoice or customer, and this one.", "结束该账单或客户的其他流程以及本流程。"),
	Schema: `{"type":"object","required":["scope"],"additionalProperties":false,"properties":{"scope":` +
		node.Titled("Which", "范围", node.Choices("subject", "flows of the same invoice or customer", "同一账单或客户的流程", "customer", "all flows of the customer and their invoices", "该客户及其账单的全部流程")) + `}}`,
	Defaults: `{"scope":"subject"}`,
	Parse:    node.Reads(func() *stop { return new(stop) }),
}

type stop struct {
	Scope string `json:"scope"`
}

// Ports: none; the run ends here.
func (s *stop) Ports() (required, optional []string) { return nil, nil }

// Step asks for the others to end, then ends.
func (s *stop) Step(c *node.Ctx) node.Next {
	if c.Result == nil {
		return node.Act(node.Action{Kind: node.ActStop, Key: c.Key(), Scope: s.Scope})
	}
	return node.End("exit", "stopped")
}

// Sentence reads the step.
func (s *stop) Sentence(node.Names) flow.Text {
	if s.Scope == "customer" {
		return node.Say("Stop all flows of the customer", "停止该客户的全部流程")
	}
	return node.Say("Stop the other flows of the same invoice or customer", "停止同一账单或客户的其他流程")
}
