package records

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// Check is what a draft would do to the records that are there, page by page.
type Check struct {
	Checked int       `json:"checked"`
	Failed  int       `json:"failed"`
	Changed int       `json:"changed"` // that steps, formulas and rules would change
	Cleared int       `json:"cleared"` // that would lose a value a rule hides
	Failing []Failing `json:"failing"`
	Next    string    `json:"next,omitempty"`
	Total   int64     `json:"total"`
}

// CheckDraft judges a page of the records in the actor's view by a form's draft.
func (s *Service) CheckDraft(ctx context.Context, a policies.Actor, key, cursor string, limit int) (Check, error) {
	out := Check{Failing: []Failing{}}
	e, err := s.forms.Entry(ctx, a.Workspace, key)
	if err != nil {
		return out, err
	}
	_, next, err := s.forms.Next(e)
	if err != nil || e.Published == nil {
		return out, err
	}
	f := forms.Published{Compiled: next, Revision: e.Revision + 1, Migrations: append(e.Migrations, forms.Migration{Revision: e.Revision + 1, Steps: next.Steps})}
	published, v, err := s.open(ctx, a, key, "read")
	if err != nil {
		return out, err
	}
	col, where := s.store.In(a.Workspace, Prefix+key), scopeOf(published, v)
	if cursor == "" {
		if out.Total, err = col.Count(ctx, where, 0); err != nil {
			return out, err
		}
	}
	page, err := col.Find(ctx, store.Query{Filter: where, Limit: min(max(limit, 1), 500), After: cursor})
	if err != nil {
		return out, err
	}
	for _, d := range page.Docs {
		b, err := decode(d)
		if err != nil {
			return out, err
		}
		out.look(f, d.ID, b)
	}
	out.Next = page.Next
	return out, nil
}

func (c *Check) look(f forms.Published, id string, b body) {
	c.Checked++
	next, changed, err := settled(f, b)
	if changed {
		c.Changed++
	}
	if err != nil {
		c.Failed++
		if len(c.Failing) < 20 {
			c.Failing = append(c.Failing, *failingOf(f, id, next, err))
		}
	}
	for _, fd := range f.Fields {
		if b[fd.Key] != nil && next[fd.Key] == nil && fd.Formula == nil {
			c.Cleared++
			return
		}
	}
}
