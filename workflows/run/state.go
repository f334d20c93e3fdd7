package run

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// The states of a run.
const (
	Active = "active"
	Paused = "paused"
	Parked = "parked"
	Done   = "done"
)

// Run is one flow version carrying one subject. It is all that is kept of it
// between steps, so it is small.
type Run struct {
	ID      string            `json:"id"` // <flow key>/<subject id>[/<entry>]
	Flow    string            `json:"flow"`
	Hash    string            `json:"hash"`
	Form    string            `json:"form"`
	Subject string            `json:"subject"`
	Status  string            `json:"status"`
	Node    string            `json:"node"`
	Started time.Time         `json:"started"`
	Entered time.Time         `json:"entered"`
	Wake    time.Time         `json:"wake,omitzero"`    // zero: only an event wakes it
	Planned time.Time         `json:"planned,omitzero"` // when its next act is to happen: later for one that was deferred
	Meant   time.Time         `json:"meant,omitzero"`   // when the flow meant it to happen
	On      []string          `json:"on,omitempty"`
	Visits  map[string]int    `json:"visits,omitempty"`
	Attempt int               `json:"attempt,omitempty"`
	Vars    map[string]string `json:"vars,omitempty"`
	Reason  string            `json:"reason,omitempty"`
	Outcome string            `json:"outcome,omitempty"`
	// Ended is when it ended, and Resumed when it last went on after that.
	Ended   time.Time `json:"ended,omitzero"`
	Resumed time.Time `json:"resumed,omitzero"`
}

// meant is when the flow meant the next act to happen, before any deferral.
func (r *Run) meant() time.Time {
	if r.Meant.IsZero() {
		return r.Planned
	}
	return r.Meant
}

// Clone is a copy that shares nothing with r.
func (r *Run) Clone() *Run {
	c := *r
	c.On, c.Visits, c.Vars = slices.Clone(r.On), maps.Clone(r.Visits), maps.Clone(r.Vars)
	return &c
}

// NewRun is a run at its trigger.
func NewRun(d *Definition, subject, entry string, now time.Time) *Run {
	return &Run{
		ID: idOf(d.Flow.Key, subject, entry), Flow: d.Flow.Key, Hash: d.Hash, Form: d.Flow.Subject.Form, Subject: subject,
		Status: Active, Node: d.Start, Started: now, Entered: now, Wake: now, Visits: map[string]int{d.Start: 1},
	}
}

func idOf(flow, subject, entry string) string {
	if entry != "" {
		subject += "/" + entry
	}
	return flow + "/" + subject
}

// subjectOf reads a run's subject out of its id.
func subjectOf(id string) string {
	_, rest, _ := strings.Cut(id, "/")
	subject, _, _ := strings.Cut(rest, "/")
	return subject
}

// Key is the idempotency key of what the run does at its step.
func (r *Run) Key() string {
	c := node.Ctx{Run: r.ID, Node: r.Node, Visit: r.Visits[r.Node]}
	return c.Key()
}

// Due tells whether time alone lets the run go on.
func (r *Run) Due(now time.Time) bool {
	return r.Status == Active && !r.Wake.IsZero() && !r.Wake.After(now)
}

// FactKinds are what facts tell; each has its words in every language.
var FactKinds = []string{
	"started", "left", "waiting", "sent", "merged", node.ResultDeferred, node.ResultRefused, node.ResultUnknown, "retry", "parked",
	"paused", "resumed", "skipped", "ended", "reopened", "migrated",
	node.ActTask, node.ActUpdate, node.ActNotify, node.ActWebhook, node.ActHold, node.ActEscalate, node.ActStop, node.ActScore,
}

// Fact is what happened to a run at a step, for timelines, the canvas and
// "why / why not".
type Fact struct {
	Run    string    `json:"run"`
	Flow   string    `json:"flow"`
	Node   string    `json:"node"`
	At     time.Time `json:"at"`
	What   string    `json:"what"` // one of FactKinds
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Port   string    `json:"port,omitempty"`
	Key    string    `json:"key,omitempty"` // message or task
	By     string    `json:"by,omitempty"`  // the flow that stood in the way, or took the message along
}

// In is what an advance may know.
type In struct {
	Now      time.Time
	Loc      *time.Location
	Calendar *value.Calendar
	Doc      map[string]any
	Grace    time.Duration
	Event    *node.Event
	Result   *node.Result
}
