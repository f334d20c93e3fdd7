package flows

import (
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

// RehearseOptions say which accounts a rehearsal plays, and between which days.
type RehearseOptions struct {
	From, To value.Date
	Visible  filter.Expr // over the customer's record; nil is everybody
	Customer string      // only this one, with every step kept
	// Progress is told after each account; its fault ends the rehearsal. It may
	// take what is in the report's lists away.
	Progress func(done, total int, r *run.Report) error
}
