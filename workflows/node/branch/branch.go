// Package branch is the step "branch": the first case whose condition fits
// decides the port; none leaves by "else".
package branch

import (
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "branch", V: 1, Group: "logic",
	Schema: `{"type":"object","required":["cases"],"additionalProperties":false,"properties":{"cases":{"type":"array","minItems":1,"maxItems":20,"items":{
	  "type":"object","required":["port","when"],"additionalProperties":false,"properties":{
	    "port":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,40}$"},"label":` + node.TextSchema + `,"when":` + node.FilterSchema + `}}}}}`,
	Parse: node.Reads(func() *branch { return new(branch) }),
}

type branch struct {
	Cases []struct {
		Port  string    `json:"port"`
		Label flow.Text `json:"label"`
		When  node.When `json:"when"`
	} `json:"cases"`
}

// Check refuses a port named twice.
func (b *branch) Check() error {
	seen := map[string]bool{"else": true}
	for k, c := range b.Cases {
		if seen[c.Port] {
			return fault.At(fmt.Sprintf("/cases/%d/port", k), "portTwice", c.Port)
		}
		seen[c.Port] = true
	}
	return nil
}

// Ports are those of the cases, and else.
func (b *branch) Ports() (required, optional []string) {
	for _, c := range b.Cases {
		required = append(required, c.Port)
	}
	return append(required, "else"), nil
}

// Filters names the conditions.
func (b *branch) Filters() map[string]filter.Expr {
	m := map[string]filter.Expr{}
	for k, c := range b.Cases {
		m[fmt.Sprintf("/cases/%d/when", k)] = c.When.Expr
	}
	return m
}

// Step takes the first fitting case.
func (b *branch) Step(c *node.Ctx) node.Next {
	for _, k := range b.Cases {
		if k.When.Match(c) {
			return node.Go(k.Port)
		}
	}
	return node.Go("else")
}

// Sentence reads the step.
func (b *branch) Sentence() flow.Text {
	var en, zh []string
	for _, c := range b.Cases {
		en = append(en, node.Phrase(c.When.Expr, "en"))
		zh = append(zh, node.Phrase(c.When.Expr, "zh-CN"))
	}
	return node.Say("Decide: "+strings.Join(en, "; "), "判断："+strings.Join(zh, "；"))
}
