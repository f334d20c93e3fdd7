// Package audit keeps the log of changes outside the ledger: logins, policies,
// flows, forms, templates, settings, users, keys. It is append-only, numbered
// without gaps from 1, and hash-chained: every entry names the hash of the one
// before, so that a changed, lost or slipped-in entry shows.
//
// There are no transactions. An entry's number is its id, and the store takes
// an id only once: whoever inserts number n+1 first has it, everyone else
// looks again and takes the next. A crash leaves an entry there or not there,
// never half. The head document behind it only says how far the log had come,
// so that entries cut off at the end show; it may lag, never lead.
package audit

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	// Collection is the log, by number.
	Collection = "audit"
	heads      = "audithead"
	headID     = "head"
	// maxTries bounds the race for a number; each lost try means that another
	// entry was written.
	maxTries = 200
)

// Specs are the collections of this room in every workspace.
var Specs = []store.Spec{
	{Name: Collection, Indexes: []store.Index{
		{Fields: []store.IndexField{{Path: "seq", Kind: store.Number}}},
		{Fields: []store.IndexField{{Path: "object", Kind: store.Text}, {Path: "id", Kind: store.Text}, {Path: "seq", Kind: store.Number}}},
		{Fields: []store.IndexField{{Path: "object", Kind: store.Text}, {Path: "seq", Kind: store.Number}}},
		{Fields: []store.IndexField{{Path: "actor", Kind: store.Text}, {Path: "seq", Kind: store.Number}}},
	}},
	{Name: heads},
}

// Entry is one change. Before and After are JSON summaries without secrets;
// one larger than 64 KiB is replaced by its size and SHA-256.
type Entry struct {
	// Seq, At, Prev and Hash are set by Append.
	Seq       int64           `json:"seq"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"` // user or key id, or the name of a system actor
	ActorName string          `json:"actorName,omitempty"`
	Action    string          `json:"action"` // "create", "update", "login", …
	Object    string          `json:"object"` // "user", "role", "flow", …
	ID        string          `json:"id,omitempty"`
	Addr      string          `json:"addr,omitempty"` // where the request came from
	Before    json.RawMessage `json:"before,omitempty"`
	After     json.RawMessage `json:"after,omitempty"`
	// Taken says that before and after were taken away: see Take.
	Taken bool   `json:"taken,omitempty"`
	Prev  string `json:"prev"` // hex; "" for the first
	Hash  string `json:"hash"` // hex SHA-256
}

// JSON is v as a summary; nil for what has no JSON.
func JSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}

// Service keeps the logs of all workspaces. The system database has one too,
// for what belongs to no workspace.
type Service struct {
	store *store.Store
	now   func() time.Time
	mu    sync.Mutex
	logs  map[string]*log
}

// log is what this process knows of one workspace's log.
type log struct {
	mu   sync.Mutex // appenders of one process queue here, not in the store
	seen bool
	tail tail
}

type tail struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// New makes the service.
func New(s *store.Store, now func() time.Time) *Service {
	return &Service{store: s, now: now, logs: map[string]*log{}}
}

// Open makes sure that the system database has a log.
func (s *Service) Open(ctx context.Context) error {
	return s.store.Ensure(ctx, workspace.System, Specs...)
}

func (s *Service) log(ws string) *log {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.logs[ws]
	if l == nil {
		l = &log{}
		s.logs[ws] = l
	}
	return l
}

type addrKey struct{}

// WithAddr is a context whose entries say where the request came from.
func WithAddr(ctx context.Context, addr string) context.Context {
	return context.WithValue(ctx, addrKey{}, addr)
}

// Append adds an entry and gives it back with its number and hash; one without
// an address has the context's. Faults:
// Invalid for summaries that are no JSON; Unavailable when the store is, or
// "busy" after too many lost races. After Unavailable "store.timeout" the entry
// may be there all the same.
func (s *Service) Append(ctx context.Context, ws string, e Entry) (Entry, error) {
	if e.Addr == "" {
		e.Addr, _ = ctx.Value(addrKey{}).(string)
	}
	r, err := newRow(e, s.now(), uuid.NewString())
	if err != nil {
		return Entry{}, err
	}
	l := s.log(ws)
	l.mu.Lock()
	defer l.mu.Unlock()
	for try := range maxTries {
		if !l.seen {
			if l.tail, err = s.readTail(ctx, ws); err != nil {
				return Entry{}, err
			}
			l.seen = true
		}
		r.chain(l.tail)
		won, err := s.insert(ctx, ws, r)
		if err != nil {
			l.seen = false
			return Entry{}, err
		}
		if won {
			l.tail = tail{r.Seq, r.Hash}
			s.advance(ctx, ws, l.tail)
			return r.entry()
		}
		l.seen = false
		if err := pause(ctx, try); err != nil {
			return Entry{}, err
		}
	}
	return Entry{}, fault.New(fault.Unavailable, "busy", nil)
}

// insert tells whether r got its number. A conflict with r itself is a win: a
// driver that tried twice got through the first time.
func (s *Service) insert(ctx context.Context, ws string, r row) (bool, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return false, err
	}
	c := s.store.In(ws, Collection)
	if _, err = c.Insert(ctx, rowID(r.Seq), body); err == nil {
		return true, nil
	}
	if !fault.Is(err, fault.Conflict) {
		return false, err
	}
	d, err := c.Get(ctx, rowID(r.Seq))
	if err != nil {
		return false, err
	}
	there, err := decode(d)
	return err == nil && there.Key == r.Key, err
}

func pause(ctx context.Context, try int) error {
	wait := time.Duration(rand.IntN(min(try+1, 20)*500)) * time.Microsecond
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "store.timeout", ctx.Err())
	case <-time.After(wait):
		return nil
	}
}

func (s *Service) readTail(ctx context.Context, ws string) (tail, error) {
	p, err := s.store.In(ws, Collection).Find(ctx, store.Query{Sort: []store.SortKey{{Field: "seq", Desc: true}}, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return tail{}, err
	}
	r, err := decode(p.Docs[0])
	return tail{r.Seq, r.Hash}, err
}

// advance moves the head on. The entry is safe by now: a head that stays
// behind costs nothing, and the next entry moves it.
func (s *Service) advance(ctx context.Context, ws string, t tail) {
	c := s.store.In(ws, heads)
	body := JSON(t)
	for range 3 {
		d, err := c.Get(ctx, headID)
		if fault.Is(err, fault.NotFound) {
			_, err = c.Insert(ctx, headID, body)
		} else if err == nil {
			var head tail
			if json.Unmarshal(d.Body, &head) == nil && head.Seq >= t.Seq {
				return
			}
			d.Body = body
			_, err = c.Replace(ctx, d, d.Ver)
		}
		if !fault.Is(err, fault.Conflict) {
			return
		}
	}
}

// Query asks for a page of entries, newest first.
type Query struct {
	// Filter is over at, actor, action, object, id and seq; nil is everything.
	Filter filter.Expr
	// From and To bound the time: from From on, before To; zero is no bound.
	From, To time.Time
	Limit    int    // 0 means 50, at most 500
	After    string // the Next of the page before
}

// Page is an answer to a Query; Next is "" at the end.
type Page struct {
	Entries []Entry `json:"entries"`
	Next    string  `json:"next,omitempty"`
}

var fields = map[string]filter.Type{
	"at": filter.Instant, "actor": filter.Text, "action": filter.Text, "object": filter.Text, "id": filter.Text, "seq": filter.Number,
}

// List gives a page. Faults: Invalid for a filter on other fields.
func (s *Service) List(ctx context.Context, ws string, q Query) (Page, error) {
	if err := filter.Check(q.Filter, func(f string) (filter.Type, bool) { t, ok := fields[f]; return t, ok }); err != nil {
		return Page{}, err
	}
	days, err := s.between(ctx, ws, q.From, q.To)
	if err != nil {
		return Page{}, err
	}
	where := q.Filter
	if where == nil {
		where = days
	} else if days != nil {
		where = filter.And(where, days)
	}
	p, err := s.store.In(ws, Collection).Find(ctx, store.Query{
		Filter: where, Sort: []store.SortKey{{Field: "seq", Desc: true}}, Limit: q.Limit, After: q.After,
	})
	if err != nil {
		return Page{}, err
	}
	out := Page{Entries: make([]Entry, 0, len(p.Docs)), Next: p.Next}
	for _, d := range p.Docs {
		r, err := decode(d)
		if err != nil {
			return Page{}, err
		}
		e, err := r.entry()
		if err != nil {
			return Page{}, err
		}
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}
