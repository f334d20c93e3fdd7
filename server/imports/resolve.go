package imports

import (
	"context"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/records"
)

// target is a record that a key may mean.
type target struct{ id, customer string }

// targets finds records by the keys that rows name them by.
type targets struct {
	byExternal map[string]target
	byNumber   map[string][]target
	byID       map[string]bool
}

// resolve turns the keys in reference fields into ids: customers first, since
// a number of an invoice may need its customer to be one invoice.
func (b *batch) resolve(ctx context.Context) error {
	if fd, ok := b.f.Field("customer"); ok && fd.Ref != "" {
		if err := b.resolveField(ctx, fd); err != nil {
			return err
		}
	}
	for _, fd := range b.f.Fields {
		var err error
		switch {
		case fd.Ref != "" && fd.Key != "customer":
			err = b.resolveField(ctx, fd)
		case fd.Type == "user" && b.s.User != nil:
			b.resolveUsers(ctx, fd)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) resolveUsers(ctx context.Context, fd form.Field) {
	seen := map[string]string{}
	for _, k := range b.live() {
		text, ok := b.rows[k].Data[fd.Key].(string)
		if !ok || text == "" {
			continue
		}
		id, known := seen[text]
		if !known {
			if id, ok = b.s.User(ctx, b.a.Workspace, text); !ok {
				id = ""
			}
			seen[text] = id
		}
		if id == "" {
			b.failField(k, fd.Key, "user", text)
			continue
		}
		b.rows[k].Data[fd.Key] = id
	}
}

func (b *batch) failField(k int, field, rule, text string) {
	b.fail(k, fault.InvalidFields([]fault.Field{{Pointer: "/" + field, Rule: rule, Params: fault.Params{"value": clip(text)}}}))
}

func (b *batch) resolveField(ctx context.Context, fd form.Field) error {
	var keys []string
	seen := map[string]bool{}
	for _, k := range b.live() {
		for _, key := range keysIn(b.rows[k].Data[fd.Key]) {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	t, err := b.lookup(ctx, fd.Ref, keys)
	if err != nil {
		return err
	}
	for _, k := range b.live() {
		customer, _ := b.rows[k].Data["customer"].(string)
		switch x := b.rows[k].Data[fd.Key].(type) {
		case string:
			if id, rule := t.pick(x, customer); rule == "" {
				b.rows[k].Data[fd.Key] = id
			} else {
				b.failField(k, fd.Key, rule, x)
			}
		case []any:
			b.resolveList(k, fd.Key, x, customer, t)
		}
	}
	return nil
}

func (b *batch) resolveList(k int, field string, keys []any, customer string, t *targets) {
	ids := make([]any, 0, len(keys))
	for _, v := range keys {
		key, _ := v.(string)
		id, rule := t.pick(key, customer)
		if rule != "" {
			b.failField(k, field, rule, key)
			return
		}
		ids = append(ids, id)
	}
	b.rows[k].Data[field] = ids
}

// keysIn lists the keys of a reference or a list of them.
func keysIn(v any) []string {
	switch x := v.(type) {
	case string:
		if x != "" {
			return []string{x}
		}
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, keysIn(e)...)
		}
		return out
	}
	return nil
}

// lookup reads the records that keys may mean, a query for every 500 keys; a
// key that is neither external id nor number may be an id.
func (b *batch) lookup(ctx context.Context, formKey string, keys []string) (*targets, error) {
	f, err := b.s.forms.Get(ctx, b.a.Workspace, formKey)
	if err != nil {
		return nil, err
	}
	t := &targets{byExternal: map[string]target{}, byNumber: map[string][]target{}, byID: map[string]bool{}}
	names := []string{}
	for _, name := range []string{"externalId", "number"} {
		if _, ok := f.Field(name); ok {
			names = append(names, name)
		}
	}
	for from := 0; from < len(keys) && len(names) > 0; from += MaxBatch {
		some := keys[from:min(len(keys), from+MaxBatch)]
		var where []filter.Expr
		for _, name := range names {
			where = append(where, filter.In(name, some...))
		}
		err := b.s.records.Each(ctx, b.a, formKey, records.ListQuery{Filter: filter.Or(where...)}, func(r records.Record) error {
			t.add(r)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		if _, ok := t.byExternal[key]; ok || len(t.byNumber[key]) > 0 {
			continue
		}
		if _, err := b.s.records.Get(ctx, b.a, formKey, key); err == nil {
			t.byID[key] = true
		} else if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return t, nil
}

func (t *targets) add(r records.Record) {
	to := target{id: r.ID, customer: r.Text("customer")}
	if x := r.Text("externalId"); x != "" {
		t.byExternal[x] = to
	}
	if n := r.Text("number"); n != "" {
		t.byNumber[n] = append(t.byNumber[n], to)
	}
}

// pick gives the record that a key means: by external id, else by number, else
// by id; or the rule that is broken.
func (t *targets) pick(key, customer string) (id, rule string) {
	if to, ok := t.byExternal[key]; ok {
		return to.id, ""
	}
	found := t.byNumber[key]
	if len(found) > 1 && customer != "" {
		found = nil
		for _, to := range t.byNumber[key] {
			if to.customer == customer {
				found = append(found, to)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0].id, ""
	case len(found) > 1:
		return "", "referenceAmbiguous"
	case t.byID[key]:
		return key, ""
	}
	return "", "reference"
}
