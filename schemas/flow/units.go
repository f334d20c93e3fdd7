package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
)

// Units are a document taken apart into the pieces that people edit on their
// own: two edits of different units never disturb each other. Names are
//
//	nodes/<id>, edges/<from>/<port>, name, about, subject, settings,
//	params/<name>, stops/<id>, stopOrder, pos/<id>, notes/<id>
//
// Format and key are no units: they never change.
type Units map[string]json.RawMessage

// unitNames are the first segments of unit names, with the number of segments
// that follow.
var unitNames = map[string]int{
	"nodes": 1, "edges": 2, "name": 0, "about": 0, "subject": 0, "settings": 0, "params": 1, "stops": 1, "stopOrder": 0, "pos": 1, "notes": 1,
}

const maxUnitName = 200

// CheckUnit tells whether a name is that of a unit.
func CheckUnit(name string) bool {
	parts := strings.Split(name, "/")
	n, ok := unitNames[parts[0]]
	if !ok || len(parts) != n+1 || len(name) > maxUnitName {
		return false
	}
	for _, p := range parts {
		if p == "" {
			return false
		}
	}
	return true
}

// document is a flow as units see it: nothing is judged, so that an unfinished
// or foreign document survives being taken apart and put together.
type document struct {
	Format   json.RawMessage            `json:"format,omitempty"`
	Key      json.RawMessage            `json:"key,omitempty"`
	Name     json.RawMessage            `json:"name,omitempty"`
	About    json.RawMessage            `json:"about,omitempty"`
	Subject  json.RawMessage            `json:"subject,omitempty"`
	Settings json.RawMessage            `json:"settings,omitempty"`
	Params   map[string]json.RawMessage `json:"params,omitempty"`
	StopWhen []json.RawMessage          `json:"stopWhen,omitempty"`
	Nodes    map[string]json.RawMessage `json:"nodes"`
	Edges    []Edge                     `json:"edges"`
	Layout   *layout                    `json:"layout,omitempty"`
}

type layout struct {
	Pos   map[string]json.RawMessage `json:"pos,omitempty"`
	Notes []json.RawMessage          `json:"notes,omitempty"`
}

// TakeApart gives the units of a document that Parse has accepted.
func TakeApart(raw json.RawMessage) (Units, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fault.Wrap(fault.Invalid, "flow.read", err)
	}
	u := Units{}
	for name, v := range map[string]json.RawMessage{"name": d.Name, "about": d.About, "subject": d.Subject, "settings": d.Settings} {
		if len(v) > 0 {
			u[name] = v
		}
	}
	for id, v := range d.Params {
		u["params/"+id] = v
	}
	for id, v := range d.Nodes {
		u["nodes/"+id] = v
	}
	for _, e := range d.Edges {
		u.put("edges/"+e.From+"/"+e.PortName(), mustJSON(e.To))
	}
	var order []string
	for k, v := range d.StopWhen {
		id := u.put("stops/"+idOf(v, k), v)
		order = append(order, strings.TrimPrefix(id, "stops/"))
	}
	if len(order) > 0 {
		u["stopOrder"] = mustJSON(order)
	}
	if d.Layout != nil {
		for id, v := range d.Layout.Pos {
			u["pos/"+id] = v
		}
		for k, v := range d.Layout.Notes {
			u.put("notes/"+idOf(v, k), v)
		}
	}
	return u, nil
}

// put adds a unit under a name that is free: a document may say a thing twice,
// which the lint then shows; it must not be lost on the way.
func (u Units) put(name string, v json.RawMessage) string {
	free := name
	for n := 2; u[free] != nil; n++ {
		free = fmt.Sprintf("%s~%d", name, n)
	}
	u[free] = v
	return free
}

func idOf(v json.RawMessage, k int) string {
	var x struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(v, &x) == nil && x.ID != "" && !strings.Contains(x.ID, "/") {
		return x.ID
	}
	return fmt.Sprintf("n%d", k+1)
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("flow: " + err.Error())
	}
	return raw
}

// PutTogether makes a document of units, with format and key of the given one.
// Edges that lead from or to a node that is not there are left out; their
// names are returned.
func (u Units) PutTogether(format, key string) (doc json.RawMessage, dropped []string) {
	d := document{Format: mustJSON(format), Key: mustJSON(key), Nodes: map[string]json.RawMessage{}, Edges: []Edge{}, Params: map[string]json.RawMessage{}}
	lay := layout{Pos: map[string]json.RawMessage{}}
	d.Name, d.About, d.Subject, d.Settings = u["name"], u["about"], u["subject"], u["settings"]
	for _, name := range sortedKeys(u) {
		kind, id, _ := strings.Cut(name, "/")
		switch kind {
		case "nodes":
			d.Nodes[id] = u[name]
		case "params":
			d.Params[id] = u[name]
		case "pos":
			lay.Pos[id] = u[name]
		case "notes":
			lay.Notes = append(lay.Notes, u[name])
		case "edges":
			from, port, _ := strings.Cut(id, "/")
			var to string
			_ = json.Unmarshal(u[name], &to) // an unreadable target leads nowhere
			if u["nodes/"+from] == nil || u["nodes/"+to] == nil {
				dropped = append(dropped, name)
				continue
			}
			port, _, _ = strings.Cut(port, "~")
			if port == "out" {
				port = ""
			}
			d.Edges = append(d.Edges, Edge{From: from, Port: port, To: to})
		}
	}
	d.StopWhen = u.stops()
	if len(lay.Pos)+len(lay.Notes) > 0 {
		d.Layout = &lay
	}
	return mustJSON(d), dropped
}

// stops are the goals and exits in their order; those it does not name follow.
func (u Units) stops() []json.RawMessage {
	var order []string
	_ = json.Unmarshal(u["stopOrder"], &order) // a broken order is no order
	rank := map[string]int{}
	for k, id := range order {
		rank["stops/"+id] = k + 1
	}
	var names []string
	for name := range u {
		if strings.HasPrefix(name, "stops/") {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(a, b int) bool {
		ra, rb := rank[names[a]], rank[names[b]]
		if ra == 0 {
			ra = len(order) + 1
		}
		if rb == 0 {
			rb = len(order) + 1
		}
		if ra != rb {
			return ra < rb
		}
		return names[a] < names[b]
	})
	out := make([]json.RawMessage, 0, len(names))
	for _, n := range names {
		out = append(out, u[n])
	}
	return out
}

// Same tells whether two pieces of JSON mean the same; absent is null.
func Same(a, b json.RawMessage) bool {
	if len(a) == 0 || len(b) == 0 {
		return isNull(a) && isNull(b)
	}
	return bytes.Equal(a, b) || bytes.Equal(canonical(a), canonical(b))
}

func isNull(v json.RawMessage) bool {
	return len(v) == 0 || string(bytes.TrimSpace(v)) == "null"
}

// Differences names the units in which two documents differ.
func Differences(a, b Units) []string {
	out := []string{}
	for name, v := range a {
		if !Same(v, b[name]) {
			out = append(out, name)
		}
	}
	for name, v := range b {
		if _, ok := a[name]; !ok && !isNull(v) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// Merge brings two edits of one base together. Units that both changed, and
// differently, are conflicts; take says "mine" or "theirs" for them.
func Merge(base, mine, theirs Units, take map[string]string) (merged Units, conflicts []string) {
	merged = Units{}
	for name, v := range theirs {
		merged[name] = v
	}
	for _, name := range Differences(base, mine) {
		switch {
		case Same(theirs[name], base[name]) || Same(theirs[name], mine[name]) || take[name] == "mine":
			merged.Set(name, mine[name])
		case take[name] == "theirs":
		default:
			conflicts = append(conflicts, name)
		}
	}
	return merged, conflicts
}

// Set puts a unit in place; null takes it away.
func (u Units) Set(name string, v json.RawMessage) {
	if isNull(v) {
		delete(u, name)
		return
	}
	u[name] = v
}

// Blank is a new flow: a trigger and an end.
func Blank(key string, name Text, formKey string) json.RawMessage {
	trigger := `{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","offset":{"value":-3,"unit":"day"},"at":"09:00"}}`
	stop := []json.RawMessage{[]byte(`{"id":"paid","on":["payment.recorded","invoice.changed"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}`)}
	if formKey == "customer" {
		trigger = `{"type":"trigger.schedule","v":1,"cfg":{"every":"firstWorkday","at":"09:30"}}`
		stop = []json.RawMessage{[]byte(`{"id":"paid","on":["payment.recorded","invoice.changed"],"when":{"field":"account.open","op":"lte","value":0},"outcome":"goal"}`)}
	}
	return mustJSON(document{
		Format: mustJSON(Format), Key: mustJSON(key), Name: mustJSON(name), Subject: mustJSON(Subject{Form: formKey, Reentry: "once"}), StopWhen: stop,
		Nodes: map[string]json.RawMessage{"start": []byte(trigger), "end": []byte(`{"type":"end","v":1,"cfg":{}}`)},
		Edges: []Edge{{From: "start", To: "end"}},
	})
}

// Rekey gives a document another key and name.
func Rekey(raw json.RawMessage, key string, name Text) (json.RawMessage, error) {
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.At("", "type", "object")
	}
	m["key"] = key
	if len(name) > 0 {
		m["name"] = name
	}
	return json.Marshal(m)
}
