package api

import (
	"context"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/workflows/activity"
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
	route(s, http.MethodGet, "/insight/ageing/customers", "getAgeingOfCustomers", need{"insight", "read"}, "Ageing of each customer as of any date: totals and the worst rows of each currency", s.getAgeingOfCustomers)
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
	Cost     float64          `json:"cost,omitempty" doc:"in the workspace's currency"`
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
	out.Detail, out.Cost = m.Detail, float64(m.Cost)/activity.CostUnits
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

func lintText(lang string, i flow.Issue) string {
	p := i.Params
	if role, ok := p["value"].(string); ok && i.Key == "unknownRole" {
		p = fault.Params{"value": flows.RoleName(role, lang)}
	}
	key := "lint." + i.Key
	if !text.Has(key) {
		key = "rule." + i.Key
	}
	return text.Say(lang, key, p)
}
