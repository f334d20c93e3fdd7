package records

import (
	"context"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// AgeingQuery says which ageing is asked for.
type AgeingQuery struct {
	AsOf     value.Date
	Currency value.Currency             // empty: all
	Visible  func(customer string) bool // nil: all accounts
}

// AgeingRow is what a customer has in one currency.
type AgeingRow struct {
	Customer AgeingName `json:"customer"`
	ledger.AgeingOf
	Overdue int64 `json:"overdue"`
}

// AgeingName names a customer; one whose record has been deleted since has no
// name.
type AgeingName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AgeingGroup is one currency's totals with the worst rows, most overdue first,
// and how many more there are.
type AgeingGroup struct {
	ledger.AgeingOf
	Overdue   int64       `json:"overdue"`
	Customers []AgeingRow `json:"customers" doc:"most overdue first, then most open"`
	More      int64       `json:"more" doc:"how many rows there are beside; the file has them all"`
}

// VisibleCustomers is a scope as a set of customers; nil for all.
func (s *Service) VisibleCustomers(ctx context.Context, ws string, scope filter.Expr) (func(customer string) bool, error) {
	if scope == nil {
		return nil, nil
	}
	seen := map[string]bool{}
	err := s.store.In(ws, Prefix+"customer").Each(ctx, store.Query{Filter: scope, Limit: 500}, func(d store.Doc) error {
		seen[d.ID] = true
		return nil
	})
	return func(id string) bool { return seen[id] }, err
}

// WorstAgeing gives the totals of each currency with its worst rows: most
// overdue first, then most open. No more than limit rows of a currency are held
// while the accounts are read.
func (s *Service) WorstAgeing(ctx context.Context, ws string, q AgeingQuery, limit int) ([]AgeingGroup, error) {
	worst := ledger.NewWorst(limit)
	totals, err := s.accounts.AgeingRows(ctx, ws, q.AsOf, q.Visible, func(rows []ledger.AgedRow) error {
		for _, r := range rows {
			if q.wants(r.Currency) {
				worst.Add(r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var groups []ledger.AgedGroup
	var ids []string
	for _, g := range worst.Groups(totals) {
		if !q.wants(g.Currency) {
			continue
		}
		groups = append(groups, g)
		for _, r := range g.Worst {
			ids = append(ids, r.Customer)
		}
	}
	names, err := s.Names(ctx, ws, ids, nil)
	if err != nil {
		return nil, err
	}
	out := make([]AgeingGroup, 0, len(groups))
	for _, g := range groups {
		out = append(out, AgeingGroup{g.AgeingOf, g.Overdue(), named(g.Worst, names), g.More})
	}
	return out, nil
}

// EachAgeing visits the rows of all customers, in the order of their ids, with
// one query for the names of some customers at a time.
func (s *Service) EachAgeing(ctx context.Context, ws string, q AgeingQuery, f func(AgeingRow) error) error {
	_, err := s.accounts.AgeingRows(ctx, ws, q.AsOf, q.Visible, func(rows []ledger.AgedRow) error {
		ids := make([]string, 0, len(rows))
		for _, r := range rows {
			if q.wants(r.Currency) {
				ids = append(ids, r.Customer)
			}
		}
		names, err := s.Names(ctx, ws, ids, nil)
		if err != nil {
			return err
		}
		for _, r := range named(rows, names) {
			if !q.wants(r.Currency) {
				continue
			}
			if err := f(r); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (q AgeingQuery) wants(c value.Currency) bool { return q.Currency == "" || q.Currency == c }

func named(rows []ledger.AgedRow, names map[string]string) []AgeingRow {
	out := make([]AgeingRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, AgeingRow{AgeingName{r.Customer, names[r.Customer]}, r.AgeingOf, r.Overdue()})
	}
	return out
}
