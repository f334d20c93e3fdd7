package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

func (s *Server) deskRoutes() {
	route(s, http.MethodGet, "/boards", "listBoards", need{"customer", "read"}, "Boards: the shipped one, shared ones, one's own", s.listBoards)
	route(s, http.MethodPut, "/boards/{key}", "saveBoard", need{"customer", "read"}, "Save a board; If-Match for one that exists", s.saveBoard)
	route(s, http.MethodDelete, "/boards/{key}", "deleteBoard", need{"customer", "read"}, "Delete a board", s.deleteBoard)
	route(s, http.MethodGet, "/boards/{key}/cards", "getCards", need{"customer", "read"}, "A board's columns with their first cards, or a page of one", s.getCards)
	route(s, http.MethodPost, "/boards/moves", "moveCards", need{"customer", "read"}, "Move cards: each is a command of the ledger or a task", s.moveCards)
	route(s, http.MethodPost, "/customers/{id}/notes", "addNote", need{"customer", "read"}, "Write a note for colleagues", s.addNote)
	route(s, http.MethodPut, "/customers/{id}/working", "beginWork", need{"customer", "read"}, "Say that one works this account, again every 20 seconds", s.beginWork)
	route(s, http.MethodDelete, "/customers/{id}/working", "endWork", need{"customer", "read"}, "Say that one is done with it", s.endWork)
	route(s, http.MethodGet, "/customers/{id}/viewers", "listViewers", need{"role", "read"}, "Everybody who can see an account, and why", s.listViewers)
	route(s, http.MethodGet, "/notices", "listNotices", signedIn, "Notices to oneself, newest first", s.listNotices)
	route(s, http.MethodPost, "/notices/read", "readNotices", signedIn, "Mark notices as read", s.readNotices)
	route(s, http.MethodPost, "/tasks", "createTask", need{"task", "update"}, "Give somebody a task", s.createTask)
	route(s, http.MethodPatch, "/tasks/{id}", "changeTask", need{"task", "update"}, "Reassign a task or move its date", s.changeTask)
}

func (s *Server) listBoards(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[desk.View]], error) {
	list, err := s.Desk.Views(ctx, a)
	if err != nil {
		return nil, err
	}
	return &reply[items[desk.View]]{items[desk.View]{Items: list}}, nil
}

type boardPath struct {
	Key string `path:"key" maxLength:"40"`
}

type saveBoardIn struct {
	Key     string `path:"key" maxLength:"40"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		Name    map[string]string `json:"name"`
		Columns []string          `json:"columns"`
		Filter  json.RawMessage   `json:"filter,omitempty"`
		Lanes   string            `json:"lanes,omitempty"`
		Sort    string            `json:"sort,omitempty"`
		Limits  map[string]int    `json:"limits,omitempty"`
		Shared  bool              `json:"shared,omitempty"`
	}
}

// maintains tells whether a person may change what others share.
func (s *Server) maintains(ctx context.Context, a policies.Actor) bool {
	ok, err := s.Access.Can(ctx, a, "workspace", "update")
	return err == nil && ok
}

func (s *Server) saveBoard(ctx context.Context, a policies.Actor, in *saveBoardIn) (*tagged[desk.View], error) {
	ver := int64(0)
	if in.IfMatch != "" {
		var err error
		if ver, err = version(in.IfMatch); err != nil {
			return nil, err
		}
	}
	b := in.Body
	v, err := s.Desk.SaveView(ctx, a, desk.View{
		Key: in.Key, Name: b.Name, Columns: b.Columns, Filter: b.Filter, Lanes: b.Lanes, Sort: b.Sort, Limits: b.Limits, Shared: b.Shared,
	}, ver, s.maintains(ctx, a))
	if err != nil {
		return nil, err
	}
	return &tagged[desk.View]{etag(v.Version), v}, nil
}

func (s *Server) deleteBoard(ctx context.Context, a policies.Actor, in *boardPath) (*nothing, error) {
	return nil, s.Desk.DeleteView(ctx, a, in.Key, s.maintains(ctx, a))
}

type cardsIn struct {
	Key    string `path:"key" maxLength:"40"`
	Column string `query:"column" maxLength:"40"`
	Lane   string `query:"lane" maxLength:"200"`
	Search string `query:"search" maxLength:"200"`
	Filter string `query:"filter" maxLength:"12000"`
	Cursor string `query:"cursor" maxLength:"4000"`
	Limit  int    `query:"limit" minimum:"0" maximum:"100"`
}

type cardOut struct {
	ID       string           `json:"id"`
	Column   string           `json:"column"`
	Name     string           `json:"name"`
	Tier     string           `json:"tier,omitempty"`
	Region   string           `json:"region,omitempty"`
	Owner    *ref             `json:"owner,omitempty"`
	Version  int64            `json:"version"`
	Balances []ledger.Balance `json:"balances,omitempty"`
	Overdue  int              `json:"overdueDays"`
	Items    int              `json:"openInvoices"`
	Promise  *cardPromise     `json:"promise,omitempty"`
	Dispute  *cardDispute     `json:"dispute,omitempty"`
	Hold     *ledger.Hold     `json:"hold,omitempty"`
	StopWish bool             `json:"stopWish,omitempty"`
	NextAt   string           `json:"nextContactAt,omitempty"`
	LastAt   string           `json:"lastContactAt,omitempty"`
	Working  *desk.Work       `json:"working,omitempty"`
}

type cardPromise struct {
	ID       string         `json:"id"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Date     string         `json:"date"`
}

type cardDispute struct {
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Reason   string         `json:"reason,omitempty"`
	N        int            `json:"n"`
}

type columnOut struct {
	desk.Column
	Items []cardOut `json:"items"`
}

type cardsOut struct {
	Today   string      `json:"today"`
	Columns []columnOut `json:"columns"`
}

func (s *Server) getCards(ctx context.Context, a policies.Actor, in *cardsIn) (*reply[cardsOut], error) {
	v, err := s.Desk.GetView(ctx, a, in.Key)
	if err != nil {
		return nil, err
	}
	q := desk.CardQuery{Column: in.Column, Lane: in.Lane, Search: in.Search, Cursor: in.Cursor, Limit: in.Limit}
	if in.Filter != "" {
		q.Filter = json.RawMessage(in.Filter)
	}
	cols, err := s.Desk.Cards(ctx, a, v, q)
	if err != nil {
		return nil, err
	}
	var all []records.Record
	for _, c := range cols {
		all = append(all, c.Cards...)
	}
	show, today, err := s.cards(ctx, a, all)
	if err != nil {
		return nil, err
	}
	out := cardsOut{Today: today.String(), Columns: []columnOut{}}
	for _, c := range cols {
		o := columnOut{Column: c, Items: []cardOut{}}
		for _, r := range c.Cards {
			card := show[r.ID]
			card.Column = c.Key
			o.Items = append(o.Items, card)
		}
		out.Columns = append(out.Columns, o)
	}
	return &reply[cardsOut]{out}, nil
}

// cards makes the cards of customers: their accounts, next contacts and who
// works them, in one query each.
func (s *Server) cards(ctx context.Context, a policies.Actor, list []records.Record) (map[string]cardOut, value.Date, error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, 0, err
	}
	_, today := s.Spaces.Now(w)
	ids := make([]string, len(list))
	for k, r := range list {
		ids[k] = r.ID
	}
	view, err := s.Access.View(ctx, a, "account", "read")
	mayAmounts := err == nil && !view.Masked["amounts"]
	accounts := map[string]*ledger.State{}
	if err == nil {
		if accounts, err = s.Accounts.LoadMany(ctx, a.Workspace, ids); err != nil {
			return nil, 0, err
		}
	}
	next, err := s.Flows.NextWakes(ctx, a.Workspace, ids)
	if err != nil {
		return nil, 0, err
	}
	busy, err := s.Desk.Working(ctx, a.Workspace)
	if err != nil {
		return nil, 0, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := make(map[string]cardOut, len(list))
	for _, r := range list {
		c := cardOut{ID: r.ID, NextAt: next[r.ID]}
		_ = json.Unmarshal(r.Data["name"], &c.Name)     // absent or masked: none
		_ = json.Unmarshal(r.Data["tier"], &c.Tier)     // the same
		_ = json.Unmarshal(r.Data["region"], &c.Region) // the same
		var owner string
		if json.Unmarshal(r.Data["owner"], &owner) == nil && owner != "" {
			o := person(names, owner)
			c.Owner = &o
		}
		if x, ok := busy[r.ID]; ok {
			c.Working = &x
		}
		if st := accounts[r.ID]; st != nil {
			c.account(st, today, mayAmounts)
		}
		out[r.ID] = c
	}
	return out, today, nil
}

// account puts what the ledger says onto a card.
func (c *cardOut) account(st *ledger.State, today value.Date, amounts bool) {
	c.Version, c.StopWish = st.Seq, st.StopWish != nil
	if st.Hold.Active(today) {
		c.Hold = st.Hold
	}
	if n := len(st.Contacts); n > 0 {
		c.LastAt = value.Instant(st.Contacts[n-1].At)
	}
	open := st.OpenItems()
	c.Items = len(open)
	for _, id := range open {
		i := st.Items[id]
		c.Overdue = max(c.Overdue, i.DPD(today))
		for _, d := range i.Disputes {
			if c.Dispute == nil {
				c.Dispute = &cardDispute{Currency: i.Currency, Reason: d.Reason}
			}
			c.Dispute.N++
			if amounts && i.Currency == c.Dispute.Currency {
				c.Dispute.Amount += d.Amount
			}
		}
	}
	for id, p := range st.Promises {
		if p.Status == ledger.PromiseOpen && (c.Promise == nil || p.Date.String() < c.Promise.Date) {
			c.Promise = &cardPromise{ID: id, Currency: p.Currency, Date: p.Date.String()}
			if amounts {
				c.Promise.Amount = p.Amount
			}
		}
	}
	if amounts {
		c.Balances = st.Balances(today)
	}
}

type moveIn struct {
	Customer string         `json:"customer" maxLength:"200"`
	From     string         `json:"from" maxLength:"40" doc:"the column it was seen in"`
	To       string         `json:"to" maxLength:"40"`
	Amount   int64          `json:"amount,omitempty"`
	Currency value.Currency `json:"currency,omitempty" maxLength:"3"`
	Date     string         `json:"date,omitempty" maxLength:"10"`
	Until    string         `json:"until,omitempty" maxLength:"10"`
	Items    []string       `json:"items,omitempty" maxItems:"500"`
	Invoice  string         `json:"invoice,omitempty" maxLength:"200"`
	Reason   string         `json:"reason,omitempty" maxLength:"500"`
	Assignee string         `json:"assignee,omitempty" maxLength:"80"`
	Role     string         `json:"role,omitempty" maxLength:"60"`
}

type movesIn struct {
	Body struct {
		Moves []moveIn `json:"moves" minItems:"1" maxItems:"200"`
	}
}

// moveResult is how one move went. Undo is the move that takes it back, where
// there is one.
type moveResult struct {
	Customer string   `json:"customer"`
	OK       bool     `json:"ok"`
	Card     *cardOut `json:"card,omitempty"`
	Undo     *moveIn  `json:"undo,omitempty"`
	Problem  *Problem `json:"problem,omitempty"`
}

func (s *Server) moveCards(ctx context.Context, a policies.Actor, in *movesIn) (*reply[items[moveResult]], error) {
	out := items[moveResult]{Items: []moveResult{}}
	for _, m := range in.Body.Moves {
		r := moveResult{Customer: m.Customer}
		err := s.move(ctx, a, m)
		if err != nil {
			r.Problem, _ = s.problem(ctx, err).(*Problem)
		}
		// Moved or not, the answer shows where the card is now.
		if rec, e := s.Records.Get(ctx, a, "customer", m.Customer); e == nil {
			if show, today, e := s.cards(ctx, a, []records.Record{rec}); e == nil {
				card := show[m.Customer]
				card.Column = s.columnOf(ctx, a.Workspace, m.Customer, today)
				r.Card = &card
			}
		}
		if r.OK = err == nil; r.OK && (m.From == desk.FollowUp || m.From == desk.Current) && m.To != m.From {
			r.Undo = &moveIn{Customer: m.Customer, From: m.To, To: m.From}
		}
		out.Items = append(out.Items, r)
	}
	return &reply[items[moveResult]]{out}, nil
}

// columnOf is where an account stands by the ledger itself, ahead of what the
// record says.
func (s *Server) columnOf(ctx context.Context, ws, customer string, today value.Date) string {
	n, err := s.Tasks.OpenOf(ctx, ws, customer, node.ActEscalate)
	if err == nil && n > 0 {
		return desk.Escalated
	}
	st, err := s.Accounts.Load(ctx, ws, customer)
	if err != nil {
		return ""
	}
	switch st.Stage(today) {
	case ledger.StageHold:
		return desk.OnHold
	case ledger.StageDisputed:
		return desk.Disputed
	case ledger.StagePromised:
		return desk.Promised
	}
	for _, id := range st.OpenItems() {
		if st.Items[id].DPD(today) > 0 {
			return desk.FollowUp
		}
	}
	return desk.Current
}

// stages of the columns that the ledger states, and which wins over which.
var (
	stages = map[string]string{desk.Promised: ledger.StagePromised, desk.Disputed: ledger.StageDisputed, desk.OnHold: ledger.StageHold, desk.FollowUp: ledger.StageNone, desk.Current: ledger.StageNone}
	ranks  = map[string]int{desk.Promised: 1, desk.Disputed: 2, desk.OnHold: 3}
	// stageRights are the actions on accounts that moving into or out of a
	// column needs.
	stageRights = map[string]string{desk.Promised: "promise", desk.Disputed: "dispute", desk.OnHold: "hold"}
)

func (s *Server) move(ctx context.Context, a policies.Actor, m moveIn) error {
	if m.From == m.To {
		return nil
	}
	if desk.Computed(m.To) && (m.From == desk.FollowUp || m.From == m.To) {
		return fault.New(fault.Invalid, "board.computed", nil)
	}
	if _, known := stages[m.To]; !known && m.To != desk.Escalated {
		return fault.At("/to", "enum", desk.Columns)
	}
	if _, known := stages[m.From]; !known && m.From != desk.Escalated {
		return fault.At("/from", "enum", desk.Columns)
	}
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return err
	}
	if err := s.inScope(ctx, a, v, m.Customer); err != nil {
		return err
	}
	if m.To == desk.Escalated {
		return s.escalate(ctx, a, m)
	}
	cmd, err := s.moveCommand(ctx, a, m)
	if err != nil {
		return err
	}
	if m.From == desk.Escalated {
		if err := s.deescalate(ctx, a, m); err != nil {
			return err
		}
	}
	if cmd == nil {
		return nil
	}
	_, _, err = s.Accounts.Execute(ctx, a.Workspace, m.Customer, a.ID, cmd)
	return err
}

// moveCommand is what a move between columns of the ledger means, nil when it
// means nothing there.
func (s *Server) moveCommand(ctx context.Context, a policies.Actor, m moveIn) (ledger.Command, error) {
	for _, col := range []string{m.From, m.To} {
		right, ok := stageRights[col]
		if !ok {
			continue
		}
		v, err := s.Access.View(ctx, a, "account", right)
		if err != nil {
			return nil, err
		}
		if err := s.inScope(ctx, a, v, m.Customer); err != nil {
			return nil, err
		}
	}
	then, err := m.enter()
	if err != nil {
		return nil, err
	}
	from, stated := stages[m.From]
	switch {
	case !stated: // from escalated: wherever the account stands below
		return then, nil
	case ranks[m.From] > ranks[m.To]:
		if then == nil {
			return ledger.InStage{Stage: from, Then: ledger.Release{Stage: from}}, nil
		}
		return ledger.InStage{Stage: from, Then: ledger.Sequence{First: ledger.Release{Stage: from}, Then: then}}, nil
	case then == nil:
		return nil, nil
	}
	return ledger.InStage{Stage: from, Then: then}, nil
}

// enter is the command that brings an account into a column.
func (m moveIn) enter() (ledger.Command, error) {
	switch m.To {
	case desk.Promised:
		date, err := value.ParseDate(m.Date)
		if err != nil {
			return nil, fault.At("/date", "date", nil)
		}
		return ledger.MakePromise{Promise: uuid.NewString(), Amount: m.Amount, Currency: m.Currency, Date: date, Items: m.Items}, nil
	case desk.Disputed:
		return ledger.OpenDispute{Invoice: m.Invoice, Dispute: uuid.NewString(), Amount: m.Amount, Reason: m.Reason}, nil
	case desk.OnHold:
		until, err := optionalDate("/until", m.Until)
		if err != nil {
			return nil, err
		}
		return ledger.SetHold{Reason: m.Reason, Until: until}, nil
	}
	return nil, nil
}

func (s *Server) escalate(ctx context.Context, a policies.Actor, m moveIn) error {
	if err := s.Access.Must(ctx, a, "task", "update"); err != nil {
		return err
	}
	title := map[string]string{"en": m.Reason, "zh-CN": m.Reason}
	if m.Reason == "" {
		return fault.At("/reason", "required", nil)
	}
	return s.giveTask(ctx, a, node.ActEscalate, m.Customer, title, &node.Assign{User: m.Assignee, Role: m.Role}, 0)
}

// deescalate completes the escalations of an account.
func (s *Server) deescalate(ctx context.Context, a policies.Actor, m moveIn) error {
	if err := s.Access.Must(ctx, a, "task", "update"); err != nil {
		return err
	}
	return s.Tasks.CompleteKind(ctx, a.Workspace, m.Customer, node.ActEscalate, a.ID)
}

// giveTask makes a task by hand; who gets it must be somebody.
func (s *Server) giveTask(ctx context.Context, a policies.Actor, kind, customer string, title map[string]string, to *node.Assign, due value.Date) error {
	if to.User == "" && to.Role == "" && to.Team == "" {
		return fault.At("/assignee", "required", nil)
	}
	if to.User != "" {
		if _, known := s.userNames(ctx, a.Workspace)[to.User]; !known {
			return fault.At("/assignee", "reference", nil)
		}
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	now, today := s.Spaces.Now(w)
	if due == 0 {
		due = w.Cal().AddWorkdays(today, 1)
	}
	return s.Give(ctx, a.Workspace, activity.Task{Key: uuid.NewString(), Kind: kind, Customer: customer, Title: title, Assign: to, Due: due, At: now})
}
