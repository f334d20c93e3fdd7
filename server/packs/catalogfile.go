package packs

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Pack gives a package that a catalogue of the server or of a workspace lists, by
// its hash: the kept one, or fetched. vouched are the keys that the catalogues
// which list it must be signed by.
// Faults: NotFound "pack.none"; Unavailable and Invalid "catalog.…".
func (c *Catalogs) Pack(ctx context.Context, ws, hash string) (p *pack.Pack, vouched []string, err error) {
	sources, err := c.sources(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	err = none(hash)
	for _, s := range sources {
		for _, l := range c.look(ctx, s).Packs {
			if l.SHA256 != hash {
				continue
			}
			vouched = append(vouched, s.Keys...)
			if p == nil { // else another catalogue has given it
				p, err = c.file(ctx, s, l)
			}
			break
		}
	}
	return p, vouched, err
}

func (c *Catalogs) file(ctx context.Context, s Source, l pack.Listed) (*pack.Pack, error) {
	col := c.Store.In(s.home(), fetched)
	if d, err := col.Get(ctx, l.SHA256); err == nil {
		var kept struct{ File string }
		if json.Unmarshal(d.Body, &kept) == nil {
			if raw, err := base64.StdEncoding.DecodeString(kept.File); err == nil {
				return l.Fetched(raw)
			}
		}
	}
	raw, err := c.get(ctx, s, l.File, int64(l.Size))
	if err != nil {
		return nil, fault.New(fault.Unavailable, noteOf(err), fault.Params{"limit": l.Size})
	}
	p, err := l.Fetched(raw)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]string{"at": value.Instant(c.Now()), "file": base64.StdEncoding.EncodeToString(raw)})
	if err != nil {
		return nil, err
	}
	if _, err := col.Insert(ctx, l.SHA256, body); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	return p, prune(ctx, col)
}

// prune makes room: the packages that were fetched first go.
func prune(ctx context.Context, col store.Collection) error {
	n, err := col.Count(ctx, nil, 2*maxFiles)
	if err != nil || n <= maxFiles {
		return err
	}
	page, err := col.Find(ctx, store.Query{Sort: []store.SortKey{{Field: "at"}}, Limit: int(n - maxFiles)})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		if err := col.Delete(ctx, d.ID, d.Ver); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
