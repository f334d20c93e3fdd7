package run

import (
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Report is what a rehearsal found.
type Report struct {
	Messages []PlannedMessage `json:"messages"`
	Held     []HeldMessage    `json:"held"`
	Tasks    []PlannedTask    `json:"tasks"`
	Path     []Fact           `json:"path,omitempty"`
	// Others are messages of the flows that play along, at most maxOthers.
	Others []PlannedMessage `json:"others,omitempty"`
	Totals Totals           `json:"totals"`
}

// maxOthers bounds the list of others' messages; their totals are whole.
const maxOthers = 5000

// PlannedTask is work that a flow would have given to a person.
type PlannedTask struct {
	At       time.Time    `json:"at"`
	Customer string       `json:"customer"`
	Name     string       `json:"name"`
	Node     string       `json:"node"`
	Title    flow.Text    `json:"title"`
	Assign   *node.Assign `json:"assign,omitempty"`
	Numbers  []string     `json:"numbers,omitempty"` // of the invoices that it is about
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
	Flow     string         `json:"flow,omitempty"`   // of a message of another flow than the rehearsed one
	With     []string       `json:"with,omitempty"`   // other flows whose steps it answers as well
}

// PlannedItem is an invoice in a message.
type PlannedItem struct {
	Invoice string `json:"invoice"`
	Number  string `json:"number"`
	DPD     int    `json:"dpd"`
	Apart   bool   `json:"apart,omitempty"` // see Message.Apart
}

// HeldMessage is a step that did not send when it came: deferred, merged into
// another message, or refused; Reason says why. By is the flow into whose
// message it went, or that stood in the way.
type HeldMessage struct {
	At       time.Time `json:"at"`
	Customer string    `json:"customer"`
	Name     string    `json:"name"`
	Run      string    `json:"run"`
	Node     string    `json:"node"`
	What     string    `json:"what"`
	Reason   string    `json:"reason,omitempty"`
	Until    time.Time `json:"until,omitzero"`
	By       string    `json:"by,omitempty"`
	Into     string    `json:"into,omitempty"`   // of one merged: the step whose message it went along with, at the same time
	Number   string    `json:"number,omitempty"` // of the invoice that it is about
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
	// Others are the flows that played along, by key.
	Others map[string]*OtherFlow `json:"others,omitempty"`
}

// OtherFlow sums up what a flow did that played along: its own messages and
// tasks, and for how many steps of the rehearsed flow it was the reason why they
// did not send when they came.
type OtherFlow struct {
	Messages     int `json:"messages"`
	Tasks        int `json:"tasks"`
	Merged       int `json:"merged"`   // steps that went along with its messages
	Hindered     int `json:"hindered"` // steps that it deferred or made superfluous
	AfterPayment int `json:"afterPayment"`
}

func (t *Totals) other(flow string) *OtherFlow {
	if t.Others == nil {
		t.Others = map[string]*OtherFlow{}
	}
	if t.Others[flow] == nil {
		t.Others[flow] = &OtherFlow{}
	}
	return t.Others[flow]
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

// In shows all instants of the report in one zone.
func (r *Report) In(loc *time.Location) {
	for _, list := range [][]PlannedMessage{r.Messages, r.Others} {
		for k := range list {
			list[k].At = list[k].At.In(loc)
		}
	}
	for k := range r.Tasks {
		r.Tasks[k].At = r.Tasks[k].At.In(loc)
	}
	for k := range r.Held {
		h := &r.Held[k]
		if h.At = h.At.In(loc); !h.Until.IsZero() {
			h.Until = h.Until.In(loc)
		}
	}
	for k := range r.Path {
		f := &r.Path[k]
		if f.At = f.At.In(loc); !f.Until.IsZero() {
			f.Until = f.Until.In(loc)
		}
	}
}
