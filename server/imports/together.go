package imports

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/server/records"
)

// putGroup imports rows that belong together, in order. Where all of them are
// new invoices or payments of one customer, as in a first import, they are
// booked in one write of the account; what that refuses is tried again alone,
// which looks further and says why.
func (b *batch) putGroup(ctx context.Context, group []int) {
	customer, ok := b.allNew(group)
	if !ok {
		for _, k := range group {
			b.put(ctx, k)
		}
		return
	}
	ins := make([]records.Input, len(group))
	for i, k := range group {
		data, err := json.Marshal(b.rows[k].Data)
		if err != nil {
			b.fail(k, err)
			continue
		}
		ins[i] = records.Input{Data: data}
	}
	ids, errs := b.s.records.CreateBooked(ctx, b.a, b.f.Key, customer, ins)
	for i, k := range group {
		switch {
		case b.out[k].Status == Failed:
		case errs[i] != nil:
			b.put(ctx, k)
		default:
			b.out[k].Status, b.out[k].ID = Created, ids[i]
		}
	}
}

// allNew tells whether no row of a group is known yet, each is another record,
// and all are of one customer.
func (b *batch) allNew(group []int) (customer string, ok bool) {
	if b.dry || len(group) < 2 || b.f.Key != "invoice" && b.f.Key != "payment" {
		return "", false
	}
	seen := map[string]bool{}
	customer, _ = b.rows[group[0]].Data["customer"].(string)
	for _, k := range group {
		row := &b.rows[k]
		if c, _ := row.Data["customer"].(string); c != customer || b.known(row.ExternalID) != nil || seen[row.ExternalID] {
			return "", false
		}
		seen[row.ExternalID] = true
	}
	return customer, customer != ""
}
