// Package node is the contract of a flow step: a folder below it holds one
// node type. A type parses its settings into a Node; a Node is asked what to
// do next and answers without side effects, so that the same code runs in a
// durable workflow, in rehearsal on a virtual clock, and in property tests.
package node

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
)

// Type is one node type in one version. A version never changes meaning:
// running flows depend on it.
type Type struct {
	Name string
	V    int
	// Title and About name the type and say in a line what it is for.
	Title, About flow.Text
	// Group sorts the palette: trigger, time, logic, act.
	Group string
	// Sends, Waits and Loops say what the graph checks must know.
	Sends, Waits, Loops bool
	// Schema is the JSON Schema of the settings; the properties panel is made from it.
	Schema string
	// Defaults are the settings of a new step; they may be unfinished.
	Defaults string
	// Parse reads settings that the schema has accepted.
	Parse func(cfg json.RawMessage) (Node, error)
}

// Node is a step with its settings. Step is called when a run arrives, when
// its wait ends, when an event reaches it, and when its action has a result.
// It must be a pure function of the context.
type Node interface {
	Step(*Ctx) Next
	Sentence(Names) flow.Text
}

// Porter is a Node with ports other than "out". Optional ports may stay
// unwired: the run then leaves by "out", or ends where there is no "out".
type Porter interface {
	Ports() (required, optional []string)
}

// Faller is a Porter whose optional ports lead, where they are not wired, to
// another port than "out".
type Faller interface{ Falls(port string) string }

// Filterer is a Node with conditions, by JSON pointer into its settings.
type Filterer interface{ Filters() map[string]filter.Expr }

// Worder is a Node with texts for colleagues that may hold variables, by JSON
// pointer into its settings.
type Worder interface{ Words() map[string]flow.Text }

// Messenger is a Node that names templates and channels.
type Messenger interface {
	Uses() (templates, channels []string)
}

// Trigger is a Node that starts runs.
type Trigger interface {
	Node
	// Starts tells whether an event starts a run; "record.enrolled" stands for
	// a subject that exists when the flow is published, or is newly booked.
	Starts(e Event) bool
}

// Ctx is what a step may know. Doc holds the subject as the filter language
// sees it: invoice.*, customer.*, account.*, run.*.
type Ctx struct {
	Now       time.Time
	Loc       *time.Location
	Calendar  *value.Calendar
	Doc       map[string]any
	Run       string // the run's id
	Node      string // the node's id
	StartedAt time.Time
	EnteredAt time.Time
	Visit     int     // 1 at the first visit of this node
	Event     *Event  // the event that woke it, if one did
	Result    *Result // the result of the action it asked for
	Vars      map[string]string
}

// Key is the idempotency key of what this visit does.
func (c *Ctx) Key() string { return fmt.Sprintf("%s/%s/%d", c.Run, c.Node, c.Visit) }

// Event is something that happened to the account.
type Event struct {
	Type    string   `json:"type"`          // a ledger event type, task.done, message.delivered, record.enrolled, manual, …
	Seq     int64    `json:"seq,omitempty"` // of the ledger event it stands for
	Invoice string   `json:"invoice,omitempty"`
	Key     string   `json:"key,omitempty"` // message or task key
	Result  string   `json:"result,omitempty"`
	Fields  []string `json:"fields,omitempty"` // changed fields of a record
}

// Event types that are not ledger events.
const (
	EventEnrolled  = "record.enrolled"
	EventManual    = "manual"
	EventSchedule  = "schedule"
	EventTaskDone  = "task.done"
	EventDelivered = "message.delivered"
	EventReply     = "message.replied"
	EventRecord    = "record.changed"
	EventWebhook   = "webhook"
)

// What a step may answer.
const (
	DoGo   = "go"   // leave by Port
	DoWait = "wait" // stay until Until or one of the events On
	DoAct  = "act"  // perform Action, then ask again with its Result
	DoEnd  = "end"  // the run ends with Outcome
	DoPark = "park" // a person must look; Reason says why
)

// Next is a step's answer.
type Next struct {
	Do      string
	Port    string
	Until   time.Time
	On      []string  // event types that wake it; nil with a zero Until never wakes
	Planned time.Time // with DoGo: when this was meant to happen, for lateness
	Action  *Action
	Outcome string
	Reason  string // a reason key, stored with the step's fact
}

// Go leaves by a port.
func Go(port string) Next { return Next{Do: DoGo, Port: port} }

// WaitUntil waits for an instant.
func WaitUntil(t time.Time) Next { return Next{Do: DoWait, Until: t} }

// Act asks for an action.
func Act(a Action) Next { return Next{Do: DoAct, Action: &a} }

// End ends the run.
func End(outcome, reason string) Next { return Next{Do: DoEnd, Outcome: outcome, Reason: reason} }

// Park asks for a person.
func Park(reason string) Next { return Next{Do: DoPark, Reason: reason} }

// The kinds of actions.
const (
	ActSend    = "send"
	ActTask    = "task"
	ActUpdate  = "update"
	ActNotify  = "notify"
	ActWebhook = "webhook"
	ActHold    = "hold"
	// ActEscalate is a task and, with Set, a change of fields; ActStop ends
	// other runs of the account; ActScore computes the tier anew.
	ActEscalate = "escalate"
	ActStop     = "stop"
	ActScore    = "score"
)

// Action is a side effect that a step asks for. Key makes it idempotent.
type Action struct {
	Kind     string                     `json:"kind"`
	Key      string                     `json:"key"`
	Channel  string                     `json:"channel,omitempty"`
	Fallback []string                   `json:"fallback,omitempty"`
	Template string                     `json:"template,omitempty"`
	Title    flow.Text                  `json:"title,omitempty"`
	Assign   *Assign                    `json:"assign,omitempty"`
	DueIn    *value.Span                `json:"dueIn,omitempty"`
	Results  []Choice                   `json:"results,omitempty"`
	Set      map[string]json.RawMessage `json:"set,omitempty"`
	URL      string                     `json:"url,omitempty"`
	Until    value.Date                 `json:"until,omitempty"`
	Reason   string                     `json:"reason,omitempty"`
	Scope    string                     `json:"scope,omitempty"` // of a stop: subject or customer
}

// Assign says who gets a task: a field holding a user, a role, a team or a user.
type Assign struct {
	Field string `json:"field,omitempty"`
	Role  string `json:"role,omitempty"`
	Team  string `json:"team,omitempty"`
	User  string `json:"user,omitempty"`
}

// Choice is a possible result of a task.
type Choice struct {
	Key   string    `json:"key"`
	Label flow.Text `json:"label,omitempty"`
}

// The states of an action's result.
const (
	ResultOK       = "ok"
	ResultDeferred = "deferred" // ask again at Until
	ResultRefused  = "refused"  // the ledger refuses; Reason says why
	ResultRetry    = "retry"    // failed for now
	ResultFailed   = "failed"   // failed for good
	ResultUnknown  = "unknown"  // nobody knows whether it happened
)

// Result is how an action went.
type Result struct {
	Status string    `json:"status"`
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Ref    string    `json:"ref,omitempty"` // message or task key
	By     string    `json:"by,omitempty"`  // the flow that stood in the way
}

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
	if w, ok := n.(Worder); ok {
		in.Words = w.Words()
	}
	if m, ok := n.(Messenger); ok {
		in.Templates, in.Channels = m.Uses()
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
