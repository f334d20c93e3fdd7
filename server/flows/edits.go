package flows

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
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
