// Package node is the contract of a flow step: a folder below it holds one
// node type. A type parses its settings into a Node; a Node is asked what to
// do next and answers without side effects, so that the same code runs in a
// durable workflow, in rehearsal on a virtual clock, and in property tests.
package node

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
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

// Chooser is a Filterer some of whose conditions are tried one after the other,
// until one fits: their pointers.
type Chooser interface{ Cases() []string }

// Waiter is a Node that waits a while: how long, by pointer into its settings.
type Waiter interface{ Spans() map[string]value.Span }

// Worder is a Node with texts for colleagues that may hold variables, by JSON
// pointer into its settings.
type Worder interface{ Words() map[string]flow.Text }

// Reader is a Node that reads or writes fields outside conditions, by pointer into
// its settings.
type Reader interface{ Reads() map[string]flow.Use }

// Giver is a Node that gives somebody something, by pointer into its settings.
type Giver interface{ Gives() map[string]flow.Person }

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
	// Each gives every invoice a task of its own, where others would share one.
	Each bool `json:"each,omitempty"`
	// Waits: the run waits for the result of the task. Answer: nothing but its
	// answer is wanted, and once nobody waits the task is moot.
	Waits  bool `json:"waits,omitempty"`
	Answer bool `json:"answer,omitempty"`
}

// The variables of a run that waits for a person: the key of the task, and its
// result when it came while the run was paused. Leaving the step ends both.
const (
	VarTask   = "task"
	VarAnswer = "answer"
)

// Answer gives the result of a task that a run waits for, once it is done.
func (c *Ctx) Answer(key string) (result string, done bool) {
	if e := c.Event; e != nil && e.Type == EventTaskDone && e.Key == key {
		return e.Result, true
	}
	result, done = c.Vars[VarAnswer]
	return result, done
}

// Assign says who gets a task: a field holding a user, a role, a team or a user.
type Assign = flow.Person

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
