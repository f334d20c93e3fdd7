package accounts

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Events reads an account's journal in order, from a sequence on, pending
// events included.
func (s *Service) Events(ctx context.Context, ws, customer string) ([]ledger.Event, *ledger.State, error) {
	doc, _, err := s.read(ctx, ws, customer)
	if err != nil {
		return nil, nil, err
	}
	var out []ledger.Event
	err = s.store.In(ws, Journal).Each(ctx, journalOf(customer), func(d store.Doc) error {
		var e entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return err
		}
		out = append(out, e.Event)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return doc.whole(out), doc.State, nil
}

// EventsOf visits the journals of some accounts, pending events included, in one
// query for all: in the order of their ids, also those that never had an event.
func (s *Service) EventsOf(ctx context.Context, ws string, customers []string, f func(customer string, events []ledger.Event, st *ledger.State) error) error {
	if len(customers) == 0 {
		return nil
	}
	docs, err := s.store.In(ws, Collection).GetMany(ctx, customers)
	if err != nil {
		return err
	}
	return s.journals(ctx, ws, customers, docs, f)
}

// journals visits the journals of accounts whose documents have been read.
func (s *Service) journals(ctx context.Context, ws string, customers []string, docs map[string]store.Doc, f func(customer string, events []ledger.Event, st *ledger.State) error) error {
	ids := slices.Sorted(slices.Values(customers))
	next, events := 0, []ledger.Event(nil)
	// flush gives the accounts before a customer: the one that was being read, and
	// those without a journal.
	flush := func(until string) error {
		for ; next < len(ids) && (until == "" || ids[next] < until); next++ {
			doc := document{State: ledger.NewState(ids[next])}
			if d, there := docs[ids[next]]; there {
				if err := json.Unmarshal(d.Body, &doc); err != nil {
					return err
				}
			}
			if err := f(ids[next], doc.whole(events), doc.State); err != nil {
				return err
			}
			events = nil
		}
		return nil
	}
	q := store.Query{Filter: filter.In("c", ids...), Sort: []store.SortKey{{Field: "c"}, {Field: "seq"}}, Limit: 500}
	err := s.store.In(ws, Journal).Each(ctx, q, func(d store.Doc) error {
		var e entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return err
		}
		if err := flush(e.C); err != nil {
			return err
		}
		events = append(events, e.Event)
		return nil
	})
	if err != nil {
		return err
	}
	return flush("")
}

// whole puts an account's journal and its pending events together; what came
// into the journal after the document was read is left out.
func (d *document) whole(journal []ledger.Event) []ledger.Event {
	out := journal
	for len(out) > 0 && out[len(out)-1].Seq > d.State.Seq {
		out = out[:len(out)-1]
	}
	for _, e := range d.Pending {
		if len(out) == 0 || e.Seq > out[len(out)-1].Seq {
			out = append(out, e)
		}
	}
	return out
}

// EventsBefore gives an account's events recorded before an instant, newest
// first, from the journal; events still pending are added on the first page.
func (s *Service) EventsBefore(ctx context.Context, ws, customer string, before time.Time, limit int) ([]ledger.Event, error) {
	doc, _, err := s.read(ctx, ws, customer)
	if err != nil {
		return nil, err
	}
	var out []ledger.Event
	seen := map[int64]bool{}
	for i := len(doc.Pending) - 1; i >= 0; i-- {
		if e := doc.Pending[i]; e.At.Before(before) {
			out = append(out, e)
			seen[e.Seq] = true
		}
	}
	q := journalOf(customer)
	q.Filter = filter.And(q.Filter, filter.Lt("t", value.Instant(before)))
	q.Sort, q.Limit = []store.SortKey{{Field: "seq", Desc: true}}, limit
	page, err := s.store.In(ws, Journal).Find(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, d := range page.Docs {
		var e entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return nil, err
		}
		if !seen[e.Seq] {
			out = append(out, e.Event)
		}
	}
	return out, nil
}

// EventsBetween visits the events of all accounts recorded in [from, to), in
// order of time.
func (s *Service) EventsBetween(ctx context.Context, ws string, from, to time.Time, visit func(customer string, e ledger.Event) error) error {
	return s.store.In(ws, Journal).Each(ctx, store.Query{
		Filter: filter.And(filter.Gte("t", value.Instant(from)), filter.Lt("t", value.Instant(to))), Sort: []store.SortKey{{Field: "t"}}, Limit: 500,
	}, func(d store.Doc) error {
		var e entry
		if err := json.Unmarshal(d.Body, &e); err != nil {
			return err
		}
		return visit(e.C, e.Event)
	})
}
