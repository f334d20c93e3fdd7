package imports

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
)

// prepareDry reads the rights, and copies of the accounts: the ledger's rules
// are pure, so a dry run asks them without writing.
func (b *batch) prepareDry(ctx context.Context) error {
	var err error
	if b.w, err = b.s.spaces.Get(ctx, b.a.Workspace); err != nil {
		return err
	}
	b.denied = map[string]error{}
	if !b.a.System {
		for _, action := range []string{"create", "update"} {
			_, b.denied[action] = b.s.policy.View(ctx, b.a, b.f.Key, action)
		}
	}
	if b.f.Key != "invoice" && b.f.Key != "payment" {
		return nil
	}
	seen := map[string]bool{}
	var customers []string
	for _, k := range b.live() {
		if c, ok := b.rows[k].Data["customer"].(string); ok && !seen[c] {
			seen[c] = true
			customers = append(customers, c)
		}
	}
	b.states, err = b.s.accounts.LoadMany(ctx, b.a.Workspace, customers)
	return err
}

// booked is what the ledger reads of a record.
type booked struct {
	Customer    string
	Number      string
	Currency    value.Currency
	Amount      int64
	IssueDate   string
	DueDate     string
	ValueDate   string
	Instalments []ledger.Part
	Invoices    []string
}

// tryCreate judges a new record, and gives it as it would be.
func (b *batch) tryCreate(data json.RawMessage) (*records.Record, error) {
	if err := b.denied["create"]; err != nil {
		return nil, err
	}
	r, x, err := b.draft(data)
	if err != nil {
		return nil, err
	}
	switch b.f.Key {
	case "invoice":
		err = b.ask(x, ledger.BookInvoice{
			Invoice: draftID(r), Number: x.Number, Currency: x.Currency, Amount: x.Amount,
			Issue: dateOf(x.IssueDate), Due: dateOf(x.DueDate), Parts: x.Instalments,
		})
	case "payment":
		err = b.ask(x, ledger.ApplyPayment{
			Payment: draftID(r), Amount: x.Amount, Currency: x.Currency, Value: dateOf(x.ValueDate),
			Invoices: x.Invoices, Rule: b.w.AllocationRule,
		})
	}
	return r, err
}

// tryChange judges a change of a record that exists or that the same dry run
// would have created.
func (b *batch) tryChange(old *records.Record, data json.RawMessage, fields []string) (*records.Record, error) {
	if err := b.denied["update"]; err != nil {
		return nil, err
	}
	r, x, err := b.draft(data)
	if err != nil {
		return nil, err
	}
	r.ID, r.Version = old.ID, old.Version
	if b.f.Key != "invoice" {
		return r, nil
	}
	for _, name := range []string{"customer", "currency"} {
		if slices.Contains(fields, name) {
			return nil, fault.InvalidFields([]fault.Field{{Pointer: "/" + name, Rule: "fixedOnceBooked"}})
		}
	}
	id := old.ID
	if id == "" {
		id = draftID(r)
	}
	return r, b.ask(x, ledger.CorrectInvoice{
		Invoice: id, Number: x.Number, Amount: x.Amount, Issue: dateOf(x.IssueDate), Due: dateOf(x.DueDate), Parts: x.Instalments,
	})
}

// draft checks data by the form.
func (b *batch) draft(data json.RawMessage) (*records.Record, booked, error) {
	var x booked
	v, err := form.Decode(data)
	if err != nil {
		return nil, x, err
	}
	if m, ok := v.(map[string]any); ok {
		b.f.Settle(m) // as it would be stored: hidden fields gone, formulas computed
	}
	if err := b.f.Validate(v); err != nil {
		return nil, x, err
	}
	r := &records.Record{Form: b.f.Key}
	if err := json.Unmarshal(data, &r.Data); err != nil {
		return nil, x, err
	}
	if b.states != nil {
		err = json.Unmarshal(data, &x)
	}
	return r, x, err
}

// ask runs a command on the copy of an account. What has left the account's
// document cannot be judged here and counts as fine.
func (b *batch) ask(x booked, c ledger.Command) error {
	st := b.states[x.Customer]
	if st == nil {
		return nil
	}
	now, _ := b.today()
	_, err := ledger.Execute(st, c, now)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func draftID(r *records.Record) string { return "dry/" + r.Text("externalId") }

func dateOf(s string) value.Date {
	d, err := value.ParseDate(s)
	if err != nil {
		return 0
	}
	return d
}
