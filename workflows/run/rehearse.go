package run

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Rehearsal drives a flow over what really happened to accounts, on a virtual
// clock, with the same interpreter and the same ledger rules as the real
// thing. It touches no channel and writes nothing.
type Rehearsal struct {
	Def      *Definition
	From, To time.Time
	Facts    func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *Facts
	// Next is the next time of a schedule trigger after t; nil for other triggers.
	Next   func(t time.Time) time.Time
	Report *Report
	// Follow keeps every fact of the account in the report, as a path.
	Follow bool
	// Answers are the results that people give to tasks, by step; a task without
	// one is done without a result.
	Answers map[string]string
}

// Account is one account's history: its records as they are now and its journal.
type Account struct {
	Customer string
	Record   map[string]any
	Invoices map[string]map[string]any
	Events   []ledger.Event
	Changes  []Change // in order
}

// Change is one of a customer's record that is made at a moment of a rehearsal.
type Change struct {
	At  time.Time
	Set map[string]any
}

// Report is what a rehearsal found.
type Report struct {
	Messages []PlannedMessage `json:"messages"`
	Held     []HeldMessage    `json:"held"`
	Tasks    []PlannedTask    `json:"tasks"`
	Path     []Fact           `json:"path,omitempty"`
	Totals   Totals           `json:"totals"`
}

// PlannedTask is work that a flow would have given to a person.
type PlannedTask struct {
	At       time.Time    `json:"at"`
	Customer string       `json:"customer"`
	Name     string       `json:"name"`
	Node     string       `json:"node"`
	Title    flow.Text    `json:"title"`
	Assign   *node.Assign `json:"assign,omitempty"`
}

// PlannedMessage is a message that would have gone out.
type PlannedMessage struct {
	At       time.Time      `json:"at"`
	Customer string         `json:"customer"`
	Name     string         `json:"name"`
	Items    []PlannedItem  `json:"items"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Node     string         `json:"node"`
	Channel  string         `json:"channel"`
	Template string         `json:"template"`
	Merged   int            `json:"merged,omitempty"` // further steps that this message answers
}

// PlannedItem is an invoice in a message.
type PlannedItem struct {
	Invoice string `json:"invoice"`
	Number  string `json:"number"`
	DPD     int    `json:"dpd"`
}

// HeldMessage is a step that did not send when it came: deferred, merged into
// another message, or refused; Reason says why.
type HeldMessage struct {
	At       time.Time `json:"at"`
	Customer string    `json:"customer"`
	Name     string    `json:"name"`
	Run      string    `json:"run"`
	Node     string    `json:"node"`
	What     string    `json:"what"`
	Reason   string    `json:"reason,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

// Totals sum a rehearsal up.
type Totals struct {
	Accounts     int                 `json:"accounts"`
	Runs         int                 `json:"runs"`
	Messages     int                 `json:"messages"`
	Items        int                 `json:"items"`
	Merged       int                 `json:"merged"`
	Deferred     int                 `json:"deferred"`
	Refused      int                 `json:"refused"`
	Parked       int                 `json:"parked"`
	Tasks        int                 `json:"tasks"`
	AfterPayment int                 `json:"afterPayment"` // must be 0
	Ended        map[string]int      `json:"ended"`        // by outcome
	PerDay       map[string]*DayLoad `json:"perDay"`       // by date
	PerNode      map[string]int      `json:"perNode"`      // messages by step
	// NoData are years of the rehearsal for which the flow's calendar has no
	// days: weekdays stand for workdays there.
	NoData []int `json:"noData,omitempty"`
}

// DayLoad is what goes out, and what people have to do, on a day.
type DayLoad struct {
	Messages int `json:"messages"`
	Tasks    int `json:"tasks"`
}

func (t *Totals) day(d value.Date) *DayLoad {
	key := d.String()
	if t.PerDay[key] == nil {
		t.PerDay[key] = &DayLoad{}
	}
	return t.PerDay[key]
}

// NewReport is an empty report.
func NewReport() *Report {
	return &Report{
		Messages: []PlannedMessage{}, Held: []HeldMessage{}, Tasks: []PlannedTask{},
		Totals: Totals{Ended: map[string]int{}, PerDay: map[string]*DayLoad{}, PerNode: map[string]int{}},
	}
}

// maxSteps bounds the virtual steps of one account.
const maxSteps = 20_000

// Play rehearses one account.
func (r *Rehearsal) Play(ctx context.Context, a Account) error {
	st := ledger.NewWholeState(a.Customer)
	e := &simulated{r: r, a: a, now: r.From, facts: r.Facts(st, a.Record, a.Invoices, r.From)}
	e.a.Record, e.a.Invoices = maps.Clone(a.Record), maps.Clone(a.Invoices)
	e.history = timeline(a.Events, e.facts.WorkLoc)
	e.past(r.From)
	e.paid = settledOn(a.Events)
	r.Report.Totals.Accounts++
	runs := map[string]*Run{}
	notes := e.enrol()
	if r.Next != nil {
		e.tick = r.Next(r.From)
	}
	for range maxSteps {
		if len(notes) > 0 || e.due(runs) {
			facts, err := Step(ctx, e, runs, notes)
			if err != nil {
				return err
			}
			e.note(facts, runs)
		}
		next := e.next(runs)
		if next.IsZero() || next.After(r.To) {
			break
		}
		e.now = next
		notes = e.arrive(runs)
	}
	for _, run := range runs {
		if run.Status == Parked {
			r.Report.Totals.Parked++
		}
	}
	return nil
}

// simulated is the world of one account in a rehearsal.
type simulated struct {
	r       *Rehearsal
	a       Account
	now     time.Time
	facts   *Facts
	history []happening
	pos     int
	tick    time.Time
	tasks   []taskDue
	changed int // of the changes, how many have been made
	paid    map[string][]settlement
}

type taskDue struct {
	at          time.Time
	key, result string
}

// past applies what took effect before the rehearsal begins.
func (e *simulated) past(from time.Time) {
	for e.pos < len(e.history) && !e.history[e.pos].at.After(from) {
		e.facts.State.Apply(e.history[e.pos].event)
		e.pos++
	}
}

// enrol starts the runs of what is open when the rehearsal begins.
func (e *simulated) enrol() []Note {
	t := e.r.Def.Trigger()
	if t == nil || !t.Starts(node.Event{Type: node.EventEnrolled}) {
		return nil
	}
	if e.r.Def.Flow.Subject.Form == "customer" {
		return []Note{e.start(e.a.Customer, "")}
	}
	var notes []Note
	for _, id := range e.facts.State.OpenItems() {
		notes = append(notes, e.start(id, ""))
	}
	return notes
}

func (e *simulated) start(subject, entry string) Note {
	return Note{Kind: NoteStart, Hash: e.r.Def.Hash, Form: e.r.Def.Flow.Subject.Form, Ids: []string{subject}, Entry: entry}
}

func (e *simulated) due(runs map[string]*Run) bool {
	for _, r := range runs {
		if r.Due(e.now) {
			return true
		}
	}
	return false
}

// next is the next instant at which something happens.
func (e *simulated) next(runs map[string]*Run) time.Time {
	var next time.Time
	see := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, r := range runs {
		if r.Status == Active {
			see(r.Wake)
		}
	}
	if e.pos < len(e.history) {
		see(e.history[e.pos].at)
	}
	if e.changed < len(e.a.Changes) {
		see(e.a.Changes[e.changed].At)
	}
	for _, t := range e.tasks {
		see(t.at)
	}
	see(e.tick)
	if !next.IsZero() && next.Before(e.now) {
		return e.now
	}
	return next
}

// arrive applies what happens now and tells the runs.
func (e *simulated) arrive(runs map[string]*Run) []Note {
	var notes []Note
	t, form := e.r.Def.Trigger(), e.r.Def.Flow.Subject.Form
	for e.pos < len(e.history) && !e.history[e.pos].at.After(e.now) {
		ev := e.history[e.pos].event
		e.pos++
		e.facts.State.Apply(ev)
		events := NodeEvents(ev)
		for _, x := range events {
			starts := t.Starts(x) || ev.Type == ledger.InvoiceBooked && t.Starts(node.Event{Type: node.EventEnrolled})
			subject := e.a.Customer
			if form == "invoice" {
				subject = x.Invoice
			}
			if entry, ok := e.entry(runs, subject, x); starts && ok && subject != "" {
				notes = append(notes, e.start(subject, entry))
			}
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: events})
	}
	notes = append(notes, e.change(runs)...)
	left := e.tasks[:0]
	for _, d := range e.tasks {
		if d.at.After(e.now) {
			left = append(left, d)
			continue
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: []node.Event{{Type: node.EventTaskDone, Key: d.key, Result: d.result}}})
	}
	e.tasks = left
	if e.r.Next != nil && !e.tick.IsZero() && !e.tick.After(e.now) {
		entry := dayOf(e.tick, e.facts.WorkLoc).String()
		if form == "customer" {
			notes = append(notes, e.start(e.a.Customer, entry))
		} else {
			for _, id := range e.facts.State.OpenItems() {
				notes = append(notes, e.start(id, entry))
			}
		}
		e.tick = e.r.Next(e.tick)
	}
	return notes
}

// change makes the changes of the record that are due, and tells of them.
func (e *simulated) change(runs map[string]*Run) []Note {
	var notes []Note
	for ; e.changed < len(e.a.Changes) && !e.a.Changes[e.changed].At.After(e.now); e.changed++ {
		c := e.a.Changes[e.changed]
		maps.Copy(e.a.Record, c.Set)
		x := node.Event{Type: node.EventRecord, Fields: slices.Sorted(maps.Keys(c.Set)), Seq: c.At.Unix()}
		if e.r.Def.Flow.Subject.Form == "customer" && e.r.Def.Trigger().Starts(x) {
			if entry, ok := e.entry(runs, e.a.Customer, x); ok {
				notes = append(notes, e.start(e.a.Customer, entry))
			}
		}
		notes = append(notes, Note{Kind: NoteEvent, Events: []node.Event{x}})
	}
	return notes
}

// entry names the run that an event starts: of a flow that may be entered again
// each has its own, and there is none while the last one goes on.
func (e *simulated) entry(runs map[string]*Run, subject string, x node.Event) (entry string, ok bool) {
	if e.r.Def.Flow.Subject.Reentry != "again" {
		return "", true
	}
	for _, r := range runs {
		if r.Subject == subject {
			return "", false
		}
	}
	return strconv.FormatInt(x.Seq, 10), true
}

// note counts facts and forgets runs that have ended.
func (e *simulated) note(facts []Fact, runs map[string]*Run) {
	rep := e.r.Report
	if e.r.Follow {
		rep.Path = append(rep.Path, facts...)
	}
	for _, f := range facts {
		switch f.What {
		case "started":
			rep.Totals.Runs++
		case node.ResultDeferred, node.ResultRefused:
			rep.Held = append(rep.Held, HeldMessage{f.At, e.a.Customer, e.name(), f.Run, f.Node, f.What, f.Reason, f.Until})
			if f.What == node.ResultDeferred {
				rep.Totals.Deferred++
			} else {
				rep.Totals.Refused++
			}
		case "ended":
			rep.Totals.Ended[f.Port]++
		}
	}
	for id, r := range runs {
		if r.Status == Done {
			delete(runs, id)
		}
	}
}

// Now is the virtual time.
func (e *simulated) Now() time.Time { return e.now }

// Load is the account as it stands at the virtual time.
func (e *simulated) Load(context.Context, []string) (*Facts, error) {
	f := e.r.Facts(e.facts.State, e.a.Record, e.a.Invoices, e.now)
	e.facts = f
	return f, nil
}

// Definition is the rehearsed one.
func (e *simulated) Definition(context.Context, string) (*Definition, error) { return e.r.Def, nil }

// Send asks the ledger, as the real thing does, and notes the message.
func (e *simulated) Send(_ context.Context, f *Facts, m Message) (Sent, error) {
	var d ledger.Decision
	now := ledger.Now{At: e.now, Today: dayOf(e.now, f.WorkLoc), By: "rehearsal", Calendar: f.Calendar}
	_, err := ledger.Execute(f.State, ledger.Intend{Key: m.Key, Keys: m.Keys, Items: m.Items, Currency: m.Currency, Channel: m.Channel, Rules: m.Rules, Out: &d}, now)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{Dropped: d.Dropped}
	switch d.Verdict {
	case ledger.Refused:
		sent.Result = node.Result{Status: node.ResultRefused, Reason: d.Reason, Until: d.Until, By: d.Other}
		return sent, nil
	case ledger.Deferred:
		sent.Result = node.Result{Status: node.ResultDeferred, Reason: d.Reason, Until: d.Until}
		return sent, nil
	}
	sent.Result = node.Result{Status: node.ResultOK, Ref: m.Key, By: d.Other}
	if d.Verdict == ledger.Already {
		return sent, nil
	}
	if _, err := ledger.Execute(f.State, ledger.EndMessage{Key: m.Key, Status: ledger.IntentSent}, now); err != nil {
		return Sent{}, err
	}
	e.planned(f, m, d)
	return sent, nil
}

func (e *simulated) planned(f *Facts, m Message, d ledger.Decision) {
	p := PlannedMessage{
		At: e.now, Customer: e.a.Customer, Name: e.name(), Amount: d.Amount, Currency: m.Currency,
		Node: m.Node, Channel: m.Channel, Template: m.Template, Merged: len(m.Keys),
	}
	rep := e.r.Report
	for _, id := range d.Items {
		i := f.State.Items[id]
		p.Items = append(p.Items, PlannedItem{id, i.Number, i.DPD(f.Today)})
		if settledBy(e.paid[id], i.Amount, f.Today) {
			rep.Totals.AfterPayment++
		}
	}
	for _, key := range m.Keys {
		rep.Held = append(rep.Held, HeldMessage{At: e.now, Customer: e.a.Customer, Name: e.name(), Run: key[:strings.LastIndexByte(key[:strings.LastIndexByte(key, '/')], '/')], Node: m.Node, What: "merged"})
	}
	rep.Messages = append(rep.Messages, p)
	rep.Totals.Messages++
	rep.Totals.Items += len(p.Items)
	rep.Totals.Merged += p.Merged
	rep.Totals.PerNode[m.Node]++
	rep.Totals.day(f.Today).Messages++
}

func (e *simulated) name() string {
	name, _ := e.a.Record["name"].(string)
	return name
}

// Do does what stays inside: holds and fields; a task is done the next working
// day at noon, without a result.
func (e *simulated) Do(_ context.Context, f *Facts, r *Run, a node.Action) (node.Result, error) {
	switch a.Kind {
	case node.ActTask, node.ActEscalate:
		e.r.Report.Totals.Tasks++
		e.r.Report.Totals.day(f.Today).Tasks++
		e.r.Report.Tasks = append(e.r.Report.Tasks, PlannedTask{e.now, e.a.Customer, e.name(), r.Node, f.Words(r, a.Title), a.Assign})
		day := f.Calendar.AddWorkdays(f.Today, 1)
		e.tasks = append(e.tasks, taskDue{day.At(12*60, f.WorkLoc), a.Key, e.r.Answers[r.Node]})
	case node.ActHold:
		c := ledger.SetHold{Until: a.Until, Reason: a.Reason}
		if r.Form == "invoice" {
			c.Invoice = r.Subject
		}
		now := ledger.Now{At: e.now, Today: f.Today, By: "rehearsal", Calendar: f.Calendar}
		if _, err := ledger.Execute(f.State, c, now); err != nil {
			return node.Result{Status: node.ResultFailed, Reason: "invalid"}, nil //nolint:nilerr // as the real thing does
		}
	case node.ActUpdate:
		e.set(r, a.Set)
	}
	return node.Result{Status: node.ResultOK, Ref: a.Key}, nil
}

func (e *simulated) set(r *Run, fields map[string]json.RawMessage) {
	for field, raw := range fields {
		form, key, _ := strings.Cut(field, ".")
		var v any
		if json.Unmarshal(raw, &v) != nil {
			continue
		}
		if form == "customer" {
			e.a.Record[key] = v
		} else if inv := maps.Clone(e.a.Invoices[r.Subject]); inv != nil {
			inv[key] = v
			e.a.Invoices[r.Subject] = inv
		}
	}
}

// settlement is money that came onto an invoice on a date. It is read straight
// from the journal, apart from the ledger's own rules, to check them.
type settlement struct {
	on     value.Date
	amount int64
}

func settledOn(events []ledger.Event) map[string][]settlement {
	out := map[string][]settlement{}
	for _, e := range events {
		switch e.Type {
		case ledger.PaymentApplied, ledger.PaymentAllocated:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, a.Amount})
			}
		case ledger.PaymentReversed:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, -a.Amount})
			}
		case ledger.CreditNoted, ledger.WrittenOff:
			out[e.Invoice] = append(out[e.Invoice], settlement{e.Value, e.Amount})
		}
	}
	return out
}

func settledBy(list []settlement, amount int64, day value.Date) bool {
	var sum int64
	for _, s := range list {
		if s.on <= day {
			sum += s.amount
		}
	}
	return sum >= amount
}
