package filter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/filter"
)

var someDay = time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)

func TestPossible(t *testing.T) {
	for _, c := range []struct {
		when string
		want bool
	}{
		{`{}`, true},
		{`{"any":[]}`, false},
		{`{"all":[{"field":"tier","op":"eq","value":"A"},{"field":"tier","op":"eq","value":"B"}]}`, false},
		{`{"all":[{"field":"tier","op":"eq","value":"A"},{"field":"group","op":"eq","value":"B"}]}`, true},
		{`{"all":[{"field":"tier","op":"in","value":["A","B"]},{"field":"tier","op":"nin","value":["B","A","C"]}]}`, false},
		{`{"all":[{"field":"dpd","op":"gt","value":30},{"field":"dpd","op":"lte","value":30}]}`, false},
		{`{"all":[{"field":"dpd","op":"gt","value":30},{"field":"dpd","op":"lt","value":31}]}`, true}, // by a half
		{`{"all":[{"field":"dpd","op":"gte","value":30},{"not":{"field":"dpd","op":"gt","value":10}}]}`, false},
		{`{"all":[{"not":{"field":"dpd","op":"gt","value":30}},{"not":{"field":"dpd","op":"lte","value":30}}]}`, true},                             // without a value
		{`{"all":[{"field":"dpd","op":"exists"},{"not":{"field":"dpd","op":"gt","value":3}},{"not":{"field":"dpd","op":"lte","value":3}}]}`, true}, // text
		{`{"all":[{"field":"a","op":"gt","value":9007199254740993},{"field":"a","op":"lt","value":9007199254740995}]}`, true},
		{`{"all":[{"field":"note","op":"contains","value":"x"},{"not":{"field":"note","op":"contains","value":"x"}}]}`, false},
		{`{"all":[{"field":"ends","op":"lt","value":{"today":0}},{"field":"ends","op":"gt","value":{"today":3}}]}`, false},
		{`{"all":[{"field":"ends","op":"gt","value":{"today":0}},{"field":"ends","op":"lt","value":{"today":3}}]}`, true},
		{`{"all":[{"field":"o","op":"eq","value":"x"},{"field":"o.a","op":"eq","value":"y"}]}`, true}, // fields are taken as independent
	} {
		e, err := filter.ParseTimed([]byte(c.when))
		if err != nil {
			t.Fatalf("%s: %v", c.when, err)
		}
		if got := filter.Possible(e, someDay); got != c.want {
			t.Errorf("%s: got %v, want %v", c.when, got, c.want)
		}
	}
}

// What a document fits is possible, and of a condition and its negation one is.
func TestPossibleNeverErrs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, doc := genExpr(3).Draw(t, "expr"), genDoc.Draw(t, "doc")
		if filter.Match(e, doc) && !filter.Possible(e, someDay) {
			t.Fatalf("it fits %v and is called impossible", doc)
		}
		if !filter.Possible(e, someDay) && !filter.Possible(filter.Negate(e), someDay) {
			t.Fatal("neither it nor its negation is possible")
		}
	})
}
