// Package tiers keeps customers' scores and tiers: computed from the ledger,
// with reasons, and set by hand where a person knows better.
package tiers

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const collection = "tier"

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection}}

// Where a tier comes from.
const (
	ByScore = "score"
	ByHand  = "hand"
)

// Card is what is known of a customer's tier.
type Card struct {
	ledger.Score
	Current string     `json:"current"` // the tier in force
	Source  string     `json:"source"`
	Until   value.Date `json:"until,omitempty"` // last day of a tier set by hand; none = until changed
	Reason  string     `json:"reason,omitempty"`
	By      string     `json:"by,omitempty"`
	At      string     `json:"at"`
	Was     string     `json:"was,omitempty"` // the tier before the last change
}

// Service keeps cards.
type Service struct {
	store    *store.Store
	spaces   *workspace.Service
	accounts *accounts.Service
	records  *records.Service
	// OnWorse is told when a customer's tier has fallen by score.
	OnWorse func(ctx context.Context, ws, customer string, c Card) error
}

// New makes the service.
func New(s *store.Store, w *workspace.Service, a *accounts.Service, r *records.Service) *Service {
	return &Service{store: s, spaces: w, accounts: a, records: r}
}

// Get gives a customer's card; before the first computation only the tier.
func (s *Service) Get(ctx context.Context, ws, customer string) (Card, error) {
	c, _, err := s.read(ctx, ws, customer)
	return c, err
}

func (s *Service) read(ctx context.Context, ws, customer string) (Card, int64, error) {
	d, err := s.store.In(ws, collection).Get(ctx, customer)
	if fault.Is(err, fault.NotFound) {
		return Card{Score: ledger.Score{Reasons: []ledger.Points{}}}, 0, nil
	}
	if err != nil {
		return Card{}, 0, err
	}
	var c Card
	return c, d.Ver, json.Unmarshal(d.Body, &c)
}

// Compute scores a customer anew and sets the tier, unless one set by hand is
// still in force.
func (s *Service) Compute(ctx context.Context, ws, customer string) (Card, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return Card{}, err
	}
	now, today := s.spaces.Now(w)
	actor := policies.SystemActor(ws, "score")
	r, err := s.records.Get(ctx, actor, "customer", customer)
	if err != nil {
		return Card{}, err
	}
	var tier string
	var limit ledger.CreditLimit
	_ = json.Unmarshal(r.Data["tier"], &tier)               // absent: none
	_ = json.Unmarshal(r.Data["creditLimit"], &limit.Limit) // absent: none
	limit.Currency = w.Currency
	card, ver, err := s.read(ctx, ws, customer)
	if err != nil {
		return Card{}, err
	}
	if card.Current != "" && tier != "" && tier != card.Current {
		// Somebody changed the record itself: that is a tier set by hand.
		card.Source, card.Until, card.By, card.Reason, card.Was, card.Current = ByHand, 0, r.By, "", card.Current, tier
	}
	events, st, err := s.accounts.Events(ctx, ws, customer)
	if err != nil {
		return Card{}, err
	}
	card.Score = ledger.ScoreOf(events, st, tier, limit, ledger.DefaultScoring, today)
	card.At = value.Instant(now)
	fell := false
	if card.Source != ByHand || card.Until != 0 && today > card.Until {
		fell = tier != "" && card.Tier > tier // C sorts after A
		if card.Tier != card.Current {
			card.Was = card.Current
		}
		card.Current, card.Source, card.Until, card.By, card.Reason = card.Tier, ByScore, 0, "", ""
	}
	if err := s.put(ctx, ws, customer, card, ver); err != nil {
		return card, err
	}
	if card.Current != tier {
		if err := s.setField(ctx, actor, r, card.Current); err != nil {
			return card, err
		}
	}
	if fell && s.OnWorse != nil {
		return card, s.OnWorse(ctx, ws, customer, card)
	}
	return card, nil
}

// Override sets a tier by hand, until a day or, with none, until changed.
func (s *Service) Override(ctx context.Context, a policies.Actor, customer, tier string, until value.Date, reason string) (Card, error) {
	if tier != ledger.TierA && tier != ledger.TierB && tier != ledger.TierC {
		return Card{}, fault.At("/tier", "enum", []string{ledger.TierA, ledger.TierB, ledger.TierC})
	}
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return Card{}, err
	}
	now, today := s.spaces.Now(w)
	if until != 0 && until < today {
		return Card{}, fault.At("/until", "past", nil)
	}
	r, err := s.records.Get(ctx, a, "customer", customer)
	if err != nil {
		return Card{}, err
	}
	card, ver, err := s.read(ctx, a.Workspace, customer)
	if err != nil {
		return Card{}, err
	}
	if err := s.setField(ctx, a, r, tier); err != nil {
		return Card{}, err
	}
	if card.Current != tier {
		card.Was = card.Current
	}
	card.Current, card.Source, card.Until, card.Reason, card.By, card.At = tier, ByHand, until, reason, a.ID, value.Instant(now)
	return card, s.put(ctx, a.Workspace, customer, card, ver)
}

func (s *Service) put(ctx context.Context, ws, customer string, c Card, ver int64) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	col := s.store.In(ws, collection)
	if ver == 0 {
		_, err = col.Insert(ctx, customer, body)
	} else {
		_, err = col.Replace(ctx, store.Doc{ID: customer, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "store.version", nil)
	}
	return err
}

func (s *Service) setField(ctx context.Context, a policies.Actor, r records.Record, tier string) error {
	raw, err := json.Marshal(tier)
	if err != nil {
		return err
	}
	r.Data["tier"] = raw
	data, err := json.Marshal(r.Data)
	if err != nil {
		return err
	}
	_, err = s.records.Update(ctx, a, "customer", r.ID, data, r.Version)
	return err
}
