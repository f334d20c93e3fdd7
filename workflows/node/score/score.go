// Package score is the step "score": the customer's score and tier are computed
// anew from what is in the ledger.
package score

import (
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "score", V: 1, Group: "act",
	Title: node.Say("Compute the tier", "重算客户等级"), About: node.Say("Computes the customer's score and tier anew; a tier set by hand stays until it expires.", "重新计算客户评分与等级；手工设定的等级在到期前保留。"),
	Schema: `{"type":"object","additionalProperties":false,"properties":{}}`, Defaults: `{}`,
	Parse: node.Reads(func() *score { return new(score) }),
}

type score struct{}

// Step asks for the computation.
func (*score) Step(c *node.Ctx) node.Next {
	return node.Do(c, node.Action{Kind: node.ActScore, Key: c.Key()}, "scoreFailed")
}

// Sentence reads the step.
func (*score) Sentence(node.Names) flow.Text {
	return node.Say("Compute the customer's tier", "重新计算客户等级")
}
