package app

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// engines remembers, in the system's database, the engine that the store was
// last worked with.
const engines = "engine"

var engineSpecs = []store.Spec{{Name: engines}}

type knownEngine struct {
	ID    string `json:"id"`
	Since string `json:"since"`
}

// adopt compares the engine with the one that the store knows. Another one (its
// file was lost or left out of a restored copy, or a cluster has taken its
// place) is handed all that is under way: the store has it all.
func (s *Server) adopt(ctx context.Context) error {
	id, err := s.Engine.Identity(ctx)
	if err != nil {
		return err
	}
	col := s.Store.In(workspace.System, engines)
	var known knownEngine
	d, err := col.Get(ctx, "current")
	if err == nil {
		err = json.Unmarshal(d.Body, &known)
	}
	if err != nil && !fault.Is(err, fault.NotFound) || known.ID == id {
		return err
	}
	keys, err := s.Spaces.Keys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range keys {
		n, err := s.Flows.Adopt(ctx, ws)
		if err != nil {
			return err
		}
		if err := s.House.Adopt(ctx, ws); err != nil {
			return err
		}
		if n > 0 {
			s.log.Info("the workflow engine is a new one and takes over what is under way", "workspace", ws, "runs", n)
		}
	}
	body, err := json.Marshal(knownEngine{ID: id, Since: value.Instant(s.Now())})
	if err != nil {
		return err
	}
	if d.Ver == 0 {
		_, err = col.Insert(ctx, "current", body)
	} else {
		_, err = col.Replace(ctx, store.Doc{ID: "current", Body: body}, d.Ver)
	}
	if fault.Is(err, fault.Conflict) {
		return nil // another process has done the same
	}
	return err
}
