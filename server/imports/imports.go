// Package imports brings records in from elsewhere: files of rows, and the row
// endpoints of other systems. A Reader cuts a file into lines, a Converter
// reads their cells as a form's fields, and the Service creates or updates
// records by external id, so that the same rows twice change nothing. It
// writes through the records room only and knows nothing of transport.
package imports

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

// MaxBatch is the most rows of one Upsert.
const MaxBatch = 500

// workers are how many customers' rows are written at the same time.
const workers = 8

// What became of a row.
const (
	Created   = "created"
	Updated   = "updated"
	Unchanged = "unchanged"
	Failed    = "failed"
)

// Result is what became of a row. ID is the record's, "" for a failed row and
// for one that a dry run would create.
type Result struct {
	Line    int          `json:"line"`
	Status  string       `json:"status"`
	ID      string       `json:"id,omitempty"`
	Problem *fault.Error `json:"-"`
}

// Service imports. User, if set, finds the user that a cell names by e-mail or
// name; without it cells hold user ids.
type Service struct {
	spaces   *workspace.Service
	forms    *forms.Service
	accounts *accounts.Service
	records  *records.Service
	policy   records.Policy
	User     func(ctx context.Context, ws, text string) (id string, ok bool)
}

// New makes the service. The policy is that of the records room; a dry run
// asks it what the real run would be refused.
func New(w *workspace.Service, f *forms.Service, a *accounts.Service, r *records.Service, p records.Policy) *Service {
	return &Service{spaces: w, forms: f, accounts: a, records: r, policy: p}
}

// Upsert creates or updates a record for each row, at most MaxBatch. Rows are
// independent: a bad one never stops the others. Rows of one customer keep
// their order. A record is found by its external id, or, when it has none yet,
// by its number; a payment that exists is never changed. A dry run judges by
// form, rights and ledger without writing. Problems point to "row/12/dueDate".
func (s *Service) Upsert(ctx context.Context, a policies.Actor, formKey string, rows []Row, dryRun bool) []Result {
	b := &batch{s: s, a: a, rows: slices.Clone(rows), out: make([]Result, len(rows)), dry: dryRun, numbered: map[int]bool{}, old: map[string]*records.Record{}}
	for k := range rows {
		b.out[k].Line = rows[k].Line
	}
	if err := b.prepare(ctx, formKey); err != nil {
		for k := range rows {
			b.fail(k, err)
		}
		return b.out
	}
	var wg sync.WaitGroup
	queue := make(chan []int)
	for range workers {
		wg.Go(func() {
			for group := range queue {
				b.putGroup(ctx, group)
			}
		})
	}
	for _, group := range b.groups() {
		queue <- group
	}
	close(queue)
	wg.Wait()
	return b.out
}

// fail notes why a row could not be imported.
func (b *batch) fail(k int, err error) {
	b.out[k].Status, b.out[k].Problem = Failed, at(b.rows[k].Line, err)
}

// at is an error as the fault of a row: places in its data become places of
// the table.
func at(n int, err error) *fault.Error {
	fe, ok := errors.AsType[*fault.Error](err)
	if !ok {
		kind, key := fault.Internal, "internal"
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			kind, key = fault.Unavailable, "store.timeout"
		}
		fe = fault.Wrap(kind, key, err)
	}
	out := *fe
	out.Fields = make([]fault.Field, len(fe.Fields))
	for k, f := range fe.Fields {
		f.Pointer = place(n, f.Pointer)
		out.Fields[k] = f
	}
	if len(out.Fields) == 0 { // a rule of the whole record, or of the ledger
		out.Fields = []fault.Field{{Pointer: pointer(n, ""), Rule: fe.Key, Key: fe.Key, Params: fe.Params}}
	}
	return &out
}
