package packs

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Trial is what a pack would do with its sample data from a day on.
type Trial struct {
	Language string         `json:"language"` // of the sample's names and words
	From     value.Date     `json:"from"`
	To       value.Date     `json:"to"`
	Accounts []TrialAccount `json:"accounts"`
}

// TrialAccount is a customer of the sample, and what comes its way, in order.
type TrialAccount struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Tier     string         `json:"tier"`
	About    string         `json:"about"` // what is to be seen on it
	Invoices []TrialInvoice `json:"invoices"`
	Moments  []Moment       `json:"moments"`
}

// TrialInvoice is one as it stands on the day of the trial.
type TrialInvoice struct {
	Number   string         `json:"number"`
	Due      value.Date     `json:"due"`
	Open     int64          `json:"open"` // minor units
	Currency value.Currency `json:"currency"`
}

// The kinds of moments: what the pack does, and what the customer does.
const (
	MomentMessage = "message"
	MomentTask    = "task"
	MomentPayment = "payment"
	MomentPromise = "promise"
	MomentDispute = "dispute"
)

// Moment is something that happens in a trial.
type Moment struct {
	At      time.Time `json:"at"`
	On      string    `json:"on"` // the day of it, where the sample's company is
	Kind    string    `json:"kind" enum:"message,task,payment,promise,dispute"`
	Flow    string    `json:"flow,omitempty"`
	Channel string    `json:"channel,omitempty"`
	// Template is the message's, Title its name or the task's.
	Template string         `json:"template,omitempty"`
	Title    flow.Text      `json:"title,omitempty"`
	Subject  string         `json:"subject,omitempty"`
	Text     string         `json:"text,omitempty"`
	Amount   int64          `json:"amount,omitempty"` // minor units
	Currency value.Currency `json:"currency,omitempty"`
}

// Words are what messages of a trial say beside the sample.
type Words struct {
	Company string // who writes
	Page    string // address of the customer's page; "" for none
}

// Try rehearses every flow of a pack together on its sample data in a language,
// or in the one there is, as if today were its day. A pack without sample data
// gives nil.
func Try(ctx context.Context, p *pack.Pack, nodes *node.Registry, lang string, today value.Date, w Words) (*Trial, error) {
	s, err := samplesOf(p, lang, today)
	if s == nil || err != nil {
		return nil, err
	}
	g, err := groundOf(p, s.Calendar, s.Timezone)
	if err != nil {
		return nil, err
	}
	t := &trial{ground: g, samples: s, words: w, to: s.AsOf + value.Date(s.Days)}
	if err := t.read(p, nodes); err != nil {
		return nil, err
	}
	out := &Trial{Language: s.Language, From: s.AsOf, To: t.to, Accounts: make([]TrialAccount, 0, len(s.Accounts))}
	for _, a := range s.Accounts {
		one, err := t.play(ctx, a)
		if err != nil {
			return nil, err
		}
		out.Accounts = append(out.Accounts, one)
	}
	return out, nil
}

// samplesOf reads a pack's sample data in a language, or else the first there is.
func samplesOf(p *pack.Pack, lang string, today value.Date) (*pack.Samples, error) {
	var first *pack.Samples
	for _, o := range p.Of(pack.Sample) {
		s, err := pack.ReadSamples(o.Raw, today)
		if err != nil {
			return nil, err
		}
		if s.Language == lang {
			return s, nil
		}
		if first == nil {
			first = s
		}
	}
	return first, nil
}

type trial struct {
	*ground
	samples  *pack.Samples
	words    Words
	to       value.Date
	flows    map[string]*run.Definition
	messages map[string]message.Document
}

func (t *trial) read(p *pack.Pack, nodes *node.Registry) (err error) {
	if t.flows, err = compiled(p, nil, nodes); err != nil {
		return err
	}
	a, err := p.Adapt(pack.Choices{})
	if err != nil {
		return err
	}
	t.messages = map[string]message.Document{}
	for _, o := range a.Objects {
		var d message.Document
		if o.Kind == pack.Message && json.Unmarshal(o.Raw, &d) == nil {
			t.messages[o.Key] = d
		}
	}
	return nil
}

func (t *trial) play(ctx context.Context, a pack.Account) (TrialAccount, error) {
	account, err := t.account(a, t.to)
	if err != nil {
		return TrialAccount{}, err
	}
	out := TrialAccount{ID: a.ID(), About: a.About, Invoices: []TrialInvoice{}, Moments: t.theirs(a)}
	out.Name, _ = a.Customer["name"].(string)
	out.Tier, _ = a.Customer["tier"].(string)
	now := t.standing(account, t.samples.AsOf.At(0, t.Loc))
	for _, i := range a.Invoices {
		if item := now.Items[i.ID]; item != nil && item.Open() > 0 {
			out.Invoices = append(out.Invoices, TrialInvoice{i.ID, item.NextDue(), item.Open(), i.Currency})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.flows)) {
		r := t.rehearsal(t.flows[key], t.samples.AsOf, t.to)
		r.Company = &run.Company{}
		for _, other := range slices.Sorted(maps.Keys(t.flows)) {
			if d := t.flows[other]; other != key {
				r.Company.Flows = append(r.Company.Flows, run.Companion{Def: d, Next: t.next(d)})
			}
		}
		if err := r.Play(ctx, account); err != nil {
			return out, err
		}
		ours, err := t.ours(key, r.Report, account)
		if err != nil {
			return out, err
		}
		out.Moments = append(out.Moments, ours...)
	}
	slices.SortStableFunc(out.Moments, func(a, b Moment) int { return a.At.Compare(b.At) })
	return out, nil
}

// standing is an account as it is at an instant.
func (t *trial) standing(a run.Account, at time.Time) *ledger.State {
	st := ledger.NewWholeState(a.Customer)
	for _, e := range a.Events {
		if !e.At.After(at) {
			st.Apply(e)
		}
	}
	return st
}

// ours are the messages and tasks of a flow.
func (t *trial) ours(key string, r *run.Report, a run.Account) ([]Moment, error) {
	var out []Moment
	for _, m := range r.Messages {
		words, err := t.render(m, a)
		if err != nil {
			return nil, err
		}
		out = append(out, Moment{
			At: m.At, On: t.day(m.At), Kind: MomentMessage, Flow: key, Channel: m.Channel, Template: m.Template, Title: t.messages[m.Template].Name,
			Subject: words.Subject, Text: words.Text, Amount: m.Amount, Currency: m.Currency,
		})
	}
	for _, m := range r.Tasks {
		out = append(out, Moment{At: m.At, On: t.day(m.At), Kind: MomentTask, Flow: key, Title: m.Title})
	}
	return out, nil
}

func (t *trial) day(at time.Time) string { return value.DateOf(at.In(t.Loc)).String() }

// render is a message as its customer would read it; one that the pack does not
// bring has no words.
func (t *trial) render(m run.PlannedMessage, a run.Account) (message.Rendered, error) {
	d, ok := t.messages[m.Template]
	if !ok {
		return message.Rendered{}, nil
	}
	c, found := message.Review(d, message.Wording{})
	if c == nil {
		return message.Rendered{}, fault.InvalidFields(fieldsOf(found))
	}
	facts := activity.BuildFacts(t.Space, m.At, t.standing(a, m.At), a.Record, a.Invoices)
	granted, sent := ledger.Decision{Amount: m.Amount, Items: make([]string, 0, len(m.Items))}, run.Message{Currency: m.Currency}
	for _, i := range m.Items {
		granted.Items = append(granted.Items, i.Invoice)
		if i.Apart {
			sent.Apart = append(sent.Apart, i.Invoice)
		}
	}
	vars, apart := activity.MessageVars(t.Space, facts, granted, sent)
	vars["company"] = map[string]any{"name": t.words.Company}
	vars["page"] = t.words.Page
	lang, _ := a.Record["language"].(string)
	out, err := c.Render(vars, cmp.Or(lang, t.samples.Language))
	if err != nil {
		return out, err
	}
	return c.WithPage(c.WithApart(out, vars, apart), t.words.Page), nil
}

func fieldsOf(found []message.Finding) []fault.Field {
	out := make([]fault.Field, 0, len(found))
	for _, f := range found {
		out = append(out, f.Field)
	}
	return out
}

// theirs is what the customer does after the day of the sample.
func (t *trial) theirs(a pack.Account) []Moment {
	out := []Moment{}
	add := func(on value.Date, minute value.TimeOfDay, m Moment) {
		if on >= t.samples.AsOf && on <= t.to {
			m.At, m.On = on.At(minute, t.Loc), on.String()
			out = append(out, m)
		}
	}
	for _, x := range a.Payments {
		// Money counts from the first moment of its day, and what follows from it comes after.
		add(x.On, 0, Moment{Kind: MomentPayment, Amount: x.Amount, Currency: x.Currency})
	}
	for _, x := range a.Promises {
		add(x.On, promisesAt, Moment{Kind: MomentPromise, Amount: x.Amount, Currency: x.Currency})
	}
	for _, x := range a.Disputes {
		add(x.On, disputesAt, Moment{Kind: MomentDispute, Subject: x.Reason})
	}
	return out
}
