package messages

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/channel"
)

// SentSince counts a customer's messages on a channel since an instant, those
// that failed left out.
func (s *Service) SentSince(ctx context.Context, ws, customer, ch string, since time.Time) (int, error) {
	n, err := s.store.In(ws, collection).Count(ctx, filter.And(
		filter.Eq("customer", customer), filter.Gte("at", value.Instant(since)), filter.Eq("channel", ch),
		filter.In("status", ledger.IntentSent, ledger.IntentUnknown, ledger.IntentWaiting),
	), 1000)
	return int(n), err
}

// Of finds the message that news are about: by our id, or by the provider's.
func (s *Service) Of(ctx context.Context, ws, ch, id, ref string) (Entry, bool, error) {
	if id != "" {
		e, err := s.Get(ctx, ws, id, nil)
		if err == nil && e.Channel == ch {
			return e, true, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Entry{}, false, err
		}
	}
	if ref == "" {
		return Entry{}, false, nil
	}
	return s.newest(ctx, ws, filter.And(filter.Eq("ref", ref), filter.Eq("channel", ch)))
}

// LastTo finds the newest message to an address, since an instant.
func (s *Service) LastTo(ctx context.Context, ws, ch, address string, since time.Time) (Entry, bool, error) {
	where := []filter.Expr{filter.Eq("addr", channel.Same(address)), filter.Gte("at", value.Instant(since))}
	if ch != "" {
		where = append(where, filter.Eq("channel", ch))
	}
	return s.newest(ctx, ws, filter.And(where...))
}

func (s *Service) newest(ctx context.Context, ws string, where filter.Expr) (Entry, bool, error) {
	page, err := s.store.In(ws, collection).Find(ctx, store.Query{Filter: where, Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: 1})
	if err != nil || len(page.Docs) == 0 {
		return Entry{}, false, err
	}
	e := Entry{ID: page.Docs[0].ID}
	return e, true, json.Unmarshal(page.Docs[0].Body, &e.Message)
}

// rank orders what is heard of a message: a later word does not undo a
// stronger one.
var rank = map[string]int{channel.Delivered: 1, channel.Bounced: 2, channel.Replied: 3}

// Heard notes what became of a message. False says that it was known.
func (s *Service) Heard(ctx context.Context, ws, id string, d Delivery) (bool, error) {
	news := false
	customer := ""
	err := s.change(ctx, ws, id, func(m *Message) bool {
		customer = m.Customer
		news = m.Delivery == nil || rank[d.State] > rank[m.Delivery.State]
		if news {
			m.Delivery = &d
		}
		return news
	})
	if err == nil && news {
		s.Told(ws, customer, id)
	}
	return news, err
}

// End notes how a message ended that waited for a person or was unknown.
func (s *Service) End(ctx context.Context, ws, id, status, why, detail string) error {
	customer := ""
	err := s.change(ctx, ws, id, func(m *Message) bool {
		customer = m.Customer
		was := m.Status
		m.Status, m.Reason, m.Detail = status, why, detail
		return was != status
	})
	if err == nil {
		s.Told(ws, customer, id)
	}
	return err
}

// ByID gives the messages of ids that are there, within a scope, in order, each once.
func (s *Service) ByID(ctx context.Context, ws string, ids []string, scope filter.Expr) ([]Entry, error) {
	docs, err := s.store.In(ws, collection).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(ids))
	for _, id := range ids {
		d, ok := docs[id]
		if !ok {
			continue
		}
		var plain map[string]any
		if err := json.Unmarshal(d.Body, &plain); err != nil {
			return nil, err
		}
		if !filter.Match(scope, plain) {
			continue
		}
		e := Entry{ID: id}
		if err := json.Unmarshal(d.Body, &e.Message); err != nil {
			return nil, err
		}
		out = append(out, e)
		delete(docs, id) // a merged step names the same message again
	}
	return out, nil
}
