// Package personal answers what a company holds about one customer, and takes
// it away again: it reads every room's collections that name the customer, each
// only as far as whoever asks may read that room. It knows where personal data
// lies; what it means is the business of the rooms.
package personal

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// Access answers who may see what.
type Access interface {
	View(ctx context.Context, a policies.Actor, object, action string) (policies.View, error)
}

// Service gives out and erases personal data.
type Service struct {
	Store    *store.Store
	Forms    *forms.Service
	Records  *records.Service
	Accounts *accounts.Service
	Flows    *flows.Service
	Access   Access
	Log      *audit.Service
	Now      func() time.Time
	// Forget removes words from answers that are kept to be repeated; nil where
	// none are kept.
	Forget func(ctx context.Context, words []string) error
	// Step is told before each document is changed; tests end a process there.
	Step func()
}

// part is one kind of documents that name a customer. Those by id have the
// customer's own id; the others name it in a field.
type part struct {
	name       string // of the file, and of its text "personal.part.<name>"
	collection string
	field      string // "" for by id
	sort       string // "" for the order of ids
	object     string // whose reading it is; with action
	action     string
	goes       bool // an erasure removes its documents whole; see changes for the others
}

// parts are what is kept of a customer beside records, in the order of the
// answer.
var parts = []part{
	{name: "account", collection: accounts.Collection, object: "account"},
	{name: "journal", collection: accounts.Journal, field: "c", sort: "seq", object: "journal"},
	{name: "messages", collection: "message", field: "customer", sort: "at", object: "message"},
	{name: "heard", collection: "heard", field: "customer", sort: "at", object: "message"},
	{name: "tasks", collection: "task", field: "customer", object: "task"},
	{name: "notes", collection: "note", field: "customer", sort: "at", object: "customer", goes: true},
	{name: "notices", collection: "notice", field: "customer", object: "customer", goes: true},
	{name: "runs", collection: flows.Runs, field: "customer", object: "run"},
	{name: "steps", collection: flows.Steps, field: "customer", sort: "at", object: "run"},
	{name: "held", collection: flows.HeldLog, field: "customer", object: "run"},
	{name: "tier", collection: "tier", object: "customer"},
	{name: "working", collection: "working", object: "customer", goes: true},
	{name: "bin", collection: records.Bin, field: "customer", object: "customer", action: "delete", goes: true},
}

// Open tells by a fault whether an actor may have all that is kept of a
// customer: NotFound for one outside the scope; Denied "personal.masked" where
// anything of it is hidden from them. One whose record was removed is open to
// those who see all accounts, as long as anything else names it; its record is
// empty then.
func (s *Service) Open(ctx context.Context, a policies.Actor, customer string) (records.Record, error) {
	return s.open(ctx, a, customer, "export")
}

func (s *Service) open(ctx context.Context, a policies.Actor, customer, action string) (records.Record, error) {
	r, err := s.Records.Get(ctx, a, "customer", customer)
	if err == nil {
		return r, s.may(ctx, a, r, "customer", action)
	}
	if !fault.Is(err, fault.NotFound) {
		return r, err
	}
	if left, lost := s.leftOver(ctx, a.Workspace, customer); lost != nil || !left {
		return r, errors.Join(lost, err)
	}
	gone := records.Record{Form: "customer"}
	if denied := s.may(ctx, a, gone, "customer", action); denied != nil {
		return r, err
	}
	return gone, nil
}

// leftOver tells whether a customer without a record is named elsewhere.
func (s *Service) leftOver(ctx context.Context, ws, customer string) (bool, error) {
	if _, err := s.Store.In(ws, records.Prefix+"customer").Get(ctx, customer); !fault.Is(err, fault.NotFound) {
		return false, err // it is there, and outside the scope
	}
	if _, err := s.Store.In(ws, accounts.Collection).Get(ctx, customer); !fault.Is(err, fault.NotFound) {
		return err == nil, err
	}
	n, err := s.Store.In(ws, "message").Count(ctx, filter.Eq("customer", customer), 1)
	return n > 0, err
}

// may tells by a fault whether an actor may do something with a customer's
// objects, with nothing masked. Where there is no record to judge by, the right
// has to hold for all accounts.
func (s *Service) may(ctx context.Context, a policies.Actor, r records.Record, object, action string) error {
	v, err := s.Access.View(ctx, a, object, action)
	if err != nil {
		return err
	}
	for _, hidden := range v.Masked {
		if hidden {
			return fault.New(fault.Denied, "personal.masked", nil)
		}
	}
	if r.ID == "" {
		if v.Scope != nil {
			return fault.New(fault.Denied, "policy.denied", nil)
		}
		return nil
	}
	return s.Records.Visible(ctx, a.Workspace, r.ID, v)
}

// each visits a part's documents, page by page.
func (s *Service) each(ctx context.Context, ws, customer string, p part, f func(store.Doc) error) error {
	col := s.Store.In(ws, p.collection)
	if p.field == "" {
		d, err := col.Get(ctx, customer)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(d)
	}
	if p.collection == records.Bin { // a customer in the bin names itself by its id
		d, err := col.Get(ctx, "customer/"+customer)
		if err == nil {
			err = f(d)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	q := store.Query{Filter: filter.Eq(p.field, customer), Limit: page}
	if p.sort != "" {
		q.Sort = []store.SortKey{{Field: p.sort}}
	}
	return col.Each(ctx, q, f)
}

// page bounds how many documents are in memory at once; the largest are
// messages of 2 MiB.
const page = 50

// withID is a stored document as it is given out: with its id, and without the
// copy of the account's fields that only scopes read.
func withID(d store.Doc) (json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &m); err != nil {
		return nil, fault.Wrap(fault.Internal, "store.body", err)
	}
	delete(m, "_acct")
	if m["id"] == nil {
		id, err := json.Marshal(d.ID)
		if err != nil {
			return nil, err
		}
		m["id"] = id
	}
	return json.Marshal(m)
}

// Places are the collections that this room treats beside those of the forms.
func Places() []string {
	out := []string{records.Files, audit.Collection}
	for _, p := range parts {
		out = append(out, p.collection)
	}
	return out
}
