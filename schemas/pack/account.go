package pack

import (
	"fmt"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// Bounds of the accounts that come with a pack: packs come from anywhere.
const (
	MaxAccounts = 50
	MaxDays     = 800 // of a rehearsal, and of an invoice before it
	maxActions  = 500 // of one account
)

// Account is a customer of a rehearsal or a sample, and what happens to it.
// Amounts are in minor units.
type Account struct {
	About    string         `json:"about,omitempty"` // what is to be seen on it
	Quiet    bool           `json:"quiet,omitempty"` // nothing goes to it: that is to be seen
	Customer map[string]any `json:"customer"`        // its record, with an id
	Invoices []Invoice      `json:"invoices"`
	Payments []Payment      `json:"payments"`
	Promises []Promise      `json:"promises"`
	Disputes []Dispute      `json:"disputes"`
	Changes  []Edit         `json:"changes"`
}

// ID is the customer's.
func (a Account) ID() string {
	id, _ := a.Customer["id"].(string)
	return id
}

// Edit is made of the customer's record at ten on a day.
type Edit struct {
	On  value.Date     `json:"on"`
	Set map[string]any `json:"set"`
}

// Invoice is booked on its issue date; Fields are further fields of its record.
type Invoice struct {
	ID       string         `json:"id"` // also its number
	Issue    value.Date     `json:"issue"`
	Due      value.Date     `json:"due"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Parts    []ledger.Part  `json:"instalments,omitempty"`
	Fields   map[string]any `json:"fields"`
}

// Payment comes in On a day.
type Payment struct {
	On       value.Date     `json:"on"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Invoices []string       `json:"invoices"`
}

// Promise is made On a day, to pay by Date.
type Promise struct {
	On       value.Date     `json:"on"`
	Date     value.Date     `json:"date"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Invoices []string       `json:"invoices"`
}

// Dispute is opened On a day and, with an outcome, closed on another.
type Dispute struct {
	Invoice string     `json:"invoice"`
	On      value.Date `json:"on"`
	Amount  int64      `json:"amount"`
	Reason  string     `json:"reason"`
	Closed  value.Date `json:"closed"`
	Outcome string     `json:"outcome"` // upheld or rejected
}

// CheckAccounts judges the accounts of a rehearsal or a sample that begins on a day.
func CheckAccounts(list []Account, from value.Date) []fault.Field {
	var bad []fault.Field
	if len(list) == 0 || len(list) > MaxAccounts {
		bad = append(bad, fault.Field{Pointer: "/accounts", Rule: "maxItems", Limit: MaxAccounts})
	}
	seen := map[string]bool{}
	for k, a := range list {
		at := fmt.Sprintf("/accounts/%d", k)
		switch {
		case a.ID() == "":
			bad = append(bad, fault.Field{Pointer: at + "/customer/id", Rule: "required"})
		case seen[a.ID()]:
			bad = append(bad, fault.Field{Pointer: at + "/customer/id", Rule: "unique"})
		}
		seen[a.ID()] = true
		if len(a.Invoices)+len(a.Payments)+len(a.Promises)+len(a.Disputes)+len(a.Changes) > maxActions {
			bad = append(bad, fault.Field{Pointer: at, Rule: "maxItems", Limit: maxActions})
		}
		for n, i := range a.Invoices {
			if i.Issue == 0 || from-i.Issue > MaxDays {
				bad = append(bad, fault.Field{Pointer: fmt.Sprintf("%s/invoices/%d/issue", at, n), Rule: "range", Limit: MaxDays})
			}
		}
	}
	return bad
}
