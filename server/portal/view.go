package portal

import (
	"cmp"
	"context"
	"slices"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
)

// Page is what a customer sees. Amounts are minor units of their currency.
type Page struct {
	Company  string            `json:"company"`
	Customer string            `json:"customer"`
	Language string            `json:"language"`
	Today    value.Date        `json:"today"`
	Balances []Owed            `json:"balances"`
	Invoices []OpenInvoice     `json:"invoices" doc:"open ones, the oldest due first"`
	More     int               `json:"more,omitempty" doc:"open invoices that are not listed"`
	Payments []Received        `json:"payments" doc:"the newest ten"`
	Promises []GivenPromise    `json:"promises" doc:"those that are not settled yet"`
	Channels []Way             `json:"channels" doc:"ways this customer can be reached; none: nothing to choose"`
	Channel  string            `json:"channel,omitempty" doc:"the preferred one"`
	Stopped  bool              `json:"stopped,omitempty"`
	Push     string            `json:"push,omitempty" doc:"path of the page for notices in a browser"`
	PayNote  map[string]string `json:"payNote,omitempty" doc:"how to pay, by language"`
	Promise  PromiseRule       `json:"promise"`
	Dispute  bool              `json:"dispute"`
	Paid     bool              `json:"paid"`
}

// Owed is one currency's.
type Owed struct {
	Currency  value.Currency `json:"currency"`
	Digits    int            `json:"digits" doc:"decimals of its minor unit"`
	Open      int64          `json:"open"`
	Overdue   int64          `json:"overdue"`
	Unapplied int64          `json:"unapplied"`
}

// OpenInvoice is one that is open.
type OpenInvoice struct {
	ID       string         `json:"id"`
	Number   string         `json:"number"`
	Currency value.Currency `json:"currency"`
	Amount   int64          `json:"amount"`
	Open     int64          `json:"open"`
	Disputed int64          `json:"disputed,omitempty"`
	Issue    value.Date     `json:"issueDate"`
	Due      value.Date     `json:"dueDate"`
	DPD      int            `json:"dpd" doc:"days past due, below 0: until due"`
	Promised bool           `json:"promised,omitempty"`
	SaidPaid bool           `json:"saidPaid,omitempty"`
	PayURL   string         `json:"payUrl,omitempty"`
}

// Received is money that was received.
type Received struct {
	Date     value.Date     `json:"date"`
	Currency value.Currency `json:"currency"`
	Amount   int64          `json:"amount"`
}

// GivenPromise is one that the customer has made.
type GivenPromise struct {
	ID       string         `json:"id"`
	Date     value.Date     `json:"date"`
	Currency value.Currency `json:"currency"`
	Amount   int64          `json:"amount"`
	Invoices []string       `json:"invoices"`
	Movable  bool           `json:"movable" doc:"its date may be moved once"`
}

// PromiseRule says whether, and how far ahead, a date may be named.
type PromiseRule struct {
	Offered bool       `json:"offered"`
	Until   value.Date `json:"until,omitempty" doc:"the last day that may be named"`
}

// Way is a channel that reaches the customer.
type Way struct {
	Key   string    `json:"key"`
	Title flow.Text `json:"title"`
}

// View is a customer's page.
func (s *Service) View(ctx context.Context, ws, customer, token string) (Page, error) {
	v, err := s.enter(ctx, ws, customer, token)
	if err != nil {
		return Page{}, err
	}
	return s.page(v), nil
}

func (s *Service) page(v *visit) Page {
	p := Page{
		Company: v.w.Name, Customer: v.record.Text("name"), Language: v.record.Text("language"), Today: v.today,
		Balances: []Owed{}, Invoices: []OpenInvoice{}, Payments: v.payments(), Promises: []GivenPromise{}, Channels: s.ways(v), Channel: v.record.Text("preferredChannel"),
		Stopped: v.state.StopWish != nil, PayNote: v.w.Portal.PayNote, Dispute: v.w.Portal.Dispute, Paid: v.w.Portal.Paid, Promise: v.rule(),
	}
	if p.Language == "" {
		p.Language = v.w.Language
	}
	if len(v.w.Channels["push"]) > 0 {
		p.Push = s.Push(v.w.Key, v.record.ID)
	}
	for _, b := range v.state.Balances(v.today) {
		if b.Open != 0 || b.Unapplied != 0 {
			p.Balances = append(p.Balances, Owed{b.Currency, b.Currency.Digits(), b.Open, b.Overdue, b.Unapplied})
		}
	}
	open := v.state.OpenItems()
	promised := v.promised()
	for _, id := range open[:min(len(open), maxItems)] {
		i := v.state.Items[id]
		p.Invoices = append(p.Invoices, OpenInvoice{
			ID: id, Number: i.Number, Currency: i.Currency, Amount: i.Amount, Open: i.Open(), Disputed: i.Disputed(), Issue: i.Issue, Due: i.NextDue(),
			DPD: i.DPD(v.today), Promised: promised[id] != "", SaidPaid: v.mark.Paid[id] != "" && i.Hold.Active(v.today), PayURL: v.payURL(i),
		})
	}
	p.More = len(open) - len(p.Invoices)
	for id, x := range v.state.Promises {
		if x.Status == ledger.PromiseOpen {
			p.Promises = append(p.Promises, GivenPromise{id, x.Date, x.Currency, x.Amount, x.Items, x.Moves == 0})
		}
	}
	slices.SortFunc(p.Promises, func(a, b GivenPromise) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	return p
}

// promised gives, for each invoice in an open promise, that promise.
func (v *visit) promised() map[string]string {
	out := map[string]string{}
	for id, p := range v.state.Promises {
		if p.Status == ledger.PromiseOpen {
			for _, i := range p.Items {
				out[i] = id
			}
		}
	}
	return out
}

// rule: who has broken two promises is asked to talk to somebody instead.
func (v *visit) rule() PromiseRule {
	broken := 0
	for _, p := range v.state.Promises {
		if p.Status == ledger.PromiseBroken {
			broken++
		}
	}
	if v.w.Portal.PromiseDays <= 0 || broken >= 2 {
		return PromiseRule{}
	}
	return PromiseRule{true, v.today + value.Date(v.w.Portal.PromiseDays)}
}

func (v *visit) payments() []Received {
	list := make([]*ledger.Payment, 0, len(v.state.Payments))
	for _, p := range v.state.Payments {
		if !p.Reversed {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *ledger.Payment) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(b.Seq, a.Seq))
	})
	out := []Received{}
	for _, p := range list[:min(len(list), 10)] {
		out = append(out, Received{p.Value, p.Currency, p.Amount})
	}
	return out
}

// ways are the channels that reach the customer without a person's help.
func (s *Service) ways(v *visit) []Way {
	doc := v.doc()
	doc[channel.ContactsField] = v.people
	doc = channel.Reached(doc)
	out := []Way{}
	for _, key := range s.Channels.Keys() {
		ch := s.Channels[key]
		i := ch.Info()
		if i.Person || i.Kind == "machine" || key == "sandbox" || len(v.w.Channels[key]) == 0 || ch.Check(v.w.Channels[key]) != nil || ch.Address(v.w.Channels[key], doc) == "" {
			continue
		}
		out = append(out, Way{key, i.Title})
	}
	return out
}
