package packs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/store"
)

const (
	// compareFor is how long one look at a catalogue goes on comparing packages,
	// and compareBytes how much it fetches for that: who opens the market does not
	// wait for all of a large one, and the next look goes on.
	compareFor   = 800 * time.Millisecond
	compareBytes = 32 << 20
)

// WrongPack is a package of a catalogue that is missing or another than its index
// says. It is not offered.
type WrongPack struct {
	ID      string    `json:"id"`
	Version string    `json:"version"`
	Name    flow.Text `json:"name"`
	File    string    `json:"file"`
	Note    string    `json:"note"` // text key of what is wrong
}

// verdict is what comparing a package with its index gave. At is the copy of the
// index by which it was fetched last: one that is wrong, or away, is tried again
// with the next.
type verdict struct {
	OK   bool   `json:"ok,omitempty"`
	Note string `json:"note,omitempty"`
	At   string `json:"at"`
}

// compare compares packages of a catalogue with what its index says of them, as
// many as fit into one look, and keeps what came of it.
func (c *Catalogs) compare(ctx context.Context, s Source, t *seat) {
	if t.Got == "" {
		return
	}
	if t.verdicts == nil {
		t.verdicts = c.recallVerdicts(ctx, s)
	}
	defer t.judge()
	if t.Note != "" {
		return // it is away, or its new index is no good
	}
	began, read, changed := time.Now(), 0, false
	for _, l := range t.Packs {
		if v, known := t.verdicts[l.SHA256]; known && (v.OK || v.At == t.Got) {
			continue
		}
		if ctx.Err() != nil || read > 0 && (time.Since(began) > compareFor || read+l.Size > compareBytes) {
			break
		}
		v := verdict{At: t.Got}
		raw, err := c.get(ctx, s, l.File, int64(l.Size))
		if err == nil {
			_, err = l.Fetched(raw)
		}
		switch {
		case err == nil:
			v.OK = true
		case fault.Is(err, fault.Invalid) || fault.KeyOf(err) == "catalog.missing":
			v.Note = wrongNote(err)
		}
		t.verdicts[l.SHA256] = v
		read, changed = read+l.Size, true
	}
	if changed {
		c.rememberVerdicts(ctx, s, t)
	}
}

// wrongNote is why a package is not the one that its index names: it is not
// there, is larger, has another hash, or cannot be read at all.
func wrongNote(err error) string {
	if key := fault.KeyOf(err); key == "catalog.tooBig" || key == "catalog.missing" {
		return key
	}
	return "catalog.hash"
}

// judge sums the verdicts up for those who look at the catalogue.
func (t *seat) judge() {
	t.Compared, t.Wrong = 0, []WrongPack{}
	for _, l := range t.Packs {
		v, known := t.verdicts[l.SHA256]
		if known {
			t.Compared++
		}
		if v.Note != "" {
			t.Wrong = append(t.Wrong, WrongPack{l.ID, l.Version, l.Name, l.File, v.Note})
		}
	}
}

// Offers tells whether a package of the catalogue may be offered.
func (c Catalog) Offers(l pack.Listed) bool {
	return !slices.ContainsFunc(c.Wrong, func(w WrongPack) bool { return w.File == l.File && w.Version == l.Version })
}

func (s Source) verdictsID() string { return s.id() + "-checked" }

func (c *Catalogs) recallVerdicts(ctx context.Context, s Source) map[string]verdict {
	out := map[string]verdict{}
	if d, err := c.Store.In(s.home(), indexes).Get(ctx, s.verdictsID()); err == nil {
		_ = json.Unmarshal(d.Body, &out) // what cannot be read is compared anew
	}
	return out
}

// rememberVerdicts keeps them for what the index still has; without them a
// restart only compares anew.
func (c *Catalogs) rememberVerdicts(ctx context.Context, s Source, t *seat) {
	keep := make(map[string]verdict, len(t.Packs))
	for _, l := range t.Packs {
		if v, known := t.verdicts[l.SHA256]; known {
			keep[l.SHA256] = v
		}
	}
	t.verdicts = keep
	body, err := json.Marshal(keep)
	if err != nil {
		return
	}
	col := c.Store.In(s.home(), indexes)
	if _, err = col.Insert(ctx, s.verdictsID(), body); fault.Is(err, fault.Conflict) {
		_, _ = col.Replace(ctx, store.Doc{ID: s.verdictsID(), Body: body}, 0)
	}
}
