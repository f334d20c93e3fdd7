package packs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Bounds of a fixture: packs come from anywhere.
const (
	maxFixtureAccounts = 50
	maxFixtureDays     = 800
	maxFixtureActions  = 500 // of one account
)

// fixture is a rehearsal that comes with a pack: what happened to some accounts,
// and what must have gone out on which day.
type fixture struct {
	Flow     string                     `json:"flow"`
	From     value.Date                 `json:"from"`
	To       value.Date                 `json:"to"`
	Calendar string                     `json:"calendar"`
	Timezone string                     `json:"timezone"`
	Params   map[string]json.RawMessage `json:"params"`
	Accounts []fixtureAccount           `json:"accounts"`
	// Answers are the results that people give to tasks, by step: "approved".
	Answers map[string]string `json:"answers"`
	Expect  struct {
		Messages []wantMessage `json:"messages"`
		Tasks    []wantTask    `json:"tasks"`
	} `json:"expect"`
}

type fixtureAccount struct {
	Customer map[string]any   `json:"customer"`
	Invoices []fixtureInvoice `json:"invoices"`
	Payments []fixturePayment `json:"payments"`
	Promises []fixturePromise `json:"promises"`
	Disputes []fixtureDispute `json:"disputes"`
	Changes  []fixtureChange  `json:"changes"`
}

// fixtureChange is made of the customer's record at ten on a day.
type fixtureChange struct {
	On  value.Date     `json:"on"`
	Set map[string]any `json:"set"`
}

// fixtureInvoice is booked on its issue date; Fields are further fields of its record.
type fixtureInvoice struct {
	ID       string         `json:"id"`
	Issue    value.Date     `json:"issue"`
	Due      value.Date     `json:"due"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Fields   map[string]any `json:"fields"`
}

type fixturePayment struct {
	On       value.Date     `json:"on"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Invoices []string       `json:"invoices"`
}

// fixturePromise is made On a day, to pay by Date.
type fixturePromise struct {
	On       value.Date     `json:"on"`
	Date     value.Date     `json:"date"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Invoices []string       `json:"invoices"`
}

// fixtureDispute is opened On a day and, with an outcome, closed on another.
type fixtureDispute struct {
	Invoice string     `json:"invoice"`
	On      value.Date `json:"on"`
	Amount  int64      `json:"amount"`
	Reason  string     `json:"reason"`
	Closed  value.Date `json:"closed"`
	Outcome string     `json:"outcome"` // upheld or rejected
}

type wantMessage struct {
	Customer string     `json:"customer"`
	On       value.Date `json:"on"`
	Template string     `json:"template"`
}

type wantTask struct {
	Customer string     `json:"customer"`
	On       value.Date `json:"on"`
}

// RunFixture rehearses a flow of a pack as a fixture of it says, and gives what
// came out differently from what the fixture expects: one line each, empty when
// nothing did. The pack is adapted with the fixture's answers or the default
// ones; the rules of sending are those of a new workspace.
func RunFixture(ctx context.Context, p *pack.Pack, o pack.Object, nodes *node.Registry) (*run.Report, []string, error) {
	var f fixture
	if err := json.Unmarshal(o.Raw, &f); err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, "pack.fixture", err)
	}
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	d, err := f.definition(p, nodes)
	if err != nil {
		return nil, nil, err
	}
	space, err := f.space()
	if err == nil {
		space.Calendars, err = p.Calendars()
	}
	if err != nil {
		return nil, nil, err
	}
	r := &run.Rehearsal{
		Def: d, From: f.From.At(0, space.Loc), To: (f.To + 1).At(0, space.Loc), Report: run.NewReport(), Answers: f.Answers,
		Facts: func(st *ledger.State, customer map[string]any, invoices map[string]map[string]any, now time.Time) *run.Facts {
			return activity.BuildFacts(space, now, st, customer, invoices)
		},
	}
	type scheduled interface {
		After(after time.Time, loc *time.Location, cal *value.Calendar) time.Time
	}
	if t, ok := d.Trigger().(scheduled); ok {
		r.Next = func(after time.Time) time.Time { return t.After(after, space.Loc, space.Calendar) }
	}
	for _, a := range f.Accounts {
		account, err := a.account(space, f.To)
		if err != nil {
			return nil, nil, err
		}
		if err := r.Play(ctx, account); err != nil {
			return nil, nil, err
		}
	}
	return r.Report, f.differences(r.Report, space.Loc), nil
}

func (f *fixture) check() error {
	var bad []fault.Field
	if f.From == 0 || f.To < f.From || f.To-f.From > maxFixtureDays {
		bad = append(bad, fault.Field{Pointer: "/to", Rule: "range", Limit: maxFixtureDays})
	}
	if len(f.Accounts) == 0 || len(f.Accounts) > maxFixtureAccounts {
		bad = append(bad, fault.Field{Pointer: "/accounts", Rule: "maxItems", Limit: maxFixtureAccounts})
	}
	for k, a := range f.Accounts {
		at := fmt.Sprintf("/accounts/%d", k)
		if id, _ := a.Customer["id"].(string); id == "" {
			bad = append(bad, fault.Field{Pointer: at + "/customer/id", Rule: "required"})
		}
		if len(a.Invoices)+len(a.Payments)+len(a.Promises)+len(a.Disputes)+len(a.Changes) > maxFixtureActions {
			bad = append(bad, fault.Field{Pointer: at, Rule: "maxItems", Limit: maxFixtureActions})
		}
		for n, i := range a.Invoices {
			if i.Issue == 0 || f.From-i.Issue > maxFixtureDays {
				bad = append(bad, fault.Field{Pointer: fmt.Sprintf("%s/invoices/%d/issue", at, n), Rule: "range", Limit: maxFixtureDays})
			}
		}
	}
	return fault.InvalidFields(bad)
}

func (f *fixture) definition(p *pack.Pack, nodes *node.Registry) (*run.Definition, error) {
	a, err := p.Adapt(pack.Choices{Params: f.Params})
	if err != nil {
		return nil, err
	}
	for _, o := range a.Objects {
		if o.Kind != pack.Flow || o.Key != f.Flow {
			continue
		}
		doc, err := flow.Parse(o.Raw)
		if err != nil {
			return nil, err
		}
		return run.Compile(doc, nodes, 1, nil)
	}
	return nil, fault.At("/flow", "enum", f.Flow)
}

// space is a workspace as it is when new: 09:00–18:00 on working days, at most
// one message in two working days.
func (f *fixture) space() (*activity.Space, error) {
	cal, err := value.CalendarByID(f.Calendar)
	if err != nil {
		return nil, fault.At("/calendar", "calendar", f.Calendar)
	}
	loc, err := value.Location(f.Timezone)
	if err != nil {
		return nil, fault.At("/timezone", "timezone", f.Timezone)
	}
	return &activity.Space{
		Loc: loc, Calendar: cal,
		Rules: ledger.Rules{
			Window: value.Window{From: 9 * 60, To: 18 * 60}, Calendar: cal, Location: loc,
			Budgets: []ledger.Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}},
		},
	}, nil
}

// fixtureStep is one command of an account's history: on a day, at a minute of it.
type fixtureStep struct {
	on     value.Date
	minute value.TimeOfDay
	do     ledger.Command
}

// account is a customer's records, and the journal that its history makes.
func (a fixtureAccount) account(space *activity.Space, to value.Date) (run.Account, error) {
	id, _ := a.Customer["id"].(string)
	out := run.Account{Customer: id, Record: a.Customer, Invoices: map[string]map[string]any{}}
	for _, i := range a.Invoices {
		record := map[string]any{}
		for k, v := range i.Fields {
			record[k] = v
		}
		record["number"], record["customer"], record["currency"], record["amount"] = i.ID, id, string(i.Currency), i.Amount
		record["issueDate"], record["dueDate"] = i.Issue.String(), i.Due.String()
		out.Invoices[i.ID] = record
	}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, run.Change{At: c.On.At(10*60, space.Loc), Set: c.Set})
	}
	slices.SortStableFunc(out.Changes, func(a, b run.Change) int { return a.At.Compare(b.At) })
	st := ledger.NewWholeState(id)
	do := func(s fixtureStep) error {
		now := ledger.Now{At: s.on.At(s.minute, space.Loc), Today: s.on, By: "fixture", Calendar: space.Calendar}
		events, err := ledger.Execute(st, s.do, now)
		out.Events = append(out.Events, events...)
		return err
	}
	steps := a.steps()
	if len(steps) == 0 {
		return out, nil
	}
	for day := steps[0].on; day <= to; day++ {
		if t := st.NextTick(); t != 0 && t <= day {
			if err := do(fixtureStep{day, 5, ledger.Tick{}}); err != nil {
				return out, err
			}
		}
		for ; len(steps) > 0 && steps[0].on == day; steps = steps[1:] {
			if err := do(steps[0]); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// steps are the commands of the history in order; within a day invoices come
// before payments, and these before what people say.
func (a fixtureAccount) steps() []fixtureStep {
	var out []fixtureStep
	for _, i := range a.Invoices {
		out = append(out, fixtureStep{i.Issue, 8 * 60, ledger.BookInvoice{Invoice: i.ID, Number: i.ID, Currency: i.Currency, Amount: i.Amount, Issue: i.Issue, Due: i.Due}})
	}
	for k, m := range a.Payments {
		out = append(out, fixtureStep{m.On, 8*60 + 10, ledger.ApplyPayment{Payment: fmt.Sprintf("payment-%d", k+1), Amount: m.Amount, Currency: m.Currency, Value: m.On, Invoices: m.Invoices}})
	}
	for k, m := range a.Promises {
		out = append(out, fixtureStep{m.On, 10 * 60, ledger.MakePromise{Promise: fmt.Sprintf("promise-%d", k+1), Amount: m.Amount, Currency: m.Currency, Date: m.Date, Items: m.Invoices}})
	}
	for k, x := range a.Disputes {
		id := fmt.Sprintf("dispute-%d", k+1)
		out = append(out, fixtureStep{x.On, 10*60 + 10, ledger.OpenDispute{Invoice: x.Invoice, Dispute: id, Reason: x.Reason, Amount: x.Amount}})
		if x.Closed != 0 {
			out = append(out, fixtureStep{x.Closed, 10*60 + 20, ledger.CloseDispute{Invoice: x.Invoice, Dispute: id, Outcome: x.Outcome}})
		}
	}
	slices.SortStableFunc(out, func(a, b fixtureStep) int {
		if a.on != b.on {
			return int(a.on - b.on)
		}
		return int(a.minute - b.minute)
	})
	return out
}
