package flows

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
)

// Change says that a unit of a draft was edited.
type Change struct {
	Revision int64  `json:"rev"`
	Unit     string `json:"unit"`
	By       string `json:"by"`
	At       string `json:"at"`
}

// Limits of editing together.
const (
	keptChanges = 400 // further back an editor must read the whole draft anew
	MaxOps      = 2000
	casTries    = 40
)

// Op sets a unit of a draft; null takes it away.
type Op struct {
	Unit  string          `json:"unit"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Changed is a unit as it is now, and who edited it last.
type Changed struct {
	Unit     string          `json:"unit"`
	Value    json.RawMessage `json:"value"`
	By       string          `json:"by"`
	At       string          `json:"at"`
	Revision int64           `json:"revision"`
}

// Since is what happened to a draft after a revision; Reset carries all of it,
// for one who was away too long.
type Since struct {
	Revision int64           `json:"revision"`
	Changed  []Changed       `json:"changed,omitempty"`
	Reset    bool            `json:"reset,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
}

// Draft is a flow as it is being edited.
type Draft struct {
	Key      string          `json:"key"`
	Document json.RawMessage `json:"document"`
	Revision int64           `json:"revision"`
	Mine     bool            `json:"mine"`
	Base     int64           `json:"base,omitempty"`   // mine: the shared draft's revision when it was taken
	Shared   int64           `json:"shared,omitempty"` // mine: the shared draft's revision now
	Authors  []string        `json:"authors"`
	Changed  []string        `json:"changed"` // units that differ from the live version
}

// Clash is an edit of units that somebody else edited meanwhile, differently.
type Clash struct {
	Revision int64
	Units    []ClashUnit
	Changed  []Changed // what others changed besides
}

// ClashUnit shows both sides of a clash.
type ClashUnit struct {
	Unit         string
	Theirs, Mine json.RawMessage
	By, At       string
}

// Error names the units.
func (c *Clash) Error() string {
	names := make([]string, 0, len(c.Units))
	for _, u := range c.Units {
		names = append(names, u.Unit)
	}
	return "edited by others meanwhile: " + strings.Join(names, ", ")
}

// edited is a draft that can be edited: the shared one in the flow's row, or a
// private one. Both keep their latest changes.
type edited struct {
	doc      json.RawMessage
	revision int64
	changes  []Change
}

// since gives what changed after a revision.
func (e *edited) since(after int64, units flow.Units) Since {
	out := Since{Revision: e.revision, Changed: []Changed{}}
	if after == e.revision {
		return out
	}
	if after > e.revision || len(e.changes) == 0 || e.changes[0].Revision > after+1 {
		return Since{Revision: e.revision, Reset: true, Document: e.doc}
	}
	seen := map[string]bool{}
	for k := len(e.changes) - 1; k >= 0 && e.changes[k].Revision > after; k-- {
		c := e.changes[k]
		if seen[c.Unit] {
			continue
		}
		seen[c.Unit] = true
		v := units[c.Unit]
		if v == nil {
			v = json.RawMessage("null")
		}
		out.Changed = append(out.Changed, Changed{c.Unit, v, c.By, c.At, c.Revision})
	}
	slices.Reverse(out.Changed)
	return out
}

// apply puts ops on a draft that its editor saw at revision base. A unit that
// somebody edited since, to something else, is a conflict; then nothing is
// applied. It gives what others changed meanwhile.
func (e *edited) apply(base int64, ops []Op, by, at string) (Since, error) {
	units, err := flow.TakeApart(e.doc)
	if err != nil {
		return Since{}, err
	}
	others := e.since(base, units)
	if others.Reset {
		return Since{}, fault.New(fault.Conflict, "flow.tooOld", fault.Params{"revision": e.revision})
	}
	later := map[string]Changed{}
	for _, c := range others.Changed {
		later[c.Unit] = c
	}
	var conflicts []ClashUnit
	var edits []Op
	for _, op := range ops {
		if flow.Same(units[op.Unit], op.Value) {
			continue
		}
		if c, ok := later[op.Unit]; ok {
			conflicts = append(conflicts, ClashUnit{Unit: op.Unit, Theirs: c.Value, Mine: op.Value, By: c.By, At: c.At})
			continue
		}
		edits = append(edits, op)
	}
	if len(conflicts) > 0 {
		return Since{}, &Clash{e.revision, conflicts, others.Changed}
	}
	if len(edits) == 0 {
		return others, nil
	}
	dropped, err := e.set(units, edits, by, at)
	if err != nil {
		return Since{}, err
	}
	others.Revision = e.revision
	for _, name := range dropped {
		others.Changed = append(others.Changed, Changed{name, json.RawMessage("null"), by, at, e.revision})
	}
	return others, nil
}

// set edits units and makes the next revision.
func (e *edited) set(units flow.Units, edits []Op, by, at string) (dropped []string, err error) {
	var head struct{ Format, Key string }
	if err := json.Unmarshal(e.doc, &head); err != nil {
		return nil, err
	}
	e.revision++
	for _, op := range edits {
		units.Set(op.Unit, op.Value)
		e.changes = append(e.changes, Change{e.revision, op.Unit, by, at})
	}
	doc, dropped := units.PutTogether(head.Format, head.Key)
	if _, err := flow.Parse(doc); err != nil {
		return nil, err
	}
	for _, name := range dropped {
		e.changes = append(e.changes, Change{e.revision, name, by, at})
	}
	e.changes = trimChanges(e.changes)
	e.doc = doc
	return dropped, nil
}

// trimChanges forgets the oldest edits, whole revisions at a time: half of one
// would look like all of it.
func trimChanges(c []Change) []Change {
	if len(c) <= keptChanges {
		return c
	}
	k := len(c) - keptChanges
	for k < len(c) && c[k].Revision == c[k-1].Revision {
		k++
	}
	return slices.Clone(c[k:])
}

func checkOps(ops []Op) error {
	if len(ops) > MaxOps {
		return fault.At("/ops", "maxItems", MaxOps)
	}
	for k, op := range ops {
		if !flow.CheckUnit(op.Unit) {
			return fault.At("/ops/"+strconv.Itoa(k)+"/unit", "unit", nil)
		}
	}
	return nil
}

// ReadDraft gives the shared draft, or the private one of a person.
func (s *Service) ReadDraft(ctx context.Context, ws, key, owner string) (Draft, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Key: key, Document: f.Draft, Revision: f.Revision, Authors: f.Authors}
	if owner != "" {
		p, _, err := s.private(ctx, ws, key, owner)
		if err != nil {
			return Draft{}, err
		}
		d.Document, d.Revision, d.Mine, d.Base, d.Shared = p.Document, p.Revision, true, p.Base, f.Revision
	}
	if d.Authors == nil {
		d.Authors = []string{}
	}
	d.Changed, err = s.changedSince(ctx, ws, f.Hash, d.Document)
	return d, err
}

// changedSince names the units in which a document differs from a version.
func (s *Service) changedSince(ctx context.Context, ws, hash string, doc json.RawMessage) ([]string, error) {
	now, err := flow.TakeApart(doc)
	if err != nil {
		return nil, err
	}
	was := flow.Units{}
	if hash != "" {
		v, err := s.Version(ctx, ws, hash)
		if err != nil {
			return nil, err
		}
		if was, err = flow.TakeApart(v.Document); err != nil {
			return nil, err
		}
	}
	out := []string{}
	for _, name := range flow.Differences(was, now) {
		if !strings.HasPrefix(name, "pos/") && !strings.HasPrefix(name, "notes/") {
			out = append(out, name)
		}
	}
	return out, nil
}

// DraftSince gives what changed in a draft after a revision.
func (s *Service) DraftSince(ctx context.Context, ws, key, owner string, after int64) (Since, error) {
	e, _, err := s.editable(ctx, ws, key, owner)
	if err != nil {
		return Since{}, err
	}
	units, err := flow.TakeApart(e.doc)
	if err != nil {
		return Since{}, err
	}
	return e.since(after, units), nil
}

// editable reads a draft and how to write it back.
func (s *Service) editable(ctx context.Context, ws, key, owner string) (*edited, func(by string) error, error) {
	if owner != "" {
		p, ver, err := s.private(ctx, ws, key, owner)
		if err != nil {
			return nil, nil, err
		}
		e := &edited{p.Document, p.Revision, p.Changes}
		return e, func(string) error {
			p.Document, p.Revision, p.Changes = e.doc, e.revision, e.changes
			return s.writePrivate(ctx, ws, p, ver)
		}, nil
	}
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return nil, nil, err
	}
	e := &edited{f.Draft, f.Revision, f.Changes}
	return e, func(by string) error {
		f.Draft, f.Revision, f.Changes = e.doc, e.revision, e.changes
		if !slices.Contains(f.Authors, by) {
			f.Authors = append(f.Authors, by)
		}
		doc, err := flow.Parse(e.doc)
		if err != nil {
			return err
		}
		f.Name, f.About = doc.Name, doc.About
		_, err = s.write(ctx, s.store.In(ws, Collection), f)
		return err
	}, nil
}

// EditDraft applies ops to the shared draft, or with an owner to the private
// one. Edits of other units that came in between are kept; see edited.apply.
func (s *Service) EditDraft(ctx context.Context, ws, key, owner, by string, base int64, ops []Op) (Since, error) {
	if err := checkOps(ops); err != nil {
		return Since{}, err
	}
	at := value.Instant(s.spaces.RealNow())
	for range casTries {
		e, write, err := s.editable(ctx, ws, key, owner)
		if err != nil {
			return Since{}, err
		}
		was := e.revision
		out, err := e.apply(base, ops, by, at)
		if err != nil || e.revision == was {
			return out, err
		}
		err = write(by)
		if fault.KeyOf(err) == "store.version" {
			time.Sleep(rand.N(10 * time.Millisecond)) // not in step with the others
			continue                                  // somebody was faster: judge again on what is there now
		}
		if err == nil {
			s.drafted(ws, key)
		}
		return out, err
	}
	return Since{}, fault.New(fault.Unavailable, "busy", nil)
}

func (s *Service) drafted(ws, key string) {
	if s.OnFlow != nil {
		s.OnFlow(ws, key)
	}
}

// Create makes a new flow from a document, whose key must be free.
func (s *Service) Create(ctx context.Context, ws, by string, doc json.RawMessage) (Flow, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return Flow{}, err
	}
	row := Flow{Key: f.Key, Name: f.Name, About: f.About, Status: DraftOnly, Draft: doc, Revision: 1, Authors: []string{by}}
	out, err := s.write(ctx, s.store.In(ws, Collection), row)
	if fault.KeyOf(err) == "store.version" {
		return Flow{}, fault.At("/key", "unique", nil)
	}
	if err == nil {
		s.drafted(ws, f.Key)
	}
	return out, err
}

// Delete takes away a flow that was never published.
func (s *Service) Delete(ctx context.Context, ws, key string) error {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return err
	}
	if f.Version > 0 {
		return fault.New(fault.Conflict, "flow.wasLive", nil)
	}
	if err := s.store.In(ws, Collection).Delete(ctx, key, f.DocVersion); err != nil {
		return err
	}
	s.drafted(ws, key)
	return nil
}
