package records

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// Policy is what this room asks of permissions.
type Policy interface {
	// View is what an actor may see or do of a form's records; Denied if nothing.
	View(ctx context.Context, a policies.Actor, object, action string) (policies.View, error)
}

// Service keeps records.
type Service struct {
	store    *store.Store
	spaces   *workspace.Service
	forms    *forms.Service
	accounts *accounts.Service
	policy   Policy
	// OnChange is told of records that changed outside the ledger.
	OnChange func(ctx context.Context, ws, formKey, id, customer string, fields []string)
	// migrating are the migrations that this process is at.
	migrating sync.Map
	restaged  sync.Map // workspaces whose customers all have a stage
}

// New makes the service.
func New(s *store.Store, w *workspace.Service, f *forms.Service, a *accounts.Service, p Policy) *Service {
	return &Service{store: s, spaces: w, forms: f, accounts: a, policy: p}
}

// Record is one record as people and programs see it. Data are the form's
// fields, System the product's figures beside them. Masked names fields that
// the actor may not see.
type Record struct {
	ID        string                     `json:"id"`
	Form      string                     `json:"form"`
	Version   int64                      `json:"version"`
	Revision  int                        `json:"revision"`
	Data      map[string]json.RawMessage `json:"data"`
	System    map[string]json.RawMessage `json:"system"`
	Masked    []string                   `json:"masked,omitempty"`
	CreatedAt string                     `json:"createdAt"`
	UpdatedAt string                     `json:"updatedAt"`
	By        string                     `json:"by,omitempty"`
}

// Text is a text field of the data or system, "" when it is none.
func (r Record) Text(key string) string {
	raw, ok := r.Data[key]
	if !ok {
		raw = r.System[key]
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// body is a record as stored: data and projections side by side at the top
// level, the store's own under "_".
type body map[string]json.RawMessage

func (b body) text(key string) string {
	var s string
	_ = json.Unmarshal(b[key], &s)
	return s
}

func (b body) number(key string) int64 {
	var n int64
	_ = json.Unmarshal(b[key], &n)
	return n
}

// version counts the changes of a record's data by people and programs. The
// document's own version counts projections too: with that, whoever edits a
// customer would be refused because a payment came in.
func (b body) version() int64 { return max(b.number("_dv"), 1) }

func (b body) set(key string, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		return
	}
	b[key] = raw
}

func decode(d store.Doc) (body, error) {
	var b body
	err := json.Unmarshal(d.Body, &b)
	return b, err
}

func encode(b body) (json.RawMessage, error) { return json.Marshal(b) }

// Ensure makes the collections of all forms of a workspace.
func (s *Service) Ensure(ctx context.Context, ws string) error {
	all, err := s.forms.List(ctx, ws)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Published == nil {
			continue
		}
		f, err := s.forms.Get(ctx, ws, e.Key)
		if err != nil {
			return err
		}
		if err := s.store.Ensure(ctx, ws, Spec(f.Compiled)); err != nil {
			return err
		}
	}
	return nil
}

func dpd(b body, today value.Date) json.RawMessage {
	due, err := value.ParseDate(b.text("nextDue"))
	if err != nil || b.number("open") <= 0 {
		return json.RawMessage("0")
	}
	n := int(today - due)
	return json.RawMessage(itoa(n))
}

func itoa(n int) string {
	raw, _ := json.Marshal(n)
	return string(raw)
}

// Get gives one record in the actor's view.
func (s *Service) Get(ctx context.Context, a policies.Actor, formKey, id string) (Record, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return Record{}, err
	}
	d, err := s.visible(ctx, a, f, v, id)
	if err != nil {
		return Record{}, err
	}
	today, err := s.today(ctx, a.Workspace)
	if err != nil {
		return Record{}, err
	}
	return show(f, d, v, today)
}

// GetMany gives those of some records that are in the actor's view, by id: one
// read for all.
func (s *Service) GetMany(ctx context.Context, a policies.Actor, formKey string, ids []string) (map[string]Record, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return nil, err
	}
	today, err := s.today(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	docs, err := s.store.In(a.Workspace, Prefix+f.Key).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	scope := scopeOf(f, v)
	out := make(map[string]Record, len(docs))
	for id, d := range docs {
		doc, err := plain(d)
		if err != nil {
			return nil, err
		}
		if !filter.Match(scope, doc) {
			continue
		}
		if out[id], err = show(f, d, v, today); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) today(ctx context.Context, ws string) (value.Date, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return 0, err
	}
	_, today := s.spaces.Now(w)
	return today, nil
}

func (s *Service) open(ctx context.Context, a policies.Actor, formKey, action string) (forms.Published, policies.View, error) {
	f, err := s.forms.Get(ctx, a.Workspace, formKey)
	if err != nil {
		return f, policies.View{}, err
	}
	v, err := s.view(ctx, a, formKey, action)
	return f, v, err
}

// Input is what a create or update brings.
type Input struct {
	ID   string          // of a create; "" makes one
	Data json.RawMessage // the form's fields
}

func under(at string, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	fields := make([]fault.Field, len(fe.Fields))
	for i, x := range fe.Fields {
		x.Pointer = at + x.Pointer
		fields[i] = x
	}
	return fault.InvalidFields(fields)
}

func newID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

func (b body) stamp(a policies.Actor, rev int, now time.Time) {
	b.set("_rev", rev)
	b.set("_by", a.ID)
	b.set("_updated", value.Instant(now))
}

// Names gives the names of those customers that are inside a scope.
func (s *Service) Names(ctx context.Context, ws string, ids []string, scope filter.Expr) (map[string]string, error) {
	docs, err := s.store.In(ws, Prefix+"customer").GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(docs))
	for id, d := range docs {
		doc, err := plain(d)
		if err != nil {
			return nil, err
		}
		if filter.Match(scope, doc) {
			out[id], _ = doc["name"].(string)
		}
	}
	return out, nil
}
