// Package switchtier is the step "switch.tier": one way for each customer tier.
package switchtier

import (
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "switch.tier", V: 1, Group: "logic",
	Title: node.Say("By customer tier", "按客户等级"), About: node.Say("One way for each tier, and one for the rest.", "每个等级一条分支，其余走“其他”。"),
	Schema: `{"type":"object","required":["tiers"],"additionalProperties":false,"properties":{"tiers":` +
		node.Titled("Tiers with a way of their own", "单独分支的等级", `{"type":"array","minItems":1,"maxItems":3,"uniqueItems":true,"items":`+node.Choices("A", "Tier A", "A 级", "B", "Tier B", "B 级", "C", "Tier C", "C 级")+`}`) + `}}`,
	Defaults: `{"tiers":["A","B","C"]}`,
	Parse:    node.Reads(func() *tiers { return new(tiers) }),
}

type tiers struct {
	Tiers []string `json:"tiers"`
}

// Check refuses a tier twice.
func (s *tiers) Check() error {
	for k, t := range s.Tiers {
		if slices.Contains(s.Tiers[:k], t) {
			return fault.At("/tiers", "portTwice", t)
		}
	}
	return nil
}

// Ports are the tiers, and else.
func (s *tiers) Ports() (required, optional []string) {
	return append(slices.Clone(s.Tiers), "else"), nil
}

// Step looks at the customer's tier now.
func (s *tiers) Step(c *node.Ctx) node.Next {
	if t, _ := filter.Lookup(c.Doc, "customer.tier").(string); slices.Contains(s.Tiers, t) {
		return node.Go(t)
	}
	return node.Go("else")
}

// Sentence reads the step.
func (s *tiers) Sentence(node.Names) flow.Text {
	list := strings.Join(s.Tiers, " / ")
	return node.Say("By tier: "+list, "按客户等级分支："+list)
}
