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
// those that have one.
const furtherDue = "_furtherDue"

// LateParts gives the open instalments, earliest first, of each invoice that
// has several and is past due with the first. Invoices are read one by one;
// others never are.
func (s *Service) LateParts(ctx context.Context, ws string, where filter.Expr, today value.Date, f func(cur value.Currency, parts []ledger.Part)) error {
	q := store.Query{Filter: filter.And(where, filter.Gt(furtherDue, ""), filter.Lt("nextDue", today.String())), Limit: 500}
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
