package audit

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

// Report is what Verify found.
type Report struct {
	OK bool `json:"ok"`
	// Entries is how many entries were sound.
	Entries int64 `json:"entries"`
	// Hash is the hash of the last of them; note it elsewhere to notice a log
	// that was written anew from the start.
	Hash string `json:"hash"`
	// Taken is of how many of them the texts were taken away, each named by an
	// entry of its taking.
	Taken int64 `json:"taken,omitempty"`
	// At is the number at which the log is broken, and Problem a text key:
	// "audit.gap", "audit.changed", "audit.chain", "audit.cut", or
	// "audit.taken" for texts that are gone and no entry says so.
	At      int64  `json:"at,omitempty"`
	Problem string `json:"problem,omitempty"`
}

var errBroken = errors.New("broken")

// Verify walks the whole chain and stops at the first entry that does not fit.
// It may run beside appenders. A broken log is a report, not an error.
func (s *Service) Verify(ctx context.Context, ws string) (Report, error) {
	head, err := s.head(ctx, ws) // before the entries: they may only grow
	if err != nil {
		return Report{}, err
	}
	var rep Report
	takings := map[int64]bool{} // entries without texts → an entry says so
	broken := func(problem string) error {
		rep.At, rep.Problem = rep.Entries+1, problem
		return errBroken
	}
	err = s.store.In(ws, Collection).Each(ctx, store.Query{}, func(d store.Doc) error {
		r, err := decode(d)
		switch {
		case d.ID != rowID(rep.Entries+1):
			return broken("audit.gap")
		case err != nil || r.Seq != rep.Entries+1 || !r.sound():
			return broken("audit.changed")
		case r.Prev != rep.Hash:
			return broken("audit.chain")
		case r.Seq == head.Seq && r.Hash != head.Hash:
			return broken("audit.chain")
		}
		rep.Entries, rep.Hash = r.Seq, r.Hash
		if r.Taken {
			rep.Taken++
			takings[r.Seq] = false
		}
		for _, seq := range r.takes() {
			if _, ok := takings[seq]; ok {
				takings[seq] = true
			}
		}
		return nil
	})
	if err == nil && head.Seq > rep.Entries {
		err = broken("audit.cut")
	}
	if err == nil {
		err = unsaid(takings, &rep)
	}
	if err != nil && !errors.Is(err, errBroken) {
		return Report{}, err
	}
	rep.OK = err == nil
	return rep, nil
}

// unsaid finds the first entry whose texts are gone and whose taking no entry
// names.
func unsaid(takings map[int64]bool, rep *Report) error {
	for _, seq := range slices.Sorted(maps.Keys(takings)) {
		if !takings[seq] {
			rep.At, rep.Problem = seq, "audit.taken"
			return errBroken
		}
	}
	return nil
}

func (s *Service) head(ctx context.Context, ws string) (tail, error) {
	var t tail
	d, err := s.store.In(ws, heads).Get(ctx, headID)
	if fault.Is(err, fault.NotFound) {
		return t, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &t)
	}
	return t, err
}
