// Package run is what happens over time: the pure interpreter that advances a
// run through its flow, the batch that advances all runs of one account, the
// account's durable workflow around it, and rehearsal, which drives the same
// batch on a virtual clock. It knows the world only through Env.
package run

import (
	"encoding/json"
	"fmt"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/workflows/node"
)

// Definition is a flow ready to run; immutable, shared by all its runs.
type Definition struct {
	Hash    string
	Version int
	Flow    *flow.Flow
	Start   string
	nodes   map[string]step
	next    map[string]map[string]string
	stops   []stop
}

// Asks tells whether runs of it may wait for what a person answers.
func (d *Definition) Asks() bool {
	for _, s := range d.nodes {
		if s.typ == "task" || s.typ == "approval" {
			return true
		}
	}
	return false
}

type step struct {
	node     node.Node
	typ      string
	onError  flow.OnError
	disabled bool
	optional []string
	falls    func(string) string
}

type stop struct {
	id, outcome string
	when        filter.Expr
}

// defaultRetries is what a step without onError gets before it parks.
const defaultRetries = 5

// Compile reads a flow that has passed its checks. Nodes of a type or version
// that this server does not know stay unknown: a run that reaches one parks.
func Compile(f *flow.Flow, reg *node.Registry, version int, params map[string]json.RawMessage) (*Definition, error) {
	d := &Definition{Hash: f.Hash(), Version: version, Flow: f, nodes: map[string]step{}, next: map[string]map[string]string{}}
	d.Start = f.Trigger(reg)
	if d.Start == "" {
		return nil, fault.At("/nodes", "noTrigger", nil)
	}
	for _, id := range f.NodeIDs() {
		n := f.Nodes[id]
		s := step{typ: n.Type, disabled: n.Disabled, onError: flow.OnError{Retries: defaultRetries, Then: "park"}}
		if n.OnError != nil {
			s.onError = *n.OnError
		}
		cfg, err := f.Resolve(n.Cfg, params)
		if err != nil {
			return nil, err
		}
		if _, known := reg.Lookup(n.Type, n.V); known {
			parsed, problems := reg.Parse(n.Type, n.V, cfg)
			if len(problems) > 0 {
				for k := range problems {
					problems[k].Pointer = "/nodes/" + id + "/cfg" + problems[k].Pointer
				}
				return nil, fault.InvalidFields(problems)
			}
			s.node = parsed
			if p, ok := parsed.(node.Porter); ok {
				_, s.optional = p.Ports()
			}
			s.falls = func(string) string { return "out" }
			if p, ok := parsed.(node.Faller); ok {
				s.falls = p.Falls
			}
		}
		d.nodes[id] = s
	}
	for _, e := range f.Edges {
		if d.next[e.From] == nil {
			d.next[e.From] = map[string]string{}
		}
		d.next[e.From][e.PortName()] = e.To
	}
	for i, s := range f.StopWhen {
		e, err := filter.ParseTimed(s.When)
		if err != nil {
			return nil, fmt.Errorf("stopWhen %d: %w", i, err)
		}
		d.stops = append(d.stops, stop{s.ID, s.Outcome, e})
	}
	return d, nil
}

// Trigger is the flow's trigger node.
func (d *Definition) Trigger() node.Trigger {
	t, _ := d.nodes[d.Start].node.(node.Trigger)
	return t
}

// StartedBy tells whether an event starts runs: one that the trigger waits for,
// and, where the trigger takes in whatever is open, one that brings an invoice or
// opens one again. A subject that has a run already is for the caller to leave out.
func (d *Definition) StartedBy(e node.Event) bool {
	t := d.Trigger()
	if t == nil {
		return false
	}
	// A flow that is entered again has no one run to look for.
	opens := e.Type == ledger.InvoiceBooked || e.Type == ledger.PaymentReversed && d.Flow.Subject.Reentry != "again"
	return t.Starts(e) || opens && t.Starts(node.Event{Type: node.EventEnrolled})
}

// Sentence reads a node in both languages; nil for one that is not known here.
func (d *Definition) Sentence(id string, names node.Names) flow.Text {
	if n := d.nodes[id].node; n != nil {
		return n.Sentence(names)
	}
	return nil
}

// Has tells whether the flow has a node.
func (d *Definition) Has(id string) bool {
	_, ok := d.nodes[id]
	return ok
}
