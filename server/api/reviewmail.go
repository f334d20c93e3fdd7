package api

import (
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/text"
)

// ReviewLetter writes the weekly review as a person may see it, for a letter:
// what the page shows them, and nothing else.
func (s *Server) ReviewLetter(ctx context.Context, a policies.Actor, lang string) (rich, plain string, err error) {
	r, err := s.getReview(ctx, a, &reviewIn{})
	if err != nil {
		return "", "", err
	}
	l := &reviewLetter{lang: lang}
	out := r.Body
	l.heading(text.Say(lang, "letter.review.owners", fault.Params{"from": out.From, "to": out.To}))
	for _, o := range out.Owners {
		name := text.Say(lang, "letter.review.nobody", nil)
		if o.Owner != nil {
			name = o.Owner.Name
		}
		l.line(name, text.Say(lang, "letter.review.owner", fault.Params{
			"received": amounts(o.Received), "messages": o.Messages, "calls": o.Calls, "made": o.Made, "kept": o.Kept, "part": o.PartKept, "broken": o.Broken,
		}))
	}
	l.heading(text.Say(lang, "letter.review.due", fault.Params{"n": len(out.Due)}))
	for _, p := range out.Due[:min(len(out.Due), 10)] {
		l.line(p.Customer.Name, p.Date+"  "+amounts(map[string]int64{string(p.Currency): p.Amount}))
	}
	for _, part := range []struct {
		key   string
		cards []cardOut
	}{{"letter.review.stuck", out.Stuck}, {"letter.review.disputes", out.Disputes}} {
		l.heading(text.Say(lang, part.key, fault.Params{"n": len(part.cards)}))
		for _, c := range part.cards[:min(len(part.cards), 10)] {
			open := map[string]int64{}
			for _, b := range c.Balances {
				open[string(b.Currency)] = b.Open
			}
			l.line(c.Name, amounts(open))
		}
	}
	return l.rich.String(), l.plain.String(), nil
}

type reviewLetter struct {
	lang        string
	rich, plain strings.Builder
}

func (l *reviewLetter) heading(t string) {
	l.rich.WriteString(`<h2 style="margin:20px 0 8px;font-size:15px">` + html.EscapeString(t) + `</h2>`)
	l.plain.WriteString("\n" + t + "\n")
}

func (l *reviewLetter) line(name, t string) {
	l.rich.WriteString(`<p style="margin:0 0 8px"><strong>` + html.EscapeString(name) + `</strong><br>` + html.EscapeString(t) + `</p>`)
	l.plain.WriteString("- " + name + ": " + t + "\n")
}

// amounts writes money by currency, the way bank statements do.
func amounts(by map[string]int64) string {
	var out []string
	for _, c := range slices.Sorted(maps.Keys(by)) {
		if by[c] != 0 {
			out = append(out, c+" "+major(by[c], c))
		}
	}
	if len(out) == 0 {
		return "0"
	}
	return strings.Join(out, ", ")
}

func major(n int64, currency string) string {
	digits := value.Currencies()[value.Currency(currency)]
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	pow := int64(1)
	for range digits {
		pow *= 10
	}
	if digits == 0 {
		return sign + grouped(n)
	}
	return sign + grouped(n/pow) + "." + fmt.Sprintf("%0*d", digits, n%pow)
}

func grouped(n int64) string {
	t := fmt.Sprint(n)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "," + t[i:]
	}
	return t
}
