package portal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
)

// At names a customer's page.
type At struct {
	Workspace string `path:"workspace" maxLength:"60"`
	Customer  string `path:"customer" maxLength:"200"`
	Token     string `path:"token" maxLength:"100"`
}

// holdDays is how many working days reminders rest after a customer says that
// an invoice has been paid: time enough for a transfer to be seen at the bank.
const holdDays = 3

// PromiseToPay names a day for some invoices of one currency. The sum is what
// may be asked for of them. A day that was named for the same invoices before
// moves, once.
func (s *Service) PromiseToPay(ctx context.Context, at At, invoices []string, on value.Date) (Page, error) {
	v, err := s.say(ctx, at.Workspace, at.Customer, at.Token)
	if err != nil {
		return Page{}, err
	}
	rule := v.rule()
	if !rule.Offered {
		return Page{}, fault.New(fault.Conflict, "page.noPromise", nil)
	}
	if on < v.today || on > rule.Until {
		return Page{}, fault.At("/date", "dateBetween", v.today.String()+" – "+rule.Until.String())
	}
	c, err := v.promise(invoices)
	if err != nil {
		return Page{}, err
	}
	c.Promise, c.Date = "page-"+uuid.Must(uuid.NewV7()).String(), on
	if _, v.state, err = s.Accounts.Execute(ctx, at.Workspace, at.Customer, By, c); err != nil {
		return Page{}, err
	}
	err = s.tell(ctx, v, node.ActNotify, "promise/"+c.Promise, "", map[string]string{
		"en":    "The customer promised " + money(c.Amount, c.Currency) + " by " + on.String(),
		"zh-CN": "客户承诺于 " + on.String() + " 前付款 " + money(c.Amount, c.Currency),
	})
	return s.page(v), err
}

// promise is the command for some invoices, before its day is known.
func (v *visit) promise(invoices []string) (ledger.MakePromise, error) {
	var c ledger.MakePromise
	if len(invoices) == 0 || len(invoices) > maxItems {
		return c, fault.At("/invoices", "required", nil)
	}
	slices.Sort(invoices)
	c.Items = slices.Compact(invoices)
	promised := v.promised()
	for _, id := range c.Items {
		i := v.state.Items[id]
		if i == nil || i.Cancelled || i.Open() <= 0 {
			return c, fault.At("/invoices", "reference", nil)
		}
		if c.Currency != "" && i.Currency != c.Currency {
			return c, fault.At("/invoices", "oneCurrency", nil)
		}
		c.Currency = i.Currency
		if was := promised[id]; was != "" {
			if c.Replaces != "" && c.Replaces != was {
				return c, fault.New(fault.Conflict, "page.promised", nil)
			}
			c.Replaces = was
		}
		c.Amount += i.Open() - i.Disputed()
	}
	if c.Replaces == "" {
		return c, nil
	}
	old := v.state.Promises[c.Replaces]
	same := slices.DeleteFunc(slices.Clone(old.Items), func(id string) bool { // settled since
		i := v.state.Items[id]
		return i == nil || i.Open() <= 0
	})
	slices.Sort(same)
	if old.Moves > 0 || !slices.Equal(same, c.Items) {
		return c, fault.New(fault.Conflict, "page.promised", nil)
	}
	return c, nil
}

// SaysPaid notes that invoices have been paid: somebody looks at the bank, and
// reminders about them rest for some days, once for each invoice.
func (s *Service) SaysPaid(ctx context.Context, at At, invoices []string, on value.Date, reference string) (Page, error) {
	v, err := s.say(ctx, at.Workspace, at.Customer, at.Token)
	if err != nil {
		return Page{}, err
	}
	if !v.w.Portal.Paid {
		return Page{}, fault.New(fault.Conflict, "page.off", nil)
	}
	if on > v.today || on < v.today-366 {
		return Page{}, fault.At("/date", "notInFuture", v.today)
	}
	if len(invoices) == 0 || len(invoices) > maxItems {
		return Page{}, fault.At("/invoices", "required", nil)
	}
	slices.Sort(invoices)
	invoices = slices.Compact(invoices)
	var numbers []string
	var about []activity.About
	for _, id := range invoices {
		i := v.state.Items[id]
		if i == nil || i.Cancelled || i.Open() <= 0 {
			return Page{}, fault.At("/invoices", "reference", nil)
		}
		numbers = append(numbers, i.Number)
		about = append(about, activity.About{Invoice: id, Number: i.Number, Owed: true})
	}
	if err := s.rest(ctx, v, invoices); err != nil {
		return Page{}, err
	}
	text := strings.Join(numbers, ", ") + "\n" + on.String() + " " + strings.TrimSpace(reference)
	err = s.tell(ctx, v, node.ActTask, "paid/"+channel.ID(text), text, map[string]string{
		"en": "The customer says it is paid: look for the money", "zh-CN": "客户称已付款：请核对到账",
	}, about...)
	return s.page(v), err
}

// restReason stands in the journal and on the account, in the company's language.
func restReason(lang string) string {
	if lang == "zh-CN" {
		return "客户称已付款，待核对"
	}
	return "the customer says it is paid"
}

// rest holds invoices for some days that were not held for this reason before.
func (s *Service) rest(ctx context.Context, v *visit, invoices []string) error {
	until := v.w.Cal().AddWorkdays(v.today, holdDays)
	for _, id := range invoices {
		i := v.state.Items[id]
		if v.mark.Paid[id] != "" || i.Hold != nil && (i.Hold.Until == 0 || i.Hold.Until >= until) {
			continue
		}
		_, st, err := s.Accounts.Execute(ctx, v.w.Key, v.record.ID, By, ledger.SetHold{Invoice: id, Until: until, Reason: restReason(v.w.Language)})
		if err != nil {
			return err
		}
		v.state = st
	}
	return s.change(ctx, v.w.Key, v.record.ID, func(m *mark) error {
		paid := map[string]string{}
		for id, day := range m.Paid {
			if i := v.state.Items[id]; i != nil && i.Open() > 0 {
				paid[id] = day // settled ones need not be remembered
			}
		}
		for _, id := range invoices {
			if paid[id] == "" && len(paid) < maxPaid {
				paid[id] = v.today.String()
			}
		}
		m.Paid = paid
		v.mark = *m
		return nil
	})
}

// Dispute says that something is wrong with an invoice; amount 0 is all of it.
// complete fills in who settles it, and by when.
func (s *Service) Dispute(ctx context.Context, at At, invoice string, amount int64, reason string, complete func(ledger.OpenDispute) (ledger.Command, error)) (Page, error) {
	v, err := s.say(ctx, at.Workspace, at.Customer, at.Token)
	if err != nil {
		return Page{}, err
	}
	if !v.w.Portal.Dispute {
		return Page{}, fault.New(fault.Conflict, "page.off", nil)
	}
	i := v.state.Items[invoice]
	if i == nil || i.Cancelled || i.Open() <= 0 {
		return Page{}, fault.At("/invoice", "reference", nil)
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Page{}, fault.At("/reason", "required", nil)
	}
	if amount == 0 {
		amount = i.Open() - i.Disputed()
	}
	c, err := complete(ledger.OpenDispute{Invoice: invoice, Dispute: "page-" + uuid.Must(uuid.NewV7()).String(), Amount: amount, Reason: reason})
	if err != nil {
		return Page{}, err
	}
	if _, v.state, err = s.Accounts.Execute(ctx, at.Workspace, at.Customer, By, c); err != nil {
		return Page{}, err
	}
	err = s.tell(ctx, v, node.ActTask, "dispute/"+invoice+"/"+channel.ID(reason), reason, map[string]string{
		"en": "The customer disputes invoice " + i.Number, "zh-CN": "客户对发票 " + i.Number + " 有异议",
	}, activity.About{Invoice: invoice, Number: i.Number, Owed: true})
	return s.page(v), err
}

// Prefer says how the customer wants to be reached: a language and a channel of
// those on the page; "" leaves them as they are.
func (s *Service) Prefer(ctx context.Context, at At, language, way string) (Page, error) {
	v, err := s.say(ctx, at.Workspace, at.Customer, at.Token)
	if err != nil {
		return Page{}, err
	}
	if way != "" && !slices.ContainsFunc(s.ways(v), func(w Way) bool { return w.Key == way }) {
		return Page{}, fault.At("/channel", "reference", nil)
	}
	for key, val := range map[string]string{"language": language, "preferredChannel": way} {
		if val == "" {
			continue
		}
		raw, err := json.Marshal(val)
		if err != nil {
			return Page{}, err
		}
		v.record.Data[key] = raw
	}
	data, err := json.Marshal(v.record.Data)
	if err != nil {
		return Page{}, err
	}
	v.record, err = s.Records.Update(ctx, policies.SystemActor(at.Workspace, By), "customer", at.Customer, data, v.record.Version)
	return s.page(v), err
}

// Write sends a message to whoever looks after the customer; stop is a wish
// not to be contacted any more, which stops reminders at once.
func (s *Service) Write(ctx context.Context, at At, text string, stop bool) (Page, error) {
	v, err := s.say(ctx, at.Workspace, at.Customer, at.Token)
	if err != nil {
		return Page{}, err
	}
	text = strings.TrimSpace(text)
	if n := len([]rune(text)); n > maxText || n == 0 && !stop {
		return Page{}, fault.At("/text", "required", nil)
	}
	if stop {
		if err := s.Stop(ctx, v.w, at.Customer, "page", text); err != nil {
			return Page{}, err
		}
		v.state, err = s.Accounts.Load(ctx, at.Workspace, at.Customer)
		return s.page(v), err
	}
	first := strings.Join(strings.Fields(text), " ")
	if r := []rune(first); len(r) > 80 {
		first = string(r[:79]) + "…"
	}
	err = s.tell(ctx, v, node.ActTask, "wrote/"+channel.ID(text), text, map[string]string{"en": "The customer wrote: " + first, "zh-CN": "客户留言：" + first})
	return s.page(v), err
}

// tell makes a task or notice for the customer's owner, about invoices that are
// owed; the same thing said twice on a day makes one.
func (s *Service) tell(ctx context.Context, v *visit, kind, key, text string, title map[string]string, about ...activity.About) error {
	now, today := s.Spaces.Now(v.w)
	key = "page/" + v.record.ID + "/" + today.String() + "/" + key
	for k := range about {
		about[k].Key = key
	}
	return s.Give(ctx, v.w.Key, activity.Task{
		Key: key, Kind: kind, Customer: v.record.ID, Text: text, Due: v.w.Cal().NextWorkday(today), At: now,
		Title: title, Assign: &node.Assign{Field: "customer.owner"}, About: about,
	})
}
