package move

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Place is the workspace that marks a store which is on its way. No workspace of the
// product can have its name.
const Place = "_move"

const (
	marks  = "mark"
	markID = "state"
)

// State says how far a move has come.
type State string

// The states.
const (
	None State = ""     // no move, or one that has come to its end here
	Half State = "half" // this store is being filled
	Gone State = "gone" // what is here is somewhere else now
)

// Mark is what a store says about its move.
type Mark struct {
	State State `json:"state"`
	// Other is the store at the other end, as people call it.
	Other string `json:"other"`
	At    string `json:"at"`
}

// Read gives the mark of a store. One without its text is of a move that had just
// begun.
func Read(ctx context.Context, s *store.Store) (Mark, error) {
	all, err := s.Workspaces(ctx)
	if err != nil || !slices.Contains(all, Place) {
		return Mark{}, err
	}
	if err := s.Ensure(ctx, Place, store.Spec{Name: marks}); err != nil {
		return Mark{}, err
	}
	d, err := s.In(Place, marks).Get(ctx, markID)
	if fault.Is(err, fault.NotFound) {
		return Mark{State: Half}, nil
	}
	if err != nil {
		return Mark{}, err
	}
	m := Mark{}
	return m, json.Unmarshal(d.Body, &m)
}

// Whole refuses a store that is only half of another. Fault: Conflict "move.half".
func Whole(ctx context.Context, s *store.Store) error {
	m, err := Read(ctx, s)
	if err == nil && m.State == Half {
		err = fault.New(fault.Conflict, "move.half", fault.Params{"other": m.Other})
	}
	return err
}

// Here refuses a store whose documents are somewhere else now: what is here is old,
// and a server on it would remind customers a second time. Fault: Conflict "move.gone".
func Here(ctx context.Context, s *store.Store) error {
	m, err := Read(ctx, s)
	if err == nil && m.State == Gone {
		err = gone(m)
	}
	return err
}

func gone(m Mark) error {
	return fault.New(fault.Conflict, "move.gone", fault.Params{"other": m.Other, "at": m.At, "mark": Place})
}

// set writes the mark of a store.
func set(ctx context.Context, s *store.Store, state State, other string, now time.Time) error {
	body, err := json.Marshal(Mark{state, other, value.Instant(now)})
	if err != nil {
		return err
	}
	if err := s.Ensure(ctx, Place, store.Spec{Name: marks}); err != nil {
		return err
	}
	_, err = s.In(Place, marks).Insert(ctx, markID, body)
	if fault.Is(err, fault.Conflict) {
		_, err = s.In(Place, marks).Replace(ctx, store.Doc{ID: markID, Body: body}, 0)
	}
	return err
}
