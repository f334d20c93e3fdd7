package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	presenceCollection = "presence"
	// TypeMet is the event between processes that says who is at a document has
	// changed; no client is ever sent it.
	TypeMet = "met"

	writePresence = 100 * time.Millisecond // changes are written together
	renewPresence = 5 * time.Second        // and said again, before they lapse
	youngPresence = 400 * time.Millisecond // how old what others wrote may be
	maxProcesses  = 100
)

// seats is what one process writes of a workspace: who is where, by document.
type seats struct {
	Until string            `json:"until"`
	Docs  map[string][]Here `json:"docs"`
}

// company joins the presence of several processes: each writes its own people
// to the store and reads those of the others. It is a courtesy, so that what
// cannot be written or read is left out and logged.
type company struct {
	p    *Presence
	st   *store.Store
	met  func(ws, doc string)
	slog *slog.Logger
	me   string // this process

	mu     sync.Mutex
	dirty  map[string]map[string]bool // documents by workspace
	wrote  map[string]bool            // workspaces with a document of ours
	others map[string]remembered
	kick   chan struct{}
}

type remembered struct {
	at   time.Time
	docs map[string][]Here
}

// Share joins the presence with that of other processes on a store; met tells
// them that somebody came or went. RunShared must be running.
func (p *Presence) Share(st *store.Store, met func(ws, doc string), log *slog.Logger) {
	p.company = &company{
		p: p, st: st, met: met, slog: log, me: uuid.NewString(), dirty: map[string]map[string]bool{}, wrote: map[string]bool{},
		others: map[string]remembered{}, kick: make(chan struct{}, 1),
	}
}

// RunShared writes and renews what others read, until ctx ends; then nobody is
// here any more. Without Share it returns.
func (p *Presence) RunShared(ctx context.Context) {
	c := p.company
	if c == nil {
		return
	}
	renew := time.NewTicker(renewPresence)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			c.leave()
			return
		case <-c.kick:
			time.Sleep(writePresence)
		case <-renew.C:
		}
		c.write(ctx)
	}
}

// changed notes that a document's people are to be written anew.
func (c *company) changed(ws, doc string) {
	c.mu.Lock()
	if c.dirty[ws] == nil {
		c.dirty[ws] = map[string]bool{}
	}
	c.dirty[ws][doc] = true
	c.mu.Unlock()
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

func (c *company) write(ctx context.Context) {
	c.mu.Lock()
	dirty := c.dirty
	c.dirty = map[string]map[string]bool{}
	c.mu.Unlock()
	mine := c.p.mine()
	for ws := range c.wrote {
		if mine[ws] == nil {
			mine[ws] = map[string][]Here{}
		}
	}
	for ws, docs := range mine {
		if err := c.put(ctx, ws, docs); err != nil && ctx.Err() == nil {
			c.slog.Warn("who is here was not shared", "workspace", ws, "error", err)
		}
		for doc := range dirty[ws] {
			c.met(ws, doc)
		}
	}
}

func (c *company) put(ctx context.Context, ws string, docs map[string][]Here) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	col := c.st.In(ws, presenceCollection)
	if len(docs) == 0 {
		delete(c.wrote, ws)
		err := col.Delete(ctx, c.me, 0)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	body, err := json.Marshal(seats{value.Instant(c.p.now().Add(lifetime)), docs})
	if err != nil {
		return err
	}
	c.wrote[ws] = true
	_, err = col.Replace(ctx, store.Doc{ID: c.me, Body: body}, 0)
	if fault.Is(err, fault.NotFound) {
		_, err = col.Insert(ctx, c.me, body)
	}
	return err
}

func (c *company) leave() {
	for ws := range c.wrote {
		if err := c.put(context.Background(), ws, nil); err != nil {
			c.slog.Warn("who is here was not shared", "workspace", ws, "error", err)
		}
	}
}

// at gives the people at a document who are with other processes.
func (c *company) at(ws, doc string) []Here {
	c.mu.Lock()
	r, ok := c.others[ws]
	c.mu.Unlock()
	if !ok || time.Since(r.at) > youngPresence {
		r = c.read(ws)
		c.mu.Lock()
		c.others[ws] = r
		c.mu.Unlock()
	}
	return r.docs[doc]
}

// forget makes the next look read anew.
func (c *company) forget(ws string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.others, ws)
}

func (c *company) read(ws string) remembered {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	r := remembered{time.Now(), map[string][]Here{}}
	now := value.Instant(c.p.now())
	page, err := c.st.In(ws, presenceCollection).Find(ctx, store.Query{Filter: filter.Gt("until", ""), Limit: maxProcesses})
	if err != nil {
		c.slog.Warn("who is here was not read", "workspace", ws, "error", err)
		return r
	}
	for _, d := range page.Docs {
		var s seats
		if d.ID == c.me || json.Unmarshal(d.Body, &s) != nil {
			continue
		}
		if s.Until <= now { // its process is gone
			_ = c.st.In(ws, presenceCollection).Delete(ctx, d.ID, d.Ver)
			continue
		}
		for doc, people := range s.Docs {
			r.docs[doc] = append(r.docs[doc], people...)
		}
	}
	return r
}

// mine are the people who are with this process, by workspace and document.
func (p *Presence) mine() map[string]map[string][]Here {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]map[string][]Here{}
	for key, sitting := range p.docs {
		ws, doc, _ := strings.Cut(key, "\x00")
		for _, s := range sitting {
			if p.now().Sub(s.seen) > lifetime {
				continue
			}
			if out[ws] == nil {
				out[ws] = map[string][]Here{}
			}
			out[ws][doc] = append(out[ws][doc], s.Here)
		}
	}
	return out
}

// Heard takes an event of another process about a document.
func (p *Presence) Heard(ws string) {
	if p.company != nil {
		p.company.forget(ws)
	}
}
