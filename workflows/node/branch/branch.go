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
	Title: node.Say("Decide", "条件分支"), About: node.Say("Takes the first way whose condition fits, else the last one.", "走第一个符合条件的分支，都不符合走“其他”。"),
	Schema: `{"type":"object","required":["cases"],"additionalProperties":false,"properties":{"cases":` + node.Titled("Ways", "分支", `{"type":"array","x-df-widget":"cases","minItems":1,"maxItems":20,"items":{
	  "type":"object","required":["port","when"],"additionalProperties":false,"properties":{
	    "port":`+node.PortSchema+`,"label":`+node.Titled("Name", "名称", node.TextSchema)+`,"when":`+node.Titled("If", "条件", node.FilterSchema)+`}}}`) + `}}`,
	Defaults: `{"cases":[{"port":"yes","label":{"en":"Tier A","zh-CN":"A 级客户"},"when":{"field":"customer.tier","op":"eq","value":"A"}}]}`,
	Parse:    node.Reads(func() *branch { return new(branch) }),
}

type branch struct {
	Ways []struct {
		Port  string    `json:"port"`
		Label flow.Text `json:"label"`
		When  node.When `json:"when"`
	} `json:"cases"`
}

// Check refuses a port named twice.
func (b *branch) Check() error {
	seen := map[string]bool{"else": true}
	for k, c := range b.Ways {
		if seen[c.Port] {
			return fault.At(fmt.Sprintf("/cases/%d/port", k), "portTwice", c.Port)
		}
		seen[c.Port] = true
	}
	return nil
}

// Ports are those of the cases, and else.
func (b *branch) Ports() (required, optional []string) {
	for _, c := range b.Ways {
		required = append(required, c.Port)
	}
	return append(required, "else"), nil
}

// Filters names the conditions.
func (b *branch) Filters() map[string]filter.Expr {
	m := map[string]filter.Expr{}
	for k, c := range b.Ways {
		m[pointer(k)] = c.When.Expr
	}
	return m
}

// Cases are tried in their order.
func (b *branch) Cases() []string {
	out := make([]string, len(b.Ways))
	for k := range b.Ways {
		out[k] = pointer(k)
	}
	return out
}

func pointer(k int) string { return fmt.Sprintf("/cases/%d/when", k) }

// Step takes the first fitting case.
func (b *branch) Step(c *node.Ctx) node.Next {
	for _, k := range b.Ways {
		if k.When.Match(c) {
			return node.Go(k.Port)
		}
	}
	return node.Go("else")
}

// Sentence reads the step.
func (b *branch) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		parts := make([]string, 0, len(b.Ways))
		for _, c := range b.Ways {
			parts = append(parts, n.Phrase(c.When.Expr, lang))
		}
		return node.Pick(lang, "If ", "判断：") + strings.Join(parts, node.Pick(lang, "; else if ", "；否则若"))
	})
}
