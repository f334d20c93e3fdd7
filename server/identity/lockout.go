package identity

import (
	"context"
	"encoding/json"
	"math"
	"net/netip"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	freeByAccount = 5  // failures before an account has to wait
	freeByAddress = 30 // and an address, behind which there may be an office
	firstWait     = 30 * time.Second
	longestWait   = 15 * time.Minute
	forget        = 24 * time.Hour
)

// attemptDoc counts the failures of an account or an address.
type attemptDoc struct {
	Fails int    `json:"fails"`
	Until string `json:"until,omitempty"`
	Last  string `json:"last"`
}

func accountAttempt(email string) string { return "account:" + hashOf(email)[:32] }

// addressAttempt is "" for no address. An IPv6 network counts as one address,
// because its owner has all of it.
func addressAttempt(addr string) string {
	if addr == "" {
		return ""
	}
	if ip, err := netip.ParseAddr(addr); err == nil {
		ip = ip.Unmap().WithZone("")
		addr = ip.String()
		if p, err := ip.Prefix(64); err == nil && ip.Is6() {
			addr = p.String()
		}
	}
	return "address:" + hashOf(addr)[:32]
}

// wait is how long to wait after so many failures.
func wait(fails, free int) time.Duration {
	if fails < free {
		return 0
	}
	return time.Duration(min(float64(firstWait)*math.Pow(2, float64(min(fails-free, 30))), float64(longestWait)))
}

// attempt counts a try as failed before it is made, so that many tries at once
// do not get past the limit; the caller forgives one that succeeds. Fault:
// TooMany "auth.locked" with "seconds" to wait.
func (s *Service) attempt(ctx context.Context, id string, free int) error {
	if id == "" {
		return nil
	}
	c := s.in(attempts)
	count := func(a *attemptDoc, _ store.Doc) error { return a.count(s.now(), free) }
	for range 20 {
		_, err := change(ctx, c, id, count)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		first := attemptDoc{}
		if err := first.count(s.now(), free); err != nil {
			return err
		}
		body, err := json.Marshal(first)
		if err != nil {
			return err
		}
		if _, err = c.Insert(ctx, id, body); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

func (a *attemptDoc) count(now time.Time, free int) error {
	if until, err := value.ParseInstant(a.Until); err == nil && until.After(now) {
		seconds := int(math.Ceil(until.Sub(now).Seconds()))
		return fault.New(fault.TooMany, "auth.locked", fault.Params{"seconds": seconds})
	}
	if last, err := value.ParseInstant(a.Last); err == nil && now.Sub(last) > forget {
		a.Fails = 0
	}
	a.Fails++
	a.Until, a.Last = "", value.Instant(now)
	if w := wait(a.Fails, free); w > 0 {
		a.Until = value.Instant(now.Add(w))
	}
	return nil
}

// forgive takes back what a try that succeeded has counted: all of an
// account's failures, but only the one of an address, or who has one account
// could try the others without end.
func (s *Service) forgive(ctx context.Context, account, address string) error {
	c := s.in(attempts)
	if err := c.Delete(ctx, account, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.uncount(ctx, address)
}

// uncount takes one try back; "" is no counter.
func (s *Service) uncount(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	_, err := change(ctx, s.in(attempts), id, func(a *attemptDoc, _ store.Doc) error {
		a.Fails, a.Until = max(a.Fails-1, 0), ""
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func before(field string, t time.Time) filter.Expr { return filter.Lt(field, value.Instant(t)) }

// sweep deletes what a filter finds and nobody changes meanwhile.
func (s *Service) sweep(ctx context.Context, collection string, old filter.Expr) error {
	c := s.in(collection)
	for {
		p, err := c.Find(ctx, store.Query{Filter: old, Limit: store.MaxLimit})
		if err != nil || len(p.Docs) == 0 {
			return err
		}
		for _, d := range p.Docs {
			err := c.Delete(ctx, d.ID, d.Ver)
			if err != nil && !fault.Is(err, fault.NotFound) && !isVersion(err) {
				return err
			}
		}
	}
}
