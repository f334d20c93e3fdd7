// Package tiers keeps customers' scores and tiers: computed from the ledger,
// with reasons, and set by hand where a person knows better.
package tiers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	collection = "tier"
	runs       = "tierRun"
	due        = "tierDue" // accounts to score soon
)

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection}, {Name: runs}, {Name: due, Indexes: []store.Index{store.OnText("at")}}}

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
	// Measures are what the score weighed; none before the first computation.
	Measures *ledger.Measures `json:"measures,omitempty"`
	// Falls counts how often the tier fell by score: it makes each warning one.
	Falls int `json:"falls,omitempty"`
	// Setting is a tier on its way onto the record, Owed a warning on its way to
	// the owner; both are gone on with if the process died in between.
	Setting string `json:"setting,omitempty"`
	Owed    bool   `json:"owed,omitempty"`
}

// Service keeps cards.
type Service struct {
	store    *store.Store
	spaces   *workspace.Service
	accounts *accounts.Service
	records  *records.Service
	// OnWorse is told when a customer's tier has fallen by score, at least once a
	// fall: c.Falls tells them apart.
	OnWorse func(ctx context.Context, ws, customer string, c Card) error
	log     Log
	soon    soon
}

// Log takes what goes wrong and is tried again.
type Log interface {
	Warn(msg string, args ...any)
}

// New makes the service.
func New(s *store.Store, w *workspace.Service, a *accounts.Service, r *records.Service, log Log) *Service {
	return &Service{store: s, spaces: w, accounts: a, records: r, log: log, soon: soon{due: map[account]time.Time{}}}
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
	set := Card{Current: tier, Source: ByHand, Until: until, Reason: reason, By: a.ID, At: value.Instant(now)}
	return again(func() (Card, error) { return s.override(ctx, a, customer, set) })
}

// again repeats what lost a race: scores are computed at any time, and nobody
// who sets a tier by hand should hear of it.
func again(f func() (Card, error)) (c Card, err error) {
	for range attempts {
		if c, err = f(); !fault.Is(err, fault.Conflict) {
			break
		}
	}
	return c, err
}

func (s *Service) override(ctx context.Context, a policies.Actor, customer string, set Card) (Card, error) {
	r, err := s.records.Get(ctx, a, "customer", customer)
	if err != nil {
		return Card{}, err
	}
	card, ver, err := s.read(ctx, a.Workspace, customer)
	if err != nil {
		return Card{}, err
	}
	if err := s.setField(ctx, a, r, set.Current); err != nil {
		return Card{}, err
	}
	if card.Current != set.Current {
		card.Was = card.Current
	}
	card.Current, card.Source, card.Until, card.Reason, card.By, card.At = set.Current, set.Source, set.Until, set.Reason, set.By, set.At
	card.Setting = ""
	_, err = s.put(ctx, a.Workspace, customer, card, ver)
	return card, err
}

// EndOverride ends a tier set by hand: the score decides again, and nobody is
// warned of what that makes of it.
func (s *Service) EndOverride(ctx context.Context, ws, customer string) (Card, error) {
	_, err := again(func() (Card, error) {
		card, ver, err := s.read(ctx, ws, customer)
		if err != nil || card.Source != ByHand {
			return card, err
		}
		card.Source, card.Until, card.Reason, card.By = ByScore, 0, "", ""
		_, err = s.put(ctx, ws, customer, card, ver)
		return card, err
	})
	if err != nil {
		return Card{}, err
	}
	return s.compute(ctx, ws, customer, true)
}

// put writes a card over the version that was read, 0 for none.
func (s *Service) put(ctx context.Context, ws, customer string, c Card, ver int64) (int64, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	col := s.store.In(ws, collection)
	var d store.Doc
	if ver == 0 {
		d, err = col.Insert(ctx, customer, body)
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: customer, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return 0, fault.New(fault.Conflict, "store.version", nil)
	}
	return d.Ver, err
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
