package packs

import (
	"context"
	"encoding/json"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	ownID      = "catalogs" // in the collection of whom a workspace trusts
	maxOwn     = 10
	maxOwnKeys = 5
	// maxProbed bounds the packages that must be as the index says before a
	// catalogue is added at all; one of the others that is not is named, and not
	// offered.
	maxProbed = 3
)

// NoteParams fill the text of a catalogue's Note.
var NoteParams = fault.Params{"limit": pack.MaxIndex, "what": "index.json", "file": "index.json"}

// OwnCatalog is a catalogue that a workspace has added.
type OwnCatalog struct {
	ID      string   `json:"id"`
	At      string   `json:"at"` // an https address, or a folder below the one that the server allows
	Keys    []string `json:"keys"`
	AddedAt string   `json:"addedAt"`
	By      string   `json:"by"`
}

func (c *Catalogs) source(ws string, o OwnCatalog) Source {
	s := Source{At: o.At, Keys: o.Keys, Space: ws}
	if !s.web() {
		s.Within = c.Folders
	}
	return s
}

// sources are the server's catalogues, then those that a workspace has added. A
// folder is none any more where the server allows folders no longer.
func (c *Catalogs) sources(ctx context.Context, ws string) ([]Source, error) {
	if c == nil {
		return nil, nil
	}
	own, _, err := c.own(ctx, ws)
	out := slices.Clone(c.Sources)
	for _, o := range own {
		if s := c.source(ws, o); s.web() || s.Within != "" {
			out = append(out, s)
		}
	}
	return out, err
}

// Own lists the catalogues that a workspace has added, in the order of their coming.
func (c *Catalogs) Own(ctx context.Context, ws string) ([]OwnCatalog, error) {
	list, _, err := c.own(ctx, ws)
	return list, err
}

func (c *Catalogs) own(ctx context.Context, ws string) ([]OwnCatalog, int64, error) {
	if ws == "" {
		return nil, 0, nil
	}
	var doc struct{ List []OwnCatalog }
	d, err := c.Store.In(ws, trust).Get(ctx, ownID)
	if fault.Is(err, fault.NotFound) {
		return nil, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &doc)
	}
	return doc.List, d.Ver, err
}

func (c *Catalogs) putOwn(ctx context.Context, ws string, list []OwnCatalog, ver int64) error {
	body, err := json.Marshal(map[string]any{"list": list})
	if err != nil {
		return err
	}
	col := c.Store.In(ws, trust)
	if ver == 0 {
		_, err = col.Insert(ctx, ownID, body)
	} else {
		_, err = col.Replace(ctx, store.Doc{ID: ownID, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "store.version", nil)
	}
	return err
}

// Add adds a catalogue to a workspace once it has been looked at: its index is
// there, signed by one of the keys, and its first packages are what it says.
// Faults: Invalid at /at and /keys, with "catalog.…" texts where the catalogue
// itself is at fault; Conflict "catalog.exists".
func (c *Catalogs) Add(ctx context.Context, a policies.Actor, at string, keys []string) (Catalog, OwnCatalog, error) {
	o := OwnCatalog{At: strings.TrimRight(strings.TrimSpace(at), "/"), AddedAt: value.Instant(c.Now()), By: a.ID}
	if err := c.checkAt(&o); err != nil {
		return Catalog{}, o, err
	}
	var err error
	if o.Keys, err = pinned(keys); err != nil {
		return Catalog{}, o, err
	}
	s := c.source(a.Workspace, o)
	o.ID = s.id()
	list, ver, err := c.own(ctx, a.Workspace)
	switch {
	case err != nil:
		return Catalog{}, o, err
	case slices.ContainsFunc(list, func(x OwnCatalog) bool { return x.At == o.At }):
		return Catalog{}, o, fault.New(fault.Conflict, "catalog.exists", nil)
	case len(list) >= maxOwn:
		return Catalog{}, o, fault.At("/at", "maxItems", maxOwn)
	}
	if err := c.probe(ctx, s); err != nil {
		return Catalog{}, o, err
	}
	if err := c.putOwn(ctx, a.Workspace, append(list, o), ver); err != nil {
		return Catalog{}, o, err
	}
	return c.look(ctx, s), o, nil
}

func (c *Catalogs) checkAt(o *OwnCatalog) error {
	u, err := url.Parse(o.At)
	switch {
	case o.At == "":
		return fault.At("/at", "required", nil)
	case len(o.At) > 500:
		return fault.At("/at", "maxLength", 500)
	case err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "":
		return nil
	case c.Folders == "" || strings.Contains(o.At, "://"):
		return fault.At("/at", "catalogAddress", nil)
	case !filepath.IsLocal(o.At):
		return fault.At("/at", "catalogFolder", nil)
	}
	o.At = filepath.Clean(o.At)
	return nil
}

func pinned(keys []string) ([]string, error) {
	var out []string
	for _, k := range keys {
		if k = strings.TrimSpace(k); k == "" {
			continue
		}
		if _, err := pack.ParsePublicKey(k); err != nil {
			return nil, fault.At("/keys", "publicKey", nil)
		}
		out = append(out, k)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	switch {
	case len(out) == 0:
		return nil, fault.At("/keys", "required", nil)
	case len(out) > maxOwnKeys:
		return nil, fault.At("/keys", "maxItems", maxOwnKeys)
	}
	return out, nil
}

// probe looks at a catalogue that is not there yet.
func (c *Catalogs) probe(ctx context.Context, s Source) error {
	c.forget(s)
	got := c.look(ctx, s)
	if got.Note != "" {
		c.forget(s)
		return c.refused(got.Note, NoteParams)
	}
	for _, l := range got.Packs[:min(len(got.Packs), maxProbed)] {
		if _, err := c.file(ctx, s, l); err != nil {
			c.forget(s)
			return c.refused(noteOf(err), fault.Params{"limit": l.Size, "file": l.File, "what": l.File})
		}
	}
	return nil
}

func (c *Catalogs) refused(note string, p fault.Params) error {
	at := "/at"
	if note == "catalog.key" {
		at = "/keys"
	}
	return fault.InvalidFields([]fault.Field{{Pointer: at, Rule: "catalog", Key: note, Params: p}})
}

func (c *Catalogs) forget(s Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seats, s.id())
}

// Refresh looks at a catalogue of a workspace or of the server now. Fault:
// NotFound "catalog.none".
func (c *Catalogs) Refresh(ctx context.Context, ws, id string) (Catalog, error) {
	sources, err := c.sources(ctx, ws)
	if err != nil {
		return Catalog{}, err
	}
	for _, s := range sources {
		if s.id() != id {
			continue
		}
		t := c.seat(s)
		t.Lock()
		defer t.Unlock()
		if c.Now().Sub(t.tried) >= atMostEvery {
			t.next = c.Now()
		}
		c.lookIn(ctx, s, t)
		c.compare(ctx, s, t)
		return t.Catalog, nil
	}
	return Catalog{}, fault.New(fault.NotFound, "catalog.none", nil)
}

// Remove takes a catalogue of the workspace's own out, with the copies that were
// kept of it. What is installed stays. Fault: NotFound "catalog.none".
func (c *Catalogs) Remove(ctx context.Context, ws, id string) (OwnCatalog, error) {
	list, ver, err := c.own(ctx, ws)
	if err != nil {
		return OwnCatalog{}, err
	}
	k := slices.IndexFunc(list, func(o OwnCatalog) bool { return o.ID == id })
	if k < 0 {
		return OwnCatalog{}, fault.New(fault.NotFound, "catalog.none", nil)
	}
	gone := list[k]
	if err := c.putOwn(ctx, ws, slices.Delete(list, k, k+1), ver); err != nil {
		return gone, err
	}
	c.forget(c.source(ws, gone))
	for _, kept := range []string{id, c.source(ws, gone).verdictsID()} {
		if err := c.Store.In(ws, indexes).Delete(ctx, kept, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
	}
	return gone, nil
}
