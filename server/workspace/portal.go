package workspace

import (
	"net/url"
	"strings"
)

// Portal says whether customers have a page of their own, and what they may do
// there beside reading, choosing how to be reached, and writing.
type Portal struct {
	On bool `json:"on"`
	// PromiseDays is how far ahead a customer may name a day to pay; 0: not.
	PromiseDays int  `json:"promiseDays"`
	Dispute     bool `json:"dispute"`
	Paid        bool `json:"paid"` // may say that an invoice has been paid
	// PayURL is where an invoice is paid, with {number}, {amount}, {currency}
	// and {customer} in it; PayNote says how to pay, by language.
	PayURL  string            `json:"payUrl,omitempty"`
	PayNote map[string]string `json:"payNote,omitempty"`
}

// Limits of the customer's page.
const (
	maxPromiseDays = 90
	maxPayNote     = 1000
)

func (p Portal) check(at func(pointer, rule string, ok bool)) {
	at("/portal/promiseDays", "maximum", p.PromiseDays >= 0 && p.PromiseDays <= maxPromiseDays)
	if p.PayURL != "" {
		bare := strings.NewReplacer("{number}", "1", "{amount}", "1", "{currency}", "X", "{customer}", "1").Replace(p.PayURL)
		u, err := url.Parse(bare)
		at("/portal/payUrl", "https", err == nil && u.Scheme == "https" && u.Host != "" && len(p.PayURL) <= 500 && !strings.ContainsAny(bare, "{}"))
	}
	at("/portal/payNote", "maxItems", len(p.PayNote) <= 5)
	for lang, text := range p.PayNote {
		at("/portal/payNote", "maxLength", len(lang) <= 20 && len([]rune(text)) <= maxPayNote)
	}
}
