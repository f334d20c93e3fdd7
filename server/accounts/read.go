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

// Each visits the journals of all accounts of a workspace, one account at a
// time: documents and journals are read in a query each for a page of accounts.
func (s *Service) Each(ctx context.Context, ws string, f func(customer string, events []ledger.Event, st *ledger.State) error) error {
	return s.eachPage(ctx, ws, nil, f, func() error { return nil })
}

// eachPage visits as Each does, those accounts that are wanted (nil: all), and
// calls end after each page of them.
func (s *Service) eachPage(ctx context.Context, ws string, wanted func(customer string) bool, f func(customer string, events []ledger.Event, st *ledger.State) error, end func() error) error {
	for after := ""; ; {
		page, err := s.store.In(ws, Collection).Find(ctx, store.Query{Limit: 200, After: after})
		if err != nil {
			return err
		}
		ids, docs := make([]string, 0, len(page.Docs)), make(map[string]store.Doc, len(page.Docs))
		for _, d := range page.Docs {
			if wanted == nil || wanted(d.ID) {
				ids, docs[d.ID] = append(ids, d.ID), d
			}
		}
		if len(ids) > 0 {
			if err := s.journals(ctx, ws, ids, docs, f); err != nil {
				return err
			}
			if err := end(); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// Ageing recomputes the ageing of a workspace from the journal for any date.
// visible tells which accounts count; nil counts all.
func (s *Service) Ageing(ctx context.Context, ws string, asOf value.Date, visible func(customer string) bool) (*ledger.Ageing, error) {
	a := ledger.NewAgeing(asOf, nil)
	err := s.eachPage(ctx, ws, visible, func(_ string, events []ledger.Event, _ *ledger.State) error {
		a.AddAccount(events)
		return nil
	}, func() error { return nil })
	return a, err
}

// AgeingRows recomputes the same totals and gives the rows of the accounts
// beside, some accounts at a time in the order of their ids.
func (s *Service) AgeingRows(ctx context.Context, ws string, asOf value.Date, visible func(customer string) bool, f func(rows []ledger.AgedRow) error) (*ledger.Ageing, error) {
	a := ledger.NewAgeing(asOf, nil)
	var rows []ledger.AgedRow
	err := s.eachPage(ctx, ws, visible, func(id string, events []ledger.Event, _ *ledger.State) error {
		rows = append(rows, a.Split(id, events)...)
		return nil
	}, func() error {
		err := f(rows)
		rows = rows[:0]
		return err
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
