package api

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/workflows/node"
)

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
	Owner    string         `json:"owner,omitempty" maxLength:"80" doc:"of a dispute; default: the account's"`
	Deadline string         `json:"deadline,omitempty" maxLength:"10" doc:"of a dispute; default: ten working days"`
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
		if r.OK = err == nil; r.OK && (m.From == desk.FollowUp || m.From == desk.Current) && m.To != m.From {
			r.Undo = &moveIn{Customer: m.Customer, From: m.To, To: m.From}
		}
		out.Items = append(out.Items, r)
	}
	ids := make([]string, 0, len(out.Items))
	for _, r := range out.Items {
		ids = append(ids, r.Customer)
	}
	// Moved or not, the answer shows where the cards are now.
	now, err := s.cardsOf(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	for k := range out.Items {
		if card, ok := now[out.Items[k].Customer]; ok {
			out.Items[k].Card = &card
		}
	}
	return &reply[items[moveResult]]{out}, nil
}

// cardsOf gives the cards of those of some customers that are in the view, with
// the column where they stand by the ledger, in one read of each kind.
func (s *Server) cardsOf(ctx context.Context, a policies.Actor, ids []string) (map[string]cardOut, error) {
	recs, err := s.Records.GetMany(ctx, a, "customer", slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	list := slices.Collect(maps.Values(recs))
	show, today, err := s.cards(ctx, a, list)
	if err != nil {
		return nil, err
	}
	seen := slices.Collect(maps.Keys(show))
	states, err := s.Accounts.LoadMany(ctx, a.Workspace, seen)
	if err != nil {
		return nil, err
	}
	escalated, err := s.Tasks.WithOpen(ctx, a.Workspace, seen, node.ActEscalate)
	if err != nil {
		return nil, err
	}
	for id, card := range show {
		card.Column = columnOf(states[id], escalated[id], today)
		show[id] = card
	}
	return show, nil
}

type cardsByIDIn struct {
	IDs []string `query:"ids" maxItems:"100" doc:"customers"`
}

func (s *Server) getCardsByID(ctx context.Context, a policies.Actor, in *cardsByIDIn) (*reply[items[cardOut]], error) {
	cards, err := s.cardsOf(ctx, a, in.IDs)
	if err != nil {
		return nil, err
	}
	out := items[cardOut]{Items: []cardOut{}}
	for _, id := range in.IDs {
		if card, ok := cards[id]; ok {
			out.Items = append(out.Items, card)
			delete(cards, id) // each once
		}
	}
	return &reply[items[cardOut]]{out}, nil
}

// columnOf is where an account stands by the ledger itself, ahead of what the
// record says.
func columnOf(st *ledger.State, escalated bool, today value.Date) string {
	switch {
	case escalated:
		return desk.Escalated
	case st == nil:
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
	if err == nil && then != nil {
		then, err = s.disputeDefaults(ctx, a, m.Customer, then)
	}
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
		deadline, err := optionalDate("/deadline", m.Deadline)
		if err != nil {
			return nil, err
		}
		return ledger.OpenDispute{Invoice: m.Invoice, Dispute: uuid.NewString(), Amount: m.Amount, Reason: m.Reason, Owner: m.Owner, Deadline: deadline}, nil
	case desk.OnHold:
		until, err := optionalDate("/until", m.Until)
		if err != nil {
			return nil, err
		}
		return ledger.SetHold{Reason: m.Reason, Until: until}, nil
	}
	return nil, nil
}
