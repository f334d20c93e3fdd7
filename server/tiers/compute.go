package tiers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

// present is a workspace's moment, as a score needs it.
type present struct {
	w     *workspace.Workspace
	now   time.Time
	today value.Date
	// quiet warns nobody: the rules have changed, not the customers.
	quiet bool
}

func (s *Service) present(ctx context.Context, ws string, quiet bool) (present, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return present{}, err
	}
	now, today := s.spaces.Now(w)
	return present{w, now, today, quiet}, nil
}

// attempts bounds how often a card is judged anew when others change it or the
// record meanwhile.
const attempts = 5

// Compute scores a customer anew and sets the tier, unless one set by hand is
// still in force. Faults: NotFound without such a customer; Conflict when others
// keep changing the record.
func (s *Service) Compute(ctx context.Context, ws, customer string) (Card, error) {
	return s.compute(ctx, ws, customer, false)
}

func (s *Service) compute(ctx context.Context, ws, customer string, quiet bool) (Card, error) {
	p, err := s.present(ctx, ws, quiet)
	if err != nil {
		return Card{}, err
	}
	for n := 1; ; n++ {
		r, err := s.records.Get(ctx, policies.SystemActor(ws, "score"), "customer", customer)
		if err != nil {
			return Card{}, err
		}
		card, ver, err := s.read(ctx, ws, customer)
		if err != nil {
			return Card{}, err
		}
		events, st, err := s.accounts.Events(ctx, ws, customer)
		if err != nil {
			return Card{}, err
		}
		next := p.judge(card, r, events, st)
		if next, err = s.settle(ctx, p, r, next, ver); !fault.Is(err, fault.Conflict) || n == attempts {
			return next, err
		}
	}
}

// tierOf is the tier on a customer's record.
func tierOf(r records.Record) string {
	var tier string
	_ = json.Unmarshal(r.Data["tier"], &tier) // absent: none
	return tier
}

// judge scores a customer. The tier that comes of it is in Setting when the
// record does not have it yet.
func (p present) judge(card Card, r records.Record, events []ledger.Event, st *ledger.State) Card {
	tier := tierOf(r)
	limit := ledger.CreditLimit{Currency: p.w.Currency}
	_ = json.Unmarshal(r.Data["creditLimit"], &limit.Limit) // absent: none
	first := card.At == ""
	if card.Owed && card.Setting != "" && tier != card.Setting { // it never got so far
		card.Owed, card.Falls = false, card.Falls-1
	}
	switch {
	case card.Setting != "" && tier == card.Setting: // it had got onto the record
		card.Was, card.Current = card.Current, tier
	case card.Current != "" && tier != "" && tier != card.Current:
		// Somebody changed the record itself: that is a tier set by hand.
		card.Source, card.Until, card.By, card.Reason, card.Was, card.Current = ByHand, 0, r.By, "", card.Current, tier
	}
	card.Setting = ""
	m := ledger.Measure(events, st, limit, p.today)
	card.Measures, card.Score, card.At = &m, p.w.Scores().Score(m, tier), value.Instant(p.now)
	if card.Source == ByHand && (card.Until == 0 || p.today <= card.Until) {
		return card
	}
	card.Source, card.Until, card.By, card.Reason = ByScore, 0, "", ""
	if card.Tier == tier {
		card.Current = tier
		return card
	}
	card.Current, card.Setting = tier, card.Tier
	if tier != "" && card.Tier > tier && !p.quiet && !first { // C sorts after A; a first score is no fall
		card.Falls, card.Owed = card.Falls+1, true
	}
	return card
}

// settle stores a judged card, with what follows from it: first what is meant
// to be done, then the doing, then that it was done.
func (s *Service) settle(ctx context.Context, p present, r records.Record, c Card, ver int64) (Card, error) {
	ws := p.w.Key
	ver, err := s.put(ctx, ws, r.ID, c, ver)
	if err != nil || c.Setting == "" && !c.Owed {
		return c, err
	}
	if c.Setting != "" {
		if err := s.setField(ctx, policies.SystemActor(ws, "score"), r, c.Setting); err != nil {
			return c, err
		}
		c.Was, c.Current, c.Setting = c.Current, c.Setting, ""
	}
	if c.Owed && s.OnWorse != nil {
		if err := s.OnWorse(ctx, ws, r.ID, c); err != nil {
			return c, err
		}
	}
	c.Owed = false
	_, err = s.put(ctx, ws, r.ID, c, ver)
	return c, err
}
