package tiers

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/records"
)

// Outlook is what other weights would make of customers' tiers.
type Outlook struct {
	Counted  int64          `json:"counted"`  // customers that were looked at
	Complete bool           `json:"complete"` // all of them
	Unscored int64          `json:"unscored"` // no score yet
	ByHand   int64          `json:"byHand"`   // a tier set by hand stays
	Changed  int64          `json:"changed"`
	Before   map[string]int `json:"before"` // customers by tier; "" is none
	After    map[string]int `json:"after"`
	Moves    []Shift        `json:"moves"`
}

// Shift is a change from a tier to another.
type Shift struct {
	From     string    `json:"from"`
	To       string    `json:"to"`
	Count    int       `json:"count"`
	Examples []Shifted `json:"examples"` // some of them
}

// Shifted is a customer that would move.
type Shifted struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Score int    `json:"score"`
	Next  int    `json:"next"`
}

const (
	maxPreview  = 100_000
	maxExamples = 5
)

// Preview weighs what the last computation measured by other weights, over the
// customers that the actor may see. Nothing is read from journals.
func (s *Service) Preview(ctx context.Context, a policies.Actor, c ledger.Scoring) (Outlook, error) {
	out := Outlook{Complete: true, Before: map[string]int{}, After: map[string]int{}, Moves: []Shift{}}
	if err := fault.InvalidFields(c.Check()); err != nil {
		return out, err
	}
	p, err := s.present(ctx, a.Workspace, true)
	if err != nil {
		return out, err
	}
	q := records.ListQuery{Limit: 500}
	for {
		list, err := s.records.List(ctx, a, "customer", q)
		if err != nil {
			return out, err
		}
		ids := make([]string, len(list.Items))
		for k, r := range list.Items {
			ids[k] = r.ID
		}
		docs, err := s.store.In(a.Workspace, collection).GetMany(ctx, ids)
		if err != nil {
			return out, err
		}
		for _, r := range list.Items {
			var card Card
			if d, there := docs[r.ID]; there {
				if err := json.Unmarshal(d.Body, &card); err != nil {
					return out, err
				}
			}
			out.add(p, r, card, c)
		}
		if q.Cursor = list.Next; q.Cursor == "" {
			return out, nil
		}
		if out.Counted >= maxPreview {
			out.Complete = false
			return out, nil
		}
	}
}

func (out *Outlook) add(p present, r records.Record, card Card, c ledger.Scoring) {
	was := tierOf(r)
	next := was
	out.Counted++
	out.Before[was]++
	byHand := card.Source == ByHand && (card.Until == 0 || p.today <= card.Until) || card.Current != "" && was != card.Current && was != card.Setting
	var score ledger.Score
	switch {
	case card.Measures == nil:
		out.Unscored++
	case byHand:
		out.ByHand++
	default:
		score = c.Score(*card.Measures, was)
		next = score.Tier
	}
	out.After[next]++
	if next == was {
		return
	}
	out.Changed++
	move := out.move(was, next)
	move.Count++
	if len(move.Examples) < maxExamples {
		move.Examples = append(move.Examples, Shifted{ID: r.ID, Name: r.Text("name"), Score: card.Score.Score, Next: score.Score})
	}
}

func (out *Outlook) move(from, to string) *Shift {
	for k := range out.Moves {
		if m := &out.Moves[k]; m.From == from && m.To == to {
			return m
		}
	}
	out.Moves = append(out.Moves, Shift{From: from, To: to, Examples: []Shifted{}})
	return &out.Moves[len(out.Moves)-1]
}
