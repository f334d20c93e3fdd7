package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/records"
)

// attempts bounds how often a row is tried again when others write the same
// record at the same time.
const attempts = 10

// put imports one row. Another import, a person or a projection may come in
// between at any point: then the row is judged anew against what is there.
func (b *batch) put(ctx context.Context, k int) {
	row := &b.rows[k]
	old := b.known(row.ExternalID)
	var err error
	for n := range attempts {
		if err = ctx.Err(); err != nil {
			break
		}
		if n > 2 {
			time.Sleep(time.Duration(n) * 3 * time.Millisecond)
		}
		var done *records.Record
		status := Created
		if old == nil {
			done, err = b.create(ctx, row)
		} else {
			status, done, err = b.change(ctx, row, old)
		}
		if err == nil {
			b.remember(row.ExternalID, done)
			b.out[k].Status, b.out[k].ID = status, done.ID
			return
		}
		if !overtaken(err) {
			break
		}
		next, failed := b.again(ctx, row.ExternalID, old, err)
		if failed != nil {
			err = failed
			break
		}
		old = next
	}
	b.fail(k, err)
}

// overtaken tells whether another writer was faster. An invoice that the
// ledger does not know yet is being booked by another import.
func overtaken(err error) bool {
	switch fault.KeyOf(err) {
	case "store.version", "record.notUnique", "ledger.noInvoice":
		return true
	}
	return false
}

// again reads the record as it is now; was is why.
func (b *batch) again(ctx context.Context, external string, old *records.Record, was error) (*records.Record, error) {
	if old != nil {
		if fault.KeyOf(was) == "record.notUnique" {
			return nil, was
		}
		r, err := b.s.records.Get(ctx, b.a, b.f.Key, old.ID)
		if fault.Is(err, fault.NotFound) {
			return nil, nil //nolint:nilnil // its booking was refused: there is none
		}
		return &r, err
	}
	l, err := b.s.records.List(ctx, b.a, b.f.Key, records.ListQuery{Filter: filter.Eq("externalId", external), Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		if !onExternalID(was) {
			return nil, was // another field must be unique
		}
		return nil, nil //nolint:nilnil // taken back in the meantime, or outside the view: try again
	}
	return &l.Items[0], nil
}

func onExternalID(err error) bool {
	fe, ok := errors.AsType[*fault.Error](err)
	return ok && slices.ContainsFunc(fe.Fields, func(f fault.Field) bool { return f.Pointer == "/data/externalId" })
}

func (b *batch) create(ctx context.Context, row *Row) (*records.Record, error) {
	data, err := json.Marshal(row.Data)
	if err != nil {
		return nil, err
	}
	if b.dry {
		return b.tryCreate(data)
	}
	r, err := b.s.records.Create(ctx, b.a, b.f.Key, records.Input{Data: data})
	return &r, err
}

// change brings a record to what the row says; fields that the row does not
// name stay.
func (b *batch) change(ctx context.Context, row *Row, old *records.Record) (string, *records.Record, error) {
	fields := differing(row, old)
	if b.f.Key == "payment" {
		for _, name := range fields {
			if slices.Contains(paid, name) {
				return "", nil, fault.InvalidFields([]fault.Field{{Pointer: "/" + name, Rule: "fixedOnceBooked"}})
			}
		}
		return Unchanged, old, nil
	}
	if len(fields) == 0 {
		return Unchanged, old, nil
	}
	merged := make(map[string]any, len(old.Data)+len(fields))
	for name, v := range old.Data {
		merged[name] = v
	}
	for _, name := range fields {
		if merged[name] = row.Data[name]; row.Data[name] == nil {
			delete(merged, name)
		}
	}
	data, err := json.Marshal(merged)
	if err != nil {
		return "", nil, err
	}
	if b.dry {
		r, err := b.tryChange(old, data, fields)
		return Updated, r, err
	}
	r, err := b.s.records.Update(ctx, b.a, b.f.Key, old.ID, data, old.Version)
	return Updated, &r, err
}

// paid are the fields of a payment that the ledger has booked.
var paid = []string{"customer", "amount", "currency", "valueDate", "invoices"}

// differing lists the fields that the row would change, sorted. What the actor
// may not see is left alone.
func differing(row *Row, old *records.Record) []string {
	var out []string
	for _, name := range sortedKeys(row.Data) {
		if slices.Contains(old.Masked, name) {
			continue
		}
		if v := row.Data[name]; v == nil {
			if old.Data[name] != nil {
				out = append(out, name)
			}
		} else if !equalJSON(v, old.Data[name]) {
			out = append(out, name)
		}
	}
	return out
}

// equalJSON compares a value with JSON, numbers by value.
func equalJSON(v any, raw json.RawMessage) bool {
	if raw == nil {
		return false
	}
	a, err := json.Marshal(v)
	if err != nil {
		return false
	}
	if bytes.Equal(a, raw) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(raw, &y) != nil {
		return false
	}
	p, err1 := json.Marshal(x)
	q, err2 := json.Marshal(y)
	return err1 == nil && err2 == nil && bytes.Equal(p, q)
}
