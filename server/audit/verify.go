package audit

import (
	"context"
	"encoding/json"
	"errors"

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
	// At is the number at which the log is broken, and Problem a text key:
	// "audit.gap", "audit.changed", "audit.chain", "audit.cut".
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
	broken := func(problem string) error {
		rep.At, rep.Problem = rep.Entries+1, problem
		return errBroken
	}
	err = s.store.In(ws, Collection).Each(ctx, store.Query{}, func(d store.Doc) error {
		r, err := decode(d)
		switch {
		case d.ID != rowID(rep.Entries+1):
			return broken("audit.gap")
		case err != nil || r.Seq != rep.Entries+1 || r.hash() != r.Hash:
			return broken("audit.changed")
		case r.Prev != rep.Hash:
			return broken("audit.chain")
		case r.Seq == head.Seq && r.Hash != head.Hash:
			return broken("audit.chain")
		}
		rep.Entries, rep.Hash = r.Seq, r.Hash
		return nil
	})
	if err == nil && head.Seq > rep.Entries {
		err = broken("audit.cut")
	}
	if err != nil && !errors.Is(err, errBroken) {
		return Report{}, err
	}
	rep.OK = err == nil
	return rep, nil
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
