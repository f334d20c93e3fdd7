package app

import (
	"context"

	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
)

// People lists everybody in a workspace.
func (c *Core) People(ctx context.Context, ws string) ([]identity.User, error) {
	var out []identity.User
	q := store.Query{Limit: 500}
	for {
		p, err := c.Identity.ListUsers(ctx, ws, q)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Users...)
		if p.Next == "" {
			return out, nil
		}
		q.After = p.Next
	}
}
