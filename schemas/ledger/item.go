package ledger

import (
	"github.com/dueflow/dueflow/schemas/value"
)

// Item is one invoice as the ledger sees it. Amounts are minor units.
type Item struct {
	Number     string         `json:"number"`
	Currency   value.Currency `json:"currency"`
	Amount     int64          `json:"amount"`
	Issue      value.Date     `json:"issue"`
	Due        value.Date     `json:"due"`
	Parts      []Part         `json:"parts,omitempty"` // instalments, by due date; empty = one part
	Paid       int64          `json:"paid,omitempty"`
	Credited   int64          `json:"credited,omitempty"`
	WrittenOff int64          `json:"writtenOff,omitempty"`
	Disputes   []Dispute      `json:"disputes,omitempty"`
	Hold       *Hold          `json:"hold,omitempty"`
	Cancelled  bool           `json:"cancelled,omitempty"`
	ClosedSeq  int64          `json:"closedSeq,omitempty"`
}

// Part is one instalment.
type Part struct {
	Due    value.Date `json:"due"`
	Amount int64      `json:"amount"`
}

// Open is the open amount: original − paid − credited − written off; 0 when cancelled.
func (i *Item) Open() int64 {
	if i.Cancelled {
		return 0
	}
	return i.Amount - i.Paid - i.Credited - i.WrittenOff
}

// Settled tells whether nothing is open of an invoice, or it is not known any more.
func (s *State) Settled(invoice string) bool {
	i := s.Items[invoice]
	return i == nil || i.Open() <= 0
}

// Disputed is the disputed part, at most what is open.
func (i *Item) Disputed() int64 {
	var n int64
	for _, d := range i.Disputes {
		n += d.Amount
	}
	return min(n, i.Open())
}

// PartsOpen gives the instalments with what is open of each; settlements fill
// the earliest first.
func (i *Item) PartsOpen() []Part {
	parts := i.Parts
	if len(parts) == 0 {
		parts = []Part{{Due: i.Due, Amount: i.Amount}}
	}
	settled := i.Amount - i.Open()
	out := make([]Part, 0, len(parts))
	for _, p := range parts {
		take := min(settled, p.Amount)
		settled -= take
		if p.Amount > take {
			out = append(out, Part{Due: p.Due, Amount: p.Amount - take})
		}
	}
	return out
}

// DueOpen is what is open of the instalments that are due on a day, or of the next
// one where none is; all that is open of an invoice without instalments.
func (i *Item) DueOpen(today value.Date) int64 {
	if len(i.Parts) == 0 {
		return i.Open()
	}
	var due int64
	for k, p := range i.PartsOpen() {
		if k == 0 || p.Due <= today {
			due += p.Amount
		}
	}
	return due
}

// NextDue is the due date of the earliest instalment with something open, or
// the invoice's own due date when nothing is.
func (i *Item) NextDue() value.Date {
	if len(i.Parts) == 0 {
		return i.Due
	}
	if p := i.PartsOpen(); len(p) > 0 {
		return p[0].Due
	}
	return i.Due
}

// DPD is days past due on a day: negative before, 0 on the due date; 0 when
// nothing is open.
func (i *Item) DPD(today value.Date) int {
	if i.Open() <= 0 || i.NextDue() == 0 {
		return 0
	}
	return int(today - i.NextDue())
}

// Status is open, partPaid, paid, writtenOff or cancelled.
func (i *Item) Status() string {
	switch {
	case i.Cancelled:
		return "cancelled"
	case i.Open() > 0 && i.Paid+i.Credited+i.WrittenOff > 0:
		return "partPaid"
	case i.Open() > 0:
		return "open"
	case i.WrittenOff > 0 && i.Paid == 0:
		return "writtenOff"
	default:
		return "paid"
	}
}
