package api

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/workflows/node"
)

type taskOut struct {
	ID        string            `json:"id"`
	Title     map[string]string `json:"title"`
	Customer  ref               `json:"customer"`
	Run       string            `json:"run,omitempty"`
	Invoices  []ref             `json:"invoices" doc:"that it is about, by id and number"`
	Divisible bool              `json:"divisible,omitempty" doc:"may be completed for some of its invoices"`
	Assignee  *ref              `json:"assignee,omitempty"`
	Role      string            `json:"role,omitempty"`
	Due       string            `json:"due,omitempty"`
	Status    string            `json:"status"`
	Results   []node.Choice     `json:"results"`
	Result    string            `json:"result,omitempty"`
	Note      string            `json:"note,omitempty"`
	TakenBack *reason           `json:"takenBack,omitempty" doc:"why it was ended without anybody having done it"`
	Text      string            `json:"text,omitempty" doc:"what to say or do"`
	Link      string            `json:"link,omitempty" doc:"opens what is needed, such as tel:"`
	CreatedAt string            `json:"createdAt"`
}

// showTasks shows tasks in the actor's view, with the invoices they are about
// where the actor sees invoices of the account.
func (s *Server) showTasks(ctx context.Context, a policies.Actor, v policies.View, list ...tasks.Entry) ([]taskOut, error) {
	names := s.userNames(ctx, a.Workspace)
	invoices, refused := s.Access.View(ctx, a, "invoice", "read")
	scope := records.Stamped(invoices.Scope)
	out := make([]taskOut, 0, len(list))
	for _, t := range list {
		x := plainTask(t, names, v)
		if refused == nil && t.In(scope) {
			x.Divisible = t.Group != "" && t.Status == tasks.Open
			for _, i := range t.About {
				if r := (ref{i.Invoice, i.Number}); i.Invoice != "" && !slices.Contains(x.Invoices, r) {
					x.Invoices = append(x.Invoices, r)
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func (s *Server) showTask(ctx context.Context, a policies.Actor, v policies.View, t tasks.Entry) (*reply[taskOut], error) {
	list, err := s.showTasks(ctx, a, v, t)
	if err != nil {
		return nil, err
	}
	return &reply[taskOut]{list[0]}, nil
}

func plainTask(t tasks.Entry, names map[string]string, v policies.View) taskOut {
	out := taskOut{
		TakenBack: reasonOf(t.TakenBack, ""), Invoices: []ref{},
		ID: t.ID, Title: t.Title, Customer: ref{t.Customer, t.CustomerName}, Run: t.Run, Role: t.Role, Due: t.Due.String(),
		Status: t.Status, Results: t.Results, Result: t.Result, Note: t.Note, CreatedAt: t.CreatedAt,
	}
	if !v.Masked["amounts"] {
		out.Text = t.Text
	}
	if !v.Masked["personal"] {
		out.Link = t.Link
	}
	if t.Assignee != "" {
		out.Assignee = &ref{t.Assignee, names[t.Assignee]}
	}
	if out.Results == nil {
		out.Results = []node.Choice{}
	}
	return out
}

type tasksIn struct {
	Status   string `query:"status" maxLength:"20"`
	Mine     bool   `query:"mine"`
	Queue    bool   `query:"queue" doc:"what waits for anybody of one's roles and teams"`
	Team     bool   `query:"team" doc:"what the people and teams around oneself have to do"`
	Customer string `query:"customer" maxLength:"200"`
	Limit    int    `query:"limit" minimum:"0" maximum:"200"`
	Cursor   string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listTasks(ctx context.Context, a policies.Actor, in *tasksIn) (*reply[items[taskOut]], error) {
	v, err := s.Access.View(ctx, a, "task", "read")
	if err != nil {
		return nil, err
	}
	q := tasks.Query{Status: in.Status, Customer: in.Customer, Limit: in.Limit, Cursor: in.Cursor, Scope: records.Stamped(v.Scope)}
	if in.Mine {
		q.Assignee = a.ID
	}
	if in.Team {
		people, err := s.Identity.Members(ctx, a.Workspace)
		if err != nil {
			return nil, err
		}
		q.Team = &tasks.Team{People: []string{a.ID}, Teams: a.Teams}
		for _, p := range people {
			if slices.ContainsFunc(p.Teams, func(t string) bool { return slices.Contains(a.Teams, t) }) {
				q.Team.People = append(q.Team.People, p.ID)
			}
		}
	}
	if in.Queue {
		q.Queue = &tasks.Queue{Roles: a.Roles, Teams: a.Teams, Chief: a.ID}
	}
	list, next, err := s.Tasks.List(ctx, a.Workspace, q)
	if err != nil {
		return nil, err
	}
	shown, err := s.showTasks(ctx, a, v, list...)
	if err != nil {
		return nil, err
	}
	return &reply[items[taskOut]]{items[taskOut]{Items: shown, Next: next}}, nil
}

type completeIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Result   string   `json:"result,omitempty" maxLength:"40"`
		Note     string   `json:"note,omitempty" maxLength:"2000"`
		Invoices []string `json:"invoices,omitempty" maxItems:"200" doc:"ids of invoices that it holds for; the others stay in the open task. None: all"`
	}
}

func (s *Server) completeTask(ctx context.Context, a policies.Actor, in *completeIn) (*reply[taskOut], error) {
	v, err := s.Access.View(ctx, a, "task", "update")
	if err != nil {
		return nil, err
	}
	if err := s.calledNow(ctx, a, in, v); err != nil {
		return nil, err
	}
	t, err := s.Tasks.Complete(ctx, a.Workspace, in.ID, tasks.Ending{Result: in.Body.Result, Note: in.Body.Note, By: a.ID, Invoices: in.Body.Invoices}, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	return s.showTask(ctx, a, v, t)
}
