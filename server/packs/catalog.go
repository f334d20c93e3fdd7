package packs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	indexes  = "catalog"
	fetched  = "catalogfile"
	maxFiles = 100 // packages kept; the oldest make room
)

// CatalogSpecs are the collections of what was last got from catalogues: in the
// system's database from those of the server, in a workspace's from its own.
var CatalogSpecs = []store.Spec{
	{Name: indexes, MaxBody: 3 * pack.MaxIndex},
	{Name: fetched, MaxBody: 2*pack.MaxFile + 1<<10, Indexes: []store.Index{store.OnText("at")}},
}

// Source is a catalogue that the server was told of, or a workspace.
type Source struct {
	At   string   // an https address, or a folder
	Keys []string // that must sign its index; none accepts any, and says so
	// Space is the workspace whose own it is; "" is the server's, for all.
	Space string
	// Within is the folder that the folder At lies in; it is never left.
	Within string
}

// The states of a catalogue's signature.
const (
	Trusted  = "trusted"  // by a pinned key, or one that the server trusts
	Unknown  = "unknown"  // by somebody else's
	Unsigned = "unsigned" // by nobody
)

// Catalog is a catalogue as it stands.
type Catalog struct {
	ID    string    `json:"id"`
	At    string    `json:"at"`
	Name  flow.Text `json:"name"`
	State string    `json:"state" enum:"trusted,unknown,unsigned"`
	// Got is when this copy was got; "" when there is none.
	Got string `json:"got,omitempty"`
	// Looked is when it was last looked for a newer copy.
	Looked string `json:"looked,omitempty"`
	// Own tells that it is the workspace's own, not the server's.
	Own bool `json:"own"`
	// Note is the text key of why there is no newer copy; "" when all is well.
	Note  string        `json:"note,omitempty"`
	Packs []pack.Listed `json:"-"`
	// Compared are how many of the packages were compared with what the index says
	// of them; the others follow with the next looks. Wrong are those that differ.
	Compared int         `json:"compared"`
	Wrong    []WrongPack `json:"-"`
}

// Catalogs are packs from outside: indexes and packages of the sources, with the
// last good copies kept for the time that a source is away.
type Catalogs struct {
	Sources []Source
	Trusted []string
	Store   *store.Store
	// Fetch gets a file of at most so many bytes; its faults name a text key.
	Fetch func(ctx context.Context, from string, most int64) ([]byte, error)
	Now   func() time.Time
	// Patience bounds the wait for a source; 0 is eight seconds.
	Patience time.Duration
	// Folders is the folder below which workspaces may name folders; "" is none.
	Folders string

	mu    sync.Mutex
	seats map[string]*seat
}

// seat is what is known of a source.
type seat struct {
	sync.Mutex
	Catalog
	made  string
	tried time.Time // when it was last looked at
	next  time.Time // when to look again
	// verdicts are what comparing packages gave, by hash; nil: not read yet.
	verdicts map[string]verdict
}

const (
	lookAgain  = 10 * time.Minute
	retryAfter = time.Minute
	// atMostEvery keeps who presses the button again and again from calling
	// somebody else's server as often.
	atMostEvery = 2 * time.Second
)

// id tells sources apart: under another key, what was got before counts for nothing.
func (s Source) id() string {
	of := s.At
	if s.Space != "" {
		of = strings.Join(append([]string{s.Space, s.At}, s.Keys...), "\n")
	}
	h := sha256.Sum256([]byte(of))
	return hex.EncodeToString(h[:8])
}

// home is the database in which what was got is kept.
func (s Source) home() string {
	if s.Space != "" {
		return s.Space
	}
	return workspace.System
}

func (s Source) web() bool { return strings.HasPrefix(s.At, "https://") }

// List gives the catalogues of the server and of a workspace as they stand,
// looking at those that have not been looked at for a while, all at once.
func (c *Catalogs) List(ctx context.Context, ws string) ([]Catalog, error) {
	sources, err := c.sources(ctx, ws)
	out := make([]Catalog, len(sources))
	var all sync.WaitGroup
	for k, s := range sources {
		all.Go(func() { out[k] = c.look(ctx, s) })
	}
	all.Wait()
	return out, err
}

func (c *Catalogs) seat(s Source) *seat {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seats == nil {
		c.seats = map[string]*seat{}
	}
	t := c.seats[s.id()]
	if t == nil {
		t = &seat{Catalog: Catalog{ID: s.id(), At: s.At, State: Unsigned, Own: s.Space != ""}}
		c.seats[s.id()] = t
	}
	return t
}

func (c *Catalogs) look(ctx context.Context, s Source) Catalog {
	t := c.seat(s)
	t.Lock()
	defer t.Unlock()
	c.lookIn(ctx, s, t)
	c.compare(ctx, s, t)
	return t.Catalog
}

// lookIn brings a seat, which is locked, up to date.
func (c *Catalogs) lookIn(ctx context.Context, s Source, t *seat) {
	now := c.Now()
	if now.Before(t.next) {
		return
	}
	if t.Got == "" {
		c.recall(ctx, s, t)
	}
	t.Looked, t.tried = value.Instant(now), now
	raw, err := c.get(ctx, s, "index.json", pack.MaxIndex)
	if err == nil {
		err = c.take(s, t, raw, value.Instant(now))
	}
	if err != nil {
		t.Note, t.next = noteOf(err), now.Add(retryAfter)
		return
	}
	t.Note, t.next = "", now.Add(lookAgain)
	c.remember(ctx, s, raw, t.Got)
}

func noteOf(err error) string {
	if key := fault.KeyOf(err); strings.HasPrefix(key, "catalog.") {
		return key
	}
	return "catalog.offline"
}

// take judges an index and makes it the source's, if it is signed as it must be
// and no older than the one that is there.
func (c *Catalogs) take(s Source, t *seat, raw []byte, got string) error {
	x, key, err := pack.ReadIndex(raw)
	if err != nil {
		return err
	}
	state := Unknown
	switch {
	case len(s.Keys) > 0 && !slices.Contains(s.Keys, key):
		return fault.New(fault.Invalid, "catalog.key", nil)
	case key == "":
		state = Unsigned
	case slices.Contains(s.Keys, key) || slices.Contains(c.Trusted, key):
		state = Trusted
	}
	made, err := time.Parse(time.RFC3339, x.Made)
	if err != nil {
		return err
	}
	if was, err := time.Parse(time.RFC3339, t.made); err == nil && made.Before(was) {
		return fault.New(fault.Invalid, "catalog.older", nil)
	}
	t.Name, t.State, t.Packs, t.made, t.Got = x.Name, state, x.Newest(), x.Made, got
	return nil
}

type keptIndex struct {
	Raw string `json:"raw"`
	Got string `json:"got"`
}

// recall reads the last good copy; it is judged as if it had just come.
func (c *Catalogs) recall(ctx context.Context, s Source, t *seat) {
	d, err := c.Store.In(s.home(), indexes).Get(ctx, s.id())
	if err != nil {
		return // there is none
	}
	var kept keptIndex
	if json.Unmarshal(d.Body, &kept) == nil {
		_ = c.take(s, t, []byte(kept.Raw), kept.Got) // one that no longer fits is none
	}
}

// remember keeps the good copy; without it only a restart while the source is
// away shows nothing.
func (c *Catalogs) remember(ctx context.Context, s Source, raw []byte, got string) {
	body, err := json.Marshal(keptIndex{string(raw), got})
	if err != nil {
		return
	}
	col := c.Store.In(s.home(), indexes)
	if _, err = col.Insert(ctx, s.id(), body); fault.Is(err, fault.Conflict) {
		_, _ = col.Replace(ctx, store.Doc{ID: s.id(), Body: body}, 0)
	}
}
