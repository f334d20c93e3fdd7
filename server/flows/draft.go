package flows

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
)

// Draft is a flow as it is being edited.
type Draft struct {
	Key      string          `json:"key"`
	Document json.RawMessage `json:"document"`
	Revision int64           `json:"revision"`
	Mine     bool            `json:"mine"`
	Base     int64           `json:"base,omitempty"`   // mine: the shared draft's revision when it was taken
	Shared   int64           `json:"shared,omitempty"` // mine: the shared draft's revision now
	Authors  []string        `json:"authors"`
	Changed  []string        `json:"changed"` // units that differ from the live version
}

// ReadDraft gives the shared draft, or the private one of a person.
func (s *Service) ReadDraft(ctx context.Context, ws, key, owner string) (Draft, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Key: key, Document: f.Draft, Revision: f.Revision, Authors: f.Authors}
	if owner != "" {
		p, _, err := s.private(ctx, ws, key, owner)
		if err != nil {
			return Draft{}, err
		}
		d.Document, d.Revision, d.Mine, d.Base, d.Shared = p.Document, p.Revision, true, p.Base, f.Revision
	}
	if d.Authors == nil {
		d.Authors = []string{}
	}
	d.Changed, err = s.changedSince(ctx, ws, f.Hash, d.Document)
	return d, err
}

// changedSince names the units in which a document differs from a version.
func (s *Service) changedSince(ctx context.Context, ws, hash string, doc json.RawMessage) ([]string, error) {
	now, err := flow.TakeApart(doc)
	if err != nil {
		return nil, err
	}
	was := flow.Units{}
	if hash != "" {
		v, err := s.Version(ctx, ws, hash)
		if err != nil {
			return nil, err
		}
		if was, err = flow.TakeApart(v.Document); err != nil {
			return nil, err
		}
	}
	out := []string{}
	for _, name := range flow.Differences(was, now) {
		if !strings.HasPrefix(name, "pos/") && !strings.HasPrefix(name, "notes/") {
			out = append(out, name)
		}
	}
	return out, nil
}

// DraftSince gives what changed in a draft after a revision.
func (s *Service) DraftSince(ctx context.Context, ws, key, owner string, after int64) (Since, error) {
	e, _, err := s.editable(ctx, ws, key, owner)
	if err != nil {
		return Since{}, err
	}
	units, err := flow.TakeApart(e.doc)
	if err != nil {
		return Since{}, err
	}
	return e.since(after, units), nil
}

// editable reads a draft and how to write it back.
func (s *Service) editable(ctx context.Context, ws, key, owner string) (*edited, func(by string) error, error) {
	if owner != "" {
		p, ver, err := s.private(ctx, ws, key, owner)
		if err != nil {
			return nil, nil, err
		}
		e := &edited{p.Document, p.Revision, p.Changes}
		return e, func(string) error {
			p.Document, p.Revision, p.Changes = e.doc, e.revision, e.changes
			return s.writePrivate(ctx, ws, p, ver)
		}, nil
	}
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return nil, nil, err
	}
	e := &edited{f.Draft, f.Revision, f.Changes}
	return e, func(by string) error {
		f.Draft, f.Revision, f.Changes = e.doc, e.revision, e.changes
		if !slices.Contains(f.Authors, by) {
			f.Authors = append(f.Authors, by)
		}
		doc, err := flow.Parse(e.doc)
		if err != nil {
			return err
		}
		f.Name, f.About = doc.Name, doc.About
		_, err = s.write(ctx, s.store.In(ws, Collection), f)
		return err
	}, nil
}

// EditDraft applies ops to the shared draft, or with an owner to the private
// one. Edits of other units that came in between are kept; see edited.apply.
func (s *Service) EditDraft(ctx context.Context, ws, key, owner, by string, base int64, ops []Op) (Since, error) {
	if err := checkOps(ops); err != nil {
		return Since{}, err
	}
	at := value.Instant(s.spaces.RealNow())
	for range casTries {
		e, write, err := s.editable(ctx, ws, key, owner)
		if err != nil {
			return Since{}, err
		}
		was := e.revision
		out, err := e.apply(base, ops, by, at)
		if err != nil || e.revision == was {
			return out, err
		}
		err = write(by)
		if fault.KeyOf(err) == "store.version" {
			time.Sleep(rand.N(10 * time.Millisecond)) // not in step with the others
			continue                                  // somebody was faster: judge again on what is there now
		}
		if err == nil {
			s.drafted(ws, key)
		}
		return out, err
	}
	return Since{}, fault.New(fault.Unavailable, "busy", nil)
}

func (s *Service) drafted(ws, key string) {
	if s.OnFlow != nil {
		s.OnFlow(ws, key)
	}
}

// Create makes a new flow from a document, whose key must be free.
func (s *Service) Create(ctx context.Context, ws, by string, doc json.RawMessage) (Flow, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return Flow{}, err
	}
	row := Flow{Key: f.Key, Name: f.Name, About: f.About, Status: DraftOnly, Draft: doc, Revision: 1, Authors: []string{by}}
	out, err := s.write(ctx, s.store.In(ws, Collection), row)
	if fault.KeyOf(err) == "store.version" {
		return Flow{}, fault.At("/key", "unique", nil)
	}
	if err == nil {
		s.drafted(ws, f.Key)
	}
	return out, err
}

// Delete takes away a flow that was never published.
func (s *Service) Delete(ctx context.Context, ws, key string) error {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return err
	}
	if f.Version > 0 {
		return fault.New(fault.Conflict, "flow.wasLive", nil)
	}
	if err := s.store.In(ws, Collection).Delete(ctx, key, f.DocVersion); err != nil {
		return err
	}
	s.drafted(ws, key)
	return nil
}
