package records

import (
	"context"
	"maps"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// BinDays is for how many days, of 24 hours, a deleted record can be restored.
const BinDays = 90

// What an entry of the bin says beside the record as it was: of which form and
// which id, and who deleted it when.
const (
	binnedForm = "_deletedForm"
	binnedID   = "_deletedId"
	binnedAt   = "_deletedAt"
	binnedBy   = "_deletedBy"
)

// Binned is a deleted record with what the actor may see of it.
type Binned struct {
	Record
	Title     string `json:"title,omitempty" doc:"what the form names its records by; not there where that is masked"`
	DeletedAt string `json:"deletedAt"`
	DeletedBy string `json:"deletedBy,omitempty" doc:"a user or key"`
	Until     string `json:"until" doc:"when it is removed for good"`
}

// Binful is a page of deleted records, those deleted last first.
type Binful struct {
	Items []Binned `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// throw keeps a record in the bin before it goes, in the place of what was kept
// under its key before.
func (s *Service) throw(ctx context.Context, a policies.Actor, formKey, id string, b body) error {
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	now, _ := s.spaces.Now(w)
	b.set(binnedForm, formKey)
	b.set(binnedID, id)
	b.set(binnedAt, value.Instant(now))
	b.set(binnedBy, a.ID)
	raw, err := encode(b)
	if err != nil {
		return err
	}
	col := s.store.In(a.Workspace, Bin)
	d := store.Doc{ID: formKey + "/" + id, Body: raw}
	if _, err = col.Insert(ctx, d.ID, raw); fault.Is(err, fault.Conflict) {
		_, err = col.Replace(ctx, d, 0)
	}
	return err
}

// openBin opens a form's bin: who may delete records sees deleted ones, as far
// as they see those that are there. Faults: NotFound; Denied.
func (s *Service) openBin(ctx context.Context, a policies.Actor, formKey string) (forms.Published, policies.View, error) {
	f, v, err := s.open(ctx, a, formKey, "delete")
	if err != nil {
		return f, v, err
	}
	read, err := s.view(ctx, a, formKey, "read")
	if err != nil {
		return f, v, err
	}
	both := policies.View{Scope: filter.And(v.Scope, read.Scope), Masked: map[string]bool{}}
	maps.Copy(both.Masked, v.Masked)
	maps.Copy(both.Masked, read.Masked)
	return f, both, nil
}

// binScope is a view's scope over a form's entries in the bin.
func binScope(f forms.Published, v policies.View) filter.Expr {
	scope := scopeOf(f, v)
	if scope == nil {
		return nil
	}
	return filter.Rename(scope, func(field string) string {
		if field == "id" {
			return binnedID
		}
		return field
	})
}

// ListBin gives a page of a form's deleted records in the actor's view. Faults:
// NotFound for no such form; Denied.
func (s *Service) ListBin(ctx context.Context, a policies.Actor, formKey string, limit int, cursor string) (Binful, error) {
	f, v, err := s.openBin(ctx, a, formKey)
	if err != nil {
		return Binful{}, err
	}
	today, err := s.today(ctx, a.Workspace)
	if err != nil {
		return Binful{}, err
	}
	page, err := s.store.In(a.Workspace, Bin).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq(binnedForm, f.Key), binScope(f, v)), Sort: []store.SortKey{{Field: binnedAt, Desc: true}}, Limit: limit, After: cursor,
	})
	if err != nil {
		return Binful{}, err
	}
	out, ids := Binful{Items: make([]Binned, 0, len(page.Docs)), Next: page.Next}, make([]string, len(page.Docs))
	bodies := make([]body, len(page.Docs))
	for i, d := range page.Docs {
		if bodies[i], err = decode(d); err != nil {
			return Binful{}, err
		}
		ids[i] = bodies[i].text(binnedID)
	}
	live, err := s.store.In(a.Workspace, Prefix+f.Key).GetMany(ctx, ids)
	if err != nil {
		return Binful{}, err
	}
	for i, d := range page.Docs {
		if _, ok := live[ids[i]]; ok {
			continue // came back, or is only about to go
		}
		r, err := show(f, store.Doc{ID: ids[i], Body: d.Body}, v, today)
		if err != nil {
			return Binful{}, err
		}
		out.Items = append(out.Items, binnedOf(f, r, bodies[i]))
	}
	return out, nil
}

func binnedOf(f forms.Published, r Record, b body) Binned {
	x := Binned{Record: r, Title: r.Text(f.Title), DeletedAt: b.text(binnedAt), DeletedBy: b.text(binnedBy)}
	if at, err := value.ParseInstant(x.DeletedAt); err == nil {
		x.Until = value.Instant(at.Add(BinDays * 24 * time.Hour))
	}
	return x
}

// binned reads an entry of the bin. One outside the view is not found, and none
// is there of a record that lives.
func (s *Service) binned(ctx context.Context, a policies.Actor, f forms.Published, v policies.View, id string) (store.Doc, error) {
	none := notFound(fault.New(fault.NotFound, "", nil), f.Key, id)
	d, err := s.store.In(a.Workspace, Bin).Get(ctx, f.Key+"/"+id)
	if err != nil {
		return d, notFound(err, f.Key, id)
	}
	doc, err := plain(d)
	if err != nil {
		return d, err
	}
	if scope := binScope(f, v); doc[binnedForm] != f.Key || scope != nil && !filter.Match(scope, doc) {
		return d, none
	}
	live, err := s.lives(ctx, a.Workspace, f.Key, id)
	if err == nil && live {
		err = none
	}
	return d, err
}

func (s *Service) lives(ctx context.Context, ws, formKey, id string) (bool, error) {
	_, err := s.store.In(ws, Prefix+formKey).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}
