package records

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// judge turns what was sent into what will be stored: it numbers, drops what
// rules hide, computes formulas, and then judges by the form, the references
// and the files. old is the record before, nil for a new one.
func (s *Service) judge(ctx context.Context, a policies.Actor, f forms.Published, id string, raw json.RawMessage, old body) (body, error) {
	if len(raw) > form.MaxRecord {
		return nil, fault.At("/data", "maxBytes", form.MaxRecord)
	}
	v, err := form.Decode(raw)
	if err != nil {
		return nil, under("/data", err)
	}
	var b body
	m, isObject := v.(map[string]any)
	if isObject {
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, fault.At("/data", "json", nil)
		}
		maps.DeleteFunc(m, func(_ string, x any) bool { return x == nil }) // null is missing: one way to say nothing
		if err := s.number(ctx, a.Workspace, f, m, old); err != nil {
			return nil, err
		}
		if err := s.nameFiles(ctx, a, f, id, m); err != nil {
			return nil, under("/data", err)
		}
		f.Settle(m)
	}
	if err := f.Validate(v); err != nil {
		return nil, under("/data", err)
	}
	maps.DeleteFunc(b, func(k string, _ json.RawMessage) bool { _, kept := m[k]; return !kept })
	for k, x := range m {
		if made(f, k) || b[k] == nil {
			b.set(k, x)
		}
	}
	return b, under("/data", s.references(ctx, a, f, m, old))
}

// made tells whether the server writes a field; others keep the text that was sent.
func made(f forms.Published, key string) bool {
	fd, _ := f.Field(key)
	return fd.Formula != nil || fd.Auto != nil || fd.Type == "rows" || fd.Type == "file"
}

// references judges the fields that name records of other forms: the actor
// sees the record, and it fits the field's conditions. "customer" is judged
// where its name and scope are copied.
func (s *Service) references(ctx context.Context, a policies.Actor, f forms.Published, m map[string]any, old body) error {
	var bad []fault.Field
	for _, fd := range f.Fields {
		id, _ := m[fd.Key].(string)
		if fd.Type != "reference" || fd.System || id == "" || fd.Key == "customer" && fd.Ref == "customer" || old.text(fd.Key) == id {
			continue
		}
		ok, err := s.named(ctx, a, fd, id, m)
		if err != nil {
			return err
		}
		if !ok {
			bad = append(bad, fault.Field{Pointer: "/" + fd.Key, Rule: "reference", Params: fault.Params{"value": id}})
		}
	}
	return fault.InvalidFields(bad)
}

func (s *Service) named(ctx context.Context, a policies.Actor, fd form.Field, id string, m map[string]any) (bool, error) {
	f, v, err := s.open(ctx, a, fd.Ref, "read")
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d, err := s.visible(ctx, a, f, v, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	where := fd.ChoiceFilter(m)
	if where == nil {
		return true, nil
	}
	doc, err := plain(d)
	return err == nil && filter.Match(where, doc), err
}

// sequences counts what fields were numbered, by form/field.
const sequences = "sequence"

// number gives the fields that the server numbers their value: a new one, or
// the one that the record has. What a client sends there does not count.
func (s *Service) number(ctx context.Context, ws string, f forms.Published, m map[string]any, old body) error {
	for _, fd := range f.Fields {
		if fd.Auto == nil {
			continue
		}
		delete(m, fd.Key)
		if t := old.text(fd.Key); t != "" {
			m[fd.Key] = t
			continue
		}
		n, err := s.nextNumber(ctx, ws, f.Key+"/"+fd.Key, max(fd.Auto.Start, 1))
		if err != nil {
			return err
		}
		digits := strconv.FormatInt(n, 10)
		for len(digits) < fd.Auto.Digits {
			digits = "0" + digits
		}
		m[fd.Key] = fd.Auto.Prefix + digits
	}
	return nil
}

// nextNumber counts one up by compare-and-set: no two callers, on however many
// servers, get the same number. A caller that fails later leaves a gap.
func (s *Service) nextNumber(ctx context.Context, ws, key string, first int64) (int64, error) {
	col := s.store.In(ws, sequences)
	for range 200 {
		d, err := col.Get(ctx, key)
		if fault.Is(err, fault.NotFound) {
			if _, err = col.Insert(ctx, key, json.RawMessage(`{"n":`+strconv.FormatInt(first, 10)+`}`)); err == nil {
				return first, nil
			}
			if fault.Is(err, fault.Conflict) {
				continue
			}
		}
		if err != nil {
			return 0, err
		}
		var seq struct {
			N int64 `json:"n"`
		}
		if err := json.Unmarshal(d.Body, &seq); err != nil {
			return 0, err
		}
		n := max(seq.N+1, first)
		_, err = col.Replace(ctx, store.Doc{ID: key, Body: json.RawMessage(`{"n":` + strconv.FormatInt(n, 10) + `}`)}, d.Ver)
		if err == nil {
			return n, nil
		}
		if fault.KeyOf(err) != "store.version" {
			return 0, err
		}
	}
	return 0, fault.New(fault.Unavailable, "busy", nil)
}

// settled brings a stored record to a later revision: its steps, then what a
// save would do to it.
func settled(f forms.Published, b body) (next body, changed bool, err error) {
	next = maps.Clone(b)
	changed = f.Upgrade(next, int(b.number("_rev")))
	m := map[string]any{}
	for _, fd := range f.Fields {
		if raw := next[fd.Key]; raw != nil {
			v, err := form.Decode(raw)
			if err != nil {
				return nil, false, err
			}
			m[fd.Key] = v
		}
	}
	for _, k := range f.Settle(m) {
		before := next[k]
		delete(next, k)
		if v, ok := m[k]; ok {
			next.set(k, v)
		}
		if !sameJSON(before, next[k]) {
			changed = true
		}
	}
	return next, changed, f.Validate(m)
}

// fileFields are the keys of a form's file fields.
func fileFields(f forms.Published) []string {
	var out []string
	for _, fd := range f.Fields {
		if fd.Type == "file" {
			out = append(out, fd.Key)
		}
	}
	slices.Sort(out)
	return out
}
