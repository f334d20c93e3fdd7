package flows

import (
	"context"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// together adds to a page what its customers have on later pages, so that all
// of one customer starts at once and becomes one message, wherever the records
// lie. Of a customer who was on an earlier page all has been started already.
func together(ctx context.Context, records store.Collection, where filter.Expr, page []store.Doc) ([]store.Doc, error) {
	first, last := page[0].ID, page[len(page)-1].ID
	seen := map[string]bool{} // customers; true: on an earlier page
	for _, d := range page {
		customer, err := customerOf(d)
		if err != nil {
			return nil, err
		}
		if customer != "" {
			seen[customer] = false
		}
	}
	if len(seen) == 0 {
		return page, nil
	}
	later := map[string][]store.Doc{}
	customers := slices.Sorted(maps.Keys(seen))
	err := records.Each(ctx, store.Query{Filter: filter.And(where, filter.In("customer", customers...)), Limit: 500}, func(d store.Doc) error {
		customer, err := customerOf(d)
		switch {
		case err != nil:
			return err
		case d.ID < first:
			seen[customer] = true
		case d.ID > last:
			later[customer] = append(later[customer], d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, customer := range customers {
		if !seen[customer] {
			page = append(page, later[customer]...)
		}
	}
	return page, nil
}

func customerOf(d store.Doc) (string, error) {
	var rec struct {
		Customer string `json:"customer"`
	}
	err := decodeInto(d, &rec)
	return rec.Customer, err
}
