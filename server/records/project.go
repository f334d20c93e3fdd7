package records

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/store"
)

// Project is a sink of the relay: it brings the ledger's figures onto the
// records that events touched. A record that has seen a later version of the
// account is left alone, so deliveries may repeat and come late.
func (s *Service) Project(ctx context.Context, d accounts.Delivery) error {
	invoices, payments, customer := touched(d.Events)
	w, err := s.spaces.Get(ctx, d.Workspace)
	if err != nil {
		return err
	}
	_, today := s.spaces.Now(w)
	for _, id := range invoices {
		if err := s.project(ctx, d.Workspace, "invoice", id, d.State, func(b body) { invoiceFigures(b, d.State, id, today) }); err != nil {
			return err
		}
	}
	for _, id := range payments {
		if err := s.project(ctx, d.Workspace, "payment", id, d.State, func(b body) { paymentFigures(b, d.State, id) }); err != nil {
			return err
		}
	}
	if !customer {
		return nil
	}
	return s.project(ctx, d.Workspace, "customer", d.Customer, d.State, func(b body) { customerFigures(b, d.State, w.Currency, today) })
}

// projectOne brings one record up to date at once, before its writer is answered.
func (s *Service) projectOne(ctx context.Context, ws, formKey, id string, st *ledger.State) error {
	today, err := s.today(ctx, ws)
	if err != nil {
		return err
	}
	return s.project(ctx, ws, formKey, id, st, func(b body) { figures(formKey, id, b, st, today) })
}

func figures(formKey, id string, b body, st *ledger.State, today value.Date) {
	if formKey == "invoice" {
		invoiceFigures(b, st, id, today)
	} else {
		paymentFigures(b, st, id)
	}
}

// projected is a record that was just booked with the ledger's figures on it.
func projected(formKey, id string, b body, st *ledger.State, today value.Date) (json.RawMessage, error) {
	figures(formKey, id, b, st, today)
	return seen(b, st)
}

// seen encodes a record that has taken in an account's state.
func seen(b body, st *ledger.State) (json.RawMessage, error) {
	delete(b, unbooked)
	b.set("_av", st.Seq)
	return encode(b)
}

func touched(events []ledger.Event) (invoices, payments []string, customer bool) {
	seenI, seenP := map[string]bool{}, map[string]bool{}
	addI := func(id string) {
		if id != "" && !seenI[id] {
			seenI[id] = true
			invoices = append(invoices, id)
		}
	}
	addP := func(id string) {
		if id != "" && !seenP[id] {
			seenP[id] = true
			payments = append(payments, id)
		}
	}
	for _, e := range events {
		switch e.Type {
		case ledger.MessageIntended, ledger.MessageFailed, ledger.MessageUnknown, ledger.MessageCrossed, ledger.MessageSent, ledger.MessageWaiting:
			continue // they change no figure
		case ledger.InvoiceCancelled:
			for _, r := range e.Released {
				addP(r.Invoice)
			}
		case ledger.PromiseMade, ledger.PromiseClosed:
			for _, id := range e.Items {
				addI(id)
			}
		}
		customer = true
		addI(e.Invoice)
		addP(e.Payment)
		for _, a := range e.Allocs {
			addI(a.Invoice)
		}
	}
	return invoices, payments, customer
}

// project changes a record by f unless it has seen this version or a later one.
func (s *Service) project(ctx context.Context, ws, formKey, id string, st *ledger.State, f func(body)) error {
	col := s.store.In(ws, Prefix+formKey)
	for range 20 {
		d, err := col.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil // booked by an import that is still on its way, or deleted
		}
		if err != nil {
			return err
		}
		b, err := decode(d)
		if err != nil {
			return err
		}
		if b.number("_av") >= st.Seq && b[unbooked] == nil {
			return nil
		}
		f(b)
		raw, err := seen(b, st)
		if err != nil {
			return err
		}
		_, err = col.Replace(ctx, store.Doc{ID: id, Body: raw}, d.Ver)
		if err == nil || fault.Is(err, fault.NotFound) {
			return nil
		}
		if fault.KeyOf(err) != "store.version" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

func invoiceFigures(b body, st *ledger.State, id string, today value.Date) {
	i := st.Items[id]
	if i == nil {
		return // archived: its last figures stand
	}
	b.set("number", i.Number)
	b.set("amount", i.Amount)
	b.set("issueDate", i.Issue)
	b.set("dueDate", i.Due)
	b.set("open", i.Open())
	b.set("collectable", st.Collectable(id, today))
	b.set("disputed", i.Disputed())
	b.set("promised", st.Promised(today)[id])
	b.set("status", i.Status())
	b.set("held", i.Hold != nil)
	b.set("nextDue", i.NextDue())
	b.set("_item", i)
	delete(b, furtherDue)
	delete(b, further)
	if parts := i.PartsOpen(); len(parts) > 1 {
		b.set(furtherDue, parts[1].Due)
		b.set(further, i.Open()-parts[0].Amount)
	}
}

func paymentFigures(b body, st *ledger.State, id string) {
	p := st.Payments[id]
	if p == nil {
		return
	}
	b.set("unapplied", p.Unapplied())
	b.set("reversed", p.Reversed)
	allocs := make([]map[string]any, 0, len(p.Allocs))
	for _, a := range p.Allocs {
		m := map[string]any{"invoice": a.Invoice, "amount": a.Amount}
		if i := st.Items[a.Invoice]; i != nil {
			m["number"] = i.Number
		}
		allocs = append(allocs, m)
	}
	b.set("allocations", allocs)
	b.set("_payment", p)
}

func customerFigures(b body, st *ledger.State, home value.Currency, today value.Date) {
	var open int64
	items := st.OpenItems()
	by := map[value.Currency]int64{}
	for _, id := range items {
		i := st.Items[id]
		by[i.Currency] += i.Open()
		if i.Currency == home {
			open += i.Open()
		}
	}
	b.set("open", open)
	b.set("_open", by) // by currency, for totals
	b.set("stage", st.Stage(today))
	b.set("openInvoices", len(items))
	delete(b, "oldestDue")
	if len(items) > 0 {
		if due := st.Items[items[0]].NextDue(); due != 0 {
			b.set("oldestDue", due)
		}
	}
	b.set("onHold", st.Hold != nil)
	b.set("stopWish", st.StopWish != nil)
}

// restamp carries a customer's name and scope to the records that belong to it.
func (s *Service) restamp(ctx context.Context, ws, customer string, c body) {
	all, err := s.forms.List(ctx, ws)
	if err != nil {
		return
	}
	stamp := accountCopy(c)
	for _, e := range all {
		if e.Published == nil || e.Key == "customer" {
			continue
		}
		f, err := s.forms.Get(ctx, ws, e.Key)
		if err != nil || !hasCustomer(f.Compiled) {
			continue
		}
		Restamp(ctx, s.store, ws, Prefix+e.Key, customer, stamp, c["name"])
	}
	Restamp(ctx, s.store, ws, Bin, customer, stamp, c["name"])
	for _, col := range StampedCollections {
		Restamp(ctx, s.store, ws, col, customer, stamp, c["name"])
	}
}

// StampedCollections are other collections whose documents carry "customer",
// "customerName" and "_acct".
var StampedCollections = []string{"run", "message", "task", "held"}

// Restamp rewrites name and scope on the documents of a customer.
func Restamp(ctx context.Context, st *store.Store, ws, collection, customer string, stamp map[string]json.RawMessage, name json.RawMessage) {
	var writes []store.Write
	flush := func() {
		if len(writes) > 0 {
			_, _ = st.Apply(ctx, ws, writes)
			writes = nil
		}
	}
	_ = st.In(ws, collection).Each(ctx, store.Query{Filter: filter.Eq("customer", customer), Limit: 500}, func(d store.Doc) error {
		b, err := decode(d)
		if err != nil {
			return err
		}
		b.set("_acct", stamp)
		b["customerName"] = name
		raw, err := encode(b)
		if err != nil {
			return err
		}
		writes = append(writes, store.Write{Op: store.Replace, Collection: collection, Doc: store.Doc{ID: d.ID, Body: raw}, IfVer: d.Ver})
		if len(writes) == 200 {
			flush()
		}
		return nil
	})
	flush()
}
