package app

import (
	"context"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/tasks"
)

// assign finds who a task goes to.
func (c *Core) assign(ctx context.Context, ws, named string, queued bool, customer map[string]any) (tasks.Assignment, error) {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return tasks.Assignment{}, err
	}
	people, err := c.Identity.Members(ctx, ws)
	if err != nil {
		return tasks.Assignment{}, err
	}
	_, today := c.Spaces.Now(w)
	return c.Tasks.Assign(ctx, ws, tasks.Asked{
		Named: named, Queued: queued, Customer: customer, Today: today, People: people,
		MaySee: func(a policies.Actor) bool {
			v, err := c.Access.View(ctx, a, "task", "read")
			return err == nil && (v.Scope == nil || filter.Match(v.Scope, customer))
		},
	})
}

// taskGiven tells a person of a task that is now theirs. Those of flows come by
// the dozen, and are on the page of the day: of them nothing is said.
func (c *Core) taskGiven(ctx context.Context, ws string, e tasks.Entry) {
	if e.Run != "" || strings.HasPrefix(e.Key, warnings) { // a warning tells of itself
		return
	}
	n := desk.Notice{User: e.Assignee, Kind: desk.KindTask, Customer: e.Customer, Text: c.inLanguageOf(ctx, ws, e.Assignee, e.Title)}
	if err := c.Desk.Notify(ctx, ws, n); err != nil {
		c.Log.Warn("a notice was not made", "workspace", ws, "error", err)
	}
}

func (c *Core) inLanguageOf(ctx context.Context, ws, user string, t map[string]string) string {
	lang := ""
	if u, err := c.Identity.GetUser(ctx, ws, user); err == nil {
		lang = u.Language
	}
	if lang == "" {
		if w, err := c.Spaces.Get(ctx, ws); err == nil {
			lang = w.Language
		}
	}
	if t[lang] != "" {
		return t[lang]
	}
	for _, other := range t {
		return other
	}
	return ""
}

// wakeHouse makes a workspace's housework look at once.
func (c *Core) wakeHouse(ws string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.House.Start(ctx, ws); err != nil {
		c.Log.Warn("housework was not woken; it looks again at its own time", "workspace", ws, "error", err)
	}
}

// noteFor writes to the audit log for a service.
func (c *Core) noteFor(ctx context.Context, by policies.Actor, action, object, id string, after any) {
	e := audit.Entry{Actor: by.ID, ActorName: by.Name, Action: action, Object: object, ID: id, After: audit.JSON(after)}
	if _, err := c.Audit.Append(context.WithoutCancel(ctx), by.Workspace, e); err != nil {
		c.Log.Error("audit entry lost", "action", action, "object", object, "error", err)
	}
}
