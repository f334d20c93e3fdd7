package pace

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const collection = "worker"

// Specs are the collections of this room, in the system database.
var Specs = []store.Spec{{Name: collection}}

const (
	beatEvery = 5 * time.Second
	aliveFor  = 20 * time.Second
)

// Crew is the processes on a store: each says every five seconds that it is
// there, and those that send take an equal part of every rate. While a process joins, the
// parts add up to more than the whole for at most one beat; after one died, to
// less for at most 20 seconds.
type Crew struct {
	store  *store.Store
	system string
	id     string
	sends  bool
	count  atomic.Int64
	log    *slog.Logger
	now    func() time.Time
}

// NewCrew joins the processes that share a store, as one that sends or one that
// only serves people; system is the database of what belongs to no workspace.
func NewCrew(s *store.Store, system string, sends bool, log *slog.Logger, now func() time.Time) *Crew {
	c := &Crew{store: s, system: system, id: uuid.NewString(), sends: sends, log: log, now: now}
	c.count.Store(1)
	return c
}

// mark is what a process says.
type mark struct {
	At     string `json:"at"`
	Serves bool   `json:"serves,omitempty"` // people only, and sends nothing
}

// Share is this process's part of every rate.
func (c *Crew) Share() float64 { return 1 / float64(max(c.count.Load(), 1)) }

// Run says that this process is there until ctx ends, and then that it is not.
func (c *Crew) Run(ctx context.Context) {
	for {
		// A beat that is cut short may be stored after the process has left.
		beat, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatEvery)
		if err := c.Beat(beat); err != nil && ctx.Err() == nil {
			c.log.Warn("the processes that send were not counted", "error", err)
		}
		cancel()
		select {
		case <-ctx.Done():
			gone, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatEvery)
			defer cancel()
			if err := c.store.In(c.system, collection).Delete(gone, c.id, 0); err != nil {
				c.log.Warn("this process could not say that it is gone; others believe it for 20 seconds that it is there", "error", err)
			}
			return
		case <-time.After(beatEvery):
		}
	}
}

// Alive counts the processes that said lately, on a store, that they are there. A
// store that no process has shared has none.
func Alive(ctx context.Context, s *store.Store, system string, now time.Time) (int64, error) {
	if err := s.Ensure(ctx, system, Specs...); err != nil {
		return 0, err
	}
	return s.In(system, collection).Count(ctx, filter.Gt("at", value.Instant(now.Add(-aliveFor))), 0)
}

// Beat says once that this process is there, and counts those that send.
func (c *Crew) Beat(ctx context.Context) error {
	col, now := c.store.In(c.system, collection), c.now()
	body, err := json.Marshal(mark{At: value.Instant(now), Serves: !c.sends})
	if err != nil {
		return err
	}
	d, err := col.Get(ctx, c.id)
	switch {
	case fault.Is(err, fault.NotFound):
		_, err = col.Insert(ctx, c.id, body)
	case err == nil:
		_, err = col.Replace(ctx, store.Doc{ID: c.id, Body: body}, d.Ver)
	}
	if err != nil {
		return err
	}
	alive := int64(0)
	var dead []string
	err = col.Each(ctx, store.Query{Filter: filter.Gt("at", ""), Limit: 500}, func(d store.Doc) error {
		var w mark
		if err := json.Unmarshal(d.Body, &w); err != nil {
			return err
		}
		switch {
		case w.At >= value.Instant(now.Add(-aliveFor)):
			if !w.Serves {
				alive++
			}
		case w.At < value.Instant(now.Add(-time.Hour)):
			dead = append(dead, d.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.count.Store(max(alive, 1))
	for _, id := range dead {
		_ = col.Delete(ctx, id, 0) // another process may have been faster
	}
	return nil
}
