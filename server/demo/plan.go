package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// invoices is how many invoices the demo starts with.
const invoices = 400

// step is one thing that happened to a customer: a record, or a command.
type step struct {
	form, id string
	data     map[string]any
	command  ledger.Command
}

// history is a customer with all that happened, in order.
type history struct {
	profile
	steps []step
	open  []bill // invoices with something open
	rand  *rand.Rand
	today value.Date
}

type bill struct {
	id     string
	amount int64
	due    value.Date
	left   int64
}

// plan makes a customer's history up to a day. It depends on nothing else.
func plan(n int, today value.Date) *history {
	h := &history{profile: profileOf(n), rand: rand.New(rand.NewPCG(20_26, uint64(n))), today: today}
	first := 0
	for k := range n {
		first += share(k)
	}
	for k := range share(n) {
		h.invoice(first+k, h.kind(k))
	}
	h.special()
	return h
}

// share is how many of the invoices a customer has.
func share(n int) int {
	if n < invoices%customers {
		return invoices/customers + 1
	}
	return invoices / customers
}

// The kinds of invoices.
const (
	settled = iota
	overdue
	soon
	later
)

// kind spreads the kinds: everybody has something coming due, good customers
// little overdue, the doubtful more.
func (h *history) kind(k int) int {
	late := map[string]int{"A": 10, "B": 20, "C": 38}[h.tier]
	switch x := h.rand.IntN(100); {
	case k == 0 && (h.n%3 != 0 || h.eventful()):
		return overdue
	case k == 1:
		return soon
	case x < late:
		return overdue
	case x < late+22:
		return soon
	case x < late+34:
		return later
	}
	return settled
}

func (h *history) between(a, b int) int { return a + h.rand.IntN(b-a+1) }

// amount is a plausible sum in minor units.
func (h *history) amount() int64 {
	if h.currency == "CNY" {
		return int64(h.between(30, 1600)) * 100_00
	}
	return int64(h.between(300, 18_000))*100 + int64(h.rand.IntN(4))*25
}

func (h *history) invoice(number, kind int) {
	b := bill{id: fmt.Sprintf("demo-i-%04d", number+1), amount: h.amount()}
	switch kind {
	case settled:
		b.due = h.today - value.Date(h.between(8, 170))
	case overdue:
		b.due = h.today - value.Date(h.between(1, map[string]int{"A": 12, "B": 45, "C": 100}[h.tier]))
	case soon:
		b.due = h.today + value.Date(h.between(0, 6))
	default:
		b.due = h.today + value.Date(h.between(7, 45))
	}
	b.left = b.amount
	issue := min(b.due-value.Date([]int{30, 30, 45, 60}[h.rand.IntN(4)]), h.today-1)
	data := map[string]any{
		"number": fmt.Sprintf("INV-%d-%04d", issue.Year(), number+1), "externalId": b.id, "customer": h.id(), "issueDate": issue.String(),
		"dueDate": b.due.String(), "amount": b.amount, "currency": h.currency,
	}
	if kind != settled && h.rand.IntN(12) == 0 {
		data["instalments"] = instalments(b, issue)
	}
	h.steps = append(h.steps, step{form: "invoice", id: b.id, data: data})
	switch {
	case kind == settled:
		delay := h.between(-3, map[string]int{"A": 3, "B": 14, "C": 40}[h.tier])
		h.pay(b.id, b.amount, h.currency, min(b.due+value.Date(delay), h.today-1), []string{b.id})
		return
	case kind == overdue && h.rand.IntN(6) == 0: // a part came
		part := b.amount * int64(h.between(3, 6)) / 10
		b.left -= part
		h.pay(b.id, part, h.currency, h.today-value.Date(h.between(1, 5)), []string{b.id})
	}
	h.open = append(h.open, b)
}

// instalments are three parts up to the due date.
func instalments(b bill, issue value.Date) []ledger.Part {
	third := b.amount / 3
	gap := (b.due - issue) / 3
	return []ledger.Part{{Due: b.due - 2*gap, Amount: third}, {Due: b.due - gap, Amount: third}, {Due: b.due, Amount: b.amount - 2*third}}
}

func (h *history) pay(ref string, amount int64, currency string, on value.Date, named []string) {
	id := "demo-p-" + ref
	h.steps = append(h.steps, step{form: "payment", id: id, data: map[string]any{
		"customer": h.id(), "amount": amount, "currency": currency, "valueDate": on.String(), "reference": "TT-" + ref, "externalId": id, "invoices": named,
	}})
}

// eventful customers have something out of the ordinary.
func (h *history) eventful() bool {
	switch h.n {
	case 3, 14, 27, 40, 52, 5, 33, 11, 47, 8, 19, 31, 44, 57, 22, 36:
		return true
	}
	return false
}

// special is what is out of the ordinary: disputes, promises, too much money,
// a hold and a wish to be left alone.
func (h *history) special() {
	if !h.eventful() || len(h.open) == 0 {
		return
	}
	b := slices.MinFunc(h.open, func(a, b bill) int { return int(a.due - b.due) })
	do := func(c ledger.Command) { h.steps = append(h.steps, step{command: c}) }
	switch h.n {
	case 3, 27, 52:
		do(ledger.OpenDispute{Invoice: b.id, Dispute: "demo-d-" + h.id(), Amount: b.left, Reason: h.say("货物短少，待核实", "Goods missing, being checked")})
	case 14, 40:
		do(ledger.OpenDispute{Invoice: b.id, Dispute: "demo-d-" + h.id(), Amount: b.left / 2, Reason: h.say("单价与合同不一致", "Price differs from the contract")})
	case 8, 19, 31, 44, 57:
		do(ledger.MakePromise{Promise: "demo-pr-" + h.id(), Amount: b.left, Currency: value.Currency(h.currency), Date: h.today + value.Date(2+h.n%5), Items: []string{b.id}})
	case 5, 33: // more than the invoice
		h.pay(b.id+"-x", b.left+500_00, h.currency, h.today-1, []string{b.id})
	case 11: // a currency in which nothing is open
		h.pay(h.id()+"-x", 1200_00, "USD", h.today-2, nil)
	case 47:
		h.pay(h.id()+"-x", 800_00, "GBP", h.today-2, nil)
	case 22:
		do(ledger.SetHold{Reason: h.say("正在协商新合同", "A new contract is being negotiated"), Until: h.today + 14})
	case 36:
		do(ledger.WishStop{Reason: h.say("请勿再发送自动消息", "Please send no more automatic messages")})
	}
}

func (h *history) say(zh, en string) string {
	if h.language == "en" {
		return en
	}
	return zh
}
