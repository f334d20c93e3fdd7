package desk

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	working = "working"
	// beat is how long one word of a person counts; whoever works an account
	// says so again before that.
	beat = 30 * time.Second
	// maxWork is how long automatic messages wait for a person at most.
	maxWork = 15 * time.Minute
	// recheckWork is when a message that waits for a person is tried again.
	recheckWork = 2 * time.Minute
)

// Work says that a person works an account. It is polite: colleagues see it, and
// automatic messages to the customer wait for a while; nothing is forbidden.
type Work struct {
	Customer string `json:"customer"`
	By       string `json:"by"`
	Name     string `json:"name"`
	Since    string `json:"since"`
	Until    string `json:"until"`
}

// Begin notes that somebody works an account, or still does. One whom a
// colleague was before gets that colleague's work back instead.
func (s *Service) Begin(ctx context.Context, a policies.Actor, customer string) (Work, error) {
	now := s.spaces.RealNow()
	col := s.store.In(a.Workspace, working)
	for range 10 {
		d, err := col.Get(ctx, customer)
		var w Work
		fresh := fault.Is(err, fault.NotFound)
		if err != nil && !fresh {
			return Work{}, err
		}
		if !fresh {
			if err := json.Unmarshal(d.Body, &w); err != nil {
				return Work{}, err
			}
			if w.Until > value.Instant(now) && w.By != a.ID {
				return w, nil
			}
		}
		if w.By != a.ID || w.Until <= value.Instant(now) {
			w = Work{Customer: customer, By: a.ID, Name: a.Name, Since: value.Instant(now)}
		}
		w.Until = value.Instant(now.Add(beat))
		body, err := json.Marshal(w)
		if err != nil {
			return Work{}, err
		}
		if fresh {
			_, err = col.Insert(ctx, customer, body)
		} else {
			_, err = col.Replace(ctx, store.Doc{ID: customer, Body: body}, d.Ver)
		}
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err == nil && w.Since == value.Instant(now) {
			s.told(a.Workspace, customer)
		}
		return w, err
	}
	return Work{}, fault.New(fault.Unavailable, "busy", nil)
}

// End notes that a person is done with an account.
func (s *Service) End(ctx context.Context, a policies.Actor, customer string) error {
	col := s.store.In(a.Workspace, working)
	d, err := col.Get(ctx, customer)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var w Work
	if err := json.Unmarshal(d.Body, &w); err != nil || w.By != a.ID {
		return err
	}
	err = col.Delete(ctx, customer, d.Ver)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	s.told(a.Workspace, customer)
	return err
}

func (s *Service) told(ws, customer string) {
	s.mu.Lock()
	delete(s.busy, ws)
	s.mu.Unlock()
	if s.OnWorking != nil {
		s.OnWorking(ws, customer)
	}
}

type cachedWorking struct {
	at   time.Time
	list map[string]Work
}

// Working gives the accounts that people work on now, at most a second old.
func (s *Service) Working(ctx context.Context, ws string) (map[string]Work, error) {
	s.mu.Lock()
	c, ok := s.busy[ws]
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Second {
		return c.list, nil
	}
	c = cachedWorking{time.Now(), map[string]Work{}}
	err := s.store.In(ws, working).Each(ctx, store.Query{Filter: filter.Gt("until", value.Instant(s.spaces.RealNow())), Limit: 500}, func(d store.Doc) error {
		var w Work
		err := json.Unmarshal(d.Body, &w)
		c.list[d.ID] = w
		return err
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.busy[ws] = c
	s.mu.Unlock()
	return c.list, nil
}

// WaitFor tells until when an automatic message to a customer waits, because a
// person works the account; zero when it need not. Nobody is waited for longer
// than a quarter of an hour.
func (s *Service) WaitFor(ctx context.Context, ws, customer string) (time.Duration, error) {
	list, err := s.Working(ctx, ws)
	if err != nil {
		return 0, err
	}
	w, ok := list[customer]
	if !ok {
		return 0, nil
	}
	since, err := value.ParseInstant(w.Since)
	if err != nil || s.spaces.RealNow().Sub(since) > maxWork {
		return 0, nil //nolint:nilerr // an unreadable beginning holds nothing back
	}
	return recheckWork, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
