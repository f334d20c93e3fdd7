// Package world gives flows the rest of the product: it is the activity.World
// of the running server.
package world

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/run"
)

// World puts the services together.
type World struct {
	Store     *store.Store
	Spaces    *workspace.Service
	Accounts  *accounts.Service
	Policy    records.Policy
	Records   *records.Service
	Flows     *flows.Service
	Templates *templates.Service
	Messages  *messages.Service
	Tasks     *tasks.Service
	Tiers     *tiers.Service
	// Assign finds who a task goes to, for a customer's record; nil is whom the
	// step names.
	Assign func(ctx context.Context, ws, named string, queued bool, customer map[string]any) (tasks.Assignment, error)
	Desk   *desk.Service
	// Unreach marks an address that never takes messages of a channel.
	Unreach func(ctx context.Context, ws, customer, channel, address string) error
	// Page gives the address of a customer's own page, "" where there is none.
	Page func(w *workspace.Workspace, customer string, record map[string]any) string
}

// Space gives a workspace's settings.
func (w *World) Space(ctx context.Context, ws string) (*activity.Space, error) {
	s, err := w.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	sp := SpaceOf(s, func() time.Time { now, _ := w.Spaces.Now(s); return now })
	if w.Page != nil {
		sp.Page = func(customer string, record map[string]any) string { return w.Page(s, customer, record) }
	}
	return sp, nil
}

// SpaceOf is a workspace as steps see it, on a clock of the caller's.
func SpaceOf(s *workspace.Workspace, now func() time.Time) *activity.Space {
	return &activity.Space{
		Name: s.Name, Language: s.Language, Demo: s.Demo != nil, Loc: s.Location(), Calendar: s.Cal(), Rules: s.Rules(),
		Grace: s.Demo.Grace(), Channels: s.Channels, Calendars: s.OwnCalendars(), Now: now, Real: s.Demo.Real,
	}
}

// Subjects reads a customer's and invoices' records.
func (w *World) Subjects(ctx context.Context, ws, customer string, invoices []string) (map[string]any, map[string]map[string]any, error) {
	d, err := w.Store.In(ws, records.Prefix+"customer").Get(ctx, customer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	c := map[string]any{}
	if err == nil {
		if c, err = plain(d.Body); err != nil {
			return nil, nil, err
		}
	}
	out := make(map[string]map[string]any, len(invoices))
	if len(invoices) == 0 {
		return c, out, nil
	}
	docs, err := w.Store.In(ws, records.Prefix+"invoice").GetMany(ctx, invoices)
	if err != nil {
		return nil, nil, err
	}
	for id, d := range docs {
		if out[id], err = plain(d.Body); err != nil {
			return nil, nil, err
		}
	}
	return c, out, nil
}

func plain(raw json.RawMessage) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return nil, err
	}
	for k := range m {
		if k[0] == '_' && k != "_acct" && k != channel.ContactsField && k != ledger.Unbooked {
			delete(m, k)
		}
	}
	return m, nil
}

// Definition gives a published flow.
func (w *World) Definition(ctx context.Context, ws, hash string) (*run.Definition, error) {
	return w.Flows.Definition(ctx, ws, hash)
}

// Template gives a message template.
func (w *World) Template(ctx context.Context, ws, key string) (*message.Compiled, error) {
	return w.Templates.Compiled(ctx, ws, key)
}

// account reads what documents of a customer carry: scope and name.
func (w *World) account(ctx context.Context, ws, customer string) (acct json.RawMessage, name string, all map[string]any, err error) {
	c, _, err := w.Subjects(ctx, ws, customer, nil)
	if err != nil {
		return nil, "", nil, err
	}
	acct, name, err = accountCopy(c)
	return acct, name, c, err
}

// accountCopy is the scope and name that everything of a customer carries.
func accountCopy(c map[string]any) (json.RawMessage, string, error) {
	stamp := map[string]any{}
	for _, k := range records.ScopeFields {
		if v, ok := c[k]; ok {
			stamp[k] = v
		}
	}
	acct, err := json.Marshal(stamp)
	name, _ := c["name"].(string)
	return acct, name, err
}

// SaveMessage stores a message by key.
func (w *World) SaveMessage(ctx context.Context, ws string, m activity.Outgoing) error {
	m, acct, err := w.addressed(ctx, ws, m)
	if err != nil {
		return err
	}
	return w.Messages.Save(ctx, ws, m, acct)
}

// addressed is a message with the customer's name, and the scope it carries.
func (w *World) addressed(ctx context.Context, ws string, m activity.Outgoing) (activity.Outgoing, json.RawMessage, error) {
	if m.Record == nil {
		var err error
		if m.Record, _, err = w.Subjects(ctx, ws, m.Message.Customer, nil); err != nil {
			return m, nil, err
		}
	}
	acct, name, err := accountCopy(m.Record)
	m.Message.Name = name
	return m, acct, err
}

// CreateTask stores a task by key, for the user that the step names.
func (w *World) CreateTask(ctx context.Context, ws string, t activity.Task) error {
	// Neither a repeat nor a further invoice takes somebody's turn.
	joined, err := w.Tasks.Joined(ctx, ws, t)
	if err == nil && !joined {
		err = w.giveTask(ctx, ws, t)
	}
	if err != nil || !slices.ContainsFunc(t.About, func(a activity.About) bool { return a.Owed && !a.Waits }) {
		return err
	}
	// Money that came since the step began has looked for the task in vain.
	return w.SettleTasks(ctx, ws, t.Customer, everyInvoice)
}

func (w *World) giveTask(ctx context.Context, ws string, t activity.Task) error {
	acct, name, customer, err := w.account(ctx, ws, t.Customer)
	if err != nil {
		return err
	}
	named, queued := "", false
	if a := t.Assign; a != nil {
		named, queued = a.User, a.Role != "" || a.Team != ""
		if field, ok := bytes.CutPrefix([]byte(a.Field), []byte("customer.")); ok {
			named, _ = customer[string(field)].(string)
		}
	}
	to := tasks.Assignment{Assignee: named}
	if w.Assign != nil {
		if to, err = w.Assign(ctx, ws, named, queued, customer); err != nil {
			return err
		}
	}
	return w.Tasks.Create(ctx, ws, t, to, name, acct)
}

func everyInvoice(string) bool { return true }

// SettleTasks takes back what a customer's open tasks ask for because of those of
// some invoices that are settled by now: what was paid may have been reversed
// since. The account is read only if a task is about one.
func (w *World) SettleTasks(ctx context.Context, ws, customer string, among func(invoice string) bool) error {
	load := sync.OnceValues(func() (*ledger.State, error) { return w.Accounts.Load(ctx, ws, customer) })
	return w.Tasks.Settle(ctx, ws, customer, func(invoice string) (bool, error) {
		if !among(invoice) {
			return false, nil
		}
		st, err := load()
		return err == nil && st.Settled(invoice), err
	})
}

// LeaveTasks takes a customer's open tasks back that no run waits for any longer.
func (w *World) LeaveTasks(ctx context.Context, ws, customer string, left []activity.Left) error {
	freed, err := w.Tasks.Leave(ctx, ws, customer, left)
	if err != nil || !freed {
		return err
	}
	return w.SettleTasks(ctx, ws, customer, everyInvoice) // while the run waited, money may have come
}

// SentSince counts a customer's messages on a channel since an instant.
func (w *World) SentSince(ctx context.Context, ws, customer, channel string, since time.Time) (int, error) {
	return w.Messages.SentSince(ctx, ws, customer, channel, since)
}

// Dead marks an address of a customer that never takes messages of a channel.
func (w *World) Dead(ctx context.Context, ws, customer, channel, address string) error {
	return w.Unreach(ctx, ws, customer, channel, address)
}

// SetFields changes fields of a record, checked like any update.
func (w *World) SetFields(ctx context.Context, ws, form, id string, set map[string]json.RawMessage) error {
	actor := policies.SystemActor(ws, "flow")
	r, err := w.Records.Get(ctx, actor, form, id)
	if err != nil {
		return err
	}
	for k, v := range set {
		r.Data[k] = v
	}
	data, err := json.Marshal(r.Data)
	if err != nil {
		return err
	}
	_, err = w.Records.Update(ctx, actor, form, id, data, 0)
	return err
}

// WaitFor tells how long a message waits for a person at the account.
func (w *World) WaitFor(ctx context.Context, ws, customer string) (time.Duration, error) {
	return w.Desk.WaitFor(ctx, ws, customer)
}

// Score computes the customer's tier anew.
func (w *World) Score(ctx context.Context, ws, customer string) error {
	_, err := w.Tiers.Compute(ctx, ws, customer)
	return err
}

// OpenRuns are a customer's runs that have not ended.
func (w *World) OpenRuns(ctx context.Context, ws, customer string) ([]*run.Run, error) {
	return w.Flows.OpenRuns(ctx, ws, customer)
}

// Reached are a customer's ended runs that may go on.
func (w *World) Reached(ctx context.Context, ws, customer string, invoices []string) ([]*run.Run, error) {
	return w.Flows.Reached(ctx, ws, customer, invoices)
}

// SaveStep stores what a step changed, and the message that ended in it.
func (w *World) SaveStep(ctx context.Context, ws, customer string, changed []*run.Run, facts []run.Fact, sent *activity.Outgoing) error {
	ctx = store.Patient(ctx)
	if sent == nil {
		_, err := w.Flows.SaveStep(ctx, ws, customer, changed, facts)
		return err
	}
	m, acct, err := w.addressed(ctx, ws, *sent)
	if err != nil {
		return err
	}
	fresh, err := messages.Fresh(m, acct)
	if err != nil {
		return err
	}
	with, err := w.Flows.SaveStep(ctx, ws, customer, changed, facts, fresh)
	switch {
	case err != nil:
		return err
	case with:
		w.Messages.Told(ws, customer, fresh.Doc.ID)
		return nil
	}
	return w.Messages.Save(ctx, ws, m, acct)
}
