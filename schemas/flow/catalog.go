package flow

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
)

// Spec is what the checks know of a node type.
type Spec struct {
	Type    string
	V       int
	Trigger bool
	Sends   bool // contacts the customer
	Waits   bool // lets time pass
	Loops   bool // a cycle may pass through it
	Schema  *form.Schema
	// Inspect gives what the settings mean for the graph; at is only used for
	// the pointers of problems, relative to the settings.
	Inspect func(cfg json.RawMessage) (Inspection, []fault.Field)
}

// Inspection is what a node's settings mean for the graph.
type Inspection struct {
	Ports     []string // ports that must be wired
	Optional  []string // ports that may stay unwired and then end the run
	Filters   map[string]filter.Expr
	Words     map[string]Text // texts with variables, by pointer into the settings
	Templates []string
	Channels  []string
}

// Catalog knows the node types of this server.
type Catalog interface {
	Lookup(typ string, v int) (Spec, bool)
}
