package imports

import (
	"context"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/records"
)

// numberIn is the number of a row, or the reference of a payment; "" without.
func numberIn(data map[string]any) string {
	for _, name := range []string{"number", "reference"} {
		if s, ok := data[name].(string); ok && strings.TrimSpace(s) != "" {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// find reads the records that exist, by external id; then those without one
// by number, as people may have entered them before the first import.
func (b *batch) find(ctx context.Context) error {
	var ids []string
	for _, k := range b.live() {
		ids = append(ids, b.rows[k].ExternalID)
	}
	if len(ids) == 0 {
		return nil
	}
	err := b.s.records.Each(ctx, b.a, b.f.Key, records.ListQuery{Filter: filter.In("externalId", ids...)}, func(r records.Record) error {
		b.old[r.Text("externalId")] = &r
		return nil
	})
	name := map[string]string{"customer": "number", "invoice": "number", "payment": "reference"}[b.f.Key]
	if err != nil || name == "" {
		return err
	}
	wanted := map[string][]int{}
	for _, k := range b.live() {
		n, ok := b.rows[k].Data[name].(string)
		if ok && n != "" && b.old[b.rows[k].ExternalID] == nil && (b.numbered[k] || b.f.Key != "payment") {
			wanted[n] = append(wanted[n], k)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	there := map[string][]records.Record{}
	err = b.s.records.Each(ctx, b.a, b.f.Key, records.ListQuery{Filter: filter.In(name, sortedKeys(wanted)...)}, func(r records.Record) error {
		there[r.Text(name)] = append(there[r.Text(name)], r)
		return nil
	})
	for n, rows := range wanted {
		b.match(rows, there[n])
	}
	return err
}

// match gives rows of one number the records that have it. A row with an external
// id takes the only record that has none yet, and makes it its own; one without
// leaves the record's as it is.
func (b *batch) match(rows []int, there []records.Record) {
	used := map[string]bool{}
	for _, k := range rows {
		var fit []*records.Record
		for n := range there {
			r := &there[n]
			if !used[r.ID] && (b.numbered[k] || r.Text("externalId") == "") && b.same(k, *r) {
				fit = append(fit, r)
			}
		}
		switch {
		case b.f.Key == "payment" && len(fit) > 0:
			fit = b.closest(k, fit)
		case len(rows) != 1:
			fit = nil
		}
		if len(fit) != 1 {
			continue
		}
		row := &b.rows[k]
		if b.numbered[k] {
			delete(row.Data, "externalId")
			row.ExternalID = "\x00" + fit[0].ID // no other row's
		}
		used[fit[0].ID], b.old[row.ExternalID] = true, fit[0]
	}
}

// closest is the payment with the row's amount and day; without one, those that
// have its reference: customers pay under one reference again and again.
func (b *batch) closest(k int, fit []*records.Record) []*records.Record {
	for _, r := range fit {
		if d := b.rows[k].Data; equalJSON(d["amount"], r.Data["amount"]) && equalJSON(d["valueDate"], r.Data["valueDate"]) {
			return []*records.Record{r}
		}
	}
	return fit
}

// same tells whether a record found by number can be the row's: an invoice
// must be of the same customer, and a payment too.
func (b *batch) same(k int, r records.Record) bool {
	return b.f.Key == "customer" || b.rows[k].Data["customer"] == r.Text("customer")
}
