package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/records"
)

func (s *Server) deskRoutes() {
	route(s, http.MethodGet, "/boards", "listBoards", need{"customer", "read"}, "Boards: the shipped one, shared ones, one's own", s.listBoards)
	route(s, http.MethodPut, "/boards/{key}", "saveBoard", need{"customer", "read"}, "Save a board; If-Match for one that exists", s.saveBoard)
	route(s, http.MethodDelete, "/boards/{key}", "deleteBoard", need{"customer", "read"}, "Delete a board", s.deleteBoard)
	route(s, http.MethodGet, "/boards/{key}/cards", "getCards", need{"customer", "read"}, "A board's columns with their first cards, or a page of one", s.getCards)
	route(s, http.MethodGet, "/boards/{key}/regions", "listBoardRegions", need{"customer", "read"}, "Regions of a board's customers", s.listBoardRegions)
	route(s, http.MethodGet, "/cards", "getCardsByID", need{"customer", "read"}, "Cards of some customers as they are now", s.getCardsByID)
	route(s, http.MethodPost, "/boards/moves", "moveCards", need{"customer", "read"}, "Move cards: each is a command of the ledger or a task", s.moveCards)
	route(s, http.MethodPost, "/customers/{id}/notes", "addNote", need{"customer", "read"}, "Write a note for colleagues", s.addNote)
	route(s, http.MethodPost, "/customers/{id}/files", "addNoteFile", need{"customer", "read"}, "Store a file for a note; it counts once a note names it", s.addNoteFile)
	route(s, http.MethodGet, "/customers/{id}/files/{file}", "getNoteFile", need{"customer", "read"}, "A file of an account's notes", s.getNoteFile)
	route(s, http.MethodPut, "/customers/{id}/working", "beginWork", need{"customer", "read"}, "Say that one works this account, again every 20 seconds", s.beginWork)
	route(s, http.MethodDelete, "/customers/{id}/working", "endWork", need{"customer", "read"}, "Say that one is done with it", s.endWork)
	route(s, http.MethodGet, "/customers/{id}/viewers", "listViewers", need{"role", "read"}, "Everybody who can see an account, and why", s.listViewers)
	route(s, http.MethodGet, "/notices", "listNotices", signedIn, "Notices to oneself, newest first", s.listNotices)
	route(s, http.MethodGet, "/notices/browser", "getNoticeBrowser", signedIn, "Whether this session's browser shows notices, and the key to agree with", s.getNoticeBrowser)
	route(s, http.MethodPut, "/notices/browser", "agreeToNotices", signedIn, "This session's browser shows notices", s.agreeToNotices)
	route(s, http.MethodDelete, "/notices/browser", "disagreeToNotices", signedIn, "This session's browser shows notices no longer", s.disagreeToNotices)
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
	Sort   string `query:"sort" enum:"oldestDue,-open,name" doc:"default: the board's"`
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
	if in.Sort != "" {
		v.Sort = in.Sort
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

func (s *Server) listBoardRegions(ctx context.Context, a policies.Actor, in *boardPath) (*reply[items[string]], error) {
	v, err := s.Desk.GetView(ctx, a, in.Key)
	if err != nil {
		return nil, err
	}
	list, err := s.Desk.Regions(ctx, a, v)
	if err != nil {
		return nil, err
	}
	if list == nil {
		list = []string{}
	}
	return &reply[items[string]]{items[string]{Items: list}}, nil
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
