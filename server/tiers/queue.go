package tiers

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
)

const (
	// settleFor is how long an account is left alone after an event, so that an
	// import, or a payment on many invoices, is scored once.
	settleFor = 3 * time.Second
	// margin is how far apart the clocks of two processes may be.
	margin = time.Second
	// tryAgain is how long one rests whose score could not be computed.
	tryAgain = time.Minute
	// lookEvery is how often all workspaces are looked at: for what an earlier
	// process left, and others marked.
	lookEvery = 10 * time.Second
	maxTaken  = 200 // accounts scored of a workspace before the next one's turn
	maxSoon   = 50_000
)

// mark says that an account is to be scored, and when. It is written before the
// events count as delivered, and taken away once they are in the score: what a
// crash leaves behind, the next process does.
type mark struct {
	At string `json:"at"`
}

type account struct{ ws, customer string }

// soon holds what this process has marked, by when: it spares looking for marks
// where there are none, and writing one that is there.
type soon struct {
	mu  sync.Mutex
	due map[account]time.Time
}

// moves are the events after which a score may be another.
var moves = map[string]bool{
	ledger.InvoiceBooked: true, ledger.InvoiceCorrected: true, ledger.InvoiceCancelled: true, ledger.CreditNoted: true, ledger.WrittenOff: true,
	ledger.PaymentApplied: true, ledger.PaymentAllocated: true, ledger.PaymentReversed: true,
}

// Deliver hears of an account's events and marks it to be scored soon if they
// matter. An error has the events delivered again.
func (s *Service) Deliver(ctx context.Context, d accounts.Delivery) error {
	for _, e := range d.Events {
		if moves[e.Type] || e.Type == ledger.PromiseClosed && e.Status == ledger.PromiseBroken {
			return s.mark(ctx, account{d.Workspace, d.Customer}, time.Now())
		}
	}
	return nil
}

// mark keeps the first time: an account that never rests is scored all the same.
func (s *Service) mark(ctx context.Context, a account, now time.Time) error {
	if s.soon.has(a, now) {
		return nil
	}
	at := now.Add(settleFor)
	body, err := json.Marshal(mark{value.Instant(at)})
	if err != nil {
		return err
	}
	col := s.store.In(a.ws, due)
	for n := 1; ; n++ {
		_, err = col.Insert(ctx, a.customer, body)
		if fault.Is(err, fault.Conflict) {
			at, err = remark(ctx, col, a.customer, now)
		}
		if err == nil {
			s.soon.add(a, at)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) || n == attempts {
			return err
		}
	}
}

// remark makes a mark that is there a newer version of itself: who is scoring the
// account already, perhaps without the events of now, does not take it away then.
func remark(ctx context.Context, col store.Collection, id string, now time.Time) (time.Time, error) {
	d, err := col.Get(ctx, id)
	if err != nil {
		return now, err
	}
	var m mark
	if err := json.Unmarshal(d.Body, &m); err != nil {
		return now, err
	}
	at, err := time.Parse(time.RFC3339, m.At)
	if err != nil || at.After(now.Add(margin)) {
		return at, err
	}
	_, err = col.Replace(ctx, d, d.Ver)
	return at, err
}

// has tells whether this process has marked an account for a time that is still
// to come: who takes the mark then sees the events of now.
func (q *soon) has(a account, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at, there := q.due[a]
	return there && at.After(now.Add(margin))
}

func (q *soon) add(a account, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.due) < maxSoon { // else the next look at all workspaces finds it
		q.due[a] = at
	}
}

// take gives the workspaces in which something is due.
func (q *soon) take(now time.Time) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	seen := map[string]bool{}
	var out []string
	for a, at := range q.due {
		if at.After(now) {
			continue
		}
		delete(q.due, a)
		if !seen[a.ws] {
			seen[a.ws] = true
			out = append(out, a.ws)
		}
	}
	return out
}

// Work scores the accounts that are marked, until ctx ends; it rests as long as
// it works.
func (s *Service) Work(ctx context.Context) {
	var looked time.Time
	for {
		began := time.Now()
		spaces := s.soon.take(began)
		if began.Sub(looked) >= lookEvery {
			if all, err := s.spaces.Keys(ctx); err == nil {
				spaces, looked = all, began
			}
		}
		for _, ws := range spaces {
			if err := s.ScoreDue(ctx, ws, began); err != nil && ctx.Err() == nil {
				s.log.Warn("scores were not computed; they are tried again", "workspace", ws, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(time.Since(began), 500*time.Millisecond)):
		}
	}
}

// ScoreDue scores the accounts of a workspace whose mark's time has come.
func (s *Service) ScoreDue(ctx context.Context, ws string, now time.Time) error {
	col := s.store.In(ws, due)
	for {
		page, err := col.Find(ctx, store.Query{Filter: filter.Lte("at", value.Instant(now)), Sort: []store.SortKey{{Field: "at"}}, Limit: maxTaken})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := s.scoreMarked(ctx, ws, col, d, now); err != nil {
				return err
			}
		}
		if len(page.Docs) < maxTaken {
			return nil
		}
	}
}

// scoreMarked scores an account and takes its mark away. One that was marked anew
// meanwhile rests again; one that cannot be scored waits, so that it does not stop
// the others.
func (s *Service) scoreMarked(ctx context.Context, ws string, col store.Collection, d store.Doc, now time.Time) error {
	_, err := s.Compute(ctx, ws, d.ID)
	switch {
	case err == nil || fault.Is(err, fault.NotFound):
		err = col.Delete(ctx, d.ID, d.Ver)
		if fault.Is(err, fault.Conflict) {
			err = s.postpone(ctx, account{ws, d.ID}, now.Add(settleFor))
		}
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		s.log.Warn("a score was not computed; it is tried again", "workspace", ws, "error", err)
		err = s.postpone(ctx, account{ws, d.ID}, now.Add(tryAgain))
	}
	if fault.Is(err, fault.NotFound) { // another process has done it
		return nil
	}
	return err
}

func (s *Service) postpone(ctx context.Context, a account, at time.Time) error {
	body, err := json.Marshal(mark{value.Instant(at)})
	if err != nil {
		return err
	}
	if _, err = s.store.In(a.ws, due).Replace(ctx, store.Doc{ID: a.customer, Body: body}, 0); err == nil {
		s.soon.add(a, at)
	}
	return err
}
