package pack

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// TakeApart gives the pieces of an object that are merged on their own: the
// units of a flow; subject, text and HTML of each language of a message; the
// fields of a form; the rows of a role; the settings of a board; the days of a
// calendar.
func TakeApart(k Kind, raw json.RawMessage) (flow.Units, error) {
	if k == Flow {
		return flow.TakeApart(raw)
	}
	if k == Calendar {
		return calendarPieces(raw)
	}
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	u := flow.Units{}
	m, _ := v.(map[string]any)
	return u, pieces(u, "", m, depths[k])
}

// depths say which members of an object are taken apart further: down to
// "variant/<language>/<part>", "fields/<key>", "rules/<row>" and so on.
var depths = map[Kind]map[string]int{
	Message: {"variant": 2}, Form: {"fields": 1}, Role: {"rules": 1}, Board: {"limits": 1},
}

func pieces(u flow.Units, at string, m map[string]any, deeper map[string]int) error {
	for name, v := range m {
		if name == "key" && at == "" {
			continue // identity is nothing to merge
		}
		if err := piece(u, at+name, v, deeper[name]); err != nil {
			return err
		}
	}
	return nil
}

func piece(u flow.Units, name string, v any, depth int) error {
	if m, ok := v.(map[string]any); ok && depth > 0 {
		for k, c := range m {
			if err := piece(u, name+"/"+escaped(k), c, depth-1); err != nil {
				return err
			}
		}
		return nil
	}
	if list, ok := v.([]any); ok && depth > 0 {
		for _, c := range list { // a row is its own name: it is there or not
			raw, err := canonicalOf(c)
			if err != nil {
				return err
			}
			u[name+"/"+escaped(string(raw))] = raw
		}
		return nil
	}
	raw, err := canonicalOf(v)
	u[name] = raw
	return err
}

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escaped(s string) string { return escaper.Replace(s) }

// PutTogether makes an object of pieces again, under the given key.
func PutTogether(k Kind, key string, u flow.Units) (json.RawMessage, error) {
	if k == Flow {
		raw, _ := u.PutTogether(flow.Format, key)
		return Canonical(raw)
	}
	if k == Calendar {
		return calendarOf(u)
	}
	out := map[string]any{}
	if k != Form {
		out["key"] = key
	}
	for _, name := range sortedNames(u) {
		v, err := form.Decode(u[name])
		if err != nil {
			return nil, err
		}
		parts := strings.Split(name, "/")
		if k == Role && len(parts) == 2 {
			list, _ := out[parts[0]].([]any)
			out[parts[0]] = append(list, v)
			continue
		}
		in := out
		for _, p := range parts[:len(parts)-1] {
			p = unescaper.Replace(p)
			next, _ := in[p].(map[string]any)
			if next == nil {
				next = map[string]any{}
				in[p] = next
			}
			in = next
		}
		in[unescaper.Replace(parts[len(parts)-1])] = v
	}
	return canonicalOf(out)
}

func sortedNames(u flow.Units) []string {
	names := make([]string, 0, len(u))
	for n := range u {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Clash is a piece that the pack and the workspace both changed,
// differently, since the pack was installed.
type Clash struct {
	Unit   string          `json:"unit"`
	Base   json.RawMessage `json:"base,omitempty"`
	Mine   json.RawMessage `json:"mine,omitempty"`
	Theirs json.RawMessage `json:"theirs,omitempty"`
	// Name is what people call the piece; MineSays and TheirsSays read its values
	// as sentences where they have one.
	Name       flow.Text `json:"name,omitempty"`
	MineSays   flow.Text `json:"mineSays,omitempty"`
	TheirsSays flow.Text `json:"theirsSays,omitempty"`
}

// Merged is the outcome of bringing an object up to a newer pack.
type Merged struct {
	Raw       json.RawMessage
	Taken     []string // pieces that came from the pack
	Kept      []string // pieces that the workspace changed
	Conflicts []Clash  // not decided; Raw holds mine
}

// Merge brings a pack's change of an object (base → theirs) onto what the
// workspace made of it (mine). A piece that only one side changed is that
// side's; one that the workspace deleted stays deleted, but for a day of a
// calendar, where a deletion says as much as a change; for one that both
// changed, take says "mine" or "theirs". A calendar on an empty base is not the
// one that came with the pack: it is the one or the other as a whole.
func Merge(k Kind, key string, base, mine, theirs json.RawMessage, take map[string]string) (*Merged, error) {
	apart := func(raw json.RawMessage) (flow.Units, error) { return TakeApart(k, raw) }
	if k == Calendar && isEmptyObject(base) {
		apart = wholeCalendar
	}
	var all [3]flow.Units
	for i, raw := range []json.RawMessage{base, mine, theirs} {
		var err error
		if all[i], err = apart(raw); err != nil {
			return nil, err
		}
		if k == Flow { // where boxes lie is nobody's change
			forgetPlaces(all[i])
		}
	}
	b, m, t := all[0], all[1], all[2]
	decided := map[string]string{}
	for _, name := range flow.Differences(b, m) {
		if m[name] == nil && k != Calendar {
			decided[name] = "mine"
		}
	}
	for name, side := range take {
		decided[name] = side
	}
	units, names := flow.Merge(b, m, t, decided)
	out := &Merged{Kept: []string{}, Taken: []string{}, Conflicts: []Clash{}}
	for _, name := range names {
		out.Conflicts = append(out.Conflicts, Clash{Unit: name, Base: b[name], Mine: m[name], Theirs: t[name]})
		units.Set(name, m[name])
	}
	for _, name := range flow.Differences(b, t) {
		if flow.Same(units[name], t[name]) && !flow.Same(m[name], t[name]) {
			out.Taken = append(out.Taken, name)
		}
	}
	for _, name := range flow.Differences(b, m) {
		if flow.Same(units[name], m[name]) && !flow.Same(t[name], m[name]) {
			out.Kept = append(out.Kept, name)
		}
	}
	if k == Flow {
		if err := places(units, mine); err != nil {
			return nil, err
		}
	}
	var err error
	out.Raw, err = PutTogether(k, key, units)
	return out, err
}

func forgetPlaces(u flow.Units) {
	for name := range u {
		if strings.HasPrefix(name, "pos/") {
			delete(u, name)
		}
	}
}

// places puts the boxes of a flow where the workspace has them.
func places(units flow.Units, mine json.RawMessage) error {
	m, err := flow.TakeApart(mine)
	if err != nil {
		return err
	}
	for name, v := range m {
		if id, ok := strings.CutPrefix(name, "pos/"); ok && units["nodes/"+id] != nil {
			units[name] = v
		}
	}
	return nil
}
