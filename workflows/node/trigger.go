package node

import "github.com/dueflow/dueflow/schemas/filter"

// OnlyIf is the part of a trigger that lets through only what fits its
// condition.
type OnlyIf struct {
	Filter When `json:"filter"`
}

// Step goes on at once if the condition fits.
func (t *OnlyIf) Step(c *Ctx) Next {
	if !t.Filter.Match(c) {
		return End("exit", "notMatched")
	}
	next := Go("out")
	next.Planned = c.StartedAt
	return next
}

// Filters names the condition.
func (t *OnlyIf) Filters() map[string]filter.Expr {
	return map[string]filter.Expr{"/filter": t.Filter.Expr}
}
