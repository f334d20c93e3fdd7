package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Doc is the subject as conditions see it: the records' fields, with money and
// state from the ledger laid over them, so that a condition never reads a
// projection that lags behind.
func (f *Facts) Doc(form, subject string) map[string]any {
	if f.account == nil || f.accountSeq != f.State.Seq {
		f.account, f.accountSeq = f.accountDoc(), f.State.Seq
	}
	doc := map[string]any{"account": f.account}
	customer := maps.Clone(f.Customer)
	if customer == nil {
		customer = map[string]any{}
	}
	customer["id"] = f.State.ID
	doc["customer"] = customer
	if form == "invoice" {
		doc["invoice"] = f.InvoiceDoc(subject)
	}
	return doc
}

// Words fills in a text for colleagues with the fields of a run's subject.
func (f *Facts) Words(r *Run, t flow.Text) flow.Text {
	var doc map[string]any
	out := t
	for lang, src := range t {
		if !strings.Contains(src, "{") {
			continue
		}
		if doc == nil {
			doc, out = f.Doc(r.Form, r.Subject), maps.Clone(t)
			doc["today"] = f.Today.String()
		}
		out[lang] = message.FillWords(src, doc, lang)
	}
	return out
}

// Work names what a run's step asks of a person: the same for every invoice of a
// customer that comes to the same step of a flow in the same words, with the same
// answers and for the same people. "" where each is work of its own.
func (f *Facts) Work(r *Run, a node.Action) string {
	if a.Each || r.Form != "invoice" {
		return ""
	}
	b, err := json.Marshal([]any{a.Kind, r.Flow, r.Node, f.Words(r, a.Title), a.Assign, a.Results, a.Answer, a.Waits})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// awaited tells whether an invoice is stored and the ledger has yet to hear of it.
func (f *Facts) awaited(id string) bool {
	return f.State.Items[id] == nil && f.Invoices[id][ledger.Unbooked] != nil
}

// InvoiceDoc is one invoice as conditions and templates see it.
func (f *Facts) InvoiceDoc(id string) map[string]any {
	inv := maps.Clone(f.Invoices[id])
	if inv == nil {
		inv = map[string]any{}
	}
	delete(inv, ledger.Unbooked)
	i := f.State.Items[id]
	if i == nil { // archived or never booked: nothing is open
		i = &ledger.Item{Cancelled: inv["status"] == "cancelled"}
	} else {
		inv["number"], inv["amount"], inv["currency"] = i.Number, i.Amount, string(i.Currency)
		inv["issueDate"], inv["dueDate"] = i.Issue.String(), i.NextDue().String()
	}
	inv["id"] = id
	inv["asked"] = f.State.Asked(id, f.Today)
	inv["open"], inv["collectable"], inv["disputed"] = i.Open(), f.State.Collectable(id, f.Today), i.Disputed()
	inv["status"], inv["dpd"], inv["held"] = i.Status(), i.DPD(f.Today), i.Hold.Active(f.Today)
	inv["promise"] = f.promise(id)
	return inv
}

// promise is the state of the newest promise that covers an invoice; of any
// invoice for "".
func (f *Facts) promise(invoice string) string {
	var newest *ledger.Promise
	for _, p := range f.State.Promises {
		if (invoice == "" || has(p.Items, invoice)) && (newest == nil || p.Seq > newest.Seq) {
			newest = p
		}
	}
	if newest == nil {
		return "none"
	}
	return newest.Status
}

// accountDoc sums up the account: amounts only where one currency makes them
// meaningful.
func (f *Facts) accountDoc() map[string]any {
	items := f.State.OpenItems()
	out := map[string]any{"openInvoices": len(items), "onHold": f.State.Hold.Active(f.Today), "stopWish": f.State.StopWish != nil, "maxDpd": 0}
	promises := 0
	for _, p := range f.State.Promises {
		if p.Status == ledger.PromiseBroken {
			promises++
		}
	}
	out["brokenPromises"], out["promise"] = promises, f.promise("")
	for k, id := range items {
		if d := f.State.Items[id].DPD(f.Today); k == 0 || d > out["maxDpd"].(int) {
			out["maxDpd"] = d
		}
	}
	if b := f.State.Balances(f.Today); len(b) == 1 {
		out["open"], out["overdue"], out["currency"], out["unapplied"] = b[0].Open, b[0].Overdue, string(b[0].Currency), b[0].Unapplied
	} else if len(b) == 0 {
		out["open"], out["overdue"] = int64(0), int64(0)
	}
	return out
}

// zone is where a flow's times of day are: the customer's, the workspace's, or
// a named place.
func (f *Facts) zone(d *Definition) *time.Location {
	switch tz := d.Flow.Settings.Timezone; tz {
	case "", "customer":
		return f.Loc
	case "workspace":
		return f.WorkLoc
	default:
		if loc, err := value.Location(tz); err == nil {
			return loc
		}
		return f.WorkLoc
	}
}

func (f *Facts) calendar(d *Definition) *value.Calendar {
	if id := d.Flow.Settings.Calendar; id != "" {
		if c := f.Calendars[id]; c != nil {
			return c
		}
		if c, err := value.CalendarByID(id); err == nil {
			return c
		}
	}
	return f.Calendar
}

// RulesFor are the rules of sending of a flow on this account: the workspace's,
// with the flow's window and calendar instead of them where it has some, and
// its contact budget on top of them. Quiet hours are the customer's own and
// stay as the workspace has them: a flow's window can only narrow what is left.
func (f *Facts) RulesFor(d *Definition) ledger.Rules {
	r := f.Rules
	r.Location, r.Calendar, r.Home = f.zone(d), f.calendar(d), f.Loc
	if w := d.Flow.Settings.Window; w != nil {
		r.Window = *w
	}
	if b := d.Flow.Settings.ContactBudget; b != nil {
		r.Budgets = append(append([]ledger.Budget(nil), r.Budgets...), *b)
	}
	return r
}

// HouseRules are the workspace's rules on this account, without a flow's.
func (f *Facts) HouseRules() ledger.Rules {
	r := f.Rules
	r.Location, r.Home = f.Loc, f.Loc
	return r
}
