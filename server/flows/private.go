package flows

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/store"
)

// Private is a person's own draft of a flow.
type Private struct {
	Key          string          `json:"key"`
	Owner        string          `json:"owner"`
	Document     json.RawMessage `json:"document"`
	Revision     int64           `json:"revision"`
	Changes      []Change        `json:"changes,omitempty"`
	Base         int64           `json:"base"` // revision of the shared draft it was taken from
	BaseDocument json.RawMessage `json:"baseDocument"`
}

func privateID(key, owner string) string { return key + "~" + owner }

func (s *Service) private(ctx context.Context, ws, key, owner string) (Private, int64, error) {
	d, err := s.store.In(ws, Privates).Get(ctx, privateID(key, owner))
	if fault.Is(err, fault.NotFound) {
		return Private{}, 0, fault.New(fault.NotFound, "flow.noPrivate", nil)
	}
	if err != nil {
		return Private{}, 0, err
	}
	var p Private
	return p, d.Ver, decodeInto(d, &p)
}

func (s *Service) writePrivate(ctx context.Context, ws string, p Private, ver int64) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	col, id := s.store.In(ws, Privates), privateID(p.Key, p.Owner)
	if ver == 0 {
		_, err = col.Insert(ctx, id, body)
	} else {
		_, err = col.Replace(ctx, store.Doc{ID: id, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "store.version", nil)
	}
	return err
}

// TakePrivate makes a private draft of the shared one; one that exists stays.
func (s *Service) TakePrivate(ctx context.Context, ws, key, owner string) error {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return err
	}
	p := Private{Key: key, Owner: owner, Document: f.Draft, Revision: 1, Base: f.Revision, BaseDocument: f.Draft}
	err = s.writePrivate(ctx, ws, p, 0)
	if fault.KeyOf(err) == "store.version" {
		return nil
	}
	return err
}

// DropPrivate throws a private draft away.
func (s *Service) DropPrivate(ctx context.Context, ws, key, owner string) error {
	_, ver, err := s.private(ctx, ws, key, owner)
	if err != nil {
		return err
	}
	return s.store.In(ws, Privates).Delete(ctx, privateID(key, owner), ver)
}

// Rebase puts a private draft on top of the shared one as it is now. Units that
// both changed differently need a decision in take: "mine" or "theirs".
func (s *Service) Rebase(ctx context.Context, ws, key, owner string, take map[string]string) error {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return err
	}
	p, ver, err := s.private(ctx, ws, key, owner)
	if err != nil {
		return err
	}
	merged, err := mergePrivate(f, p, take)
	if err != nil {
		return err
	}
	doc, _ := merged.PutTogether(flow.Format, key)
	if _, err := flow.Parse(doc); err != nil {
		return err
	}
	p.Document, p.BaseDocument, p.Base, p.Changes = doc, f.Draft, f.Revision, nil
	p.Revision++
	return s.writePrivate(ctx, ws, p, ver)
}

// Share merges a private draft into the shared one and ends it.
func (s *Service) Share(ctx context.Context, ws, key, owner string, take map[string]string) error {
	for range casTries {
		f, err := s.Get(ctx, ws, key)
		if err != nil {
			return err
		}
		p, ver, err := s.private(ctx, ws, key, owner)
		if err != nil {
			return err
		}
		merged, err := mergePrivate(f, p, take)
		if err != nil {
			return err
		}
		shared, err := flow.TakeApart(f.Draft)
		if err != nil {
			return err
		}
		var ops []Op
		for _, name := range flow.Differences(shared, merged) {
			ops = append(ops, Op{name, merged[name]})
		}
		_, err = s.EditDraft(ctx, ws, key, "", owner, f.Revision, ops)
		if _, clash := errors.AsType[*Clash](err); clash || fault.KeyOf(err) == "flow.tooOld" {
			continue // the shared draft moved meanwhile
		}
		if err != nil {
			return err
		}
		return s.store.In(ws, Privates).Delete(ctx, privateID(key, owner), ver)
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

func mergePrivate(f Flow, p Private, take map[string]string) (flow.Units, error) {
	base, err := flow.TakeApart(p.BaseDocument)
	if err != nil {
		return nil, err
	}
	mine, err := flow.TakeApart(p.Document)
	if err != nil {
		return nil, err
	}
	theirs, err := flow.TakeApart(f.Draft)
	if err != nil {
		return nil, err
	}
	merged, names := flow.Merge(base, mine, theirs, take)
	if len(names) == 0 {
		return merged, nil
	}
	by := map[string]Change{}
	for _, c := range f.Changes {
		by[c.Unit] = c
	}
	conflicts := make([]ClashUnit, 0, len(names))
	for _, n := range names {
		v := theirs[n]
		if v == nil {
			v = json.RawMessage("null")
		}
		conflicts = append(conflicts, ClashUnit{n, v, mine[n], by[n].By, by[n].At})
	}
	return nil, &Clash{f.Revision, conflicts, []Changed{}}
}

// HasPrivate tells whether a person has a private draft of a flow.
func (s *Service) HasPrivate(ctx context.Context, ws, key, owner string) bool {
	_, _, err := s.private(ctx, ws, key, owner)
	return err == nil
}
