package run

import (
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Report is what a rehearsal found.
type Report struct {
	Messages []PlannedMessage `json:"messages"`
	Held     []HeldMessage    `json:"held"`
	Tasks    []PlannedTask    `json:"tasks"`
	Path     []Fact           `json:"path,omitempty"`
	Totals   Totals           `json:"totals"`
}

// PlannedTask is work that a flow would have given to a person.
type PlannedTask struct {
	At       time.Time    `json:"at"`
	Customer string       `json:"customer"`
	Name     string       `json:"name"`
	Node     string       `json:"node"`
	Title    flow.Text    `json:"title"`
	Assign   *node.Assign `json:"assign,omitempty"`
}

// PlannedMessage is a message that would have gone out.
type PlannedMessage struct {
	At       time.Time      `json:"at"`
	Customer string         `json:"customer"`
	Name     string         `json:"name"`
	Items    []PlannedItem  `json:"items"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Node     string         `json:"node"`
	Channel  string         `json:"channel"`
	Template string         `json:"template"`
	Merged   int            `json:"merged,omitempty"` // further steps that this message answers
}

// PlannedItem is an invoice in a message.
type PlannedItem struct {
	Invoice string `json:"invoice"`
	Number  string `json:"number"`
	DPD     int    `json:"dpd"`
}

// HeldMessage is a step that did not send when it came: deferred, merged into
// another message, or refused; Reason says why.
type HeldMessage struct {
	At       time.Time `json:"at"`
	Customer string    `json:"customer"`
	Name     string    `json:"name"`
	Run      string    `json:"run"`
	Node     string    `json:"node"`
	What     string    `json:"what"`
	Reason   string    `json:"reason,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

// Totals sum a rehearsal up.
type Totals struct {
	Accounts     int                 `json:"accounts"`
	Runs         int                 `json:"runs"`
	Messages     int                 `json:"messages"`
	Items        int                 `json:"items"`
	Merged       int                 `json:"merged"`
	Deferred     int                 `json:"deferred"`
	Refused      int                 `json:"refused"`
	Parked       int                 `json:"parked"`
	Tasks        int                 `json:"tasks"`
	AfterPayment int                 `json:"afterPayment"` // must be 0
	Ended        map[string]int      `json:"ended"`        // by outcome
	PerDay       map[string]*DayLoad `json:"perDay"`       // by date
	PerNode      map[string]int      `json:"perNode"`      // messages by step
	// NoData are years of the rehearsal for which the flow's calendar has no
	// days: weekdays stand for workdays there.
	NoData []int `json:"noData,omitempty"`
}

// DayLoad is what goes out, and what people have to do, on a day.
type DayLoad struct {
	Messages int `json:"messages"`
	Tasks    int `json:"tasks"`
}

func (t *Totals) day(d value.Date) *DayLoad {
	key := d.String()
	if t.PerDay[key] == nil {
		t.PerDay[key] = &DayLoad{}
	}
	return t.PerDay[key]
}

// NewReport is an empty report.
func NewReport() *Report {
	return &Report{
		Messages: []PlannedMessage{}, Held: []HeldMessage{}, Tasks: []PlannedTask{},
		Totals: Totals{Ended: map[string]int{}, PerDay: map[string]*DayLoad{}, PerNode: map[string]int{}},
	}
}

// settlement is money that came onto an invoice on a date. It is read straight
// from the journal, apart from the ledger's own rules, to check them.
type settlement struct {
	on     value.Date
	amount int64
}

func settledOn(events []ledger.Event) map[string][]settlement {
	out := map[string][]settlement{}
	for _, e := range events {
		switch e.Type {
		case ledger.PaymentApplied, ledger.PaymentAllocated:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, a.Amount})
			}
		case ledger.PaymentReversed:
			for _, a := range e.Allocs {
				out[a.Invoice] = append(out[a.Invoice], settlement{e.Value, -a.Amount})
			}
		case ledger.CreditNoted, ledger.WrittenOff:
			out[e.Invoice] = append(out[e.Invoice], settlement{e.Value, e.Amount})
		}
	}
	return out
}

func settledBy(list []settlement, amount int64, day value.Date) bool {
	var sum int64
	for _, s := range list {
		if s.on <= day {
			sum += s.amount
		}
	}
	return sum >= amount
}
