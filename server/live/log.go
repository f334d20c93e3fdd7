package live

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

const (
	logCollection = "feed"
	headID        = "head"
	casTries      = 50
	// keepLog is how far back a process that was away can catch up.
	keepLog = 20_000
)

// Specs are the collections of this room.
var Specs = []store.Spec{
	{Name: logCollection, Indexes: []store.Index{{Fields: []store.IndexField{{Path: "last", Kind: store.Number}}}}},
	{Name: presenceCollection, MaxBody: 1 << 20},
}

// Log is the feed that several processes share: each batch of events has its
// place in one sequence of the workspace.
type Log struct{ store *store.Store }

// NewLog makes the shared feed on a store.
func NewLog(s *store.Store) *Log { return &Log{s} }

type head struct {
	Seq int64 `json:"seq"`
}

// entry is one batch; its events have the numbers First, First+1, ….
type entry struct {
	First  int64   `json:"first"`
	Last   int64   `json:"last"`
	Events []Event `json:"events"`
}

// from drops the events up to a number.
func (e entry) from(after int64) entry {
	if n := after - e.First + 1; n > 0 {
		e.Events, e.First = e.Events[min(n, int64(len(e.Events))):], after+1
	}
	return e
}

// Head is the number of the last event that has a place.
func (l *Log) Head(ctx context.Context, ws string) (int64, error) {
	h, _, err := l.head(ctx, ws)
	return h.Seq, err
}

func (l *Log) head(ctx context.Context, ws string) (head, int64, error) {
	d, err := l.store.In(ws, logCollection).Get(ctx, headID)
	if fault.Is(err, fault.NotFound) {
		// The first to look makes it, so that all count from the same number.
		body, err := json.Marshal(head{start()})
		if err != nil {
			return head{}, 0, err
		}
		if _, err := l.store.In(ws, logCollection).Insert(ctx, headID, body); err != nil && !fault.Is(err, fault.Conflict) {
			return head{}, 0, err
		}
		d, err = l.store.In(ws, logCollection).Get(ctx, headID)
		if err != nil {
			return head{}, 0, err
		}
	} else if err != nil {
		return head{}, 0, err
	}
	var h head
	return h, d.Ver, json.Unmarshal(d.Body, &h)
}

// start is the first number of a new feed: by the time, so that one from
// before the store was replaced is recognised as too old.
func start() int64 { return time.Now().UnixMilli() << 10 }

// Append gives events their places: first a range of numbers is taken, then the
// batch is written. A process that dies between leaves a gap, which readers
// pass over after a while.
func (l *Log) Append(ctx context.Context, ws string, events []Event) (int64, error) {
	col := l.store.In(ws, logCollection)
	for range casTries {
		h, ver, err := l.head(ctx, ws)
		if err != nil {
			return 0, err
		}
		first := h.Seq + 1
		body, err := json.Marshal(head{h.Seq + int64(len(events))})
		if err != nil {
			return 0, err
		}
		_, err = col.Replace(ctx, store.Doc{ID: headID, Body: body}, ver)
		if fault.Is(err, fault.Conflict) {
			continue // another process took these numbers
		}
		if err != nil {
			return 0, err
		}
		raw, err := json.Marshal(entry{first, first + int64(len(events)) - 1, events})
		if err != nil {
			return 0, err
		}
		_, err = col.Insert(ctx, fmt.Sprintf("%020d", first), raw)
		return first, err
	}
	return 0, fault.New(fault.Unavailable, "busy", nil)
}

// After gives batches after a number, in order.
func (l *Log) After(ctx context.Context, ws string, seq int64, limit int) ([]entry, error) {
	page, err := l.store.In(ws, logCollection).Find(ctx, store.Query{Filter: filter.Gt("last", seq), Sort: []store.SortKey{{Field: "last"}}, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]entry, 0, len(page.Docs))
	for _, d := range page.Docs {
		var e entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return nil, err
		}
		out = append(out, e.from(seq))
	}
	return out, nil
}

// Trim forgets what is too far back for anybody.
func (l *Log) Trim(ctx context.Context, ws string) error {
	last, err := l.Head(ctx, ws)
	if err != nil {
		return err
	}
	col := l.store.In(ws, logCollection)
	for {
		page, err := col.Find(ctx, store.Query{Filter: filter.And(filter.Gt("last", int64(0)), filter.Lt("last", last-keepLog)), Limit: 200})
		if err != nil || len(page.Docs) == 0 {
			return err
		}
		for _, d := range page.Docs {
			if err := col.Delete(ctx, d.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
}
