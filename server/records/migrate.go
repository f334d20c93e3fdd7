package records

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

const (
	migrations    = "migration"
	migrationPage = 100
	maxFailures   = 50
	// migrationIdle is how long a running migration may be silent before
	// another process takes it for abandoned.
	migrationIdle = 15 * time.Second
)

// Migration brings the records of a form to a revision. The cursor is stored
// with the counts after every page, so it goes on where it stopped, on
// whatever server; a record that has been brought over is left alone.
type Migration struct {
	ID       string    `json:"id"`
	Form     string    `json:"form"`
	Revision int       `json:"revision"`
	Status   string    `json:"status"` // running, done
	Cursor   string    `json:"cursor,omitempty"`
	Done     int64     `json:"done"`
	Changed  int64     `json:"changed"`
	Failed   int64     `json:"failed"`
	Total    int64     `json:"total"`
	Failures []Failing `json:"failures,omitempty"`
	By       string    `json:"by,omitempty"`
	Started  string    `json:"startedAt"`
	Updated  string    `json:"updatedAt"`
}

// Failing is a record that does not fit a revision, and where.
type Failing struct {
	ID     string        `json:"id"`
	Title  string        `json:"title,omitempty"`
	Errors []fault.Field `json:"errors"`
}

func (s *Service) noteMigration(ctx context.Context, a policies.Actor, key string, revision int) (string, error) {
	total, err := s.store.In(a.Workspace, Prefix+key).Count(ctx, nil, 0)
	if err != nil {
		return "", err
	}
	now := value.Instant(s.spaces.RealNow())
	m := Migration{ID: fmt.Sprintf("%s-%d", key, revision), Form: key, Revision: revision, Status: "running", Total: total, By: a.ID, Started: now, Updated: now}
	raw, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	_, err = s.store.In(a.Workspace, migrations).Insert(ctx, m.ID, raw)
	if fault.Is(err, fault.Conflict) {
		return m.ID, nil // noted by an attempt that did not get as far as publishing
	}
	return m.ID, err
}

// dropNote forgets work whose revision was refused, so that a later revision of
// that number does not find it.
func (s *Service) dropNote(ctx context.Context, ws, id string) {
	if id == "" {
		return
	}
	if _, ver, err := s.migration(ctx, ws, id); err == nil {
		_ = s.store.In(ws, migrations).Delete(ctx, id, ver)
	}
}

// Migration gives a migration's progress; failures only to who sees the form's records.
func (s *Service) Migration(ctx context.Context, a policies.Actor, id string) (Migration, error) {
	m, _, err := s.migration(ctx, a.Workspace, id)
	if err != nil {
		return m, err
	}
	f, v, err := s.open(ctx, a, m.Form, "read")
	if err != nil {
		return m, err
	}
	seen := m.Failures[:0]
	for _, x := range m.Failures {
		if _, err := s.visible(ctx, a, f, v, x.ID); err == nil {
			seen = append(seen, x)
		}
	}
	m.Failures = seen
	return m, nil
}

func (s *Service) migration(ctx context.Context, ws, id string) (Migration, int64, error) {
	var m Migration
	d, err := s.store.In(ws, migrations).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return m, 0, fault.New(fault.NotFound, "batch.none", nil)
	}
	if err != nil {
		return m, 0, err
	}
	return m, d.Ver, json.Unmarshal(d.Body, &m)
}

// resumeMigrations takes up what a dead process left.
func (s *Service) resumeMigrations(ctx context.Context, ws string) error {
	page, err := s.store.In(ws, migrations).Find(ctx, store.Query{Filter: filter.Eq("status", "running"), Limit: 50})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		var m Migration
		if err := json.Unmarshal(d.Body, &m); err != nil {
			return err
		}
		at, err := value.ParseInstant(m.Updated)
		if err == nil && s.spaces.RealNow().Sub(at) < migrationIdle {
			continue
		}
		s.startMigration(ctx, ws, m.ID)
	}
	return nil
}

func (s *Service) startMigration(ctx context.Context, ws, id string) {
	if _, busy := s.migrating.LoadOrStore(ws+"/"+id, true); busy {
		return
	}
	go func() {
		defer s.migrating.Delete(ws + "/" + id)
		for {
			more, err := s.MigrationPage(ctx, ws, id)
			if err != nil || !more {
				return // a failure is taken up again once it has been silent for a while
			}
		}
	}()
}

// MigrationPage works off one page and tells whether there is more.
func (s *Service) MigrationPage(ctx context.Context, ws, id string) (bool, error) {
	m, ver, err := s.migration(ctx, ws, id)
	if err != nil || m.Status != "running" {
		return false, err
	}
	f, err := s.forms.Get(ctx, ws, m.Form)
	if err != nil || f.Revision < m.Revision {
		return false, err
	}
	page, err := s.store.In(ws, Prefix+m.Form).Find(ctx, store.Query{Limit: migrationPage, After: m.Cursor})
	if err != nil {
		return false, err
	}
	for _, d := range page.Docs {
		changed, failing, err := s.migrateOne(ctx, ws, f, d)
		if err != nil {
			return false, err
		}
		if changed {
			m.Changed++
		}
		if failing != nil {
			m.Failed++
			if len(m.Failures) < maxFailures {
				m.Failures = append(m.Failures, *failing)
			}
		}
	}
	m.Done += int64(len(page.Docs))
	m.Cursor, m.Updated = page.Next, value.Instant(s.spaces.RealNow())
	if page.Next == "" {
		m.Status = "done"
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return false, err
	}
	_, err = s.store.In(ws, migrations).Replace(ctx, store.Doc{ID: id, Body: raw}, ver)
	return m.Status == "running", err
}

// migrateOne brings one record over. One that does not fit stays as it is:
// whoever opens it sees what is wrong.
func (s *Service) migrateOne(ctx context.Context, ws string, f forms.Published, d store.Doc) (bool, *Failing, error) {
	col := s.store.In(ws, Prefix+f.Key)
	for range 20 {
		b, err := decode(d)
		if err != nil {
			return false, nil, err
		}
		if int(b.number("_rev")) >= f.Revision {
			return false, nil, nil
		}
		next, changed, err := settled(f, b)
		if err != nil {
			return false, failingOf(f, d.ID, next, err), nil
		}
		next.set("_rev", f.Revision)
		if changed {
			next.set("_dv", b.version()+1) // whoever is editing the old shape is told
		}
		raw, err := encode(next)
		if err != nil {
			return false, nil, err
		}
		_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: raw}, d.Ver)
		switch {
		case err == nil:
			return changed, nil, nil
		case fault.Is(err, fault.NotFound):
			return false, nil, nil
		case fault.KeyOf(err) == "store.unique":
			return false, failingOf(f, d.ID, next, uniqueFault(err)), nil
		case fault.KeyOf(err) != "store.version":
			return false, nil, err
		}
		if d, err = col.Get(ctx, d.ID); err != nil {
			if fault.Is(err, fault.NotFound) {
				return false, nil, nil
			}
			return false, nil, err
		}
	}
	return false, nil, fault.New(fault.Unavailable, "busy", nil)
}

func failingOf(f forms.Published, id string, b body, err error) *Failing {
	x := &Failing{ID: id, Title: b.text(f.Title), Errors: []fault.Field{{Rule: "schema"}}}
	if fe, ok := err.(*fault.Error); ok && len(fe.Fields) > 0 {
		x.Errors = fe.Fields[:min(len(fe.Fields), 5)]
	}
	return x
}
