package personal

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// errLater ends a request's work; the next one goes on.
var errLater = errors.New("the rest is for the next request")

// eraser is one request's work on an erasure.
type eraser struct {
	s     *Service
	a     policies.Actor
	e     Erasure
	out   *Erased
	now   string
	until time.Time
}

// run works all parts off, or counts them, and tells whether it came to the end.
// What is found by the customer's words comes first, the record that has the
// words last.
func (x *eraser) run(ctx context.Context) (bool, error) {
	err := x.byWords(ctx)
	for _, p := range parts {
		if err == nil {
			err = x.part(ctx, p)
		}
	}
	ids := map[string][]string{}
	if err == nil {
		err = x.records(ctx, ids)
	}
	if err == nil {
		err = x.noteFiles(ctx)
	}
	if err == nil {
		err = x.log(ctx, ids)
	}
	if err == nil {
		err = x.customer(ctx)
	}
	if errors.Is(err, errLater) {
		return false, nil
	}
	return err == nil, err
}

func (x *eraser) count(part string, n int) {
	k := slices.IndexFunc(x.out.Counts, func(g Gone) bool { return g.Part == part })
	if k < 0 {
		x.out.Counts = append(x.out.Counts, Gone{Part: part})
		k = len(x.out.Counts) - 1
	}
	x.out.Counts[k].N += n
}

// late ends the work when the request's time is over.
func (x *eraser) late() error {
	if !x.e.Dry && time.Now().After(x.until) {
		return errLater
	}
	return nil
}

func (x *eraser) step() {
	if x.s.Step != nil {
		x.s.Step()
	}
}

// byWords takes away what names the customer without its id: tests of messages
// that showed it, and answers that are kept to be repeated.
func (x *eraser) byWords(ctx context.Context) error {
	words, err := x.s.words(ctx, x.a.Workspace, x.e.Customer)
	if err != nil {
		return err
	}
	// Who was erased already is called by the mark, and the mark is not looked for.
	words = slices.DeleteFunc(words, func(w string) bool { return w == x.e.Mark })
	if len(words) == 0 {
		return nil
	}
	col := x.s.Store.In(x.a.Workspace, tests)
	err = col.Each(ctx, store.Query{Limit: page}, func(d store.Doc) error {
		if !Holds(d.Body, words) {
			return nil
		}
		return x.drop(ctx, "tests", col, d)
	})
	if err != nil || x.e.Dry || x.s.Forget == nil {
		return err
	}
	return x.s.Forget(ctx, words)
}

// Holds tells whether a JSON document has one of the words in any of its texts.
func Holds(raw json.RawMessage, words []string) bool {
	for _, w := range words {
		quoted, err := json.Marshal(w)
		if err != nil {
			continue
		}
		if strings.Contains(string(raw), strings.Trim(string(quoted), `"`)) || strings.Contains(string(raw), w) {
			return true
		}
	}
	return false
}

func (x *eraser) drop(ctx context.Context, part string, col store.Collection, d store.Doc) error {
	x.count(part, 1)
	if x.e.Dry {
		return nil
	}
	x.step()
	if err := col.Delete(ctx, d.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return x.late()
}

// part works one part off: it goes, or loses what is personal, or stays.
func (x *eraser) part(ctx context.Context, p part) error {
	col := x.s.Store.In(x.a.Workspace, p.collection)
	change := changes[p.collection]
	switch {
	case !p.goes && change == nil:
		return nil // numbers, and the ledger
	case p.collection == records.Bin:
		return x.bin(ctx, p, col)
	}
	return x.s.each(ctx, x.a.Workspace, x.e.Customer, p, func(d store.Doc) error {
		if p.goes {
			return x.drop(ctx, p.name, col, d)
		}
		return x.rewrite(ctx, p.name, col, d, func(m map[string]json.RawMessage) { change(m, x) })
	})
}

func (x *eraser) rewrite(ctx context.Context, part string, col store.Collection, d store.Doc, change func(map[string]json.RawMessage)) error {
	x.step()
	changed, err := rewrite(ctx, col, d, x.e.Dry, change)
	if err != nil {
		return err
	}
	if changed {
		x.count(part, 1)
	}
	return x.late()
}

// bin removes what lies in the bin, with its files.
func (x *eraser) bin(ctx context.Context, p part, col store.Collection) error {
	return x.s.each(ctx, x.a.Workspace, x.e.Customer, p, func(d store.Doc) error {
		form, id, _ := strings.Cut(d.ID, "/")
		if err := x.files(ctx, form, []string{id}); err != nil {
			return err
		}
		return x.drop(ctx, p.name, col, d)
	})
}

// files removes the files of records.
func (x *eraser) files(ctx context.Context, form string, ids []string) error {
	col := x.s.Store.In(x.a.Workspace, records.Files)
	where := filter.And(filter.In("record", ids...), filter.Eq("form", form))
	return col.Each(ctx, store.Query{Filter: where, Limit: 4}, func(d store.Doc) error { return x.drop(ctx, "files", col, d) })
}

func (x *eraser) noteFiles(ctx context.Context) error {
	return x.files(ctx, records.NoteForm, []string{x.e.Customer})
}

// records empties the records of all forms that belong to the customer, and
// gathers their ids.
func (x *eraser) records(ctx context.Context, ids map[string][]string) error {
	all, err := x.s.Forms.List(ctx, x.a.Workspace)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Published == nil {
			continue
		}
		f, err := x.s.Forms.Get(ctx, x.a.Workspace, e.Key)
		if err != nil {
			return err
		}
		if fd, ok := f.Field("customer"); !ok || fd.Ref != "customer" {
			continue
		}
		booked := f.Key == "invoice" || f.Key == "payment"
		col := x.s.Store.In(x.a.Workspace, records.Prefix+f.Key)
		q := store.Query{Filter: filter.Eq("customer", x.e.Customer), Limit: page}
		err = col.Each(ctx, q, func(d store.Doc) error {
			ids[f.Key] = append(ids[f.Key], d.ID)
			return x.rewrite(ctx, "records-"+f.Key, col, d, func(m map[string]json.RawMessage) { x.empty(f, m) })
		})
		if err != nil {
			return err
		}
		for some := range slices.Chunk(ids[f.Key], 100) {
			if booked { // what was booked keeps its papers
				break
			}
			if err := x.files(ctx, f.Key, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// log takes the texts of the log's entries about the customer and its records.
func (x *eraser) log(ctx context.Context, ids map[string][]string) error {
	ids["customer"] = []string{x.e.Customer}
	by := audit.Entry{Actor: x.a.ID, ActorName: x.a.Name}
	for form, list := range ids {
		for some := range slices.Chunk(list, 100) {
			n, kept, err := x.s.Log.Take(ctx, x.a.Workspace, by, audit.Taking{Object: form, IDs: some, Why: "personal.erase", Dry: x.e.Dry})
			if err != nil {
				return err
			}
			x.count("audit", n)
			x.out.OldLog += kept
			if err := x.late(); err != nil {
				return err
			}
		}
	}
	return nil
}

// customer empties the record itself and takes away all ways to the customer
// and the customer's ways in.
func (x *eraser) customer(ctx context.Context) error {
	f, err := x.s.Forms.Get(ctx, x.a.Workspace, "customer")
	if err != nil {
		return err
	}
	col := x.s.Store.In(x.a.Workspace, records.Prefix+"customer")
	d, err := col.Get(ctx, x.e.Customer)
	if fault.Is(err, fault.NotFound) {
		return nil // the record went before
	}
	if err != nil {
		return err
	}
	if err := x.files(ctx, "customer", []string{x.e.Customer}); err != nil {
		return err
	}
	return x.rewrite(ctx, "customer", col, d, func(m map[string]json.RawMessage) {
		x.empty(f, m)
		for _, k := range ways {
			delete(m, k)
		}
		if m[records.ErasedField] == nil {
			m[records.ErasedField] = quote(x.now)
			var was struct {
				Rev int `json:"rev"`
			}
			_ = json.Unmarshal(m[pageMark], &was) // none yet
			m[pageMark] = json.RawMessage(`{"rev":` + itoa(was.Rev+1) + `}`)
		}
	})
}
