package flow

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
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
	Cases     []string              // of Filters, those that are tried in this order until one fits
	Spans     map[string]value.Span // how long it waits, by pointer
	Reads     map[string]Use        // fields outside conditions, by pointer into the settings
	People    map[string]Person     // who is given something, by pointer
}

// Use is how a step uses a field: Date tells that its value is a day, Set that
// the step writes it.
type Use struct {
	Path      string
	Date, Set bool
}

// Person says who gets something: a field that holds a user, a role, a team or a user.
type Person struct {
	Field string `json:"field,omitempty"`
	Role  string `json:"role,omitempty"`
	Team  string `json:"team,omitempty"`
	User  string `json:"user,omitempty"`
}

// Catalog knows the node types of this server.
type Catalog interface {
	Lookup(typ string, v int) (Spec, bool)
}
