package app

import (
	"context"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/flow"
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

// userNamed finds the user that a cell of an import names: by id, e-mail, or a
// name that only one person has.
func (c *Core) userNamed(ctx context.Context, ws, text string) (string, bool) {
	people, err := c.People(ctx, ws)
	if err != nil {
		return "", false
	}
	found := ""
	for _, p := range people {
		switch {
		case p.ID == text || strings.EqualFold(p.Email, text):
			return p.ID, true
		case p.Name == text && found != "":
			return "", false
		case p.Name == text:
			found = p.ID
		}
	}
	return found, found != ""
}

func (c *Core) personNames(ctx context.Context, ws string) map[string]string {
	people, err := c.People(ctx, ws)
	if err != nil {
		c.Log.Warn("names of people cannot be read", "workspace", ws, "error", err)
	}
	out := make(map[string]string, len(people))
	for _, p := range people {
		out[p.ID] = p.Name
	}
	return out
}

// hasPerson tells whether a workspace has a user who may work, somebody with a role,
// or somebody in a team; and whether any of those may see customers at all.
func (c *Core) hasPerson(ctx context.Context, ws string) (has, sees func(kind, id string) bool, err error) {
	people, err := c.People(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	var seeing []identity.User
	for _, u := range people {
		may, err := c.Access.Can(ctx, policies.Actor{Workspace: ws, ID: u.ID, Roles: u.Roles, Teams: u.Teams}, "customer", "read")
		if err != nil {
			return nil, nil, err
		}
		if may {
			seeing = append(seeing, u)
		}
	}
	among := func(users []identity.User) func(kind, id string) bool {
		return func(kind, id string) bool { return slices.ContainsFunc(users, isOneOf(kind, id)) }
	}
	return among(people), among(seeing), nil
}

// isOneOf picks those who may work and are meant by a user's, role's or team's id.
func isOneOf(kind, id string) func(identity.User) bool {
	return func(u identity.User) bool {
		switch kind {
		case "role":
			return !u.Disabled && slices.Contains(u.Roles, id)
		case "team":
			return !u.Disabled && slices.Contains(u.Teams, id)
		}
		return !u.Disabled && u.ID == id
	}
}

func (c *Core) templateNames(ctx context.Context, ws string) map[string]flow.Text {
	list, err := c.Templates.List(ctx, ws)
	if err != nil {
		c.Log.Warn("names of templates cannot be read", "workspace", ws, "error", err)
	}
	out := make(map[string]flow.Text, len(list))
	for _, t := range list {
		out[t.Key] = t.Name
	}
	return out
}
