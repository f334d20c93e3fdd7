package packs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// pending is a change that has begun: its steps, and the record that it leads
// to (nil: the pack is gone then). It is written before the first step.
type pending struct {
	Steps []step     `json:"steps"`
	Next  *Installed `json:"next,omitempty"`
	By    string     `json:"by"`
	At    string     `json:"at"`
}

// Apply does what a plan with this hash said, wholly or not at all. Faults:
// Conflict "pack.moved" when something has changed since the plan was looked
// at, Invalid with the plan's problems.
func (s *Service) Apply(ctx context.Context, a policies.Actor, r Request, hash string) (*Installed, error) {
	p, err := s.Plan(ctx, a, r)
	if err != nil {
		return nil, err
	}
	if err := fault.InvalidFields(p.Problems); err != nil {
		return nil, err
	}
	if hash != p.Hash {
		return nil, fault.New(fault.Conflict, "pack.moved", nil)
	}
	src := p.record
	next := Installed{
		ID: p.ID, Version: p.Version, Name: p.Name, Publisher: src.Publisher, At: value.Instant(s.Now()), By: a.ID, State: Ready,
		Choices: p.choices, Objects: p.held, History: src.History,
	}
	if p.Action == Rollback {
		next.File, next.History = next.History[0].File, next.History[1:]
	} else {
		found, err := s.Find(ctx, a.Workspace, r.ID, r.File)
		if err != nil {
			return nil, err
		}
		next.Publisher, next.File = found.Publisher.Name, r.File
		if src.Version != "" && len(p.steps) > 0 {
			past, err := s.past(ctx, a, src)
			if err != nil {
				return nil, err
			}
			next.History = append([]Past{past}, next.History[:min(len(next.History), maxHistory-1)]...)
		}
	}
	return s.change(ctx, a, src, pending{Steps: p.steps, Next: &next, By: a.ID})
}

// past is a pack as it is now, to be gone back to.
func (s *Service) past(ctx context.Context, a policies.Actor, now Installed) (Past, error) {
	out := Past{Version: now.Version, File: now.File, At: now.At, Choices: now.Choices, Objects: now.Objects, Mine: map[string]json.RawMessage{}}
	for _, h := range now.Objects {
		raw, _, err := s.handler(h.Kind).read(ctx, a, pack.Object{Kind: h.Kind, Key: h.As, Raw: h.Base})
		if err != nil {
			return out, err
		}
		if raw != nil {
			out.Mine[string(h.Kind)+"/"+h.Key] = raw
		}
	}
	return out, nil
}

// change writes down what is going to happen, does it, and writes down that it
// has. When a step fails, those before it are taken back.
func (s *Service) change(ctx context.Context, a policies.Actor, now Installed, todo pending) (*Installed, error) {
	todo.At = value.Instant(s.Now())
	begun := now
	begun.State, begun.Pending = Changing, &todo
	if begun.Version == "" { // not there yet
		begun.Name, begun.At, begun.By, begun.Objects = todo.Next.Name, todo.Next.At, todo.By, []Held{}
	}
	begun, err := s.write(ctx, a.Workspace, begun)
	if err != nil {
		return nil, err
	}
	// From here on it is finished even if the caller goes away.
	ctx = context.WithoutCancel(ctx)
	if err := s.do(ctx, a, todo.Steps); err != nil {
		now.ver = begun.ver
		if now.Version == "" {
			return nil, errors.Join(err, s.Store.In(a.Workspace, collection).Delete(ctx, now.ID, begun.ver))
		}
		_, werr := s.write(ctx, a.Workspace, now)
		return nil, errors.Join(err, werr)
	}
	return s.finish(ctx, a.Workspace, begun)
}

func (s *Service) finish(ctx context.Context, ws string, begun Installed) (*Installed, error) {
	if begun.Pending.Next == nil {
		return &Installed{ID: begun.ID}, s.Store.In(ws, collection).Delete(ctx, begun.ID, begun.ver)
	}
	next := *begun.Pending.Next
	next.ver = begun.ver
	done, err := s.write(ctx, ws, next)
	return &done, err
}

func (s *Service) write(ctx context.Context, ws string, i Installed) (Installed, error) {
	body, err := json.Marshal(i)
	if err != nil {
		return i, err
	}
	col := s.Store.In(ws, collection)
	var d store.Doc
	if i.ver == 0 {
		d, err = col.Insert(ctx, i.ID, body)
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: i.ID, Body: body}, i.ver)
	}
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "pack.moved", nil)
	}
	i.ver = d.Ver
	return i, err
}

// do does the steps in order. A step that has been done is passed over, so that
// doing them again after a crash changes nothing.
func (s *Service) do(ctx context.Context, a policies.Actor, steps []step) error {
	for k, st := range steps {
		if err := s.step(ctx, a, st); err != nil {
			for n := k; n >= 0; n-- {
				back := steps[n]
				back.Before, back.After = back.After, back.Before
				if undo := s.step(ctx, a, back); undo != nil && fault.KeyOf(undo) != "pack.moved" {
					err = errors.Join(err, undo)
				}
			}
			return err
		}
	}
	return nil
}

func (s *Service) step(ctx context.Context, a policies.Actor, st step) error {
	h := s.handler(st.Object.Kind)
	if h == nil {
		return fault.New(fault.Invalid, "pack.kind", fault.Params{"kind": st.Object.Kind})
	}
	now, ver, err := h.read(ctx, a, st.Object)
	if err != nil {
		return err
	}
	if flow.Same(now, st.After) {
		return nil
	}
	if st.Object.Kind != pack.Form && !flow.Same(now, st.Before) {
		return fault.New(fault.Conflict, "pack.moved", nil)
	}
	return h.write(ctx, a, st.Object, st.After, ver)
}

// abandoned is when a change that has begun is taken for one whose process has
// ended.
const abandoned = time.Minute

// Resume finishes what was under way when a process ended. Several processes
// may do so at once.
func (s *Service) Resume(ctx context.Context, ws string) error {
	page, err := s.Store.In(ws, collection).Find(ctx, store.Query{Filter: filter.Eq("state", Changing), Limit: maxPacks})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		i, err := decode(d)
		if err != nil {
			return err
		}
		if i.Pending == nil || i.Pending.At > value.Instant(s.Now().Add(-abandoned)) {
			continue // somebody is at it
		}
		a := policies.SystemActor(ws, i.Pending.By)
		if err := s.do(ctx, a, i.Pending.Steps); err != nil {
			if i.Version == "" {
				err = errors.Join(err, s.Store.In(ws, collection).Delete(ctx, i.ID, i.ver))
			} else {
				i.State, i.Pending = Ready, nil
				_, werr := s.write(ctx, ws, i)
				err = errors.Join(err, werr)
			}
			return err
		}
		if _, err := s.finish(ctx, ws, i); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
