// Package activity is every side effect that flows may cause, each with its
// idempotency key. It asks the rest of the product through the small
// interfaces it declares, and is the real run.Env; rehearsal has another.
package activity

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Account is a customer's account. A command begins with the state that was seen
// last, which it changes in place, and is decided anew where others were faster.
type Account interface {
	// Load reads the account as it is stored now.
	Load(ctx context.Context) (*ledger.State, error)
	Execute(ctx context.Context, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error)
}

// Space is a workspace's settings at one moment, as a step needs them.
type Space struct {
	Name     string
	Language string
	Demo     bool // only the sandbox may be used
	Loc      *time.Location
	Calendar *value.Calendar
	Rules    ledger.Rules
	// Calendars are the workspace's own, by id.
	Calendars map[string]*value.Calendar
	Grace     time.Duration
	Channels  map[string]json.RawMessage
	Now       func() time.Time          // the workspace's time
	Real      func(time.Time) time.Time // real instant of a workspace instant
	// Page is the address of a customer's own page, "" where there is none; nil
	// for never.
	Page func(customer string, record map[string]any) string
}

// World is what steps read and write beside the ledger.
type World interface {
	Space(ctx context.Context, workspace string) (*Space, error)
	// Subjects reads a customer's record and the named invoices' records.
	Subjects(ctx context.Context, workspace, customer string, invoices []string) (map[string]any, map[string]map[string]any, error)
	Definition(ctx context.Context, workspace, hash string) (*run.Definition, error)
	Template(ctx context.Context, workspace, key string) (*message.Compiled, error)
	// SaveMessage stores a message by key; a repeat updates status only.
	SaveMessage(ctx context.Context, workspace string, m Outgoing) error
	// CreateTask stores a task by key; a repeat changes nothing.
	CreateTask(ctx context.Context, workspace string, t Task) error
	// LeaveTasks takes a customer's open tasks back that no run waits for any longer.
	LeaveTasks(ctx context.Context, workspace, customer string, left []Left) error
	// SetFields changes fields of a record, checked like any update.
	SetFields(ctx context.Context, workspace, form, id string, set map[string]json.RawMessage) error
	// WaitFor tells how long an automatic message waits because a person works
	// the account; 0 when it need not.
	WaitFor(ctx context.Context, workspace, customer string) (time.Duration, error)
	// Score computes the customer's score and tier anew.
	Score(ctx context.Context, workspace, customer string) error
	// OpenRuns are a customer's runs as the index has them, of which a step has
	// told and that have not ended.
	OpenRuns(ctx context.Context, workspace, customer string) ([]*run.Run, error)
	// Reached are a customer's ended runs about some invoices, or about the
	// customer, that may go on (run.LastReached).
	Reached(ctx context.Context, workspace, customer string, invoices []string) ([]*run.Run, error)
	// SaveStep stores what a step changed: the runs' index, the facts, and the
	// message that ended last in it, if any; as one where the store can. After an
	// error the message may still have to be stored.
	SaveStep(ctx context.Context, workspace, customer string, changed []*run.Run, facts []run.Fact, sent *Outgoing) error
	// SentSince counts a customer's messages on a channel since an instant,
	// those that failed left out.
	SentSince(ctx context.Context, workspace, customer, channel string, since time.Time) (int, error)
	// Dead marks an address of a customer that never takes messages of a channel.
	Dead(ctx context.Context, workspace, customer, channel, address string) error
}

// Outgoing is a message as recorded.
type Outgoing struct {
	Key      string
	Message  channel.Message
	Channel  string
	Template string
	Tone     int
	Flow     string
	Node     string
	Runs     []string
	Items    []string
	Status   string // sent, failed, unknown, waiting
	Reason   string
	Detail   string // the provider's own words
	Cost     int64  // in CostUnits
	Ref      string
	At       time.Time
	Checks   []ledger.Check
	Open     int64
	Record   map[string]any // the customer's record; nil makes the receiver read it
}

// Task is a task as created by a flow.
type Task struct {
	Key      string
	Kind     string // task or notice
	Customer string
	Run      string
	Title    map[string]string
	Assign   *node.Assign
	Due      value.Date
	Results  []node.Choice
	At       time.Time
	Text     string // what to say or do
	Link     string // what opens what is needed, such as tel:
	// Work is the same for what asks the same of a customer, and shares a task; ""
	// for what shares with nothing (run.Facts.Work).
	Work    string
	Answer  bool   // nothing but the answer is wanted
	Channel string // of the message that waits for it
	About   []About
}

// MaxAbout bounds how many invoices a task is about.
const MaxAbout = 200

// About is why a task is asked for: by which step, and about which invoice.
type About struct {
	Key     string `json:"key"` // of the step, which hears of the result by it
	Run     string `json:"run,omitempty"`
	Invoice string `json:"invoice,omitempty"`
	Number  string `json:"number,omitempty"`
	Owed    bool   `json:"owed,omitempty"`  // the invoice was open when the task was given
	Waits   bool   `json:"waits,omitempty"` // the run waits for the result
}

// Left is a run that waits no longer for tasks of earlier steps, and, where it
// has Ended, by Why, not for that of its last step Key either.
type Left struct {
	Run, Key, Why string
	Ended         bool
}

// Poster sends a signed webhook of a step; settings are the workspace's for
// the channel "webhook". Errors are *channel.Error.
type Poster interface {
	Call(ctx context.Context, settings json.RawMessage, to, id string, body []byte) error
}

// Activities are the engine's way into the product.
type Activities struct {
	// Ledger gives the account of a customer in a workspace.
	Ledger   func(workspace, customer string) Account
	World    World
	Channels channel.Registry
	Poster   Poster
	Pacer    Pacer // nil keeps no rate
}

// Step is one step of an account, as a local activity.
func (a *Activities) Step(ctx context.Context, in run.StepIn) (run.StepOut, error) {
	space, err := a.World.Space(ctx, in.Workspace)
	if err != nil {
		return run.StepOut{}, err
	}
	// The engine hands over the workflow's own values: an attempt that fails
	// must leave them as they were, or the next one would go on from them.
	runs := make(map[string]*run.Run, len(in.Runs))
	for id, r := range in.Runs {
		runs[id] = r.Clone()
	}
	if in.Adopts() {
		open, err := a.World.OpenRuns(ctx, in.Workspace, in.Customer)
		if err != nil {
			return run.StepOut{}, err
		}
		for _, r := range open {
			if runs[r.ID] == nil {
				runs[r.ID] = r
			}
		}
	}
	e := &env{a: a, ws: in.Workspace, customer: in.Customer, space: space, account: a.Ledger(in.Workspace, in.Customer)}
	clock, err := e.tick(ctx)
	if err != nil {
		return run.StepOut{}, err
	}
	facts, err := run.Step(ctx, e, runs, in.Notes)
	changed := changes(in.Runs, runs, facts)
	if err == nil && (len(changed) > 0 || e.ended != nil) {
		err = a.World.SaveStep(ctx, in.Workspace, in.Customer, changed, facts, e.ended)
	}
	if err != nil {
		// The provider has been called: what it said is kept for the repeat.
		if lost := e.flush(context.WithoutCancel(ctx)); lost != nil {
			err = errors.Join(err, lost)
		}
		return run.StepOut{}, err
	}
	if err := e.leaveTasks(ctx, in.Runs, changed); err != nil {
		return run.StepOut{}, err
	}
	out := run.StepOut{Next: nextWake(runs, space), Clock: clock}
	for _, r := range changed {
		if r.Status == run.Done {
			out.Ended = append(out.Ended, r.ID)
		} else {
			out.Changed = append(out.Changed, r)
		}
	}
	return out, nil
}

// tick settles what time alone has settled in the ledger, and gives the real
// instant at which that is so again: the start of the day after the earliest
// deadline, in the workspace's zone; zero for never. What it changes reaches
// the runs as events, like any other change.
func (e *env) tick(ctx context.Context) (time.Time, error) {
	st, err := e.account.Load(ctx)
	if err != nil {
		return time.Time{}, err
	}
	next := st.NextTick()
	if today := value.DateOf(e.Now().In(e.space.Loc)); next != 0 && next <= today {
		if _, st, err = e.account.Execute(ctx, "clock", ledger.Tick{}); err != nil {
			return time.Time{}, err
		}
		next = st.NextTick()
	}
	e.fresh = st
	if next == 0 {
		return time.Time{}, nil
	}
	return e.space.Real(next.At(0, e.space.Loc)).Add(time.Millisecond), nil
}

// changes are the runs that a step changed, in order of id. Those without a
// fact count too: what is not reported, the workflow forgets.
func changes(before, after map[string]*run.Run, facts []run.Fact) []*run.Run {
	told := map[string]bool{}
	for _, f := range facts {
		told[f.Run] = true
	}
	var out []*run.Run
	for _, id := range slices.Sorted(maps.Keys(after)) {
		if told[id] || !reflect.DeepEqual(before[id], after[id]) {
			out = append(out, after[id])
		}
	}
	return out
}

// nextWake is the real instant of the earliest wake, never in the past, so
// that a step that changes nothing cannot spin.
func nextWake(runs map[string]*run.Run, space *Space) time.Time {
	var next time.Time
	for _, r := range runs {
		if r.Status == run.Active && !r.Wake.IsZero() && (next.IsZero() || r.Wake.Before(next)) {
			next = r.Wake
		}
	}
	if next.IsZero() {
		return next
	}
	return space.Real(next).Add(time.Millisecond) // rounding must not wake it a moment early
}

// env is the real world of one account during one step.
type env struct {
	a        *Activities
	ws       string
	customer string
	space    *Space
	account  Account
	// fresh is the account as the step began, until the first round has used it.
	fresh *ledger.State
	// ended is the message that ended last; it is stored with the step, or before
	// the next one is asked for.
	ended *Outgoing
}

// Now is the workspace's time.
func (e *env) Now() time.Time { return e.space.Now() }

// Definition gives a published flow.
func (e *env) Definition(ctx context.Context, hash string) (*run.Definition, error) {
	return e.a.World.Definition(ctx, e.ws, hash)
}

// Reached gives the ended runs that may go on.
func (e *env) Reached(ctx context.Context, invoices []string) ([]*run.Run, error) {
	return e.a.World.Reached(ctx, e.ws, e.customer, invoices)
}

// Load reads the account and the records fresh.
func (e *env) Load(ctx context.Context, invoices []string) (*run.Facts, error) {
	st := e.fresh
	if e.fresh = nil; st == nil {
		var err error
		if st, err = e.account.Load(ctx); err != nil {
			return nil, err
		}
	}
	customer, records, err := e.a.World.Subjects(ctx, e.ws, e.customer, invoices)
	if err != nil {
		return nil, err
	}
	return BuildFacts(e.space, e.Now(), st, customer, records), nil
}

// BuildFacts puts together what decisions are made from.
func BuildFacts(s *Space, now time.Time, st *ledger.State, customer map[string]any, invoices map[string]map[string]any) *run.Facts {
	loc := s.Loc
	if tz, _ := customer["timezone"].(string); tz != "" {
		if l, err := value.Location(tz); err == nil {
			loc = l
		}
	}
	return &run.Facts{
		Today: value.DateOf(now.In(s.Loc)), State: st, Customer: customer, Invoices: invoices,
		Loc: loc, WorkLoc: s.Loc, Calendar: s.Calendar, Rules: s.Rules, Grace: s.Grace, Calendars: s.Calendars,
	}
}
