// Package messages keeps the messages that went out, or should have: the
// sandbox inbox, the review queue of unknown sends, and what each message saw.
package messages

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/run"
)

const collection = "message"

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: collection, Indexes: []store.Index{store.OnText("at"), store.OnText("customer", "at"), store.OnText("status", "at"), {Fields: store.OnText("ref").Fields, Sparse: true}, store.OnText("addr", "at"), store.OnText("channel", "status", "at")}, MaxBody: 2 << 20}}

// Message is a message as stored.
type Message struct {
	Key          string           `json:"key"`
	At           string           `json:"at"`
	Customer     string           `json:"customer"`
	CustomerName string           `json:"customerName"`
	Acct         json.RawMessage  `json:"_acct,omitempty"`
	Channel      string           `json:"channel"`
	To           string           `json:"to"`
	Language     string           `json:"language"`
	Subject      string           `json:"subject"`
	Text         string           `json:"text"`
	HTML         string           `json:"html"`
	Items        []map[string]any `json:"items"`
	Invoices     []string         `json:"invoices"`
	Amount       int64            `json:"amount"`
	Currency     string           `json:"currency"`
	Status       string           `json:"status"`
	Reason       string           `json:"reason,omitempty"`
	Detail       string           `json:"detail,omitempty"` // the provider's own words
	Ref          string           `json:"ref,omitempty"`
	Addr         string           `json:"addr,omitempty"` // To in the form in which spellings are equal
	Cost         int64            `json:"cost,omitempty"` // in activity.CostUnits
	Delivery     *Delivery        `json:"delivery,omitempty"`
	Flow         string           `json:"flow,omitempty"`
	Node         string           `json:"node,omitempty"`
	Runs         []string         `json:"runs,omitempty"`
	Template     string           `json:"template"`
	Tone         int              `json:"tone"`
	Seq          int64            `json:"seq"` // ledger version that it saw
	Checks       []ledger.Check   `json:"checks"`
	Crossed      bool             `json:"crossed,omitempty"`
}

// Entry is a message with its id.
type Entry struct {
	ID string
	Message
}

// Delivery is what was heard of a message after it went out.
type Delivery struct {
	State  string `json:"state"` // delivered, bounced, replied; a reply outlasts the rest
	At     string `json:"at"`
	Reason string `json:"reason,omitempty"` // a text key
	Detail string `json:"detail,omitempty"` // the provider's own words
}

// Accounts is what this room asks of the ledger.
type Accounts interface {
	Execute(ctx context.Context, ws, customer, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error)
}

// Service keeps messages.
type Service struct {
	store    *store.Store
	accounts Accounts
	// OnMessage is told of new and changed messages.
	OnMessage func(ws, customer, id string)
	// Resume lets the runs of a reviewed message go on.
	Resume func(ctx context.Context, ws, customer string, runs []string, action, by string) error
}

// New makes the service.
func New(s *store.Store, a Accounts) *Service { return &Service{store: s, accounts: a} }

// ID of a message by its key.
func ID(key string) string { return channel.ID(key) }

// Save stores a message by key. A message that is there keeps its text; its
// status moves on.
func (s *Service) Save(ctx context.Context, ws string, o activity.Outgoing, acct json.RawMessage) error {
	m := made(o, acct)
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	col, id := s.store.In(ws, collection), ID(o.Key)
	_, err = col.Insert(ctx, id, body)
	if fault.KeyOf(err) == "store.exists" {
		err = s.change(ctx, ws, id, func(old *Message) bool {
			if old.Status == ledger.IntentSent && o.Status == ledger.IntentSent {
				return false
			}
			if old.Status == ledger.IntentFailed {
				*old = m // a new attempt under the same key, with its own text and channel
				return true
			}
			old.Status, old.Reason, old.Detail = o.Status, o.Reason, o.Detail
			if o.Ref != "" {
				old.Ref = o.Ref
			}
			return true
		})
	}
	if err == nil {
		s.Told(ws, o.Message.Customer, id)
	}
	return err
}

// Fresh is the write of a message that is not there yet, for one who writes it
// together with more and says so to Told.
func Fresh(o activity.Outgoing, acct json.RawMessage) (store.Write, error) {
	body, err := json.Marshal(made(o, acct))
	return store.Write{Op: store.Insert, Collection: collection, Doc: store.Doc{ID: ID(o.Key), Body: body}}, err
}

// Told tells that a message is new or has changed.
func (s *Service) Told(ws, customer, id string) {
	if s.OnMessage != nil {
		s.OnMessage(ws, customer, id)
	}
}

func made(o activity.Outgoing, acct json.RawMessage) Message {
	return Message{
		Key: o.Key, At: value.Instant(o.At), Customer: o.Message.Customer, CustomerName: o.Message.Name, Acct: acct, Channel: o.Channel, To: o.Message.To,
		Language: o.Message.Language, Subject: o.Message.Subject, Text: o.Message.Text, HTML: o.Message.HTML, Items: slim(o.Message.Items), Invoices: o.Items,
		Amount: o.Open, Currency: o.Message.Currency, Status: o.Status, Reason: o.Reason, Ref: o.Ref, Flow: o.Flow, Node: o.Node, Runs: o.Runs,
		Template: o.Template, Tone: o.Tone, Seq: o.Message.Seq, Checks: o.Checks, Detail: o.Detail, Addr: channel.Same(o.Message.To), Cost: o.Cost,
	}
}

// slim keeps of an item what the message shows.
func slim(items []map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(items))
	for _, i := range items {
		out = append(out, map[string]any{"invoice": i["id"], "number": i["number"], "dueDate": i["dueDate"], "open": i["open"], "currency": i["currency"], "dpd": i["dpd"]})
	}
	return out
}

func (s *Service) change(ctx context.Context, ws, id string, f func(*Message) bool) error {
	col := s.store.In(ws, collection)
	for range 20 {
		d, err := col.Get(ctx, id)
		if err != nil {
			return err
		}
		var m Message
		if err := json.Unmarshal(d.Body, &m); err != nil {
			return err
		}
		if !f(&m) {
			return nil
		}
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if _, err = col.Replace(ctx, store.Doc{ID: id, Body: body}, d.Ver); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

// Project is a sink of the relay: crossed messages and resolved ones show it.
func (s *Service) Project(ctx context.Context, d accounts.Delivery) error {
	for _, e := range d.Events {
		var f func(*Message) bool
		switch e.Type {
		case ledger.MessageCrossed:
			f = func(m *Message) bool { was := m.Crossed; m.Crossed = true; return !was }
		case ledger.MessageUnknown:
			f = func(m *Message) bool {
				was := m.Status
				m.Status = ledger.IntentUnknown
				return was != m.Status && was != ledger.IntentSent
			}
		default:
			continue
		}
		err := s.change(ctx, d.Workspace, ID(e.Key), f)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Resolve is a person's word on a message whose end is not known: it went out
// (sent), and the runs go on; or it did not (failed), and they send it again.
func (s *Service) Resolve(ctx context.Context, ws, id, as, by string, scope filter.Expr) error {
	e, err := s.Get(ctx, ws, id, scope)
	if err != nil {
		return err
	}
	if as != ledger.IntentSent && as != ledger.IntentFailed {
		return fault.At("/as", "enum", []string{ledger.IntentSent, ledger.IntentFailed})
	}
	if e.Status != ledger.IntentUnknown {
		return fault.New(fault.Conflict, "message.notUnknown", nil)
	}
	if _, _, err := s.accounts.Execute(ctx, ws, e.Customer, by, ledger.EndMessage{Key: e.Key, Status: as, Reason: "reviewed"}); err != nil {
		return err
	}
	if err := s.change(ctx, ws, id, func(m *Message) bool { m.Status, m.Reason = as, "reviewed"; return true }); err != nil {
		return err
	}
	s.Told(ws, e.Customer, id)
	action := run.Skip // it went out: the step is done
	if as == ledger.IntentFailed {
		action = run.Retry
	}
	if s.Resume != nil {
		return s.Resume(ctx, ws, e.Customer, e.Runs, action, by)
	}
	return nil
}
