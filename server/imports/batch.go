package imports

import (
	"context"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

// batch is one Upsert under way.
type batch struct {
	s    *Service
	a    policies.Actor
	f    forms.Published
	rows []Row
	out  []Result
	dry  bool

	// numbered are the rows without an external id: their number, or a payment's
	// reference, stands for it.
	numbered map[int]bool

	mu  sync.Mutex
	old map[string]*records.Record // by external id, or by what stands for it

	// of dry runs:
	w      *workspace.Workspace
	states map[string]*ledger.State // by customer; a customer's are one worker's
	denied map[string]error         // by action
}

// maxExternalID is the length that the forms allow.
const maxExternalID = 120

// prepare finds what the rows refer to and what exists of them, in a few
// queries for all.
func (b *batch) prepare(ctx context.Context, formKey string) error {
	if len(b.rows) > MaxBatch {
		return fault.At("/rows", "maxItems", MaxBatch)
	}
	var err error
	if b.f, err = b.s.forms.Get(ctx, b.a.Workspace, formKey); err != nil {
		return err
	}
	if _, ok := b.f.Field("externalId"); !ok {
		return fault.New(fault.Invalid, "import.noExternalId", fault.Params{"form": formKey})
	}
	for k := range b.rows {
		b.adoptRow(k)
	}
	if err := b.resolve(ctx); err != nil {
		return err
	}
	if err := b.find(ctx); err != nil {
		return err
	}
	if b.dry {
		return b.prepareDry(ctx)
	}
	return nil
}

// adoptRow makes the row's data the batch's own and puts the external id into it.
func (b *batch) adoptRow(k int) {
	r := &b.rows[k]
	data := make(map[string]any, len(r.Data)+1)
	for key, v := range r.Data {
		data[key] = v
	}
	if r.ExternalID = strings.TrimSpace(r.ExternalID); r.ExternalID == "" {
		r.ExternalID = numberIn(data)
		b.numbered[k] = r.ExternalID != ""
	}
	data["externalId"] = r.ExternalID
	r.Data = data
	switch {
	case r.ExternalID == "":
		b.fail(k, fault.At("/externalId", "required", nil))
	case utf8.RuneCountInString(r.ExternalID) > maxExternalID:
		b.fail(k, fault.At("/externalId", "maxLength", maxExternalID))
	case strings.IndexByte(r.ExternalID, 0) >= 0:
		b.fail(k, fault.At("/externalId", "nulByte", nil))
	}
}

// live lists the rows that have not failed.
func (b *batch) live() []int {
	var out []int
	for k := range b.rows {
		if b.out[k].Status == "" {
			out = append(out, k)
		}
	}
	return out
}

// groups are the rows that must keep their order: those of one customer, and
// those of one record wherever they say it belongs.
func (b *batch) groups() [][]int {
	leader := map[string]string{} // a key's group is its last leader's
	find := func(key string) string {
		for leader[key] != "" && leader[key] != key {
			key = leader[key]
		}
		return key
	}
	for _, k := range b.live() {
		record := find("\x00" + b.rows[k].ExternalID)
		if customer, _ := b.rows[k].Data["customer"].(string); customer != "" {
			if customer = find(customer); customer != record {
				leader[record] = customer
			}
		}
	}
	at := map[string]int{}
	var out [][]int
	for _, k := range b.live() {
		key := find("\x00" + b.rows[k].ExternalID)
		g, ok := at[key]
		if !ok {
			g = len(out)
			at[key] = g
			out = append(out, nil)
		}
		out[g] = append(out[g], k)
	}
	return out
}

func (b *batch) known(external string) *records.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.old[external]
}

func (b *batch) remember(external string, r *records.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.old[external] = r
}

// place rewrites a pointer into a record's data as a place of the table.
func place(n int, p string) string {
	p = strings.TrimPrefix(p, "/data")
	return pointer(n, strings.TrimPrefix(p, "/"))
}

// today is the workspace's date, for dry runs.
func (b *batch) today() (ledger.Now, value.Date) {
	at, today := b.s.spaces.Now(b.w)
	return ledger.Now{At: at, Today: today, By: b.a.ID, Calendar: b.w.Cal()}, today
}
