package policies

import "github.com/dueflow/dueflow/schemas/filter"

// Actor is who does something, in one workspace. The zero Actor may do nothing.
type Actor struct {
	ID        string // user or key id
	Name      string
	Workspace string
	Roles     []string
	Teams     []string
	Language  string
	// System actors are the product itself (the engine, imports by the
	// operator on the command line); nothing is hidden from them.
	System bool
}

// SystemActor is the product itself in a workspace.
func SystemActor(workspace, name string) Actor {
	return Actor{ID: name, Name: name, Workspace: workspace, System: true}
}

// View is what an actor may see of a kind of thing: which accounts, as a
// filter over account fields (owner, team, tier, region, …; nil = all), and
// which access tags are masked.
type View struct {
	Scope  filter.Expr
	Masked map[string]bool // access tags: "personal", "amounts", …
}
