package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/house"
	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/sms"
	"github.com/dueflow/dueflow/workflows/channel/voice"
	"github.com/dueflow/dueflow/workflows/channel/webhook"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// addresses tells by which channels customers can be reached.
func (c *Core) addresses(ctx context.Context, ws string, customers []string) (map[string][]string, error) {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	slices.Sort(customers)
	docs, err := c.Store.In(ws, records.Prefix+"customer").GetMany(ctx, slices.Compact(customers))
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(docs))
	for id, d := range docs {
		var record map[string]any
		if err := json.Unmarshal(d.Body, &record); err != nil {
			return nil, err
		}
		reached := channel.Reached(record)
		for key, ch := range c.Channels {
			if ch.Address(w.Channels[key], reached) != "" {
				out[id] = append(out[id], key)
			}
		}
	}
	return out, nil
}

// connect joins the services where one tells another.
func (c *Core) connect() {
	c.Flows.HasTemplate = c.Templates.Has
	c.Flows.TemplateFields = c.Templates.Fields
	c.Templates.HasField = c.Flows.HasField
	c.Flows.HasPerson = c.hasPerson
	c.Flows.ToneOf = c.Templates.Tone
	c.Flows.TemplateNames = c.templateNames
	c.Flows.PersonNames = c.personNames
	c.Flows.Matching = c.World.Matching
	c.Flows.OnFlow = func(ws, key string) { c.Live.Publish(ws, live.Event{Type: "flow", ID: key}) }
	c.Forms.OnPublish = func(ctx context.Context, ws string, f *form.Compiled) error {
		return c.Store.Ensure(ctx, ws, records.Spec(f))
	}
	c.Relay.Add(c.Records.Project)
	c.Relay.Add(c.Messages.Project)
	c.Relay.Add(c.Outreach.Project)
	c.World.Unreach = c.Outreach.Dead
	c.callbacks()
	c.Relay.Add(c.lateDisputes)
	c.Relay.Add(c.settledTasks)
	c.Relay.Add(c.Tiers.Deliver)
	c.Tiers.OnWorse = c.tierFell
	c.Relay.Add(func(ctx context.Context, d accounts.Delivery) error {
		return c.Live.PublishSure(ctx, d.Workspace, live.Event{Type: "account", Customer: d.Customer, ID: d.Customer})
	})
	c.Flows.OnRuns = func(ws, customer string) {
		c.Live.Publish(ws, live.Event{Type: "run", Customer: customer})
	}
	c.Messages.OnMessage = func(ws, customer, id string) {
		c.Live.Publish(ws, live.Event{Type: "message", Customer: customer, ID: id})
	}
	c.Desk.OnNotice = func(ws, user string) { c.Live.Publish(ws, live.Event{Type: "notice", ID: user}) }
	c.Desk.OnNote = func(ws, customer, id string) {
		c.Live.Publish(ws, live.Event{Type: "note", Customer: customer, ID: id})
	}
	c.Desk.OnWorking = func(ws, customer string) {
		c.Live.Publish(ws, live.Event{Type: "working", Customer: customer, ID: customer})
	}
	c.Tasks.OnGiven = c.taskGiven
	c.Tasks.OnTask = func(ws, customer, id, kind string) {
		if kind == node.ActEscalate {
			c.markEscalated(ws, customer)
		}
		c.Live.Publish(ws, live.Event{Type: "task", Customer: customer, ID: id})
	}
	c.Records.OnChange = func(ctx context.Context, ws, formKey, id, customer string, fields []string) {
		c.Live.Publish(ws, live.Event{Type: "record", Form: formKey, Customer: customer, ID: id})
	}
}

// markEscalated brings onto the customer's record whether somebody else has to
// look at the account.
func (c *Core) markEscalated(ws, customer string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	n, err := c.Tasks.OpenOf(ctx, ws, customer, node.ActEscalate)
	if err == nil {
		err = c.Records.Mark(ctx, ws, customer, "escalated", n > 0)
	}
	if err != nil {
		c.Log.Warn("an escalation was not marked", "workspace", ws, "error", err)
	}
}

// connectEngine joins what needs a running engine.
func (c *Core) connectEngine(e flows.Engine) {
	c.Flows.UseEngine(e)
	if h, ok := e.(house.Engine); ok {
		c.House.UseEngine(h)
		c.Desk.OnOut = func(ws string) { c.wakeHouse(ws) }
	}
	c.Relay.Add(c.Flows.Route)
	c.Outreach.Told = func(ctx context.Context, ws, customer string, e node.Event) error {
		return c.Flows.Told(ctx, ws, customer, e)
	}
	c.Tasks.OnDone = func(ctx context.Context, ws, customer string, events []node.Event) error {
		for _, ev := range events {
			if err := c.Outreach.TaskDone(ctx, ws, customer, ev); err != nil {
				return err
			}
		}
		return c.Flows.Told(ctx, ws, customer, events...)
	}
	c.Messages.Resume = func(ctx context.Context, ws, customer string, runs []string, action, by string) error {
		if len(runs) == 0 {
			return nil
		}
		return e.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteControl, Action: action, Ids: runs, By: by}})
	}
	changed := c.Records.OnChange
	c.Records.OnChange = func(ctx context.Context, ws, formKey, id, customer string, fields []string) {
		changed(ctx, ws, formKey, id, customer, fields)
		if customer == "" || len(fields) == 0 {
			return
		}
		ev := node.Event{Type: node.EventRecord, Fields: fields}
		if formKey == "invoice" {
			ev.Invoice = id
		}
		if err := c.Flows.Told(ctx, ws, customer, ev); err != nil {
			c.Log.Warn("flows were not told of a change", "workspace", ws, "error", err)
		}
	}
}

// callbacks tells the channels whose providers want it with each message where
// to tell what became of it.
func (c *Core) callbacks() {
	if ch, ok := c.Channels["sms"].(*sms.Channel); ok {
		ch.Callback = func(ws string) string { return c.Outreach.Callback(ws, "sms") }
	}
	if ch, ok := c.Channels["voice"].(*voice.Channel); ok {
		ch.Callback = func(ws string) string { return c.Outreach.Callback(ws, "voice") }
	}
}

// activities are the engine's way into the product.
func (c *Core) activities() *activity.Activities {
	poster, _ := c.Channels["webhook"].(*webhook.Channel)
	books := func(ws, customer string) activity.Account { return c.Accounts.Patient(ws, customer) }
	return &activity.Activities{Ledger: books, World: c.World, Channels: c.Channels, Poster: poster, Pacer: c.Pace}
}
