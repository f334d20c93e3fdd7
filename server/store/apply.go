package store

import (
	"context"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// Apply does many writes in one go, as fast as the driver can. Each succeeds
// or fails alone, in order, with the faults of Collection's methods; docs and
// errs are as long as writes, and docs[i] counts where errs[i] is nil (after a
// Delete it has the id only). More than MaxWrites are refused as a whole.
func (s *Store) Apply(ctx context.Context, ws string, writes []Write) (docs []Doc, errs []error) {
	docs, errs = make([]Doc, len(writes)), make([]error, len(writes))
	if len(writes) > MaxWrites {
		for i := range errs {
			errs[i] = fault.At("/writes", "maxItems", MaxWrites)
		}
		return docs, errs
	}
	good := make([]Write, 0, len(writes))
	at := make([]int, 0, len(writes))
	for i, w := range writes {
		if errs[i] = s.checkWrite(ws, w); errs[i] == nil {
			good, at = append(good, w), append(at, i)
		}
	}
	if len(good) == 0 {
		return docs, errs
	}
	if s.slow != nil {
		defer s.watch(ctx, s.now(), Collection{s: s, ws: ws}, "apply", nil)
	}
	for len(good) > 0 {
		n := min(part, len(good))
		vers, failed := s.d.Write(ctx, ws, good[:n])
		for i, w := range good[:n] {
			errs[at[i]] = wrap(failed[i], string(w.Op))
			if failed[i] == nil {
				docs[at[i]] = Doc{ID: w.Doc.ID, Ver: vers[i], Body: w.Doc.Body}
			}
		}
		good, at = good[n:], at[n:]
	}
	return docs, errs
}

// All does the writes as one, all or none, where the driver can; able says
// whether it can. Nothing may depend on it but speed: not every store has it.
// vers are the documents' new versions, 0 for a deletion.
func (s *Store) All(ctx context.Context, ws string, writes []Write) (vers []int64, able bool, err error) {
	d, able := s.d.(Atomic)
	if !able || len(writes) == 0 {
		return nil, able, nil
	}
	if len(writes) > MaxWhole {
		return nil, true, fault.At("/writes", "maxItems", MaxWhole)
	}
	for _, w := range writes {
		if err := s.checkWrite(ws, w); err != nil {
			return nil, true, err
		}
	}
	if s.slow != nil {
		defer s.watch(ctx, s.now(), Collection{s: s, ws: ws}, "all", nil)
	}
	vers, err = d.WriteAll(ctx, ws, writes)
	return vers, true, wrap(err, "all")
}

func (s *Store) checkWrite(ws string, w Write) error {
	spec, err := s.In(ws, w.Collection).spec()
	if err != nil {
		return err
	}
	if w.IfVer < 0 {
		return fault.At("/version", "minimum", 0)
	}
	switch w.Op {
	case Insert, Replace, Load:
		if w.Op == Load && w.Doc.Ver < 1 {
			return fault.At("/version", "minimum", 1)
		}
		if err := checkID(w.Doc.ID); err != nil {
			return err
		}
		return checkBody(w.Doc.Body, spec.MaxBody)
	case Delete:
		if !validID(w.Doc.ID) {
			return NotFound(w.Collection, w.Doc.ID)
		}
		return nil
	}
	return fault.At("/op", "enum", []WriteOp{Insert, Replace, Delete, Load})
}

func checkQuery(f filter.Expr, search string) error {
	if err := filter.Sound(f); err != nil {
		return err
	}
	return checkSearch(search)
}

// describe says which fields a query touches, not what it looks for: values
// may be personal data.
func describe(f filter.Expr, search string, sort []SortKey) string {
	var b strings.Builder
	b.WriteString("filter=" + strings.Join(filter.Fields(f), ","))
	if search != "" {
		b.WriteString(" search")
	}
	for i, k := range sort {
		if i == 0 {
			b.WriteString(" sort=")
		} else {
			b.WriteByte(',')
		}
		if k.Desc {
			b.WriteByte('-')
		}
		b.WriteString(k.Field)
	}
	return b.String()
}
