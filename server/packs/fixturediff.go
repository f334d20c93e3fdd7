package packs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/run"
)

// differences compares what went out with what was expected, each by customer,
// local date and, for messages, template.
func (f *fixture) differences(r *run.Report, loc *time.Location) []string {
	var got, want []string
	day := func(t time.Time) string { return value.DateOf(t.In(loc)).String() }
	for _, m := range r.Messages {
		got = append(got, strings.Join([]string{"message", m.Customer, day(m.At), m.Template}, " "))
	}
	for _, t := range r.Tasks {
		got = append(got, strings.Join([]string{"task", t.Customer, day(t.At)}, " "))
	}
	for _, m := range f.Expect.Messages {
		want = append(want, strings.Join([]string{"message", m.Customer, m.On.String(), m.Template}, " "))
	}
	for _, t := range f.Expect.Tasks {
		want = append(want, strings.Join([]string{"task", t.Customer, t.On.String()}, " "))
	}
	var out []string
	for _, g := range got {
		if k := slices.Index(want, g); k >= 0 {
			want = slices.Delete(want, k, k+1)
		} else {
			out = append(out, "+ "+g)
		}
	}
	for _, w := range want {
		out = append(out, "- "+w)
	}
	if n := r.Totals.AfterPayment; n > 0 {
		out = append(out, fmt.Sprintf("+ %d messages after payment", n))
	}
	if n := r.Totals.Parked; n > 0 {
		out = append(out, fmt.Sprintf("+ %d runs parked", n))
	}
	return out
}
