package node

import (
	"encoding/json"
	"fmt"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// Registry is the list of node types of this server; it is a flow.Catalog.
type Registry struct {
	types map[string]registered
	order []string
}

type registered struct {
	Type
	schema *form.Schema
}

// NewRegistry compiles the settings schemas of types; it panics on a broken
// one, which is a mistake in the program.
func NewRegistry(types ...Type) *Registry {
	r := &Registry{types: map[string]registered{}}
	for _, t := range types {
		id := typeID(t.Name, t.V)
		if _, twice := r.types[id]; twice {
			panic("node type registered twice: " + id)
		}
		r.types[id] = registered{t, form.MustCompileSchema(t.Schema)}
		r.order = append(r.order, id)
	}
	return r
}

func typeID(name string, v int) string { return fmt.Sprintf("%s@%d", name, v) }

// Types lists the node types in registration order.
func (r *Registry) Types() []Type {
	out := make([]Type, 0, len(r.order))
	for _, id := range r.order {
		out = append(out, r.types[id].Type)
	}
	return out
}

// Parse checks settings against the type's schema and reads them.
func (r *Registry) Parse(typ string, v int, cfg json.RawMessage) (Node, []fault.Field) {
	t, ok := r.types[typeID(typ, v)]
	if !ok {
		return nil, []fault.Field{{Rule: "unknownNode", Limit: typeID(typ, v)}}
	}
	doc, err := form.Decode(cfg)
	if err != nil {
		return nil, []fault.Field{{Rule: "json"}}
	}
	if problems := t.schema.Validate(doc); len(problems) > 0 {
		return nil, problems
	}
	n, err := t.Parse(cfg)
	if err != nil {
		if fe, ok := err.(*fault.Error); ok && len(fe.Fields) > 0 {
			return nil, fe.Fields
		}
		return nil, []fault.Field{{Rule: "settings", Params: fault.Params{"problem": err.Error()}}}
	}
	return n, nil
}

// Lookup makes the registry a flow.Catalog.
func (r *Registry) Lookup(typ string, v int) (flow.Spec, bool) {
	t, ok := r.types[typeID(typ, v)]
	if !ok {
		return flow.Spec{}, false
	}
	return flow.Spec{
		Type: t.Name, V: t.V, Trigger: t.Group == "trigger", Sends: t.Sends, Waits: t.Waits, Loops: t.Loops, Schema: t.schema,
		Inspect: func(cfg json.RawMessage) (flow.Inspection, []fault.Field) {
			n, problems := r.Parse(typ, v, cfg)
			if len(problems) > 0 {
				return flow.Inspection{}, problems
			}
			return inspect(n), nil
		},
	}, true
}

// Default is a new step of a type, nil where its first settings are unfinished
// or the type is unknown.
func (r *Registry) Default(typ string, v int) Node {
	t, ok := r.types[typeID(typ, v)]
	if !ok {
		return nil
	}
	n, err := t.Parse(json.RawMessage(t.Defaults))
	if err != nil {
		return nil
	}
	return n
}

// Ports lists the ports that a step has when it is added. One whose settings
// people must fill in first, such as an address, goes on by "out".
func (r *Registry) Ports(typ string, v int) (required, optional []string) {
	n := r.Default(typ, v)
	if n == nil {
		return []string{"out"}, nil
	}
	return PortsOf(n)
}

// PortsOf lists the ports of a step.
func PortsOf(n Node) (required, optional []string) {
	if p, ok := n.(Porter); ok {
		return p.Ports()
	}
	return []string{"out"}, nil
}

func inspect(n Node) flow.Inspection {
	var in flow.Inspection
	in.Ports, in.Optional = PortsOf(n)
	if f, ok := n.(Filterer); ok {
		in.Filters = f.Filters()
	}
	if c, ok := n.(Chooser); ok {
		in.Cases = c.Cases()
	}
	if w, ok := n.(Waiter); ok {
		in.Spans = w.Spans()
	}
	if w, ok := n.(Worder); ok {
		in.Words = w.Words()
	}
	if m, ok := n.(Messenger); ok {
		in.Templates, in.Channels = m.Uses()
	}
	if r, ok := n.(Reader); ok {
		in.Reads = r.Reads()
	}
	if g, ok := n.(Giver); ok {
		in.People = g.Gives()
	}
	return in
}

// Do is the step of a node that performs one action and leaves by "out":
// failures that repeat may be retried by the interpreter, the rest parks.
func Do(c *Ctx, a Action, failed string) Next {
	switch {
	case c.Result == nil:
		return Act(a)
	case c.Result.Status == ResultOK:
		return Go("out")
	default:
		return Park(failed)
	}
}
