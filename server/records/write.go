package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

// Create checks and stores a record. An invoice is booked and a payment applied
// on the customer's ledger before the answer: once it is given, no reminder
// ignores it. If the ledger refuses, nothing is left behind.
func (s *Service) Create(ctx context.Context, a policies.Actor, formKey string, in Input) (Record, error) {
	f, v, err := s.open(ctx, a, formKey, "create")
	if err != nil {
		return Record{}, err
	}
	n, err := s.draft(ctx, a, f, v, in)
	if err != nil {
		return Record{}, err
	}
	d, err := s.store.In(a.Workspace, Prefix+f.Key).Insert(ctx, n.id, n.raw)
	if err != nil {
		return Record{}, uniqueFault(err)
	}
	if n.booking != nil {
		if err := s.book(ctx, a, f, d, n.body, n.booking); err != nil {
			return Record{}, err
		}
		return s.Get(ctx, readAs(a), formKey, n.id)
	}
	s.keepFiles(ctx, a.Workspace, f, n.id, n.body)
	if err := s.changed(ctx, a.Workspace, f, n.id, n.body, nil); err != nil {
		return Record{}, err
	}
	return show(f, d, v, n.today)
}

// draft is a new record that has been judged and is not stored yet.
type draft struct {
	id      string
	body    body
	raw     json.RawMessage
	booking ledger.Command // nil where the ledger has no part in it
	today   value.Date
}

func (s *Service) draft(ctx context.Context, a policies.Actor, f forms.Published, v policies.View, in Input) (draft, error) {
	if in.ID == "" {
		in.ID = newID()
	} else if err := checkID(in.ID); err != nil {
		return draft{}, err
	}
	b, err := s.judge(ctx, a, f, in.ID, in.Data, nil)
	if err != nil {
		return draft{}, err
	}
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return draft{}, err
	}
	now, today := s.spaces.Now(w)
	if err := s.prepare(ctx, a, f, v, b, today); err != nil {
		return draft{}, err
	}
	b.stamp(a, f.Revision, now)
	b.set("_created", value.Instant(now))
	n := draft{id: in.ID, body: b, booking: booking(f.Key, in.ID, b, w.AllocationRule), today: today}
	if n.booking != nil {
		b.set(unbooked, value.Instant(s.spaces.RealNow()))
	}
	n.raw, err = encode(b)
	return n, err
}

// readAs lets the writer see what was written, whatever the view on others is.
func readAs(a policies.Actor) policies.Actor { return policies.SystemActor(a.Workspace, a.ID) }

func checkID(id string) error {
	if len(id) > 120 {
		return fault.At("/id", "maxLength", 120)
	}
	for _, c := range id {
		if c < 'a' || c > 'z' {
			if c < '0' || c > '9' {
				if c < 'A' || c > 'Z' {
					if c != '-' && c != '_' && c != '.' {
						return fault.At("/id", "id", nil)
					}
				}
			}
		}
	}
	return nil
}

func uniqueFault(err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || fe.Key != "store.unique" {
		return err
	}
	fields, _ := fe.Params["fields"].([]string)
	out := &fault.Error{Kind: fault.Conflict, Key: "record.notUnique", Params: fe.Params}
	for _, name := range fields {
		out.Fields = append(out.Fields, fault.Field{Pointer: "/data/" + name, Rule: "unique"})
	}
	return out
}

// prepare fills in what a new record carries: the account's copy of scope and
// name, and the projections as they will be once the ledger has it.
func (s *Service) prepare(ctx context.Context, a policies.Actor, f forms.Published, v policies.View, b body, today value.Date) error {
	switch f.Key {
	case "customer":
		if v.Scope != nil {
			return s.adopt(a, v, b)
		}
		return nil
	case "invoice":
		for _, k := range []string{"open", "collectable"} {
			b[k] = b["amount"]
		}
		b.set("status", "open")
		b["nextDue"] = b["dueDate"]
	case "payment":
		if b["valueDate"] == nil {
			b.set("valueDate", today)
		}
		b["unapplied"] = b["amount"]
	}
	if hasCustomer(f.Compiled) {
		return s.attach(ctx, a, b)
	}
	return nil
}

// adopt makes a new customer the actor's own where the actor sees only some.
func (s *Service) adopt(a policies.Actor, v policies.View, b body) error {
	if b["owner"] == nil {
		b.set("owner", a.ID)
	}
	if b["team"] == nil && len(a.Teams) > 0 {
		b.set("team", a.Teams[0])
	}
	raw, err := encode(b)
	if err != nil {
		return err
	}
	doc, err := plain(store.Doc{Body: raw})
	if err != nil {
		return err
	}
	if !filter.Match(v.Scope, doc) {
		return fault.New(fault.Denied, "record.outsideScope", nil)
	}
	return nil
}

// attach checks that the customer exists in the actor's view, and copies its
// name and scope.
func (s *Service) attach(ctx context.Context, a policies.Actor, b body) error {
	customer := b.text("customer")
	if customer == "" {
		return nil
	}
	f, v, err := s.open(ctx, a, "customer", "read")
	if err != nil {
		return err
	}
	d, err := s.visible(ctx, a, f, v, customer)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidFields([]fault.Field{{Pointer: "/data/customer", Rule: "reference", Params: fault.Params{"value": customer}}})
	}
	if err != nil {
		return err
	}
	c, err := decode(d)
	if err != nil {
		return err
	}
	b["customerName"] = c["name"]
	b.set("_acct", accountCopy(c))
	return nil
}

func accountCopy(c body) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for _, k := range ScopeFields {
		if raw := c[k]; raw != nil {
			m[k] = raw
		}
	}
	return m
}

// booking is the ledger command that a record stands for, nil for none.
func booking(formKey, id string, b body, rule string) ledger.Command {
	switch formKey {
	case "invoice":
		return ledger.BookInvoice{
			Invoice: id, Number: b.text("number"), Currency: value.Currency(b.text("currency")), Amount: b.number("amount"),
			Issue: b.date("issueDate"), Due: b.date("dueDate"), Parts: b.parts(),
		}
	case "payment":
		return ledger.ApplyPayment{
			Payment: id, Amount: b.number("amount"), Currency: value.Currency(b.text("currency")), Value: b.date("valueDate"),
			Invoices: b.list("invoices"), Rule: rule,
		}
	}
	return nil
}

func (b body) date(key string) value.Date {
	d, err := value.ParseDate(b.text(key))
	if err != nil {
		return 0
	}
	return d
}

func (b body) parts() []ledger.Part {
	var p []ledger.Part
	_ = json.Unmarshal(b["instalments"], &p)
	return p
}

func (b body) list(key string) []string {
	var l []string
	_ = json.Unmarshal(b[key], &l)
	return l
}

// book runs the command of a stored record and takes the record back if the
// ledger refuses it.
func (s *Service) book(ctx context.Context, a policies.Actor, f forms.Published, d store.Doc, b body, cmd ledger.Command) error {
	_, st, err := s.accounts.Execute(ctx, a.Workspace, b.text("customer"), a.ID, cmd)
	if err != nil {
		if delErr := s.store.In(a.Workspace, Prefix+f.Key).Delete(ctx, d.ID, d.Ver); delErr != nil && !fault.Is(delErr, fault.NotFound) {
			return delErr
		}
		return under("/data", err)
	}
	return s.projectOne(ctx, a.Workspace, f.Key, d.ID, st)
}

var fixed = map[string][]string{
	"invoice": {"customer", "currency"},
	"payment": {"customer", "currency", "amount", "valueDate", "invoices"},
}
