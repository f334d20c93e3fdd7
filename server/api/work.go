package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/workflows/node"
)

func (s *Server) workRoutes() {
	route(s, http.MethodGet, "/today", "getToday", signedIn, "What goes out today and why, what is held, what people have to do", s.getToday)
	route(s, http.MethodGet, "/today/held", "listHeld", need{"run", "read"}, "What was deferred, refused or merged in the last day, and why", s.listHeld)
	route(s, http.MethodGet, "/messages", "listMessages", need{"message", "read"}, "Messages, newest first", s.listMessages)
	route(s, http.MethodGet, "/messages/{id}", "getMessage", need{"message", "read"}, "One message", s.getMessage)
	route(s, http.MethodPost, "/messages/{id}/resolve", "resolveMessage", need{"message", "review"}, "Say how a message with an unknown end ended", s.resolveMessage)
	route(s, http.MethodGet, "/tasks", "listTasks", need{"task", "read"}, "Tasks", s.listTasks)
	route(s, http.MethodPost, "/tasks/{id}/complete", "completeTask", need{"task", "update"}, "Complete a task", s.completeTask)
	route(s, http.MethodGet, "/insight/ageing", "getAgeing", need{"insight", "read"}, "Ageing as of any date, recomputed from the journal", s.getAgeing)
	route(s, http.MethodGet, "/verify", "verify", need{"journal", "read"}, "Replay all messages against the journal; violations must be 0", s.getVerify)
}

func (s *Server) getVerify(ctx context.Context, a policies.Actor, _ *nothing) (*reply[any], error) {
	v, err := s.Verify(ctx, a.Workspace)
	return &reply[any]{v}, err
}

type messageOut struct {
	ID       string           `json:"id"`
	At       string           `json:"at"`
	Customer ref              `json:"customer"`
	Channel  string           `json:"channel"`
	To       string           `json:"to"`
	Language string           `json:"language"`
	Subject  string           `json:"subject"`
	Text     string           `json:"text"`
	HTML     string           `json:"html"`
	Items    []map[string]any `json:"items"`
	Amount   int64            `json:"amount"`
	Currency string           `json:"currency"`
	Status   string           `json:"status"`
	Error    *reason          `json:"error,omitempty"`
	Flow     *flowRef         `json:"flow,omitempty"`
	Node     string           `json:"node,omitempty"`
	Template string           `json:"template"`
	Tone     int              `json:"tone"`
	Seen     messageSeen      `json:"seen"`
	Crossed  bool             `json:"crossed"`
	Detail   string           `json:"detail,omitempty" doc:"the provider's own words, or what a person said came of it"`
	Cost     int64            `json:"cost,omitempty" doc:"minor units of the workspace's currency"`
	Delivery *deliveryOut     `json:"delivery,omitempty" doc:"what was heard of it after it went out"`
}

type deliveryOut struct {
	State  string  `json:"state" enum:"delivered,bounced,replied"`
	At     string  `json:"at"`
	Reason *reason `json:"reason,omitempty"`
	Detail string  `json:"detail,omitempty"`
}

type messageSeen struct {
	Version int64          `json:"version"`
	Open    int64          `json:"open"`
	Checks  []ledger.Check `json:"checks"`
}

func showMessage(m messages.Entry, names map[string]map[string]string, v policies.View) messageOut {
	out := messageOut{
		ID: m.ID, At: m.At, Customer: ref{m.Customer, m.CustomerName}, Channel: m.Channel, To: m.To, Language: m.Language, Subject: m.Subject,
		Text: m.Text, HTML: m.HTML, Items: m.Items, Amount: m.Amount, Currency: m.Currency, Status: m.Status, Error: reasonOf(m.Reason, ""),
		Node: m.Node, Template: m.Template, Tone: m.Tone, Seen: messageSeen{m.Seq, m.Amount, m.Checks}, Crossed: m.Crossed,
	}
	out.Detail, out.Cost = m.Detail, m.Cost
	if d := m.Delivery; d != nil {
		out.Delivery = &deliveryOut{d.State, d.At, reasonOf(d.Reason, ""), d.Detail}
	}
	if m.Flow != "" {
		out.Flow = &flowRef{m.Flow, names[m.Flow]}
	}
	if v.Masked["personal"] {
		out.To = ""
	}
	if v.Masked["amounts"] {
		// The text itself names amounts: who may not see them sees that it went out.
		out.Text, out.HTML, out.Subject, out.Items, out.Amount, out.Seen.Open = "", "", "", []map[string]any{}, 0, 0
	}
	if out.Items == nil {
		out.Items = []map[string]any{}
	}
	if out.Seen.Checks == nil {
		out.Seen.Checks = []ledger.Check{}
	}
	return out
}

type messagesIn struct {
	Channel  string `query:"channel" maxLength:"40"`
	Customer string `query:"customer" maxLength:"200"`
	Status   string `query:"status" maxLength:"20"`
	Limit    int    `query:"limit" minimum:"0" maximum:"200"`
	Cursor   string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listMessages(ctx context.Context, a policies.Actor, in *messagesIn) (*reply[items[messageOut]], error) {
	v, err := s.Access.View(ctx, a, "message", "read")
	if err != nil {
		return nil, err
	}
	list, next, err := s.Messages.List(ctx, a.Workspace, messages.Query{
		Channel: in.Channel, Customer: in.Customer, Status: in.Status, Limit: in.Limit, Cursor: in.Cursor, Scope: records.Stamped(v.Scope),
	})
	if err != nil {
		return nil, err
	}
	names := s.flowNames(ctx, a.Workspace)
	out := items[messageOut]{Items: []messageOut{}, Next: next}
	for _, m := range list {
		out.Items = append(out.Items, showMessage(m, names, v))
	}
	return &reply[items[messageOut]]{out}, nil
}

// MessagePath names a message.
type MessagePath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) getMessage(ctx context.Context, a policies.Actor, in *MessagePath) (*reply[messageOut], error) {
	v, err := s.Access.View(ctx, a, "message", "read")
	if err != nil {
		return nil, err
	}
	m, err := s.Messages.Get(ctx, a.Workspace, in.ID, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	return &reply[messageOut]{showMessage(m, s.flowNames(ctx, a.Workspace), v)}, nil
}

type resolveIn struct {
	MessagePath
	Body struct {
		As   string `json:"as" enum:"sent,failed"`
		Note string `json:"note,omitempty" maxLength:"500"`
	}
}

func (s *Server) resolveMessage(ctx context.Context, a policies.Actor, in *resolveIn) (*nothing, error) {
	v, err := s.Access.View(ctx, a, "message", "review")
	if err != nil {
		return nil, err
	}
	return nil, s.Messages.Resolve(ctx, a.Workspace, in.ID, in.Body.As, a.ID, records.Stamped(v.Scope))
}

type taskOut struct {
	ID        string            `json:"id"`
	Title     map[string]string `json:"title"`
	Customer  ref               `json:"customer"`
	Run       string            `json:"run,omitempty"`
	Assignee  *ref              `json:"assignee,omitempty"`
	Role      string            `json:"role,omitempty"`
	Due       string            `json:"due,omitempty"`
	Status    string            `json:"status"`
	Results   []node.Choice     `json:"results"`
	Result    string            `json:"result,omitempty"`
	Note      string            `json:"note,omitempty"`
	Text      string            `json:"text,omitempty" doc:"what to say or do"`
	Link      string            `json:"link,omitempty" doc:"opens what is needed, such as tel:"`
	CreatedAt string            `json:"createdAt"`
}

func showTask(t tasks.Entry, names map[string]string, v policies.View) taskOut {
	out := taskOut{
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
	names := s.userNames(ctx, a.Workspace)
	out := items[taskOut]{Items: []taskOut{}, Next: next}
	for _, t := range list {
		out.Items = append(out.Items, showTask(t, names, v))
	}
	return &reply[items[taskOut]]{out}, nil
}

type completeIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Result string `json:"result,omitempty" maxLength:"40"`
		Note   string `json:"note,omitempty" maxLength:"2000"`
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
	t, err := s.Tasks.Complete(ctx, a.Workspace, in.ID, in.Body.Result, in.Body.Note, a.ID, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	return &reply[taskOut]{showTask(t, s.userNames(ctx, a.Workspace), v)}, nil
}

func lintText(lang string, i flow.Issue) string {
	p := i.Params
	key := "lint." + i.Key
	if !text.Has(key) {
		key = "rule." + i.Key
	}
	return text.Say(lang, key, p)
}
