package records

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// CreateBooked is Create for invoices or payments of one customer, in order:
// all are booked in one write of the account, which makes the difference where
// an account is large. Each has its own error in errs, and the id of its record
// in ids otherwise. What fails here may still succeed by Create, which looks
// further, so that a caller may try those again one by one.
func (s *Service) CreateBooked(ctx context.Context, a policies.Actor, formKey, customer string, ins []Input) (ids []string, errs []error) {
	ids, errs = make([]string, len(ins)), make([]error, len(ins))
	fail := func(err error) ([]string, []error) {
		for k := range errs {
			if errs[k] == nil {
				errs[k] = err
			}
		}
		return ids, errs
	}
	f, v, err := s.open(ctx, a, formKey, "create")
	if err != nil {
		return fail(err)
	}
	var drafts []draft
	var at []int // their places in ins
	var writes []store.Write
	for k, in := range ins {
		n, err := s.draft(ctx, a, f, v, in)
		if err == nil && (n.booking == nil || n.body.text("customer") != customer) {
			err = fault.New(fault.Internal, "internal", nil)
		}
		if errs[k] = err; err == nil {
			drafts, at = append(drafts, n), append(at, k)
			writes = append(writes, store.Write{Op: store.Insert, Collection: Prefix + f.Key, Doc: store.Doc{ID: n.id, Body: n.raw}})
		}
	}
	docs, failed := s.store.Apply(ctx, a.Workspace, writes)
	stored := stored{form: f}
	for i, err := range failed {
		if errs[at[i]] = uniqueFault(err); err == nil {
			stored.add(docs[i], drafts[i], at[i])
		}
	}
	if err := s.bookAll(ctx, a, customer, stored, errs); err != nil {
		return fail(err)
	}
	for i, d := range stored.docs {
		if k := stored.at[i]; errs[k] == nil {
			ids[k] = d.ID
		}
	}
	return ids, errs
}

// stored are records that are written and not booked yet.
type stored struct {
	form     forms.Published
	today    value.Date
	docs     []store.Doc
	bodies   []body
	commands []ledger.Command
	at       []int
}

func (s *stored) add(d store.Doc, n draft, at int) {
	s.docs, s.bodies, s.at = append(s.docs, d), append(s.bodies, n.body), append(s.at, at)
	s.commands, s.today = append(s.commands, n.booking), n.today
}

// bookAll books stored records and takes back those that the ledger refuses.
// The error is one of all: a process that dies here leaves them to Heal.
func (s *Service) bookAll(ctx context.Context, a policies.Actor, customer string, n stored, errs []error) error {
	refused, st, err := s.accounts.ExecuteAll(ctx, a.Workspace, customer, a.ID, n.commands)
	if err != nil {
		refused = make([]error, len(n.docs))
		for i := range refused {
			refused[i] = err
		}
	}
	col := s.store.In(a.Workspace, Prefix+n.form.Key)
	var writes []store.Write
	for i, d := range n.docs {
		if refused[i] != nil {
			errs[n.at[i]] = under("/data", refused[i])
			if err := col.Delete(ctx, d.ID, d.Ver); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			continue
		}
		// What was just written is known: nothing has to be read again.
		raw, err := projected(n.form.Key, d.ID, n.bodies[i], st, n.today)
		if err != nil {
			return err
		}
		writes = append(writes, store.Write{Op: store.Replace, Collection: Prefix + n.form.Key, Doc: store.Doc{ID: d.ID, Body: raw}, IfVer: d.Ver})
	}
	_, failed := s.store.Apply(ctx, a.Workspace, writes)
	for i, err := range failed {
		if fault.Is(err, fault.Conflict) { // the relay was faster, or somebody wrote
			err = s.projectOne(ctx, a.Workspace, n.form.Key, writes[i].Doc.ID, st)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
