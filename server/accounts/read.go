package accounts

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Load reads an account; one that never had an event is empty.
func (s *Service) Load(ctx context.Context, ws, customer string) (*ledger.State, error) {
	doc, _, err := s.read(ctx, ws, customer)
	return doc.State, err
}

// LoadMany reads the accounts of a page of customers in one query.
func (s *Service) LoadMany(ctx context.Context, ws string, customers []string) (map[string]*ledger.State, error) {
	docs, err := s.store.In(ws, Collection).GetMany(ctx, customers)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*ledger.State, len(customers))
	for _, id := range customers {
		doc := document{State: ledger.NewState(id)}
		if d, ok := docs[id]; ok {
			if err := json.Unmarshal(d.Body, &doc); err != nil {
				return nil, err
			}
		}
		out[id] = doc.State
	}
	return out, nil
}

func (s *Service) read(ctx context.Context, ws, customer string) (document, int64, error) {
	d, err := s.store.In(ws, Collection).Get(ctx, customer)
	if fault.Is(err, fault.NotFound) {
		return document{State: ledger.NewState(customer)}, 0, nil
	}
	if err != nil {
		return document{}, 0, err
	}
	var doc document
	if err := json.Unmarshal(d.Body, &doc); err != nil {
		return document{}, 0, err
	}
	return doc, d.Ver, nil
}

// Each visits the journals of all accounts of a workspace, one account at a time.
func (s *Service) Each(ctx context.Context, ws string, f func(customer string, events []ledger.Event, st *ledger.State) error) error {
	return s.store.In(ws, Collection).Each(ctx, store.Query{Limit: 200}, func(d store.Doc) error {
		events, st, err := s.Events(ctx, ws, d.ID)
		if err != nil {
			return err
		}
		return f(d.ID, events, st)
	})
}

// Ageing recomputes the ageing of a workspace from the journal for any date.
// visible tells which accounts count; nil counts all.
func (s *Service) Ageing(ctx context.Context, ws string, asOf value.Date, visible func(customer string) bool) (*ledger.Ageing, error) {
	a := ledger.NewAgeing(asOf, nil)
	err := s.Each(ctx, ws, func(c string, events []ledger.Event, _ *ledger.State) error {
		if visible == nil || visible(c) {
			a.AddAccount(events)
		}
		return nil
	})
	return a, err
}

var errDelivered = errors.New("nothing left to deliver")

// Ticking gives accounts on which time alone changes something until a day:
// those with open promises or holds with an end, the soonest first.
func (s *Service) Ticking(ctx context.Context, ws string, until value.Date, limit int) ([]*ledger.State, error) {
	return s.find(ctx, ws, store.Query{
		Filter: filter.And(filter.Gt("tick", ""), filter.Lte("tick", until.String())), Sort: []store.SortKey{{Field: "tick"}}, Limit: limit,
	})
}

// InFlight gives accounts with a message granted before an instant that has
// not ended.
func (s *Service) InFlight(ctx context.Context, ws, before string) ([]*ledger.State, error) {
	return s.find(ctx, ws, store.Query{Filter: filter.And(filter.Gt("inflight", ""), filter.Lt("inflight", before)), Limit: 500})
}

func (s *Service) find(ctx context.Context, ws string, q store.Query) ([]*ledger.State, error) {
	page, err := s.store.In(ws, Collection).Find(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]*ledger.State, 0, len(page.Docs))
	for _, d := range page.Docs {
		var doc document
		if err := json.Unmarshal(d.Body, &doc); err != nil {
			return nil, err
		}
		out = append(out, doc.State)
	}
	return out, nil
}
