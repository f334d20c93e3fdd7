package tiers

import (
	"context"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
)

type account struct{ ws, customer string }

// queue holds the accounts to score soon, by when. It is kept in memory: what is
// lost with the process, or does not fit, is scored in the night.
type queue struct {
	mu  sync.Mutex
	due map[account]time.Time
}

const (
	// settleFor is how long an account is left alone after an event, so that an
	// import, or a payment on many invoices, is scored once.
	settleFor = 3 * time.Second
	maxQueue  = 10_000
)

// moves are the events after which a score may be another.
var moves = map[string]bool{
	ledger.InvoiceBooked: true, ledger.InvoiceCorrected: true, ledger.InvoiceCancelled: true, ledger.CreditNoted: true, ledger.WrittenOff: true,
	ledger.PaymentApplied: true, ledger.PaymentAllocated: true, ledger.PaymentReversed: true,
}

// Deliver hears of an account's events and has it scored soon if they matter.
func (s *Service) Deliver(_ context.Context, d accounts.Delivery) error {
	for _, e := range d.Events {
		if moves[e.Type] || e.Type == ledger.PromiseClosed && e.Status == ledger.PromiseBroken {
			s.queue.add(account{d.Workspace, d.Customer}, time.Now().Add(settleFor))
			break
		}
	}
	return nil
}

// add keeps the first time: an account that never rests is scored all the same.
func (q *queue) add(a account, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, waits := q.due[a]; !waits && len(q.due) < maxQueue {
		q.due[a] = at
	}
}

func (q *queue) take(now time.Time) []account {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []account
	for a, at := range q.due {
		if !at.After(now) {
			out = append(out, a)
			delete(q.due, a)
		}
	}
	return out
}

// Work scores the accounts that Deliver heard of, until ctx ends; it rests as
// long as it works.
func (s *Service) Work(ctx context.Context) {
	for {
		began := time.Now()
		for _, a := range s.queue.take(began) {
			_, err := s.Compute(ctx, a.ws, a.customer)
			if err != nil && !fault.Is(err, fault.NotFound) && ctx.Err() == nil {
				s.log.Warn("a score was not computed; the night's run does it", "workspace", a.ws, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(time.Since(began), 500*time.Millisecond)):
		}
	}
}
