package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// furtherDue is when the second open instalment of an invoice falls due, of
// those that have one; further is the money of the second and later ones.
const (
	furtherDue = "_furtherDue"
	further    = "_further"
)

// FurtherParts sums up the invoices that are past due with one instalment, by
// currency and its due date: how many there are, and what their further
// instalments come to, none of which is past due.
func (s *Service) FurtherParts(ctx context.Context, ws string, where filter.Expr, today value.Date, f func(cur value.Currency, due value.Date, count, amount int64)) error {
	rows, err := s.store.In(ws, Prefix+"invoice").Group(ctx, store.GroupQuery{
		Filter: filter.And(where, filter.Gte(furtherDue, today.String()), filter.Lt("nextDue", today.String()), filter.Exists(further)),
		By:     []string{"currency", "nextDue"}, Sum: further, Limit: 10_000,
	})
	for _, r := range rows {
		cur, _ := r.Keys[0].(string)
		text, _ := r.Keys[1].(string)
		due, _ := value.ParseDate(text)
		f(value.Currency(cur), due, r.Count, r.Sum)
	}
	return err
}

// LateParts gives the open instalments, earliest first, of each invoice that is
// past due with several, and of one last written before FurtherParts could sum it
// up. These are read one by one.
func (s *Service) LateParts(ctx context.Context, ws string, where filter.Expr, today value.Date, f func(cur value.Currency, parts []ledger.Part)) error {
	several := filter.And(filter.Gt(furtherDue, ""), filter.Or(filter.Lt(furtherDue, today.String()), filter.Missing(further)))
	q := store.Query{Filter: filter.And(where, several, filter.Lt("nextDue", today.String())), Limit: 500}
	return s.store.In(ws, Prefix+"invoice").Each(ctx, q, func(d store.Doc) error {
		var doc struct {
			Item *ledger.Item `json:"_item"`
		}
		if err := json.Unmarshal(d.Body, &doc); err != nil {
			return err
		}
		if doc.Item != nil {
			f(doc.Item.Currency, doc.Item.PartsOpen())
		}
		return nil
	})
}
